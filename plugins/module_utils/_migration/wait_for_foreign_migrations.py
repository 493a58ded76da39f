# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Hold moves up while migrations of others are open on their hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import BusyError, ForbiddenError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline
from ansible_collections.stackproof.migration.plugins.module_utils._migration.conclude import refused
from ansible_collections.stackproof.migration.plugins.module_utils._migration.foreign_migrations import (
    Record,
    in_the_way,
    is_recent,
    is_stale,
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

# What was read serves for so long.
EVERY_SECONDS = 5.0
# An open record that is older than this was forgotten: what Nova still works at is younger.
OLDEST = timedelta(days=7)


@dataclass
class ForeignMigrationWait:
    """Tells which moves may be requested; each is held up for so many seconds at most."""

    cloud: Cloud
    seconds: float
    # The compute host that is named as the destination of all
    destination: str | None = None
    # Ids of the servers whose migrations are ours
    ours: frozenset[str] = frozenset()
    # What could not be checked
    warnings: list[str] = field(default_factory=list)
    _read: dict[str, list[Record]] = field(default_factory=dict)
    _serves: Deadline | None = None

    def clear(self, waiting: Iterable[TrackedMigration]) -> list[TrackedMigration]:
        """Those of them that nothing holds up. Refused are those that were held up for too long."""
        found = []
        for one in waiting:
            state = one.state
            state.held_up = self.holding_up(one)
            if state.held_up is None:
                state.patience = None
                found.append(one)
                continue
            state.waited = True
            state.patience = state.patience or Deadline(self.cloud.clock, self.seconds)
            if state.patience.over:
                message = refusal(one.plan.server_name, state.held_up, self.seconds)
                one.conclude(refused(BusyError(message, service="compute")))
        return found

    def holding_up(self, one: TrackedMigration) -> Record | None:
        """The open migration of others on its hosts."""
        hosts = [host for host in (one.plan.source, self.destination) if host is not None]
        if one.plan.source is None:
            self._warn("this user may not see the hosts of servers")
        records = [record for host in hosts for record in self._open_on(host)]
        return in_the_way(records, hosts)

    def _warn(self, why: str) -> None:
        warning = f"wait_for_hosts: whether migrations of others are open on the hosts was not checked: {why}."
        if warning not in self.warnings:
            self.warnings.append(warning)

    def _open_on(self, host: str) -> list[Record]:
        if self._serves is None or self._serves.over:
            self._read, self._serves = {}, Deadline(self.cloud.clock, EVERY_SECONDS)
        if host not in self._read:
            self._read[host] = self._look(host)
        return self._read[host]

    def _look(self, host: str) -> list[Record]:
        now = self.cloud.now()
        try:
            records = migration_list.on_host(self.cloud, host, since=now - OLDEST)
        except ForbiddenError as error:
            self._warn(error.failure.message.rstrip("."))
            return []
        if self.cloud.own_migrations_only:
            self._warn("the user may see the migrations of the own project only")
        found = open_of_others(records, self.ours)
        return [record for record in found if is_recent(record, now) or not self._is_forgotten(record)]

    def _is_forgotten(self, record: Record) -> bool:
        server = nova_servers.read(self.cloud, str(record["instance_uuid"]))
        return server is None or is_stale(nova_servers.view(server), record, self.cloud.now())
