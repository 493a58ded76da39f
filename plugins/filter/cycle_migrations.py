# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_migrations collects the migrations of a migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score_text
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.migrations import collect_migrations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: cycle_migrations
short_description: Collect the migrations of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Collects the migrations of a migration cycle from the results of the steps. Also lists the migrations that did not
    complete.
options:
  _input:
    description: The result of M(stackproof.migration.server_live_migrate). Empty if the step did not run.
    type: dict
    required: true
  wait:
    description: The result of M(stackproof.migration.migration_wait). Empty if the module did not run.
    type: dict
    default: {}
  in_migrate:
    description: Whether M(stackproof.migration.server_live_migrate) waited for the migrations. It waits if the servers
      are probed on the network, or if it receives notifications.
    type: bool
    default: false
  blockers:
    description: The reasons against the migrations, from the result of M(stackproof.migration.migration_preflight).
    type: list
    elements: dict
    default: []
    version_added: 1.1.0
"""

EXAMPLES = r"""
- name: Require that every migration completed
  ansible.builtin.assert:
    that: cycle.not_completed | length == 0
    fail_msg: "{{ cycle.message }}"
  vars:
    cycle: "{{ migrate_result | stackproof.migration.cycle_migrations(wait=wait_result) }}"
"""

RETURN = r"""
_value:
  description: The migrations and a message about them.
  type: dict
  contains:
    migrations:
      description: All migrations, in the form in which M(stackproof.migration.migration_wait) returns them.
      type: list
      elements: dict
      sample: []
    not_completed:
      description: The migrations that did not complete.
      type: list
      elements: dict
      sample: []
    failures_first:
      description: All migrations. The migrations that did not complete are at the start of the list.
      type: list
      elements: dict
      sample: []
    message:
      description: The messages of the failed migrations in one text. If no migration failed, the text contains the
        messages of all migrations.
      type: str
      sample: "probe-1: live migration compute1 -> compute2 completed."
    not_requested:
      description: Whether the task failed before it requested any migration.
      type: bool
      sample: false
    prediction:
      description: How many predictions of M(stackproof.migration.migration_preflight) came true. A migration that Nova
        did not end, or that the role did not request, counts as C(not_tried).
      type: dict
      version_added: 1.1.0
      sample:
        can_move: {moved: 1, failed: 0}
        cannot_move: {moved: 0, failed: 0}
        not_tried: 0
        false_can_move: []
        false_cannot_move: []
    prediction_text:
      description: The prediction as one line of text. Empty if no migration was tried.
      type: str
      version_added: 1.1.0
      sample: "1 of 1 right; false can move: 0; false cannot move: 0; not tried: 0"
"""


def cycle_migrations(
    migrate: Mapping[str, Any],
    wait: Mapping[str, Any] | None = None,
    *,
    in_migrate: bool = False,
    blockers: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return the migrations of a test run from the results of the migration steps."""
    cycle = collect_migrations(migrate, wait or {}, in_migrate=in_migrate, blockers=blockers)
    return {
        "migrations": cycle.migrations,
        "not_completed": cycle.not_completed,
        "failures_first": cycle.failures_first,
        "message": cycle.message,
        "not_requested": cycle.not_requested,
        "prediction": cycle.prediction,
        "prediction_text": score_text(cycle.prediction),
    }


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_migrations": cycle_migrations}
