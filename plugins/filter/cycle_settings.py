# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_settings converts the inputs of a migration cycle to settings for the steps of the cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.inputs import cycle_settings as settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: cycle_settings
short_description: Convert the inputs of a migration cycle to settings for its steps
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Converts the inputs of the role P(stackproof.migration.migration_cycle#role) to settings for the steps of the role.
    The filter accepts numbers as strings.
  - The filter treats an invalid input as empty. The filter P(stackproof.migration.cycle_inputs#filter) reports invalid
    inputs.
options:
  _input:
    description: A dictionary with all inputs of the role. The keys are the names of the inputs.
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
  description: The settings for the steps.
  type: dict
  contains:
    max_run_seconds:
      description: The longest possible duration of a run in seconds.
      type: int
      sample: 4600
    boot_volume:
      description: The set options of the input C(migration_cycle_boot_volume). Empty without a boot volume.
      type: dict
      sample: {size: 1}
    volumes:
      description: The data volumes, with their set options.
      type: list
      elements: dict
      sample: [{size: 1}]
    ports:
      description: The ports, with their set options.
      type: list
      elements: dict
      sample: []
    config_drive:
      description: The input C(migration_cycle_config_drive) as V(true) or V(false). Empty if Nova decides.
      type: str
      sample: ""
    control_enabled:
      description: Whether the role runs a control experiment after a failed migration.
      type: bool
      sample: true
    migrate_count:
      description: Number of servers to migrate.
      type: int
      sample: 1
    probe:
      description: The set options of the input C(migration_cycle_probe). Empty if there is no network probe.
      type: dict
      sample: {protocol: icmp}
    probe_enabled:
      description: Whether the servers are probed on the network during their migration.
      type: bool
      sample: true
    waits_in_migrate:
      description: Whether the task that requests the migrations also waits until they end. The value is V(true) if the
        role uses a network probe or notifications.
      type: bool
      sample: true
    probe_network:
      description: Name of the network on which the servers are probed. Empty if any network can be used.
      type: str
      sample: ""
    probe_netns:
      description: Name or path of the network namespace from which the servers are probed. Empty if it is that of the
        module.
      type: str
      sample: ""
    probe_max_downtime:
      description: The longest accepted downtime on the network in seconds, as text. Empty if there is no limit or no
        probe.
      type: str
      sample: "2.5"
    console_enabled:
      description: Whether the consoles of the guests are checked.
      type: bool
      sample: false
    console_max_downtime:
      description: The limit for the downtime on the console in seconds, as text. The text is empty without a limit.
      type: str
      sample: "2.5"
    report_inputs:
      description:
        - The inputs that the report shows. Their names omit the prefix C(migration_cycle_).
        - Numeric values are numbers, not strings.
      type: dict
      sample: {count: 2, migrate_count: 1}
"""


def cycle_settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the steps of a migration cycle use."""
    return settings_of(inputs)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_settings": cycle_settings}
