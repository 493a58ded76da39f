# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter failure_kinds returns the kinds of failure of a failed task, for example ``capacity``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.outcome import failure_kinds as kinds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: failure_kinds
short_description: List the kinds of failure of a failed task
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the kinds of the failure of a module of this collection, for example C(capacity).
  - If the module M(stackproof.migration.migration_preflight) failed, the list contains the kind of each problem that it
    found.
options:
  _input:
    description: The result of the failed task, which Ansible stores in C(ansible_failed_result).
    type: dict
    required: true
  problems:
    description: The problems in the result of M(stackproof.migration.migration_preflight). Empty if the preflight did
      not fail.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Record the kinds of the failure
  ansible.builtin.set_fact:
    kinds: "{{ ansible_failed_result | stackproof.migration.failure_kinds }}"
"""

RETURN = r"""
_value:
  description: The kinds of failure. Empty if no kind is known.
  type: list
  elements: str
  sample: [hosts]
"""


def failure_kinds(result: Mapping[str, Any], problems: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """Return the kinds of failure in a module result, for example ``capacity``."""
    return kinds_of(result, problems)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"failure_kinds": failure_kinds}
