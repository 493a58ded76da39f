# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter regression_coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.inputs import choice_of

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTATION = r"""
name: regression_coverage
short_description: Choose between one pair of hosts and many
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the inputs of the role P(stackproof.migration.migration_coverage#role) for the variable
    C(regression_coverage) of the playbook C(regression.yml).
options:
  _input:
    description:
      - V(pair), V(each_host), V(all_pairs), V(between_groups), or pairs such as V(compute1:compute2), as a list or with
        commas.
    type: raw
    required: true
  target:
    description: The value of C(migration_cycle_target). A coverage cannot have a target.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show the coverage
  ansible.builtin.debug:
    msg: "{{ 'each_host' | stackproof.migration.regression_coverage }}"
"""

RETURN = r"""
_value:
  description: The inputs, and a message about a value that is not valid.
  type: dict
  contains:
    coverage:
      description: V(pair), or the value for C(migration_coverage_coverage).
      type: str
      sample: each_host
    pairs:
      description: The value for C(migration_coverage_pairs).
      type: list
      elements: str
      sample: []
    problem:
      description: A message. Empty if the values are valid.
      type: str
      sample: ""
"""


def regression_coverage(value: Any, target: Any = "") -> dict[str, Any]:
    """Return the inputs of the role migration_coverage."""
    return choice_of(value, target)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"regression_coverage": regression_coverage}
