# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""What stands on a compute host, how each server would leave it, and whether it is empty. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, PollIntervals, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._drain import move_method
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    compute_services,
    host_eligibility,
    migration_list,
    timestamps,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase, view
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import (
    COLD,
    OF_TYPE,
    UNCONFIRMED,
    going_on,
)
from ansible_collections.stackproof.migration.plugins.module_utils._placement import capacity
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

Entry = dict[str, Any]

CLOCK_MARGIN = timedelta(seconds=2)

NOTHING: dict[str, Any] = {
    "service": None,
    "targets": [],
    "unusable": [],
    "servers": [],
    "ways": {},
    "consumers": None,
    "empty": None,
    "since": None,
    "moved": [],
}


@dataclass(frozen=True)
class InventoryRequest:
    """Which host, and what is asked about it."""

    host: str
    # Whether servers that are shut off may be cold-migrated
    cold: bool = True
    # Whether to list what was moved away, and since when, if the service's stamp does not tell
    moved: bool = False
    since: str | None = None
    # How long to wait for servers that are in a task
    timeout: float = 0.0
    pace: PollIntervals = field(default_factory=PollIntervals)

    def check(self) -> None:
        if not self.host:
            raise InputError("host must not be empty: name a compute host.")
        if self.since is not None and timestamps.read_time(self.since) is None:
            raise InputError(f"since must be a time in ISO 8601, found {self.since!r}.")


