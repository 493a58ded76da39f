# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that choose the method that moves a server away from its compute host.

If there is no method, they find the obstacle.
"""

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
# Move methods that need a destination.
MIGRATIONS = (BY_LIVE_MIGRATION, BY_COLD_MIGRATION)

# The action that makes a server movable, by status of the server.
_ACTION_BY_STATUS = {
    "SUSPENDED": "resume it",
    "RESCUE": "unrescue it",
    "SHELVED": "offload or unshelve it",
    "SOFT_DELETED": "restore or force-delete it",
    "VERIFY_RESIZE": "confirm or revert its resize",
    "ERROR": "read its fault, and reset its state if the guest is healthy",
    "UNKNOWN": "check its compute host and its cell",
}
# Task states of a server with an open migration. The modules request no further migration and wait for the open one.
_LIVE_MIGRATION_TASKS = frozenset({"migrating"})
_COLD_MIGRATION_TASKS = frozenset({"resize_prep", "resize_migrating", "resize_migrated", "resize_finish"})


@dataclass(frozen=True)
class MoveMethod:
    """The method that moves a server away from its compute host."""

    name: str
    # The reason why the server cannot leave the host. None if the server can leave.
    obstacle: str | None = None
    # Whether the obstacle is a task that ends without help. Then the module polls the server until the task has ended.
    obstacle_is_temporary: bool = False


def move_method_of(
    server: Mapping[str, Any], *, cold_allowed: bool, cold_record: Mapping[str, Any] | None = None
) -> MoveMethod:
    """Return the move method of a server that is on the host.

    ``cold_record`` is the record of an open cold migration of the server. It is None if there is no such migration.
    """
    status, task = server["status"], server["task_state"]
    if task in _LIVE_MIGRATION_TASKS:
        return MoveMethod(BY_LIVE_MIGRATION)
    if task in _COLD_MIGRATION_TASKS and cold_record is not None:
        return MoveMethod(BY_COLD_MIGRATION)
    if task is not None or status == "BUILD":
        return MoveMethod(
            NOT_AT_ALL,
            f"The server is busy (task_state={task or status.lower()}). Run the drain again when the task has ended.",
            obstacle_is_temporary=True,
        )
    return _move_method_without_task(status, cold_allowed=cold_allowed)


def _move_method_without_task(status: str, *, cold_allowed: bool) -> MoveMethod:
    if status in LIVE.movable:
        return MoveMethod(BY_LIVE_MIGRATION)
    if status not in COLD.movable:
        action = _ACTION_BY_STATUS.get(status, "start it")
        return MoveMethod(NOT_AT_ALL, f"Nova cannot move a server in status {status}. To make it movable, {action}.")
    if not cold_allowed:
        return MoveMethod(
            NOT_AT_ALL,
            f"Only a cold migration can move a server in status {status}, and cold migration is not allowed"
            " (cold=false). Start the server, or allow cold migration.",
        )
    return MoveMethod(BY_COLD_MIGRATION)


def move_method_of_departed(record: Mapping[str, Any], *, earliest: str | None, cold_allowed: bool) -> MoveMethod:
    """Return the move method of a server whose cold migration or resize to another host is not confirmed.

    Until the confirmation, the old host keeps the disk of the server, and Placement keeps an allocation. A drain
    confirms only cold migrations that started at or after ``earliest``. At this time the host was disabled.
    """
    if record["type"] != COLD.record_type:
        return MoveMethod(
            NOT_AT_ALL, f"The {record['type']} of the server is not confirmed. Ask its owner to confirm or revert it."
        )
    if earliest is None or str(record["created"]) < earliest:
        return MoveMethod(
            NOT_AT_ALL,
            f"The cold migration of {record['created']} is older than this drain and is not confirmed."
            " Confirm or revert it.",
        )
    if not cold_allowed:
        return MoveMethod(
            NOT_AT_ALL,
            "The cold migration of the server is not confirmed, and cold migration is not allowed (cold=false)."
            " Confirm or revert it, or allow cold migration.",
        )
    return MoveMethod(BY_CONFIRMATION)


def move_method_back(server: Mapping[str, Any] | None, record: Mapping[str, Any], *, cold_allowed: bool) -> MoveMethod:
    """Return the move method that brings a server back to its former host.

    ``record`` is the migration record of the move away from that host.
    """
    if server is None:
        return MoveMethod(NOT_AT_ALL, "The server does not exist any more.")
    if server["host"] != record["destination"]:
        return MoveMethod(
            NOT_AT_ALL,
            f"The server was moved to {record['destination']}, but is on {server['host'] or 'no host'} now. A server is"
            " brought back only if it is still on the host to which it was moved.",
        )
    return move_method_of(server, cold_allowed=cold_allowed)
