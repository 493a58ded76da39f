# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter audit_inputs validates the inputs of an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._audit.inputs import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: audit_inputs
short_description: Validate the inputs of an audit
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Validates each input of the role P(stackproof.migration.migration_audit#role). The filter sends no request to the
    cloud.
options:
  _input:
    description: A dictionary with all inputs of the role. The keys are the names of the inputs.
    type: dict
    required: true
  variables:
    description: Names of all variables that begin with C(migration_audit_). The filter reports a name that is not an
      input of the role.
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
    problems: "{{ inputs | stackproof.migration.audit_inputs }}"
"""

RETURN = r"""
_value:
  description: A list with a message for each problem. The message contains the input, the value and the action to take.
    The list is empty if all inputs are valid.
  type: list
  elements: str
  sample: ["migration_audit_max_parallel must be a whole number of at least 1, found 0. Set it to 1 or more."]
"""


def audit_inputs(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input of the audit."""
    return problems_of(inputs, variables)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"audit_inputs": audit_inputs}
