# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which servers of a migration cycle are migrated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.migrations import select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DOCUMENTATION = r"""
name: cycle_servers
short_description: Select the servers that a migration cycle migrates
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Selects the first servers that are not on the target already.
options:
  _input:
    description: The servers that were booted, as RV(stackproof.migration.server_batch#module:servers) has them.
    type: list
    elements: dict
    required: true
  target:
    description: The input C(migration_cycle_target).
    type: str
    required: true
  number:
    description: How many servers to migrate.
    type: int
    required: true
"""

EXAMPLES = r"""
- name: Show which servers would be migrated
  ansible.builtin.debug:
    msg: "{{ (batch.servers | stackproof.migration.cycle_servers(target='compute2', number=1)).servers }}"
"""

RETURN = r"""
_value:
  description: The selection.
  type: dict
  contains:
    servers:
      description: The servers to migrate.
      type: list
      elements: dict
      sample: []
    names:
      description: Their names, separated by commas.
      type: str
      sample: probe-1
    problem:
      description: Why there are too few servers; empty when there are enough.
      type: str
      sample: ""
"""


def cycle_servers(booted: Sequence[dict[str, Any]], target: str, number: int) -> dict[str, Any]:
    """The servers to migrate, or why there are too few."""
    selection = select(booted, target, int(number))
    return {"servers": selection.servers, "names": selection.names, "problem": selection.problem}


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_servers": cycle_servers}
