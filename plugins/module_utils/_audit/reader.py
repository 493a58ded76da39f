# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Read the state of a whole cloud, and read the values of findings a second time.

No request changes the cloud. The number of requests grows with the hosts and with the findings. Servers, ports and
volumes cost only the pages of their lists.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    ForbiddenError,
    MicroversionError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import SERVERS_WITH_HOSTS
from ansible_collections.stackproof.migration.plugins.module_utils._audit import progress
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import AuditServer, Snapshot
from ansible_collections.stackproof.migration.plugins.module_utils._audit.volume_and_port_findings import (
    ports_with_unknown_bindings,
)
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.client import BlockStorage
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.client import Networking
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    compute_services,
    instance_actions,
    migration_list,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of, view
from ansible_collections.stackproof.migration.plugins.module_utils._nova.server_pages import ServerPages
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import Finding, Record
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import (
        Provider,
        ProviderAllocations,
    )

# After one of these errors, the user may not see the values.
_HIDDEN = (ForbiddenError, CatalogError, MicroversionError)
# Nova creates a record with one of these names of its instance action.
_ACTIONS = frozenset({"live-migration", "migrate", "resize", "evacuate"})
_CELL_DOWN = "UNKNOWN"
# The number of servers on each page of a list. Nova allows at most 1000 by default.
_PAGE_SIZE = "1000"


