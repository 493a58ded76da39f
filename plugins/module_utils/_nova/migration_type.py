# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: live and cold migration, and their differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    COLD_MIGRATE,
    COLD_MIGRATE_TO_HOST,
    LIVE_MIGRATE,
    MicroversionRequirement,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import (
    Phase,
    of_type,
    phase_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Status of a cold migration that waits for its confirmation or revert
UNCONFIRMED = "finished"


@dataclass(frozen=True)
class MigrationType:
    """One way of moving."""

    noun: str
    # What a server is when it was moved so
    moved: str
    # As migration records and instance actions name it
    record_type: str
    action: str
    # The status of the record at a good end
    done: str
    # In which status Nova moves a server so
    movable: tuple[str, ...]
    need: MicroversionRequirement
    need_with_host: MicroversionRequirement
    # Whether it is over only when it was confirmed
    wants_confirmation: bool = False

    def phase(self, status: str | None) -> Phase:
        """Where a migration of this kind is."""
        if self.wants_confirmation and status == UNCONFIRMED:
            return Phase.RUNNING
        return phase_of(status)

    def body(self, host: str | None, block_migration: str | bool) -> dict[str, Any]:
        """Return the body of the request."""
        if self is LIVE:
            return {"os-migrateLive": {"host": host, "block_migration": block_migration}}
        return {"migrate": None if host is None else {"host": host}}


LIVE = MigrationType(
    noun="live migration",
    moved="live-migrated",
    record_type="live-migration",
    action="live-migration",
    done="completed",
    movable=("ACTIVE", "PAUSED"),
    need=LIVE_MIGRATE,
    need_with_host=LIVE_MIGRATE,
)
COLD = MigrationType(
    noun="cold migration",
    moved="cold-migrated",
    record_type="migration",
    action="migrate",
    done="confirmed",
    movable=("ACTIVE", "SHUTOFF"),
    need=COLD_MIGRATE,
    need_with_host=COLD_MIGRATE_TO_HOST,
    wants_confirmation=True,
)
# By the type in the record. Nova has more types, which this collection does not request.
OF_TYPE = {kind.record_type: kind for kind in (LIVE, COLD)}


# What Nova shows of a server that is on its way, or waits for a confirmation.
_ON_ITS_WAY = frozenset({"MIGRATING", "RESIZE", "VERIFY_RESIZE"})


def is_at_rest(server: Mapping[str, Any]) -> bool:
    """Whether a server, as our modules return it, is in no migration, with any status of its records.

    Some records never end: Nova resets a server and leaves its record alone, and after the end of a nova-compute it
    closes only those that were copying.
    """
    return server["task_state"] is None and server["status"] not in _ON_ITS_WAY


def going_on(records: Iterable[Mapping[str, Any]], server_id: str, kind: MigrationType) -> Mapping[str, Any] | None:
    """Return the record of the migration of that kind that is in progress for this server."""
    running = [
        record
        for record in records
        if record.get("instance_uuid") == server_id
        and of_type(record, kind.record_type)
        and kind.phase(record.get("status")) is Phase.RUNNING
    ]
    return max(running, key=lambda record: (str(record.get("created_at")), record["id"]), default=None)
