# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter regression_cycle returns the inputs of a migration cycle for the chosen cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.regression import cycle_inputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: regression_cycle
short_description: Return the inputs of a migration cycle for the chosen cloud
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns inputs of the role P(stackproof.migration.migration_cycle#role). The inputs select the cloud that the filter
    P(stackproof.migration.regression_choice#filter) chose.
options:
  _input:
    description: The result of the filter P(stackproof.migration.regression_choice#filter).
    type: dict
    required: true
  variables:
    description:
      - A dictionary with inputs of the role, by name. An empty string means that an input is not set.
      - The filter reads C(migration_cycle_image) and C(migration_cycle_verify_guest).
    type: dict
    required: true
  local_cloud:
    description: The result of the role P(stackproof.migration.local_cloud#role). Empty if the run does not use a local
      cloud.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Run a migration cycle on the chosen cloud
  ansible.builtin.include_role:
    name: stackproof.migration.migration_cycle
  vars:
    migration_cycle_cloud: "{{ (choice | stackproof.migration.regression_cycle(variables={})).cloud }}"
"""

RETURN = r"""
_value:
  description: The inputs of the role.
  type: dict
  contains:
    cloud:
      description: Name of the cloud in C(clouds.yaml). Empty if the settings of the cloud are in a variable or in the
        environment.
      type: str
      sample: mycloud
    environment:
      description: Environment variables for the tasks of the role P(stackproof.migration.migration_cycle#role).
      type: dict
      sample: {}
    verify_guest:
      description: Value for the input C(migration_cycle_verify_guest). The value is V(console) if the cloud is local
        and its guests print a counter on their consoles.
      type: str
      sample: none
    local_cloud_lines:
      description: Lines of text that describe the running local cloud. Empty if the run does not use a local cloud.
      type: list
      elements: str
      sample: ["hosts      libvirt"]
"""


def regression_cycle(
    choice: Mapping[str, Any], variables: Mapping[str, Any], local_cloud: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the inputs of the role migration_cycle for the chosen cloud."""
    return cycle_inputs_of(choice, variables, local_cloud or {})


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"regression_cycle": regression_cycle}