@dataclass
class CloudReader:
    """Reads what migrations can leave behind."""

    cloud: Cloud
    # The audit reads the migration records since this time.
    since: datetime
    settle: timedelta
    stale_after: timedelta
    # The number of requests that the reader sends at the same time.
    max_parallel: int
    # What the user may not see, as sentences.
    unknown: list[str] = field(default_factory=list)
    # The servers in ERROR without a migration record, which no migration has left.
    unrelated_errors: int = 0

    def __post_init__(self) -> None:
        self.placement = Placement(self.cloud)
        self.storage = BlockStorage(self.cloud)
        self.network = Networking(self.cloud)

    # The whole cloud

    def read(self) -> Snapshot:
        """Read the whole cloud. The bindings of ports are not part of the result."""
        providers = self._visible("resource providers", self.placement.providers) or []
        if self.placement.hidden is not None:
            self._hide("allocations", self.placement.hidden)
        services = self._visible("compute services", lambda: compute_services.services(self.cloud))
        held: list[ProviderAllocations | None] = []
        records: dict[str, Record] = {}
        servers: dict[str, AuditServer] = {}
        found: dict[str, Any] = {}
        # The first record request decides whether the user sees all projects, so it runs before the others.
        self._visible("migration records", lambda: migration_list.check_permission(self.cloud))
        complete, pages = self._server_pages(servers)
        reads: list[Callable[[], object]] = [
            lambda: found.update(ports=self.network.all_ports()),
            lambda: found.update(attachments=self.storage.all_attachments()),
            lambda: found.update(volumes=self.storage.all_volumes()),
            lambda: self._add_records(records, self._recent_records),
            *(self._open_records(records, status) for status in progress.OPEN_STATUSES),
            *(self._allocations_on(held, provider) for provider in providers),
        ]
        # Nova needs most of the time, so its pages are requested first.
        call_concurrently(chain(pages, reads), self.max_parallel)
        self._report_hidden()
        allocations = self._by_consumer(held) if self.placement.hidden is None else None
        self._add_older_records(records, servers, allocations or {})
        views = None if services is None else {one["host"]: compute_services.view(one) for one in services}
        down_cells = [host for host, one in (views or {}).items() if one["status"] == _CELL_DOWN]
        if down_cells:
            self.unknown.append(
                f"The cell of {', '.join(sorted(down_cells))} does not answer, so its servers and records are unknown."
            )
        return Snapshot(
            now=self.cloud.now(),
            settle=self.settle,
            stale_after=self.stale_after,
            servers=servers,
            all_servers=complete and not down_cells,
            records=list(records.values()),
            services=views,
            all_projects_records=not self._is_hidden("migration records") and not self.cloud.own_migrations_only,
            allocations=allocations,
            ports=found["ports"],
            attachments=found["attachments"],
            volumes=found["volumes"],
        )

    def with_bindings(self, now: Snapshot) -> Snapshot:
        """Add the bindings of the ports that can have bindings of an earlier migration."""
        found = self._each(ports_with_unknown_bindings(now, self.since), self.network.bindings_of)
        if self.network.bindings_hidden is not None:
            self._hide("bindings of ports", self.network.bindings_hidden)
        return replace(now, bindings={port: bindings for port, bindings in found.items() if bindings is not None})

    # The findings

    def read_again(self, findings: Iterable[Finding], first: Snapshot) -> Snapshot:
        """Read the servers, records, allocations, ports and volumes of the findings again."""
        listed = list(findings)
        consumers = {finding.subject for finding in listed if finding.kind.startswith("allocation_")}
        records = {finding.subject: finding.server_id for finding in listed if finding.kind == "record_open"}
        subjects = sorted({str(finding.server_id) for finding in listed if finding.server_id})
        candidates = sorted({*subjects, *consumers})
        servers = self._each(candidates, lambda one: nova_servers.read(self.cloud, one))
        found = {one: AuditServer.of(raw) for one, raw in servers.items() if raw is not None and not _is_deleted(raw)}
        own = self._records_of({*found, *(str(one) for one in records.values() if one), *subjects})
        # Nova deletes the records of deleted servers, and has no filter for the id of a record. Keep the other records
        # of the first read, such as the record of a migration on which a queued migration waits.
        kept = {key_of(record): record for record in first.records if record["server_id"] not in set(subjects)}
        owners = {key_of(record) for record in own}
        allocations = self._each(
            [one for one in consumers if first.allocations is not None], self.placement.require_allocations
        )
        unknown = [one for one in consumers if one not in found and one not in owners | set(kept)]
        states = self._each(unknown, self.placement.consumer_state)
        with_ports = [one for one in subjects if one in (first.ports or {})]
        with_volumes = [one for one in subjects if one in (first.attachments or {})]
        ports = None if first.ports is None else self.network.ports_of(with_ports)
        attachments = self.storage.attachments_of(with_volumes, all_projects=True) if with_volumes else {}
        volumes = sorted({one.volume_id for own in (attachments or {}).values() for one in own})
        again = replace(
            first,
            now=self.cloud.now(),
            servers=found,
            records=[*own, *kept.values()],
            all_records=True,
            services=self._services_again(first, listed),
            allocations=None if first.allocations is None else allocations,
            consumer_types={one: str(state.type) for one, state in states.items() if state and state.type},
            ports=ports,
            bindings={},
            attachments=attachments,
            volumes=self.storage.volumes(volumes, all_projects=True) if volumes else {},
        )
        return replace(self.with_bindings(again), reasons=self._reasons(listed, again))

    # Parts of the whole cloud

    def _server_pages(self, servers: dict[str, AuditServer]) -> tuple[bool, Iterable[Callable[[], None]]]:
        """Add the first page of servers. Return whether all projects are visible, and the reads of the other pages."""

        def add(page: Iterable[Mapping[str, Any]]) -> None:
            servers.update({server.id: server for server in map(AuditServer.of, page)})

        def pages(**params: str) -> ServerPages:
            return ServerPages(self.cloud, "Listing the servers", add, need=SERVERS_WITH_HOSTS, params=params)

        try:
            return True, pages(all_tenants="1").read_first()
        except ForbiddenError:
            own = self._visible("servers", pages().read_first)
            self.unknown.append(
                "Servers of other projects cannot be read, so allocations, ports and attachments of deleted servers are"
                " not known."
            )
            return False, own or ()

    def _recent_records(self) -> list[dict[str, Any]]:
        return migration_list.created_since(self.cloud, self.since)

    def _open_records(self, records: dict[str, Record], status: str) -> Callable[[], None]:
        what = f"Listing the migrations with the status {status}"
        return lambda: self._add_records(records, lambda: migration_list.matching(self.cloud, {"status": status}, what))

    def _add_records(self, records: dict[str, Record], read: Callable[[], list[dict[str, Any]]]) -> None:
        for record in self._visible("migration records", read) or []:
            records[key_of(record)] = view(record)

    def _add_older_records(
        self,
        records: dict[str, Record],
        servers: Mapping[str, AuditServer],
        allocations: Mapping[str, list[Allocation]],
    ) -> None:
        """Add the records of migrations that have allocations but are older than the other records.

        Nova has no filter for the id of a record, so the records of the hosts with such allocations are read.
        """
        unknown = {consumer for consumer in allocations if consumer not in servers and consumer not in records}
        host_of = {server.node: server.host for server in servers.values() if server.node and server.host}
        roots = {allocation.root for consumer in unknown for allocation in allocations[consumer]}
        listed = self._each(
            sorted({host_of.get(root, root) for root in roots}),
            lambda host: self._visible(
                "migration records", lambda: migration_list.matching(self.cloud, {"host": host, "limit": _PAGE_SIZE})
            ),
        )
        for record in (record for own in listed.values() for record in own or []):
            if key_of(record) in unknown:
                records[key_of(record)] = view(record)

    def _allocations_on(self, held: list[ProviderAllocations | None], provider: Provider) -> Callable[[], None]:
        return lambda: held.append(self._visible("allocations", lambda: self.placement.allocations_on(provider)))

    def _by_consumer(self, held: Iterable[ProviderAllocations | None]) -> dict[str, list[Allocation]]:
        """Return the allocations by consumer.

        The first read does not check which hosts may use a sharing provider. The second read checks it.
        """
        found: dict[str, list[Allocation]] = {}
        present = [one for one in held if one is not None]
        names = {one.provider.uuid: one.provider.name for one in present}
        sharing = self._visible("sharing resource providers", self.placement.sharing_providers) if present else None
        for one in sorted(present, key=lambda each: each.provider.name):
            root = names.get(one.provider.root_uuid, one.provider.name)
            shared = one.provider.uuid in (sharing or ())
            for consumer, resources in one.consumers.items():
                found.setdefault(consumer, []).append(Allocation(one.provider.name, root, resources, shared=shared))
        return found

    # Parts of the findings

    def _records_of(self, server_ids: Collection[str]) -> list[Record]:
        found = self._each(
            sorted(server_ids),
            lambda one: self._visible("migration records", lambda: migration_list.of_server(self.cloud, one)),
        )
        return [view(record) for own in found.values() for record in own or []]

    def _services_again(self, first: Snapshot, findings: Iterable[Finding]) -> Mapping[str, Mapping[str, Any]] | None:
        """Return the compute services. They are read again if a finding depends on them."""
        if first.services is None or not list(findings):
            return first.services
        services = self._visible("compute services", lambda: compute_services.services(self.cloud))
        return None if services is None else {one["host"]: compute_services.view(one) for one in services}

    def _reasons(self, findings: Iterable[Finding], now: Snapshot) -> dict[str, str]:
        """Return Nova's reason for servers in ERROR with a migration record, by server id."""
        in_error = sorted({finding.subject for finding in findings if finding.kind == "server_error"})
        self.unrelated_errors = sum(1 for one in in_error if one in now.servers and not now.records_of(one))
        asked = [one for one in in_error if one in now.servers and now.records_of(one)]
        found = self._each(asked, self._reason)
        return {server_id: reason for server_id, reason in found.items() if reason}

    def _reason(self, server_id: str) -> str | None:
        actions = [one for one in instance_actions.list_actions(self.cloud, server_id) if one["action"] in _ACTIONS]
        last = max(actions, key=lambda one: str(one.get("start_time")), default=None)
        if last is None:
            return None
        return instance_actions.reason_in(instance_actions.read_events(self.cloud, server_id, str(last["request_id"])))

    def _each(self, keys: Collection[str], read: Callable[[str], Any]) -> dict[str, Any]:
        ordered = list(keys)
        found = call_concurrently([lambda key=key: read(key) for key in ordered], self.max_parallel)  # type: ignore[misc]  # default argument
        return dict(zip(ordered, found, strict=True))

    # What the user may not see

    def _visible(self, what: str, read: Callable[[], Any]) -> Any:
        """Return the values, or None if the user may not see them."""
        try:
            return read()
        except _HIDDEN as error:
            self._hide(what, error.failure.message)
            return None

    def _hide(self, what: str, reason: str) -> None:
        text = f"The {what} cannot be read: {reason}"
        # Several requests for the same values have the same reason.
        if not self._is_hidden(what):
            self.unknown.append(text)

    def _is_hidden(self, what: str) -> bool:
        return any(known.startswith(f"The {what} cannot be read") for known in self.unknown)

    def _report_hidden(self) -> None:
        if self.network.hidden is not None:
            self._hide("ports", self.network.hidden)
        if self.storage.hidden is not None:
            self._hide("volume attachments", self.storage.hidden)
        if self.cloud.own_migrations_only:
            self.unknown.append("The migration records of other projects cannot be read.")


def _is_deleted(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("status") == "DELETED")
