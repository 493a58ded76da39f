# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the method that moves a server away from its compute host."""

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
MIGRATIONS = (BY_LIVE_MIGRATION, BY_COLD_MIGRATION)

# Nova cannot move a server in these statuses before its user does this action.
_ACTION_BY_STATUS = {
    "SUSPENDED": "resume it",
    "RESCUE": "unrescue it",
    "SHELVED": "offload or unshelve it",
    "SOFT_DELETED": "restore or force-delete it",
    "VERIFY_RESIZE": "confirm or revert its resize",
    "ERROR": "read the fault of the server, and reset the state if the guest is healthy",
    "UNKNOWN": "check whether the compute host and the cell of the server answer",
}
# A server with one of these task states is already migrating. The module waits until the task state changes.
_LIVE_MIGRATION_TASKS = frozenset({"migrating"})
_COLD_MIGRATION_TASKS = frozenset({"resize_prep", "resize_migrating", "resize_migrated", "resize_finish"})


@dataclass(frozen=True)
class MoveMethod:
    """The method that moves a server away from its compute host."""

    name: str
    # The reason why the server cannot leave the compute host. None means that the server can leave.
    obstacle: str | None = None
    # Whether the server can leave the host when its running task has ended.
    obstacle_is_temporary: bool = False


def move_method_of(
    server: Mapping[str, Any], *, cold_allowed: bool, cold_record: Mapping[str, Any] | None = None
) -> MoveMethod:
    """Return how a drain moves a server away from its host.

    ``cold_record`` is the record of a cold migration that waits for its confirmation.
    """
    status, task = server["status"], server["task_state"]
    if task in _LIVE_MIGRATION_TASKS:
        return MoveMethod(BY_LIVE_MIGRATION)
    if task in _COLD_MIGRATION_TASKS and cold_record is not None:
        return MoveMethod(BY_COLD_MIGRATION)
    if task is not None or status == "BUILD":
        problem = f"The server is busy (task_state={task or status.lower()})."
        action = "Run the drain again when the task has ended."
        return MoveMethod(NOT_AT_ALL, f"{problem} {action}", obstacle_is_temporary=True)
    return _move_method_without_task(status, cold_allowed=cold_allowed)


def _move_method_without_task(status: str, *, cold_allowed: bool) -> MoveMethod:
    if status in LIVE.movable:
        return MoveMethod(BY_LIVE_MIGRATION)
    if status not in COLD.movable:
        action = _ACTION_BY_STATUS.get(status, "start it")
        return MoveMethod(NOT_AT_ALL, f"Nova cannot move a server in status {status}. To make it movable, {action}.")
    if not cold_allowed:
        problem = f"Only a cold migration can move a server in status {status}."
        return MoveMethod(
            NOT_AT_ALL,
            f"{problem} Cold migration is not allowed (cold=false). Start the server, or allow cold migration.",
        )
    return MoveMethod(BY_COLD_MIGRATION)


def move_method_of_departed(record: Mapping[str, Any], *, earliest: str | None, cold_allowed: bool) -> MoveMethod:
    """Return the action that ends an unconfirmed cold migration or resize.

    A drain confirms only its own cold migrations. ``earliest`` is the start time of the drain.
    """
    if record["type"] != COLD.record_type:
        problem = f"The {record['type']} of the server is not confirmed."
        return MoveMethod(NOT_AT_ALL, f"{problem} Ask the owner to confirm or revert it.")
    if earliest is None or str(record["created"]) < earliest:
        return MoveMethod(
            NOT_AT_ALL,
            f"An unconfirmed cold migration is older than this drain (created {record['created']})."
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
    """Return the method that moves a server back to the drained host.

    ``record`` is the record of the migration away from this host.
    """
    if server is None:
        return MoveMethod(NOT_AT_ALL, "The server does not exist any more.")
    if server["host"] != record["destination"]:
        problem = f"The server was moved to {record['destination']}, but is on {server['host'] or 'no host'} now."
        return MoveMethod(NOT_AT_ALL, f"{problem} The role does not bring back a server that was moved again.")
    return move_method_of(server, cold_allowed=cold_allowed)
