# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter coverage_plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.outcome import plan_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: coverage_plan
short_description: Describe the plan of a coverage run
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the plan of the role P(stackproof.migration.migration_coverage#role) as lines of text.
options:
  _input:
    description: The result of M(stackproof.migration.migration_matrix_info).
    type: dict
    required: true
  preflight:
    description: The result of M(stackproof.migration.migration_preflight) with the image and the flavor.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ matrix | stackproof.migration.coverage_plan(preflight={}) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample: ["group       nova: compute1, compute2", "migrations  2 with 1 servers"]
"""


def coverage_plan(matrix: Mapping[str, Any], preflight: Mapping[str, Any]) -> list[str]:
    """Return the plan as lines of text."""
    return plan_lines(matrix, preflight)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"coverage_plan": coverage_plan}
