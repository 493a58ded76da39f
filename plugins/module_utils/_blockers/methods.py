# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Choose the method that moves a server away from its compute host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import blockers_of, refusal
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    COLD_MOVE,
    LIVE_MOVE,
    Blocker,
    MoveContext,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import COLD, LIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

BY_LIVE_MIGRATION = LIVE_MOVE
BY_COLD_MIGRATION = COLD_MOVE
BY_CONFIRMATION = "confirm"
NOT_AT_ALL = "none"
MIGRATIONS = (BY_LIVE_MIGRATION, BY_COLD_MIGRATION)

# A server with one of these task states is already migrating. The module waits until the task state changes.
_LIVE_MIGRATION_TASKS = frozenset({"migrating"})
_COLD_MIGRATION_TASKS = frozenset({"resize_prep", "resize_migrating", "resize_migrated", "resize_finish"})


@dataclass(frozen=True)
class MoveMethod:
    """The method that moves a server away from its compute host."""

    name: str
    # The reasons why the server cannot leave the compute host, or why this is doubtful.
    blockers: tuple[Blocker, ...] = ()

    @property
    def obstacle(self) -> str | None:
        """Return the reason why the server cannot leave the compute host. None means that the server can leave."""
        found = refusal(self.blockers)
        return None if found is None else found.sentence

    @property
    def obstacle_is_temporary(self) -> bool:
        """Return whether the server can leave the host when its running task has ended."""
        found = refusal(self.blockers)
        return found is not None and found.temporary


def move_method_of(facts: ServerFacts, context: MoveContext) -> MoveMethod:
    """Return how a server can leave its host."""
    status, task = facts.server["status"], facts.server["task_state"]
    if task in _LIVE_MIGRATION_TASKS:
        return MoveMethod(BY_LIVE_MIGRATION)
    if task in _COLD_MIGRATION_TASKS and facts.cold_record is not None:
        return MoveMethod(BY_COLD_MIGRATION)
    method = BY_COLD_MIGRATION if status in COLD.movable and status not in LIVE.movable else BY_LIVE_MIGRATION
    return unless_refused(method, blockers_of(facts, context, method))


def unless_refused(method: str, blockers: Iterable[Blocker]) -> MoveMethod:
    found = tuple(blockers)
    return MoveMethod(method if refusal(found) is None else NOT_AT_ALL, found)


def not_at_all(reason: str, detail: str, remedy: str) -> MoveMethod:
    """Return the method for a server that cannot move."""
    return MoveMethod(NOT_AT_ALL, (Blocker(reason, CERTAIN, detail, remedy),))
