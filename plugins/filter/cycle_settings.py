# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inputs of a migration cycle mean for its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.inputs import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: cycle_settings
short_description: Read the inputs of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Reads the inputs of the role P(stackproof.migration.migration_cycle#role) for its steps. Numbers may be strings.
  - The filter P(stackproof.migration.cycle_inputs#filter) says what is wrong with them.
options:
  _input:
    description: All inputs of the role by their names.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show for how long a run may last at most
  ansible.builtin.debug:
    msg: "{{ (inputs | stackproof.migration.cycle_settings).lasts }}"
"""

RETURN = r"""
_value:
  description: The settings.
  type: dict
  contains:
    lasts:
      description: Seconds after which a run is over for sure.
      type: int
      sample: 4600
    migrate:
      description: How many servers to migrate.
      type: int
      sample: 1
    probe:
      description: The probe without options that are given as empty. Empty for no probe.
      type: dict
      sample: {protocol: icmp}
    probed:
      description: Whether the servers are probed on the network while they are migrated.
      type: bool
      sample: true
    probe_max_downtime:
      description: Seconds of downtime that the probe allows, as text. Empty for any, and without a probe.
      type: str
      sample: "2.5"
    console:
      description: Whether the guests are checked by their consoles.
      type: bool
      sample: false
    console_max_downtime:
      description: Seconds of downtime that the console allows, as text. Empty for any.
      type: str
      sample: "2.5"
    reported:
      description: The inputs that a report shows, without the role's prefix, numbers as numbers.
      type: dict
      sample: {count: 2, migrate: 1}
"""


def cycle_settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the inputs mean."""
    return settings_of(inputs)


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_settings": cycle_settings}
