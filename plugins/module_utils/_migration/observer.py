# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read the migration records, servers, allocations and events of running migrations.

One request reads the records of all migrations.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration.evaluation import FAILURE_SECONDS
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import COMPLETED, FAILED, GOOD
from ansible_collections.stackproof.migration.plugins.module_utils._migration.volume_and_port_reader import (
    VolumeAndPortReader,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    instance_actions,
    migration_list,
    migration_progress,
    timestamps,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of, view
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import AttachedVolume
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation

# The largest expected difference between the clocks of Nova's hosts and of this machine.
CLOCK_MARGIN = timedelta(seconds=60)
# After Nova changes the host of a server, Nova updates the migration record within this time.
SWITCH_MARGIN = timedelta(seconds=15)
# The attachments and the bindings of a server are read again after this number of seconds.
REREAD_SECONDS = 1.0


class Observer:
    """Reads the state of migrations from the cloud, and stores the values of each poll."""

    def __init__(self, cloud: Cloud, tracked: Sequence[TrackedMigration], *, read_progress: bool) -> None:
        self.cloud = cloud
        self._kind = tracked[0].plan.kind if tracked else LIVE
        self._placement = Placement(cloud)
        own = cloud.identity().project_id
        self._all_projects = any(migration.plan.project_id not in (None, own) for migration in tracked)
        self._volumes_and_ports = VolumeAndPortReader(cloud, all_projects=self._all_projects)
        # The earliest times of the next reads of volumes and ports, by server.
        self._next_reads: dict[tuple[str, str], Deadline] = {}
        self._reads_progress = read_progress
        self._next_progress = Deadline(cloud.clock, 0)
        # The events that were read together with the server at the end of a migration, by server id.
        self._early_events: dict[str, list[dict[str, Any]]] = {}

    def read_records(self, which: Sequence[TrackedMigration]) -> None:
        """Read the migration record of each migration. Store None if Nova does not list the record."""
        if not which:
            return
        records = migration_list.of_servers(
            self.cloud,
            {migration.plan.server_id: migration.key for migration in which},
            self._kind,
            since=self._since(which),
        )
        for migration in which:
            found = migration.own_record(records)
            migration.observe(record=None if found is None else view(found))
            if found is not None:
                migration.key = key_of(found)
                migration.remember_status(self.cloud.now())

    def read_progress(self, which: Iterable[TrackedMigration]) -> None:
        """Read how much memory and disk the migrations have copied, at most once per second.

        Stop after the first error, because usually only administrators may read these values.
        """
        if not self._reads_progress or not self._next_progress.over:
            return
        self._next_progress = Deadline(self.cloud.clock, migration_progress.EVERY_SECONDS)
        for migration in which:
            if migration.observation.status not in migration_progress.COPYING:
                continue
            try:
                found = migration_progress.read(self.cloud, migration.plan.server_id, migration.key)
            except CloudError:
                self._reads_progress = False
                return
            copied = found and migration_progress.view(found, self.cloud.now())
            if copied:
                migration.progress.append(copied)

    def read_servers(self, which: Sequence[TrackedMigration]) -> None:
        """Read the servers of the migrations. A server is None if it no longer exists."""
        if which:
            self._store_servers(which, self._servers(which))

    def read_ended(
        self, which: Sequence[TrackedMigration], completed: Sequence[TrackedMigration], *, events: bool
    ) -> None:
        """Read the servers of ended migrations. At the same time, read the rest of the completed migrations.

        The rest are allocations, attachments of volumes and bindings of ports. With ``events``, also read the instance
        action events of completed migrations. Requests at the same time make the module know the outcome earlier.
        """
        told = completed if events else ()
        with_volumes = self._due("volumes", [one for one in completed if one.observation.has_volumes])
        with_ports = self._due("ports", [one for one in completed if one.observation.has_ports])
        reads: list[Callable[[], Any]] = [
            lambda: self._servers(which),
            lambda: self._allocations(completed),
            lambda: self._volumes(with_volumes),
            lambda: self._ports(with_ports),
            *(partial(self.events_if_visible, migration) for migration in told),
        ]
        servers, allocations, volumes, ports, *found = call_concurrently(reads)
        self._store_volumes(with_volumes, volumes)
        self._store_ports(with_ports, ports)
        self._store_servers(which, servers)
        self._store_allocations(completed, allocations)
        for migration, one in zip(told, found, strict=True):
            self._early_events[migration.plan.server_id] = one

    def _servers(self, which: Sequence[TrackedMigration]) -> dict[str, dict[str, Any]]:
        return nova_servers.read_many(
            self.cloud,
            [migration.plan.server_id for migration in which],
            changed_since=min(self._changed(migration) for migration in which),
            all_projects=self._all_projects,
        )

    @staticmethod
    def _store_servers(which: Sequence[TrackedMigration], found: Mapping[str, dict[str, Any]]) -> None:
        for migration in which:
            server = found.get(migration.plan.server_id)
            migration.observe(server=None if server is None else nova_servers.view(server))

    def read_allocations(self, which: Sequence[TrackedMigration]) -> None:
        """Read the allocations of servers and migrations. The result is None if the user may not read Placement."""
        self._store_allocations(which, self._allocations(which))

    def _allocations(self, which: Sequence[TrackedMigration]) -> dict[str, list[Allocation]] | None:
        uuids = [uuid for migration in which if (uuid := _record_uuid(migration)) is not None]
        return self._placement.allocations_of([*(migration.plan.server_id for migration in which), *uuids])

    @staticmethod
    def _store_allocations(
        which: Sequence[TrackedMigration], allocations: Mapping[str, list[Allocation]] | None
    ) -> None:
        for migration in which:
            uuid = _record_uuid(migration)
            migration.observe(
                server_allocations=None if allocations is None else allocations[migration.plan.server_id],
                migration_allocations=None if allocations is None or uuid is None else allocations[uuid],
            )

    def read_volumes_and_ports(
        self, with_volumes: Sequence[TrackedMigration], with_ports: Sequence[TrackedMigration]
    ) -> None:
        """Read the attachments and the bindings of servers, at most once per second for each server.

        A value is None if the user may not read it.
        """
        with_volumes, with_ports = self._due("volumes", with_volumes), self._due("ports", with_ports)
        reads: list[Callable[[], Any]] = [lambda: self._volumes(with_volumes), lambda: self._ports(with_ports)]
        volumes, ports = call_concurrently(reads)
        self._store_volumes(with_volumes, volumes)
        self._store_ports(with_ports, ports)

    def _due(self, what: str, which: Sequence[TrackedMigration]) -> list[TrackedMigration]:
        found = []
        for migration in which:
            key = (what, migration.plan.server_id)
            if key not in self._next_reads or self._next_reads[key].over:
                self._next_reads[key] = Deadline(self.cloud.clock, REREAD_SECONDS)
                found.append(migration)
        return found

    def _volumes(self, which: Sequence[TrackedMigration]) -> dict[str, tuple[AttachedVolume, ...]] | None:
        listed = {migration.plan.server_id: (migration.observation.server or {})["volumes"] for migration in which}
        return self._volumes_and_ports.volumes_of(listed)

    @staticmethod
    def _store_volumes(
        which: Sequence[TrackedMigration], found: Mapping[str, tuple[AttachedVolume, ...]] | None
    ) -> None:
        for migration in which:
            migration.observe(volumes=(found or {}).get(migration.plan.server_id))

    def _ports(self, which: Sequence[TrackedMigration]) -> dict[str, tuple[Port, ...]] | None:
        known = {migration.plan.server_id: migration.plan.ports_before or () for migration in which}
        return self._volumes_and_ports.ports_of(known)

    @staticmethod
    def _store_ports(which: Sequence[TrackedMigration], found: Mapping[str, tuple[Port, ...]] | None) -> None:
        for migration in which:
            migration.observe(ports=(found or {}).get(migration.plan.server_id))

    @property
    def warnings(self) -> list[str]:
        """Return a warning for each service that did not answer, so that its checks were not made."""
        return self._volumes_and_ports.warnings

    def explain(
        self, migration: TrackedMigration, outcome: str, options: MonitorOptions
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return the events of the instance action and the failure reason.

        After a failure, the function waits until Nova has written the reason. The list is empty if the events cannot be
        read.
        """
        wants_reason = outcome == FAILED
        if outcome in GOOD and not options.all_events:
            return [], None
        early = self._early_events.pop(migration.plan.server_id, [])
        if outcome == COMPLETED and early and all(event["finish"] for event in early):
            return early, None
        settle_deadline = migration.state.settle_deadline
        left = min(FAILURE_SECONDS, settle_deadline.left) if wants_reason and settle_deadline else 0
        events: list[dict[str, Any]] = []
        reason = None
        for _poll in Waiter(self.cloud.clock, Deadline(self.cloud.clock, left), options.pace):
            try:
                events = self._events(migration)
            except CloudError:
                return [], None
            reason = instance_actions.reason_in(events)
            if reason is not None or not wants_reason:
                break
        if outcome == COMPLETED:
            return events, None
        # Nova shows the fault of a server only while the server is in ERROR.
        fault = (migration.observation.server or {}).get("fault") if wants_reason else None
        return events, reason or fault or None

    def events_if_visible(self, migration: TrackedMigration) -> list[dict[str, Any]]:
        """Return the events of the instance action. Return an empty list if the user may not read them."""
        try:
            return self._events(migration)
        except CloudError:
            return []

    def _events(self, migration: TrackedMigration) -> list[dict[str, Any]]:
        """Return the events of the instance action that belongs to the migration request."""
        if migration.request_id is None:
            actions = instance_actions.list_actions(self.cloud, migration.plan.server_id)
            created = (migration.observation.record or {}).get("created")
            migration.request_id = instance_actions.action_of(actions, migration.plan.kind.action, created)
        if migration.request_id is None:
            return []
        return instance_actions.read_events(self.cloud, migration.plan.server_id, migration.request_id)

    def _changed(self, migration: TrackedMigration) -> datetime:
        """Return a time before the last change of the server, for Nova's server filter ``changes-since``."""
        ended = (
            timestamps.read_time((migration.observation.record or {}).get("updated"))
            if migration.state.settle_deadline
            else None
        )
        return self._since([migration]) if ended is None else ended - SWITCH_MARGIN

    def _since(self, which: Iterable[TrackedMigration]) -> datetime:
        moments = [moment for migration in which if (moment := _start_of(migration)) is not None]
        return min(moments, default=self.cloud.now()) - CLOCK_MARGIN


def _record_uuid(migration: TrackedMigration) -> str | None:
    return (migration.observation.record or {}).get("uuid")


def _start_of(migration: TrackedMigration) -> datetime | None:
    return migration.started or timestamps.read_time((migration.observation.record or {}).get("created"))
