# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter scenarios_choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.inputs import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: scenarios_choice
short_description: Validate the inputs of the role migration_scenarios, and choose the scenarios
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the scenarios and profiles that the inputs of the role P(stackproof.migration.migration_scenarios#role)
    select, and a message for each invalid input.
options:
  _input:
    description: A dictionary with the inputs of the role. The keys are the names of the inputs.
    type: dict
    required: true
  catalogue:
    description: The result of the lookup P(stackproof.migration.scenario_catalogue#lookup).
    type: dict
    required: true
  variables:
    description: The names of all variables that start with C(migration_scenarios_). The filter reports unknown names.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Require valid inputs
  ansible.builtin.assert:
    that: choice.problems | length == 0
  vars:
    choice: "{{ inputs | stackproof.migration.scenarios_choice(catalogue=catalogue) }}"
"""

RETURN = r"""
_value:
  description: The choice.
  type: dict
  contains:
    problems:
      description: A message for each invalid input.
      type: list
      elements: str
      sample: ["There is no suite 'live-migrations'. Did you mean live-migration?"]
    scenarios:
      description: The definitions of the chosen scenarios.
      type: list
      elements: dict
    profiles:
      description: The definitions of their profiles.
      type: list
      elements: dict
    runs:
      description: The value for the option C(runs) of M(stackproof.migration.migration_scenarios).
      type: list
      elements: dict
      sample: [{scenario: live-migration/paused, profile: default}]
    catalogue:
      description: All scenarios as lines of text, if a suite or a scenario is V(list). Empty otherwise.
      type: list
      elements: str
    note:
      description: Which profiles of the user no chosen scenario uses. Empty if the run uses all profiles.
      type: str
      sample: ""
"""


def scenarios_choice(
    inputs: Mapping[str, Any], catalogue: Mapping[str, Any], variables: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the chosen scenarios, and a message for each invalid input."""
    return choose(inputs, catalogue, variables)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"scenarios_choice": scenarios_choice}
