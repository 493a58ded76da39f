# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Rules about the status, the task and the lock of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    COLD_MOVE,
    LIVE_MOVE,
    Blocker,
    MoveContext,
    Rule,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import COLD, LIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_CHECK_STATE = "nova.compute.api.check_instance_state"


def status_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge the status of a server without a task."""
    del context
    status = str(facts.server["status"])
    if facts.server["task_state"] is not None or status == "BUILD" or status in LIVE.movable + COLD.movable:
        return None
    action = _ACTION_BY_STATUS.get(status, "start it")
    return Blocker(
        "status", CERTAIN, f"Nova cannot move a server in status {status}.", f"To make it movable, {action}."
    )


def stopped_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge a server that only a cold migration can move."""
    status = str(facts.server["status"])
    if status not in COLD.movable or status in LIVE.movable or facts.server["task_state"] is not None:
        return None
    if context.cold_allowed:
        return None
    return Blocker(
        "stopped",
        CERTAIN,
        f"Only a cold migration can move a server in status {status}.",
        "Cold migration is not allowed (cold=false). Start the server, or allow cold migration.",
    )


def task_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge the task of a server, such as a build or a reboot."""
    del context
    task, status = facts.server["task_state"], str(facts.server["status"])
    if task is None and status != "BUILD":
        return None
    problem = f"The server is busy (task_state={task or status.lower()})."
    return Blocker("task", CERTAIN, problem, "Run the drain again when the task has ended.", temporary=True)


def lock_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge the lock of a server. A lock does not stop an administrator."""
    if not facts.server["locked"] or context.is_admin:
        return None
    return Blocker(
        "locked",
        CERTAIN,
        "The server is locked, and the user is not an administrator.",
        "Unlock the server, or use a user with the role admin.",
    )


def unconfirmed_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge a server whose cold migration or resize waits for a confirmation on another host."""
    del context
    record = facts.cold_record
    if record is None or record["type"] == COLD.record_type:
        return None
    problem = f"The {record['type']} of the server is not confirmed."
    return Blocker("resize", CERTAIN, problem, "Ask the owner to confirm or revert it.")


def older_migration(record: Mapping[str, object]) -> Blocker:
    """Return the blocker for a cold migration that an earlier run has left unconfirmed."""
    return Blocker(
        "resize",
        CERTAIN,
        f"An unconfirmed cold migration is older than this drain (created {record['created']}).",
        "Confirm or revert it.",
    )


STATE_RULES = (
    Rule("task", task_blocker, f"{_CHECK_STATE} (task_state=(None,))"),
    Rule("status", status_blocker, f"{_CHECK_STATE} (vm_state)"),
    Rule("stopped", stopped_blocker, f"{_CHECK_STATE} (vm_state)", moves=(COLD_MOVE,)),
    Rule("locked", lock_blocker, "nova.compute.api.check_instance_lock"),
    Rule("resize", unconfirmed_blocker, f"{_CHECK_STATE} (vm_state=RESIZED)", moves=(LIVE_MOVE, COLD_MOVE)),
)
