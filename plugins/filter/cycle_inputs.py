# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_inputs validates the inputs of a migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.inputs import input_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: cycle_inputs
short_description: Validate the inputs of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Validates each input of the role P(stackproof.migration.migration_cycle#role), and finds inputs that contradict each
    other. The filter sends no request to the cloud.
options:
  _input:
    description: A dictionary with all inputs of the role. The keys are the names of the inputs.
    type: dict
    required: true
  variables:
    description: Names of all variables that begin with C(migration_cycle_). The filter reports a name that is not an
      input of the role.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Validate the inputs
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join(' ') }}"
  vars:
    problems: "{{ inputs | stackproof.migration.cycle_inputs }}"
"""

RETURN = r"""
_value:
  description: A list with a message for each problem. The message contains the input, the value and the action to take.
    The list is empty if all inputs are valid.
  type: list
  elements: str
  sample: ["migration_cycle_count must be a whole number of at least 1, found 0. Set it to 1 or more."]
"""


def cycle_inputs(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input of the cycle."""
    return input_problems(inputs, variables)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"cycle_inputs": cycle_inputs}
