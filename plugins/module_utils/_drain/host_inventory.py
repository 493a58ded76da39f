# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read the servers and allocations of a compute host, and the hosts that can take the servers.

No request changes the cloud.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    COLD_MIGRATE_TO_HOST,
    text,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, PollIntervals, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._blockers import pair_rules, resources
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.attachment_rules import (
    inactive_binding_blocker,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destination_reader import DestinationReader
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.facts_reader import Attached, FactsReader
from ansible_collections.stackproof.migration.plugins.module_utils._drain import move_method, plan
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.client import Networking
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
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import MoveContext
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

Entry = dict[str, Any]
# The resources of one server. The keys are the names of resource providers.
ByProvider = dict[str, "Resources"]

# The number of migration records of the host that are read.
_MOST_RECORDS = 1000
# The largest expected difference between the clocks of Nova's hosts.
CLOCK_MARGIN = timedelta(seconds=2)

NOTHING: dict[str, Any] = {
    "cloud": None,
    "microversion": None,
    "service": None,
    "source_obstacle": None,
    "target_obstacle": None,
    "targets": [],
    "unusable": [],
    "servers": [],
    "move_methods": {},
    "consumers": None,
    "empty": None,
    "since": None,
    "moved": [],
    "problems": [],
    "unknown": [],
}


@dataclass(frozen=True)
class InventoryRequest:
    """The compute host to read, with the options of the module host_drain_info."""

    host: str
    # The compute host that will take the servers. None means that Nova's scheduler chooses the host.
    target: str | None = None
    # Whether servers in status SHUTOFF may be cold-migrated.
    cold: bool = True
    # Whether live migrations copy the disks. With "auto", Nova decides.
    block_migration: str | bool = "auto"
    # Whether to predict which hosts can take each server.
    predict: bool = True
    # Whether to list the servers that a migration moved to another compute host.
    moved: bool = False
    # The start of the drain in ISO 8601. If None, the module reads the time from the disabled reason of the host.
    since: str | None = None
    # The longest wait, in seconds, for servers with a task state.
    timeout: float = 0.0
    pace: PollIntervals = field(default_factory=PollIntervals)

    def check(self) -> None:
        """Raise InputError if an option is not valid."""
        if not self.host:
            raise InputError("host must not be empty. Name a compute host.")
        if self.since is not None and timestamps.read_time(self.since) is None:
            raise InputError(f"since must be a time in ISO 8601, found {self.since!r}.")


class HostInventory:
    """Reads one compute host."""

    def __init__(self, cloud: Cloud, request: InventoryRequest) -> None:
        self.cloud = cloud
        self.request = request
        self.placement = Placement(cloud)
        self._facts = FactsReader(cloud)
        # The ports of the servers on the host, by server id. None means that they are not known.
        self._attached = Attached()
        # The servers in the format of Nova's API, by server id.
        self._raw: dict[str, Mapping[str, Any]] = {}
        # The reason why the user cannot read allocations. Empty if the user can read them.
        self._unread = ""

    def read(self) -> dict[str, Any]:
        source_obstacle = plan.source_obstacle(self._service)
        offered = self.cloud.microversions
        values = {
            **NOTHING,
            "cloud": self.cloud.location(),
            "microversion": {"min": text(offered.oldest), "max": text(offered.newest)},
            "service": self._service,
            "source_obstacle": source_obstacle,
        }
        if self._service["status"] == plan.UNKNOWN_STATUS:
            # Nova lists only some servers of the host while a cell does not answer.
            problem = {"kind": "source", "message": str(source_obstacle)}
            return {**values, "problems": [problem], "unknown": [problem["message"]]}
        servers = self._servers()
        held = self._held()
        entries = servers + self._departed()
        moved = self._moved() if self.request.moved else []
        consumers = None if held is None else [self._consumer(*item, entries) for item in sorted(held.items())]
        usable, unusable = self._targets
        unknown = self._predict(servers, moved, held) if self.request.predict else []
        values |= {
            "target_obstacle": self._target_obstacle,
            "targets": [host["name"] for host in usable],
            "unusable": [{"name": host["name"], "obstacle": host["obstacle"]} for host in unusable],
            "servers": entries,
            "move_methods": dict(Counter(entry["move_method"] for entry in entries)),
            "consumers": consumers,
            # The host is empty if it has neither servers nor allocations.
            "empty": None if consumers is None and not entries else not entries and not consumers,
            "since": self._since,
            "moved": moved,
            "unknown": [*([self._unread] if self._unread else []), *self._facts.unknown, *unknown],
        }
        return values | {"problems": self._problems(values)}

    @cached_property
    def _service(self) -> Entry:
        return compute_services.service_of(self.cloud, self.request.host)

    @cached_property
    def _since(self) -> str | None:
        since: str | None = self.request.since or self._service["disabled_since"]
        return since

    @cached_property
    def _earliest(self) -> str | None:
        """Return the earliest creation time of a migration record of this drain, as text."""
        since = timestamps.read_time(self._since)
        return None if since is None else (since.astimezone(UTC) - CLOCK_MARGIN).strftime("%Y-%m-%dT%H:%M:%S")

    @cached_property
    def _context(self) -> MoveContext:
        return self._facts.context(block_migration=self.request.block_migration, cold_allowed=self.request.cold)

    # Hosts

    @cached_property
    def _services(self) -> list[Entry]:
        return compute_services.services(self.cloud)

    @cached_property
    def _hypervisors(self) -> list[Entry]:
        return compute_services.hypervisors(self.cloud)

    @cached_property
    def _hosts(self) -> list[Entry]:
        merged = host_eligibility.merge(self._hypervisors, self._services)
        return host_eligibility.judge(merged, anchors=[self.request.host])

    @property
    def _own_hosts(self) -> list[Entry]:
        return [host for host in self._hosts if host["name"] == self.request.host]

    @cached_property
    def _targets(self) -> tuple[list[Entry], list[Entry]]:
        others = [host for host in self._hosts if host["name"] != self.request.host]
        return [host for host in others if host["usable"]], [host for host in others if not host["usable"]]

    @cached_property
    def _target_obstacle(self) -> str | None:
        if self.request.target is None:
            return None
        return plan.target_obstacle(self.request.target, self.request.host, self._hosts, self._services)

    # Servers

    def _servers(self) -> list[Entry]:
        deadline = Deadline(self.cloud.clock, self.request.timeout)
        entries: list[Entry] = []
        for _poll in Waiter(self.cloud.clock, deadline, self.request.pace):
            what = f"Listing the servers on {self.request.host}"
            pages = nova_servers.with_image_properties(self.cloud, what, host=self.request.host)
            listed = [server for page in pages for server in page]
            # Without a prediction, the ports of the servers are not needed.
            self._attached = self._attached_to(listed) if self.request.predict else Attached()
            entries = [self._entry(server) for server in listed]
            if not any(entry["obstacle_is_temporary"] for entry in entries):
                break
        return sorted(entries, key=lambda entry: (str(entry["name"]), entry["id"]))

    def _attached_to(self, servers: Sequence[Mapping[str, Any]]) -> Attached:
        return Attached(ports=self._facts.ports_of(servers), shares=self._facts.shares_of(servers))

    def _entry(self, raw: Mapping[str, Any]) -> Entry:
        server, record = nova_servers.view(raw), None
        if str(server["task_state"]).startswith("resize_"):
            records = migration_list.of_server(self.cloud, server["id"])
            record = going_on(records, server["id"], COLD)
        self._raw[server["id"]] = raw
        facts = self._facts.facts_of(raw, self._attached, cold_record=None if record is None else view(record))
        return self._as_entry(server, self._with_target(move_method.move_method_of(facts, self._context)))

    def _with_target(self, method: move_method.MoveMethod) -> move_method.MoveMethod:
        if method.name != move_method.BY_COLD_MIGRATION or self.request.target is None:
            return method
        if self.cloud.microversions.offers(COLD_MIGRATE_TO_HOST):
            return method
        return move_method.not_at_all(
            "microversion",
            "This cloud cannot cold-migrate to a named host (microversion 2.56).",
            "Leave target empty for this server.",
        )

    @staticmethod
    def _as_entry(server: Entry, method: move_method.MoveMethod) -> Entry:
        keys = ("id", "name", "project_id", "status", "task_state", "host", "availability_zone", "locked")
        return {
            **{key: server[key] for key in keys},
            "move_method": method.name,
            "obstacle": method.obstacle,
            "obstacle_is_temporary": method.obstacle_is_temporary,
            "destinations": None,
            "destination_obstacle": None,
            "room": None,
            "unknown": [],
            "blockers": [blocker.as_result() for blocker in method.blockers],
        }

    def _departed(self) -> list[Entry]:
        """Return the servers that left the host by a cold migration or resize that is not confirmed."""
        host = self.request.host
        records = map(view, migration_list.matching(self.cloud, {"host": host, "status": UNCONFIRMED}))
        leaving = {
            record["server_id"]: record for record in records if record["source"] == host != record["destination"]
        }
        found = []
        for server_id, record in sorted(leaving.items()):
            server = nova_servers.read(self.cloud, server_id)
            if server is not None:
                method = move_method.move_method_of_departed(record, earliest=self._earliest, context=self._context)
                found.append(self._as_entry(nova_servers.view(server), method))
        return found

    def _moved(self) -> list[Entry]:
        """Return the servers that this drain moved away, each with the method that moves the server back."""
        earliest = self._earliest
        if earliest is None:
            problem = f"since: the disabled reason of the compute service of {self.request.host} has no timestamp."
            raise InputError(
                f"{problem} The servers that were moved away cannot be found."
                " Set since to the time at which the drain started."
            )
        start = timestamps.read_time(self._since)
        if start is not None and start > self.cloud.now() + CLOCK_MARGIN:
            raise InputError(
                f"since must not be in the future, found {self._since}. Set since to the start of the drain."
            )
        records = migration_list.matching(self.cloud, {"host": self.request.host, "changes-since": f"{earliest}Z"})
        # Nova also lists older migrations that changed after the start of the drain.
        new = [record for record in map(view, records) if str(record["created"]) >= earliest and _is_done(record)]
        last = {
            record["server_id"]: record
            for record in sorted(new, key=lambda record: (str(record["created"]), record["id"]))
        }
        away = {server_id: record for server_id, record in last.items() if record["source"] == self.request.host}
        servers = nova_servers.find_each(self.cloud, sorted(away), all_projects=True)
        return [self._moved_entry(server_id, record, servers[server_id]) for server_id, record in sorted(away.items())]

    def _moved_entry(self, server_id: str, record: Entry, raw: Mapping[str, Any] | None) -> Entry:
        facts = None if raw is None else self._facts.facts_of(raw, read_image=False)
        method = move_method.move_method_back(facts, record, self._context)
        if facts is None or raw is None:
            keys = ("name", "project_id", "status", "task_state", "host", "availability_zone", "locked")
            return self._as_entry({"id": server_id, **dict.fromkeys(keys)}, method)
        self._raw[server_id] = raw
        return self._as_entry(dict(facts.server), method)

    # Prediction

    def _predict(self, servers: list[Entry], moved: list[Entry], held: Mapping[str, ByProvider] | None) -> list[str]:
        """Add to each server entry the hosts that can take the server.

        Return messages about facts that the API does not show.
        """
        target, targets = self.request.target, self._targets[0]
        without_targets = "no other compute host can take servers"
        if target is not None:
            targets = [one for one in targets if one["name"] == target and self._target_obstacle is None]
            without_targets = f"the target {target} cannot take servers"
        reader = DestinationReader(self.cloud, self.placement, self._raw, self._hosts)
        against = pair_rules.against(self.request.host, pair_rules.hosts(self._hosts, self._hypervisors), self._context)
        reader.add_destinations(
            _to_migrate(servers),
            targets,
            held or {},
            without_targets=without_targets,
            named=target is not None,
            against=against,
        )
        # The role enables the drained host before it moves servers back, so the host counts as enabled.
        reader.add_destinations(_to_migrate(moved), self._own_hosts, {}, named=True)
        self._note_inactive_bindings(_to_migrate(servers))
        return reader.unknown

    def _note_inactive_bindings(self, entries: list[Entry]) -> None:
        """Leave out the destinations on which a port of the server has an INACTIVE binding.

        A migration that failed can leave such a binding. Only the servers that leave by live migration need another
        binding.
        """
        live = {entry["id"]: entry for entry in entries if entry["move_method"] == move_method.BY_LIVE_MIGRATION}
        ports = {server_id: own for server_id, own in (self._attached.ports or {}).items() if server_id in live}
        owners = {port.id: server_id for server_id, own in ports.items() for port in own}
        hosts = [host["name"] for host in self._hosts]
        for port, found in Networking(self.cloud).inactive_bindings_on(hosts, ports).items():
            entry = live[owners[port]]
            entry |= plan.without_hosts(
                entry,
                {host: inactive_binding_blocker(port, host) for host in found},
                named=self.request.target is not None,
            )

    def _problems(self, values: Mapping[str, Any]) -> list[dict[str, str]]:
        to_move = [entry for entry in values["servers"] if entry["move_method"] != move_method.NOT_AT_ALL]
        to_migrate = _to_migrate(to_move)
        if self.request.moved:
            back = _to_migrate(values["moved"])
            return plan.plan_problems(
                source=_return_obstacle(values["source_obstacle"], self.request.host),
                target=None,
                targets_obstacle=None,
                moves=len(back),
                unable=[],
            )
        unable = [
            (str(entry["name"] or entry["id"]), str(entry["destination_obstacle"]))
            for entry in to_migrate
            if entry["destination_obstacle"] is not None
        ]
        return plan.plan_problems(
            source=values["source_obstacle"] if to_move else None,
            target=values["target_obstacle"],
            targets_obstacle=None if values["targets"] else plan.no_target_message(values["unusable"]),
            moves=len(to_move) if values["source_obstacle"] else len(to_migrate),
            unable=unable if self.request.target is not None else [],
        )

    # Placement

    def _held(self) -> dict[str, ByProvider] | None:
        if not self._own_hosts:
            self._unread = (
                f"The resource provider is unknown, because Nova lists no hypervisor for {self.request.host}."
            )
            return None
        held: dict[str, ByProvider] = {}
        for host in self._own_hosts:
            found = self.placement.host_allocations(host["provider"])
            if found is None:
                self._unread = f"Placement cannot be read: {self.placement.hidden}"
                return None
            for consumer, by_provider in found.consumers.items():
                held.setdefault(consumer, {}).update(by_provider)
        return held

    def _consumer(self, consumer: str, by_provider: ByProvider, entries: list[Entry]) -> Entry:
        """Return the result entry for a Placement consumer, such as a server."""
        kind, server_id = self._kind(consumer, entries)
        return {
            "consumer": consumer,
            "kind": kind,
            "server_id": server_id,
            "resources": resources.total(by_provider),
            "providers": by_provider,
        }

    def _kind(self, consumer: str, entries: list[Entry]) -> tuple[str, str | None]:
        if any(entry["id"] == consumer for entry in entries):
            return "server", consumer
        owner = self._migrations.get(consumer)
        if owner is not None:
            return "migration", owner
        known = nova_servers.read(self.cloud, consumer) is not None
        return ("server", consumer) if known else ("unknown", None)

    @cached_property
    def _migrations(self) -> dict[str, str]:
        """Return the server id of each migration of the drained host. The keys are migration ids."""
        newest = migration_list.matching(self.cloud, {"host": self.request.host}, at_most=_MOST_RECORDS)
        return {str(record.get("uuid")): str(record.get("instance_uuid")) for record in newest}


def _to_migrate(entries: list[Entry]) -> list[Entry]:
    """Return the servers for which the drain requests a migration."""
    return [
        entry for entry in entries if entry["move_method"] in move_method.MIGRATIONS and entry["task_state"] is None
    ]


def _return_obstacle(source_obstacle: str | None, host: str) -> str | None:
    if source_obstacle is None:
        return None
    return (
        f"Servers cannot be brought back: the compute service of {host} is not up. Start nova-compute on {host}, or"
        f" unset forced down with `openstack compute service set --up {host} nova-compute`."
    )


def _is_done(record: Entry) -> bool:
    kind = OF_TYPE.get(record["type"])
    return kind is not None and kind.phase(record["status"]) is Phase.DONE
