# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Delay a migration while migrations of other users use the same hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import BusyError, ForbiddenError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline
from ansible_collections.stackproof.migration.plugins.module_utils._migration.conclude import refused
from ansible_collections.stackproof.migration.plugins.module_utils._migration.foreign_migrations import (
    Record,
    is_recent,
    is_stale,
    oldest_on_hosts,
    open_of_others,
    refusal,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import migration_list
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )

# The interval at which the module reads the foreign migrations of a host, in seconds.
CACHE_SECONDS = 5.0
# An open migration record that is older than 7 days is ignored.
OLDEST = timedelta(days=7)


@dataclass
class ForeignMigrationWait:
    """A wait of at most `seconds` until no foreign migration uses the hosts of a migration."""

    cloud: Cloud
    seconds: float
    # The ids of the servers that this module migrates.
    ours: frozenset[str] = frozenset()
    # Warnings about compute hosts whose migrations the module could not read.
    warnings: list[str] = field(default_factory=list)
    _read: dict[str, list[Record]] = field(default_factory=dict)
    _valid_until: Deadline | None = None

    def unblocked(self, waiting: Iterable[TrackedMigration]) -> list[TrackedMigration]:
        """Return the migrations that no migration of another user blocks.

        A migration that has waited too long gets the outcome refused.
        """
        found = []
        for migration in waiting:
            state = migration.state
            state.blocked_by = self.blocking_migration(migration)
            if state.blocked_by is None:
                state.hold_deadline = None
                found.append(migration)
                continue
            state.was_blocked = True
            state.hold_deadline = state.hold_deadline or Deadline(self.cloud.clock, self.seconds)
            if state.hold_deadline.over:
                message = refusal(migration.plan.server_name, state.blocked_by, self.seconds)
                migration.conclude(refused(BusyError(message, service="compute")))
        return found

    def blocking_migration(self, migration: TrackedMigration) -> Record | None:
        """Return the oldest migration of another user on a host of this migration, or None."""
        # If Nova's scheduler chooses the destination, expected_host is None.
        hosts = [host for host in (migration.plan.source, migration.plan.expected_host) if host is not None]
        if migration.plan.source is None:
            self._warn("this user may not see the hosts of servers")
        records = [record for host in hosts for record in self._open_on(host)]
        return oldest_on_hosts(records, hosts)

    def _warn(self, why: str) -> None:
        warning = f"wait_for_hosts: foreign migrations on the hosts were not checked: {why}."
        if warning not in self.warnings:
            self.warnings.append(warning)

    def _open_on(self, host: str) -> list[Record]:
        if self._valid_until is None or self._valid_until.over:
            self._read, self._valid_until = {}, Deadline(self.cloud.clock, CACHE_SECONDS)
        if host not in self._read:
            self._read[host] = self._read_open(host)
        return self._read[host]

    def _read_open(self, host: str) -> list[Record]:
        now = self.cloud.now()
        try:
            records = migration_list.on_host(self.cloud, host, since=now - OLDEST)
        except ForbiddenError as error:
            self._warn(error.failure.message.rstrip("."))
            return []
        if self.cloud.own_migrations_only:
            self._warn("this user may only see the migrations of their own project")
        found = open_of_others(records, self.ours)
        return [record for record in found if is_recent(record, now) or not self._is_forgotten(record)]

    def _is_forgotten(self, record: Record) -> bool:
        server = nova_servers.read(self.cloud, str(record["instance_uuid"]))
        return server is None or is_stale(nova_servers.view(server), record, self.cloud.now())
