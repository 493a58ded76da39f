# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that decide whether a migration still makes progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase, phase_of
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import UNCONFIRMED

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
        AuditServer,
        Record,
        Snapshot,
    )

EVACUATION = "evacuation"
_CONFIRMED = ("migration", "resize")
# An evacuation has this status until nova-compute of the source host has started again.
EVACUATED = "done"
# The statuses of records that have not ended. Nova's filter accepts one status for each request.
OPEN_STATUSES = (
    "accepted",
    "queued",
    "preparing",
    "running",
    "running (post-copy)",
    "pre-migrating",
    "migrating",
    "post-migrating",
    UNCONFIRMED,
    "confirming",
    "reverting",
    EVACUATED,
)
# A server with one of these statuses is on its way to another host or flavor.
_MOVING = frozenset({"MIGRATING", "RESIZE", "REVERT_RESIZE", "REBUILD", "BUILD"})
WAITS = "VERIFY_RESIZE"
_QUEUED = "queued"


def is_open(record: Record) -> bool:
    """Return whether the status of a record is not final.

    A cold migration with the status finished waits for its confirmation. An evacuation with the status done waits
    until nova-compute of the source host has started again.
    """
    status, kind = record["status"], record["type"]
    if status == UNCONFIRMED and kind in _CONFIRMED:
        return True
    if status == EVACUATED and kind == EVACUATION:
        return True
    return phase_of(status) is Phase.RUNNING


def waits_for_source(record: Record) -> bool:
    """Return whether the record is an evacuation whose source host has not started again."""
    return bool(record["type"] == EVACUATION and record["status"] == EVACUATED)


def changed(record: Record) -> str | None:
    """Return the time of the last change of a record."""
    moment: str | None = record["updated"] or record["created"]
    return moment


def is_settled(record: Record, now: Snapshot) -> bool:
    """Return whether the last change of a record is old enough for a comparison."""
    age = now.age(changed(record))
    return age is None or age >= now.settle


def is_at_rest(server: AuditServer) -> bool:
    """Return whether neither the status nor the task state of a server shows a move."""
    return server.task_state is None and server.status not in _MOVING and server.status != WAITS


def never_ends(record: Record, server: AuditServer | None, now: Snapshot) -> bool:
    """Return whether an open record makes no progress.

    The server of the record is gone, at rest, or on hosts that are down. Or the record has not changed for a long time.
    """
    if not is_settled(record, now):
        return False
    if record["status"] == UNCONFIRMED and server is not None and server.status == WAITS:
        return False
    if server is None or is_at_rest(server) or now.down(record["source"], record["destination"]):
        return True
    if record["status"] == _QUEUED and _waits_in_queue(record, now):
        return False
    age = now.age(changed(record))
    return age is not None and age >= now.stale_after


def in_motion(server: AuditServer, now: Snapshot) -> bool:
    """Return whether the values of a server can change at any moment, so that a comparison proves nothing."""
    records = now.records_of(server.id)
    if any(is_open(record) and not never_ends(record, server, now) for record in records):
        return True
    if not all(is_settled(record, now) for record in records):
        return True
    return not is_at_rest(server)


def _waits_in_queue(record: Record, now: Snapshot) -> bool:
    """Return whether another migration from the same host runs, for which a queued migration waits."""
    return any(
        other["source"] == record["source"] and other["status"] != _QUEUED and is_open(other)
        for other in now.records
        if other is not record
    )
