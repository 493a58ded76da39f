# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: how each server can leave its compute host, or why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import COLD, LIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

BY_LIVE_MIGRATION = "live"
BY_COLD_MIGRATION = "cold"
BY_CONFIRMATION = "confirm"
NOT_AT_ALL = "none"

# What can be done about the others.
_ADVICE = {
    "SUSPENDED": "resume it",
    "RESCUE": "unrescue it",
    "SHELVED": "offload or unshelve it",
    "SOFT_DELETED": "restore or force-delete it",
    "VERIFY_RESIZE": "confirm or revert its resize",
    "ERROR": "see its fault, and reset its state if the guest is well",
    "UNKNOWN": "see what became of its host",
}
# Task states of moves that our modules join instead of asking for another one.
_LIVE_TASKS = frozenset({"migrating"})
_COLD_TASKS = frozenset({"resize_prep", "resize_migrating", "resize_migrated", "resize_finish"})


@dataclass(frozen=True)
class MoveMethod:
    """How a server leaves: with which kind of move, or why with none."""

    how: str
    obstacle: str | None = None
    # Whether it is in a task that ends by itself, so that it is worth looking again
    passing: bool = False


def move_method_of(
    server: Mapping[str, Any], *, cold_allowed: bool, cold_record: Mapping[str, Any] | None = None
) -> MoveMethod:
    """The way of a server that is on the host; cold_record is of a cold migration that it is in."""
    status, task = server["status"], server["task_state"]
    if task in _LIVE_TASKS:
        return MoveMethod(BY_LIVE_MIGRATION)
    if task in _COLD_TASKS and cold_record is not None:
        return MoveMethod(BY_COLD_MIGRATION)
    if task is not None or status == "BUILD":
        return MoveMethod(
            NOT_AT_ALL, f"it is busy ({task or status.lower()}): run again when that is over", passing=True
        )
    return _move_method_at_rest(status, cold_allowed=cold_allowed)


def _move_method_at_rest(status: str, *, cold_allowed: bool) -> MoveMethod:
    if status in LIVE.movable:
        return MoveMethod(BY_LIVE_MIGRATION)
    if status not in COLD.movable:
        return MoveMethod(NOT_AT_ALL, f"Nova cannot move a server that is {status}: {_ADVICE.get(status, 'start it')}")
    if not cold_allowed:
        return MoveMethod(
            NOT_AT_ALL, f"it is {status}, which only a cold migration can move, and that is not allowed (cold)"
        )
    return MoveMethod(BY_COLD_MIGRATION)


def move_method_of_departed(record: Mapping[str, Any], *, earliest: str | None, cold_allowed: bool) -> MoveMethod:
    """The way of a server that is elsewhere by now, whose move from here waits for a confirmation.

    Until then the host keeps its disk, and Placement its resources. We confirm what was begun by a drain of this host:
    cold migrations since it was disabled.
    """
    if record["type"] != COLD.record_type:
        return MoveMethod(NOT_AT_ALL, f"its {record['type']} waits for its owner to confirm or revert it")
    if earliest is None or str(record["created"]) < earliest:
        return MoveMethod(
            NOT_AT_ALL,
            f"its cold migration of {record['created']}, from before this drain, waits: confirm or revert it",
        )
    if not cold_allowed:
        return MoveMethod(
            NOT_AT_ALL, "its cold migration waits for confirmation, and cold migration is not allowed (cold)"
        )
    return MoveMethod(BY_CONFIRMATION)


def move_method_back(server: Mapping[str, Any] | None, record: Mapping[str, Any], *, cold_allowed: bool) -> MoveMethod:
    """The way back of a server that was moved away."""
    if server is None:
        return MoveMethod(NOT_AT_ALL, "it is gone")
    if server["host"] != record["destination"]:
        return MoveMethod(
            NOT_AT_ALL, f"it was moved to {record['destination']}, and is on {server['host'] or 'no host'} now"
        )
    return move_method_of(server, cold_allowed=cold_allowed)
