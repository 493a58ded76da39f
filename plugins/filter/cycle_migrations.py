# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the migrations of a cycle came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.migrations import followed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: cycle_migrations
short_description: Collect the migrations of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Collects the migrations of a cycle as far as they were followed, and those that are not as they should be.
options:
  _input:
    description: What M(stackproof.migration.server_live_migrate) returned; empty where nothing was requested.
    type: dict
    required: true
  wait:
    description: What M(stackproof.migration.migration_wait) returned; empty where it was not used.
    type: dict
    default: {}
  probed:
    description: Whether the servers were probed on the network, so that the request followed the migrations itself.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Require that every migration completed
  ansible.builtin.assert:
    that: followed.not_completed | length == 0
    fail_msg: "{{ followed.message }}"
  vars:
    followed: "{{ requested | stackproof.migration.cycle_migrations(wait=waited) }}"
"""

RETURN = r"""
_value:
  description: The migrations.
  type: dict
  contains:
    migrations:
      description: All of them, as M(stackproof.migration.migration_wait) returns them.
      type: list
      elements: dict
      sample: []
    not_completed:
      description: Those that are not as they should be.
      type: list
      elements: dict
      sample: []
    in_order:
      description: All of them, first those that are not as they should be.
      type: list
      elements: dict
      sample: []
    message:
      description: The messages of those that are not as they should be, or of all where each is.
      type: str
      sample: "probe-1: live migration compute1 -> compute2 completed."
    not_requested:
      description: Whether the request failed without a migration to judge.
      type: bool
      sample: false
"""


def cycle_migrations(
    migrate: Mapping[str, Any], wait: Mapping[str, Any] | None = None, *, probed: bool = False
) -> dict[str, Any]:
    """The migrations as far as they were followed."""
    found = followed(migrate, wait or {}, probed=probed)
    return {
        "migrations": found.migrations,
        "not_completed": found.not_completed,
        "in_order": found.in_order,
        "message": found.message,
        "not_requested": found.not_requested,
    }


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_migrations": cycle_migrations}
