# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter coverage_inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.inputs import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: coverage_inputs
short_description: Validate the inputs of the role migration_coverage
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns a message for each invalid input of the role P(stackproof.migration.migration_coverage#role).
options:
  _input:
    description: A dictionary with the inputs of the role. The keys are the names of the inputs.
    type: dict
    required: true
  variables:
    description: The names of all variables that start with C(migration_coverage_). The filter reports unknown names.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Require valid inputs
  ansible.builtin.assert:
    that: inputs | stackproof.migration.coverage_inputs | length == 0
"""

RETURN = r"""
_value:
  description: A list with a message for each problem. The list is empty if all inputs are valid.
  type: list
  elements: str
  sample: ["migration_coverage_max_moves must be a whole number of at least 1, found 0. Set it to 1 or more."]
"""


def coverage_inputs(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input."""
    return problems_of(inputs, variables)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"coverage_inputs": coverage_inputs}
