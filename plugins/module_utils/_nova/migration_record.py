# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read migration records, and convert their statuses to phases such as running, done or failed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class Phase(Enum):
    """The phase of a migration."""

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
# nova-conductor creates the record of a live migration with this status. nova-compute then sets another one.
ACCEPTED = "accepted"
# Nova has not started a migration with one of these statuses.
QUEUED = frozenset({ACCEPTED, "queued"})
# With these statuses, an abort only deletes the migration request, because the copy has not started.
WAITING = QUEUED | {"preparing"}


def phase_of(status: str | None) -> Phase:
    """Return the phase of a migration record. A record whose status is not final has the phase RUNNING."""
    return _ENDS.get(status or "", Phase.RUNNING)


def key_of(record: Mapping[str, Any]) -> str:
    """Return the uuid of a migration record, or its number if it has no uuid."""
    return str(record.get("uuid") or record["id"])


def view(record: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a migration record to the form that the modules return."""
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
    """Return whether a record has this migration type. Records without a type always match."""
    return bool(record.get("migration_type", kind) == kind)


def first_new(
    records: Iterable[Mapping[str, Any]], server_id: str, known: Collection[str], kind: str, not_before: str = ""
) -> Mapping[str, Any] | None:
    """Return the oldest migration record of the server that is not in `known`.

    The function ignores records that Nova created before `not_before`.
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
    """Return the migration record with this uuid or number."""
    return next((record for record in records if key in (record.get("uuid"), str(record["id"]))), None)