class HostInventory:
    """One look at a compute host."""

    def __init__(self, cloud: Cloud, question: InventoryRequest) -> None:
        self.cloud = cloud
        self.question = question
        self.placement = Placement(cloud)

    def read(self) -> dict[str, Any]:
        """Everything that the module returns."""
        servers = self._servers()
        held = self._held()
        room = self._room(servers, held)
        for entry in servers:
            entry["room"] = None if room is None else entry["id"] in room
        entries = servers + self._departed()
        consumers = None if held is None else [self._consumer(*one, entries) for one in sorted(held.items())]
        usable, unusable = self._targets
        return {
            "service": self._service,
            "targets": [host["name"] for host in usable],
            "unusable": [{"name": host["name"], "obstacle": host["obstacle"]} for host in unusable],
            "servers": entries,
            "ways": dict(Counter(entry["how"] for entry in entries)),
            "consumers": consumers,
            # Where Placement may not be read, the servers alone decide.
            "empty": not entries and not consumers,
            "since": self._since,
            "moved": self._moved() if self.question.moved else [],
        }

    @cached_property
    def _service(self) -> Entry:
        return compute_services.service_of(self.cloud, self.question.host)

    @cached_property
    def _since(self) -> str | None:
        since: str | None = self.question.since or self._service["disabled_since"]
        return since

    @cached_property
    def _earliest(self) -> str | None:
        """What is as new as this was begun since then, as records write times; the clocks of Nova's hosts differ."""
        since = timestamps.read_time(self._since)
        return None if since is None else (since.astimezone(UTC) - CLOCK_MARGIN).strftime("%Y-%m-%dT%H:%M:%S")

    # Hosts

    @cached_property
    def _hosts(self) -> list[Entry]:
        merged = host_eligibility.merge(compute_services.hypervisors(self.cloud), compute_services.services(self.cloud))
        return host_eligibility.judge(merged, anchors=[self.question.host])

    @property
    def _own_providers(self) -> list[str]:
        return [host["provider"] for host in self._hosts if host["name"] == self.question.host]

    @property
    def _targets(self) -> tuple[list[Entry], list[Entry]]:
        others = [host for host in self._hosts if host["name"] != self.question.host]
        return [host for host in others if host["usable"]], [host for host in others if not host["usable"]]

    # Servers

    def _servers(self) -> list[Entry]:
        deadline = Deadline(self.cloud.clock, self.question.timeout)
        entries: list[Entry] = []
        for _tick in Waiter(self.cloud.clock, deadline, self.question.pace):
            listed = nova_servers.all_pages(
                self.cloud, f"Listing the servers on {self.question.host}", all_tenants="1", host=self.question.host
            )
            entries = [self._entry(nova_servers.view(server)) for server in listed]
            if not any(entry["passing"] for entry in entries):
                break
        return sorted(entries, key=lambda entry: (str(entry["name"]), entry["id"]))

    def _entry(self, server: Entry) -> Entry:
        record = None
        if str(server["task_state"]).startswith("resize_"):
            records = migration_list.of_server(self.cloud, server["id"])
            record = going_on(records, server["id"], COLD)
        way = move_method.move_method_of(server, cold_allowed=self.question.cold, cold_record=record)
        return self._line(server, way)

    @staticmethod
    def _line(server: Entry, way: move_method.MoveMethod) -> Entry:
        shown = ("id", "name", "project_id", "status", "task_state", "host", "availability_zone", "locked")
        return {
            **{name: server[name] for name in shown},
            "how": way.how,
            "obstacle": way.obstacle,
            "passing": way.passing,
            "room": None,
        }

    def _departed(self) -> list[Entry]:
        """Servers that are elsewhere, but not for good yet."""
        host = self.question.host
        records = migration_list.matching(self.cloud, {"host": host, "status": UNCONFIRMED})
        leaving = {one["server_id"]: one for one in map(view, records) if one["source"] == host != one["destination"]}
        found = []
        for server_id, record in sorted(leaving.items()):
            server = nova_servers.read(self.cloud, server_id)
            if server is not None:
                way = move_method.move_method_of_departed(
                    record, earliest=self._earliest, cold_allowed=self.question.cold
                )
                found.append(self._line(nova_servers.view(server), way))
        return found

    def _moved(self) -> list[Entry]:
        """What was moved away since the host was disabled, and how it would come back."""
        earliest = self._earliest
        if earliest is None:
            raise InputError(
                f"since: the compute service of {self.question.host} does not say since when it is disabled, so what"
                " was moved away is not known. Say since when."
            )
        records = migration_list.matching(self.cloud, {"host": self.question.host, "changes-since": f"{earliest}Z"})
        # older records may have changed since
        new = [record for record in map(view, records) if str(record["created"]) >= earliest and _is_done(record)]
        last = {record["server_id"]: record for record in sorted(new, key=lambda one: (str(one["created"]), one["id"]))}
        away = {server_id: record for server_id, record in last.items() if record["source"] == self.question.host}
        servers = nova_servers.find_each(self.cloud, sorted(away), all_projects=True)
        return [self._way_back(server_id, record, servers[server_id]) for server_id, record in sorted(away.items())]

    def _way_back(self, server_id: str, record: Entry, server: Mapping[str, Any] | None) -> Entry:
        seen = None if server is None else nova_servers.view(server)
        way = move_method.move_method_back(seen, record, cold_allowed=self.question.cold)
        gone = dict.fromkeys(("name", "project_id", "status", "task_state", "host", "availability_zone", "locked"))
        return self._line(seen or {"id": server_id, **gone}, way)

    # Placement

    def _held(self) -> dict[str, Resources] | None:
        """What each consumer holds of the host, None where this user may not know."""
        held: dict[str, Resources] = {}
        for provider in self._own_providers:
            part = self.placement.held_on(provider)
            if part is None:
                return None
            held |= part
        return held

    def _consumer(self, consumer: str, resources: Resources, entries: list[Entry]) -> Entry:
        """Whose it is: a server's, a migration's, or nobody's that Nova knows."""
        if any(entry["id"] == consumer for entry in entries):
            return {"consumer": consumer, "kind": "server", "server_id": consumer, "resources": resources}
        owner = self._migrations.get(consumer)
        if owner is not None:
            return {"consumer": consumer, "kind": "migration", "server_id": owner, "resources": resources}
        # On its way here, evacuated from here, or kept after its deletion: it need not be among the host's servers.
        known = nova_servers.read(self.cloud, consumer) is not None
        kind = "server" if known else "unknown"
        return {"consumer": consumer, "kind": kind, "server_id": consumer if known else None, "resources": resources}

    @cached_property
    def _migrations(self) -> dict[str, str]:
        """Read only where something is held by what is not a server."""
        records = migration_list.matching(self.cloud, {"host": self.question.host}, at_most=1000)
        return {str(record.get("uuid")): str(record.get("instance_uuid")) for record in records}

    def _room(self, servers: list[Entry], held: dict[str, Resources] | None) -> set[str] | None:
        if held is None:
            return None
        wanted = {entry["id"]: held[entry["id"]] for entry in servers if entry["id"] in held}
        names = {host["provider"]: host["name"] for host in self._targets[0]}
        free: capacity.Free = {}
        candidates: dict[str, list[str]] = {}
        shapes = {tuple(sorted(resources.items())) for resources in wanted.values()}
        for shape in sorted(shapes):
            found = self.placement.free_for(dict(shape))
            if found is None:
                return None
            roomy = {names[provider]: left for provider, left in found.items() if provider in names}
            for name, left in roomy.items():
                # Placement tells of each provider only what was asked for.
                free.setdefault(name, {}).update(left)
            of_shape = [server for server, resources in wanted.items() if tuple(sorted(resources.items())) == shape]
            candidates |= dict.fromkeys(of_shape, sorted(roomy))
        return capacity.fit(wanted, candidates, free)


def _is_done(record: Entry) -> bool:
    kind = OF_TYPE.get(record["type"])
    return kind is not None and kind.phase(record["status"]) is Phase.DONE
