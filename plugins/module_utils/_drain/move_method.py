# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Choose the method that moves a server away from the drained host, or back to this host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import blockers_of
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.methods import (
    BY_COLD_MIGRATION,
    BY_CONFIRMATION,
    BY_LIVE_MIGRATION,
    MIGRATIONS,
    NOT_AT_ALL,
    MoveMethod,
    move_method_of,
    not_at_all,
    unless_refused,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    COLD_MOVE,
    Blocker,
    MoveContext,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.state_rules import older_migration

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BY_COLD_MIGRATION",
    "BY_CONFIRMATION",
    "BY_LIVE_MIGRATION",
    "MIGRATIONS",
    "NOT_AT_ALL",
    "MoveMethod",
    "move_method_back",
    "move_method_of",
    "move_method_of_departed",
    "not_at_all",
]


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
    return unless_refused(BY_CONFIRMATION, found)


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
