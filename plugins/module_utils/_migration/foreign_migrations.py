# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: which open migrations of others keep a move from being requested."""

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

# A record that our request creates is not older than this, however much clocks differ.
RECENT = timedelta(minutes=5)


def open_of_others(records: Iterable[Mapping[str, Any]], ours: Collection[str]) -> list[Record]:
    """The migrations that are not over, but for those of our servers.

    A cold migration that is finished waits for its confirmation only, which may take its owner days.
    """
    return [
        dict(record)
        for record in records
        if phase_of(record.get("status")) is Phase.RUNNING and record.get("instance_uuid") not in ours
    ]


def is_recent(record: Mapping[str, Any], now: datetime) -> bool:
    written = timestamps.read_time(record.get("updated_at") or record.get("created_at"))
    return written is None or now - written < RECENT


def is_stale(server: Mapping[str, Any], record: Mapping[str, Any], now: datetime) -> bool:
    """Whether the record has been forgotten: a server is switched over a moment before its record ends, not longer."""
    return is_at_rest(server) and not is_recent(record, now)


def oldest_on_hosts(records: Iterable[Record], hosts: Collection[str | None]) -> Record | None:
    """The oldest of these migrations that one of the hosts takes part in."""
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
    """Why a move was not requested, and what to do."""
    return (
        f"{name}: not requested, because a migration that is not ours is open on its host or on the destination:"
        f" {describe(record)}. It did not end within {seconds:g} s (wait_for_hosts). Wait for its end, abort it with"
        " migration_action, or raise wait_for_hosts; 0 does not check."
    )
