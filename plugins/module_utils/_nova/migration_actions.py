# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Abort, force, confirm or revert a migration, or reset the state of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    BadRequestError,
    ConflictError,
    DroppedError,
    NotFoundError,
    RateLimitError,
    ServiceError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    ABORT,
    ABORT_WAITING,
    CONFIRM,
    FORCE_COMPLETE,
    RESET_STATE,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud


def intervene(cloud: Cloud, action: str, server_id: str, record: Mapping[str, Any]) -> bool:
    """Abort a migration or force it to complete. Return whether Nova accepted the request.

    If Nova refused the request, read the migration record again, because its status may have changed.
    """
    path = f"/servers/{server_id}/migrations/{record['id']}"
    waiting = record["status"] in WAITING
    try:
        if action == "abort":
            need = ABORT_WAITING if waiting else ABORT
            cloud.send("DELETE", path, f"Aborting the migration {record['id']} of server {server_id}", need=need)
            return True
        if waiting:
            # Nova cannot force a queued migration to complete, so the module tries again at the next poll.
            return False
        cloud.send(
            "POST",
            f"{path}/action",
            f"Forcing the migration {record['id']} of server {server_id} to complete",
            need=FORCE_COMPLETE,
            json={"force_complete": None},
        )
    except (BadRequestError, ConflictError, DroppedError, NotFoundError, RateLimitError, ServiceError):
        # Nova refuses the request if the migration is about to end. A second request does no harm.
        return False
    return True


def reset_state(cloud: Cloud, server_id: str, server_name: str) -> None:
    """Reset the state of a server from ERROR to ACTIVE. The request may be sent twice without harm."""
    cloud.retry_idempotent(
        lambda: cloud.send(
            "POST",
            f"/servers/{server_id}/action",
            f"Resetting the state of server {server_name} ({server_id})",
            need=RESET_STATE,
            json={"os-resetState": {"state": "active"}},
        )
    )


def confirm(cloud: Cloud, server_id: str, name: str, *, revert: bool = False) -> bool:
    """Confirm a cold migration, or revert it. Return whether Nova accepted the request.

    After a refusal, read the migration record again, because its status may have changed.
    """
    verb, action = ("Reverting", "revertResize") if revert else ("Confirming", "confirmResize")
    what = f"{verb} the cold migration of server {name} ({server_id})"
    try:
        cloud.send("POST", f"/servers/{server_id}/action", what, need=CONFIRM, json={action: None})
    except (BadRequestError, ConflictError, DroppedError, NotFoundError, RateLimitError, ServiceError):
        # Nova cannot confirm or revert this migration now, or a user has already done it.
        return False
    return True
