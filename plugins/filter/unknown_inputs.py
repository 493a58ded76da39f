# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which variables look like inputs of a role and are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DOCUMENTATION = r"""
name: unknown_inputs
short_description: Which variables look like inputs of a role and are none
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Ansible passes over variables that no role knows. A misspelled input would so be taken for none, and its default for
    what was meant.
options:
  _input:
    description: Names of variables that begin like the role's inputs.
    type: list
    elements: str
    required: true
  known:
    description: Names of the role's inputs, and of what it sets itself.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Require that the role knows what it is told
  ansible.builtin.assert:
    that: unknown | length == 0
    fail_msg: "{{ unknown | join(' ') }}"
  vars:
    unknown: >-
      {{ query('ansible.builtin.varnames', '^migration_cycle_')
      | stackproof.migration.unknown_inputs(known=['migration_cycle_count', 'migration_cycle_result']) }}
"""

RETURN = r"""
_value:
  description: One sentence for each that is not known.
  type: list
  elements: str
  sample: ["There is no input migration_cycle_counts. Did you mean migration_cycle_count?"]
"""


def unknown_inputs(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each name that is not among the known ones."""
    return unknown(names, known)


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"unknown_inputs": unknown_inputs}
