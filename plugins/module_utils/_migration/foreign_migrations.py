# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find open migrations of servers that this module call does not migrate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova import timestamps
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase, key_of, phase_of
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import is_at_rest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

Record = dict[str, Any]

# The largest accepted difference between the clock of Nova and the local clock.
RECENT = timedelta(minutes=5)


def open_of_others(records: Iterable[Mapping[str, Any]], ours: Collection[str]) -> list[Record]:
    """Return the records of running migrations whose server id is not in `ours`."""
    return [
        dict(record)
        for record in records
        if phase_of(record.get("status")) is Phase.RUNNING and record.get("instance_uuid") not in ours
    ]


def is_recent(record: Mapping[str, Any], now: datetime) -> bool:
    written = timestamps.read_time(record.get("updated_at") or record.get("created_at"))
    return written is None or now - written < RECENT


def is_stale(server: Mapping[str, Any], record: Mapping[str, Any], now: datetime) -> bool:
    """Return whether Nova no longer updates the migration record.

    Nova removes the task state of the server shortly before it writes the final status, so the record must also be old.
    """
    return is_at_rest(server) and not is_recent(record, now)


def oldest_on_hosts(records: Iterable[Record], hosts: Collection[str | None]) -> Record | None:
    """Return the oldest migration from or to one of the hosts."""
    found = [
        record for record in records if {record.get("source_compute"), record.get("dest_compute")} & set(hosts) - {None}
    ]
    return min(found, key=lambda record: (str(record.get("created_at")), record["id"]), default=None)


def describe(record: Mapping[str, Any]) -> str:
    source, destination = record.get("source_compute"), record.get("dest_compute")
    way = f"{source or 'unknown host'} -> {destination or 'host not chosen yet'}"
    since = f"{str(record.get('created_at'))[:19]}Z"
    return (
        f"migration {key_of(record)} of server {record.get('instance_uuid')} ({way}, {record['status']}, since {since})"
    )


def refusal(name: str, record: Mapping[str, Any], seconds: float) -> str:
    """Return the error message if a migration of another user prevents the request."""
    problem = (
        "The request was not sent, because a foreign migration is open on the host of the server or on the destination"
    )
    cause = f"It did not end within {seconds:g} s (wait_for_hosts)."
    action = "Wait for its end, abort it with migration_action, or raise wait_for_hosts."
    note = "With wait_for_hosts=0, foreign migrations are not checked."
    return f"{name}: {problem}: {describe(record)}. {cause} {action} {note}"
