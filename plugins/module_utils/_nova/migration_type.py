# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The names, statuses and microversions of live migration and of cold migration."""

from __future__ import annotations

from dataclasses import dataclass, replace
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

# A cold migration has this status until a user confirms or reverts it.
UNCONFIRMED = "finished"


@dataclass(frozen=True)
class MigrationType:
    """The properties of a migration type: a live migration, a cold migration or a resize."""

    noun: str
    # The word for a migrated server in messages, such as "live-migrated".
    moved: str
    # Nova uses these names for the migration type in migration records and in instance actions.
    record_type: str
    action: str
    # The final status of a successful migration in its migration record.
    done: str
    # The statuses of a server for which Nova accepts this type of migration.
    movable: tuple[str, ...]
    need: MicroversionRequirement
    need_with_host: MicroversionRequirement
    # Whether a user must confirm or revert a migration of this type.
    wants_confirmation: bool = False
    # Whether the migration is reverted and not confirmed. The server then returns to its source host.
    reverts: bool = False
    # The new flavor of a resize.
    flavor_id: str | None = None
    # Whether the server must stay on its host. Nova resizes on the same host only if its configuration allows it.
    stays: bool = False
    # Whether the scheduler may keep the server on its host.
    may_stay: bool = False

    def phase(self, status: str | None) -> Phase:
        if self.wants_confirmation and status == UNCONFIRMED:
            return Phase.RUNNING
        return phase_of(status)

    def body(self, host: str | None, block_migration: str | bool) -> dict[str, Any]:
        """Return the body of the migration request."""
        if self is LIVE:
            return {"os-migrateLive": {"host": host, "block_migration": block_migration}}
        if self.flavor_id is not None:
            return {"resize": {"flavorRef": self.flavor_id}}
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
RESIZE = replace(COLD, noun="resize", moved="resized", record_type="resize", action="resize")
# The migration type for each value of `type` in a migration record.
OF_TYPE = {kind.record_type: kind for kind in (LIVE, COLD)}


def resize(flavor_id: str, *, stays: bool = False, may_stay: bool = False) -> MigrationType:
    """Return the type of a resize to another flavor.

    With ``stays``, the server must stay on its host. With ``may_stay``, the scheduler chooses whether it does.
    """
    return replace(RESIZE, flavor_id=flavor_id, stays=stays, may_stay=may_stay)


def reverted(kind: MigrationType) -> MigrationType:
    """Return the type of a cold migration or resize that is reverted."""
    return replace(kind, reverts=True, done="reverted")


# A server with one of these statuses is migrating or waits for a confirmation.
_ON_ITS_WAY = frozenset({"MIGRATING", "RESIZE", "VERIFY_RESIZE"})


def is_at_rest(server: Mapping[str, Any]) -> bool:
    """Return whether the status and the task state of a server show no migration.

    The function does not read the migration record, because some records never get a final status.
    """
    return server["task_state"] is None and server["status"] not in _ON_ITS_WAY


def going_on(records: Iterable[Mapping[str, Any]], server_id: str, kind: MigrationType) -> Mapping[str, Any] | None:
    """Return the record of the running migration of a server. Return None when no migration runs."""
    running = [
        record
        for record in records
        if record.get("instance_uuid") == server_id
        and of_type(record, kind.record_type)
        and kind.phase(record.get("status")) is Phase.RUNNING
    ]
    return max(running, key=lambda record: (str(record.get("created_at")), record["id"]), default=None)
