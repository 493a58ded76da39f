# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter misspelt_inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import misspelt

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTATION = r"""
name: misspelt_inputs
short_description: Find variables whose names are similar to inputs
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns a message for each variable that is no input, and whose name is similar to the name of an input.
  - Ansible ignores a variable with a misspelt name. Other variables with the same prefix can belong to the user.
options:
  _input:
    description: The names of all variables with the prefix.
    type: list
    elements: str
    required: true
  known:
    description: The names of the inputs and of other variables of the playbook.
    type: list
    elements: str
    required: true
  prefix:
    description: The prefix of all names. It is not compared.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Require inputs without spelling mistakes
  ansible.builtin.assert:
    that: __misspelt | length == 0
  vars:
    __misspelt: >-
      {{ query('ansible.builtin.varnames', '^regression_')
      | stackproof.migration.misspelt_inputs(['regression_cloud', 'regression_tags'], prefix='regression_') }}
"""

RETURN = r"""
_value:
  description: A message for each misspelt name.
  type: list
  elements: str
  sample: ["There is no input regression_suite. Did you mean regression_suites?"]
"""


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"misspelt_inputs": misspelt}
