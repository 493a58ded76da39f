# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_settings converts the inputs of a migration cycle to the form that the steps of the cycle use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.inputs import cycle_settings as settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: cycle_settings
short_description: Convert the inputs of a migration cycle for its steps
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Converts the inputs of the role P(stackproof.migration.migration_cycle#role) for its steps. Numbers may be strings.
  - Inputs that are not valid are treated as empty. The filter P(stackproof.migration.cycle_inputs#filter) reports them.
options:
  _input:
    description: All inputs of the role, by name.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the longest duration of a run
  ansible.builtin.debug:
    msg: "{{ (inputs | stackproof.migration.cycle_settings).max_run_seconds }}"
"""

RETURN = r"""
_value:
  description: The settings.
  type: dict
  contains:
    max_run_seconds:
      description: Longest duration of a run in seconds. Later, the run has certainly ended.
      type: int
      sample: 4600
    migrate_count:
      description: Number of servers to migrate.
      type: int
      sample: 1
    probe:
      description: The probe without empty options. Empty for no probe.
      type: dict
      sample: {protocol: icmp}
    probe_enabled:
      description: Whether the servers are probed on the network during their migration.
      type: bool
      sample: true
    probe_network:
      description: Name of the network on which the servers are probed. Empty for any.
      type: str
      sample: ""
    probe_max_downtime:
      description: Allowed downtime on the network in seconds, as text. Empty for no limit, and without a probe.
      type: str
      sample: "2.5"
    console_enabled:
      description: Whether the consoles of the guests are checked.
      type: bool
      sample: false
    console_max_downtime:
      description: Allowed downtime on the console in seconds, as text. Empty for no limit.
      type: str
      sample: "2.5"
    report_inputs:
      description: The inputs that a report shows, without the prefix of the role. Numbers are numbers.
      type: dict
      sample: {count: 2, migrate_count: 1}
"""


def cycle_settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of the cycle in the form that the steps of the cycle use."""
    return settings_of(inputs)


class FilterModule:
    """Register the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_settings": cycle_settings}
