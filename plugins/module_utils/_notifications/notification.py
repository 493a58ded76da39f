# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that read Nova's versioned notifications."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The event types of notifications about migrations begin with these names.
_NAMES = ("instance.live_migration_", "instance.resize", "compute_task.migrate_server")
# Nova sends notifications with these names at the end of a migration. The migration record may get its final status
# later.
_FINAL = frozenset(
    {
        "instance.live_migration_post.end",
        "instance.live_migration_rollback.end",
        "instance.live_migration_rollback_dest.end",
        "instance.live_migration_abort.end",
        # The event resize_finish means that a cold migration waits for its confirmation.
        "instance.resize_finish.end",
        "instance.resize_confirm.end",
        "instance.resize_revert.end",
    }
)


@dataclass(frozen=True)
class Notification:
    """A notification about the migration of a server."""

    event_type: str
    server_id: str

    @property
    def is_final(self) -> bool:
        """Whether the notification is about the end or an error of a migration."""
        return self.event_type in _FINAL or self.event_type.endswith(".error")


def may_concern_migrations(body: str | bytes) -> bool:
    """Return whether a message may contain a notification about a migration.

    This quick test saves the parsing of most other messages.
    """
    if isinstance(body, bytes):
        return any(name.encode() in body for name in _NAMES)
    return any(name in body for name in _NAMES)


def parse(body: str | bytes) -> Notification | None:
    """Return the notification in a message, or None if the message contains no notification.

    The key oslo.message contains the notification as JSON text. nova-conductor names the id of the server
    instance_uuid, and other services name the id uuid.
    """
    message = _object(body)
    if isinstance(message.get("oslo.message"), str):
        message = _object(message["oslo.message"])
    event_type, payload = message.get("event_type"), message.get("payload")
    if not isinstance(event_type, str) or not event_type.startswith(_NAMES) or not isinstance(payload, Mapping):
        return None
    data = payload.get("nova_object.data")
    if not isinstance(data, Mapping):
        return None
    server_id = data.get("instance_uuid") or data.get("uuid")
    return Notification(event_type, server_id.lower()) if isinstance(server_id, str) else None


def _object(text: str | bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}
