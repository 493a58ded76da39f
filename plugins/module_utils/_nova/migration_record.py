# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what a migration record says, and which one belongs to a request."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class Phase(Enum):
    """The phase of a migration, from its record."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS = {
    "completed": Phase.DONE,
    "done": Phase.DONE,
    "finished": Phase.DONE,
    "confirmed": Phase.DONE,
    "reverted": Phase.DONE,
    "error": Phase.FAILED,
    "failed": Phase.FAILED,
    "cancelled": Phase.CANCELLED,
}
# Nova has not started these migrations.
QUEUED = frozenset({"accepted", "queued"})
# Nova aborts these by deleting the request rather than the hypervisor's job.
WAITING = QUEUED | {"preparing"}


def phase_of(status: str | None) -> Phase:
    """Return the phase of a status. A status that is no known end, such as post-migrating, is RUNNING."""
    return _ENDS.get(status or "", Phase.RUNNING)


def key_of(record: Mapping[str, Any]) -> str:
    """Return the uuid of a record, or its number on a cloud too old for uuids."""
    return str(record.get("uuid") or record["id"])


def view(record: Mapping[str, Any]) -> dict[str, Any]:
    """A migration record as our modules return it."""
    return {
        "uuid": record.get("uuid"),
        "id": record["id"],
        "server_id": record.get("instance_uuid"),
        "type": record.get("migration_type"),
        "status": record.get("status"),
        "source": record.get("source_compute"),
        "destination": record.get("dest_compute"),
        "source_node": record.get("source_node"),
        "destination_node": record.get("dest_node"),
        "created": record.get("created_at"),
        "updated": record.get("updated_at"),
    }


def of_type(record: Mapping[str, Any], kind: str) -> bool:
    """Whether it is of that type; records of clouds so old that they tell none are taken for it."""
    return bool(record.get("migration_type", kind) == kind)


def first_new(
    records: Iterable[Mapping[str, Any]], server_id: str, known: Collection[str], kind: str, not_before: str = ""
) -> Mapping[str, Any] | None:
    """The migration of this server that was not there before the request: the oldest such.

    Where not all of the server's records are known, those from before the moment `not_before` (as Nova writes it, to
    the second) are not looked at.
    """
    new = [
        record
        for record in records
        if record.get("instance_uuid") == server_id
        and of_type(record, kind)
        and key_of(record) not in known
        and str(record.get("created_at")) >= not_before
    ]
    return min(new, key=lambda record: (str(record.get("created_at")), record["id"]), default=None)


def with_key(records: Iterable[Mapping[str, Any]], key: str) -> Mapping[str, Any] | None:
    """The record of that uuid, or of that number."""
    return next((record for record in records if key in (record.get("uuid"), str(record["id"]))), None)
