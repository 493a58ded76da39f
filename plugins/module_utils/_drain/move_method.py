# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Choose the method that moves a server away from its compute host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import blockers_of, refusal
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    COLD_MOVE,
    LIVE_MOVE,
    Blocker,
    MoveContext,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.state_rules import older_migration
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import COLD, LIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    return _unless_refused(method, blockers_of(facts, context, method))


def _unless_refused(method: str, blockers: Iterable[Blocker]) -> MoveMethod:
    found = tuple(blockers)
    return MoveMethod(method if refusal(found) is None else NOT_AT_ALL, found)


def move_method_of_departed(record: Mapping[str, Any], *, earliest: str | None, context: MoveContext) -> MoveMethod:
    """Return the action that ends an unconfirmed cold migration or resize.

    A drain confirms only its own cold migrations. ``earliest`` is the start time of the drain.
    """
    facts = ServerFacts({"status": "VERIFY_RESIZE", "task_state": None, "locked": False}, cold_record=record)
    found = [one for one in blockers_of(facts, context, COLD_MOVE) if one.reason == "resize"]
    if not found and (earliest is None or str(record["created"]) < earliest):
        found = [older_migration(record)]
    if not found and not context.cold_allowed:
        detail = "The cold migration of the server is not confirmed, and cold migration is not allowed (cold=false)."
        found = [Blocker("resize", CERTAIN, detail, "Confirm or revert it, or allow cold migration.")]
    return _unless_refused(BY_CONFIRMATION, found)


def move_method_back(facts: ServerFacts | None, record: Mapping[str, Any], context: MoveContext) -> MoveMethod:
    """Return the method that moves a server back to the drained host.

    ``record`` is the record of the migration away from this host.
    """
    if facts is None:
        return not_at_all("deleted", "The server does not exist any more.", "")
    host = facts.server["host"]
    if host != record["destination"]:
        problem = f"The server was moved to {record['destination']}, but is on {host or 'no host'} now."
        return not_at_all("moved_again", problem, "The role does not bring back a server that was moved again.")
    return move_method_of(facts, context)


def not_at_all(reason: str, detail: str, remedy: str) -> MoveMethod:
    """Return the method for a server that cannot move."""
    return MoveMethod(NOT_AT_ALL, (Blocker(reason, CERTAIN, detail, remedy),))
