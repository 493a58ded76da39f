# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_servers selects the servers that a migration cycle migrates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.migrations import select_servers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DOCUMENTATION = r"""
name: cycle_servers
short_description: Select the servers that a migration cycle migrates
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Selects the first O(count) servers that are not on the target host.
options:
  _input:
    description: The booted servers, in the form of RV(stackproof.migration.server_batch#module:servers).
    type: list
    elements: dict
    required: true
  target:
    description: The value of the input C(migration_cycle_target).
    type: str
    required: true
  count:
    description: Number of servers to migrate.
    type: int
    required: true
"""

EXAMPLES = r"""
- name: Show the selected servers
  ansible.builtin.debug:
    msg: "{{ (batch.servers | stackproof.migration.cycle_servers(target='compute2', count=1)).servers }}"
"""

RETURN = r"""
_value:
  description: The selected servers.
  type: dict
  contains:
    servers:
      description: The servers to migrate.
      type: list
      elements: dict
      sample: []
    names:
      description: Names of the servers, separated by commas.
      type: str
      sample: probe-1
    problem:
      description: A message if there are too few servers. Empty if there are enough servers.
      type: str
      sample: ""
"""


def cycle_servers(booted: Sequence[dict[str, Any]], target: str, count: int) -> dict[str, Any]:
    """Return the servers to migrate, or the reason why there are too few of these servers."""
    selection = select_servers(booted, target, int(count))
    return {"servers": selection.servers, "names": selection.names, "problem": selection.problem}


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_servers": cycle_servers}
