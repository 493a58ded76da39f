# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter readiness_inputs validates the inputs of the role migration_readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._readiness.inputs import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: readiness_inputs
short_description: Validate the inputs of a readiness report
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Validates each input of the role P(stackproof.migration.migration_readiness#role). The filter sends no request.
options:
  _input:
    description: A dictionary with all inputs of the role. The keys are the names of the inputs.
    type: dict
    required: true
  variables:
    description: Names of all variables that begin with C(migration_readiness_). The filter reports a name that is not
      an input of the role.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Validate inputs
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join(' ') }}"
  vars:
    problems: "{{ inputs | stackproof.migration.readiness_inputs }}"
"""

RETURN = r"""
_value:
  description: A list with a message for each problem. The list is empty if all inputs are valid.
  type: list
  elements: str
  sample: ["migration_readiness_at_once must be a whole number of at least 1, found 0. Set it to 1 or more."]
"""


def readiness_inputs(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input."""
    return problems_of(inputs, variables)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"readiness_inputs": readiness_inputs}
