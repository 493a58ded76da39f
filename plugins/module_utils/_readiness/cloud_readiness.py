# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Read the hosts and servers of a cloud, and report which hosts can be emptied. No request changes the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    ForbiddenError,
    InputError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    SERVER_GROUPS,
    SERVERS_WITH_IMAGE_PROPERTIES,
    text,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers import destinations, pair_rules
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.demands import demand_of
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destination_reader import (
    GROUPS_PAGE,
    DestinationReader,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import refusal
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.facts_reader import Attached, FactsReader
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.methods import NOT_AT_ALL, move_method_of
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    LIVE_MOVE,
    Blocker,
    MoveContext,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.resources import ResourceRequest
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    compute_services,
    host_eligibility,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.server_pages import ServerPages
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._readiness import assessment
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destinations import Group

Entry = dict[str, Any]

# With fewer hosts than this number, one list for each host is faster than a list of all servers.
MANY_HOSTS = 25
# The report needs only these values of a server. The other values would use much memory.
_KEPT = (
    "id",
    "name",
    "status",
    "tenant_id",
    "locked",
    "OS-EXT-STS:task_state",
    "OS-EXT-SRV-ATTR:host",
    "OS-EXT-AZ:availability_zone",
    "pinned_availability_zone",
)
_VOLUMES = "os-extended-volumes:volumes_attached"
# A host with at least these free resources has room.
_SMALLEST = ResourceRequest((("MEMORY_MB", 1), ("VCPU", 1)))

NOTHING: dict[str, Any] = {
    "cloud": None,
    "microversion": None,
    "at_once": None,
    "totals": None,
    "hosts": [],
    "servers": [],
    "projects": [],
    "zones": [],
    "unknown": [],
}


@dataclass(frozen=True)
class ReadinessRequest:
    """The hosts to report on, with the options of the module migration_readiness_info."""

    hosts: tuple[str, ...] = ()
    aggregate: str | None = None
    zone: str | None = None
    at_once: int = 1
    cold: bool = True
    block_migration: str = "auto"

    def check(self) -> None:
        """Raise InputError if an option is not valid."""
        if self.at_once < 1:
            raise InputError(f"at_once must be at least 1, found {self.at_once}.")


class CloudReadiness:
    """Reads one cloud."""

    def __init__(self, cloud: Cloud, request: ReadinessRequest) -> None:
        self.cloud = cloud
        self.request = request
        self.placement = Placement(cloud)
        self._facts = FactsReader(cloud)
        self._unknown: list[str] = []
        # Many servers have the same flavor and image, so each different value is stored once.
        self._shared: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        offered = self.cloud.microversions
        hosts = self._hosts
        selected = self._selected()
        servers, groups = self._read_servers(selected)
        residents = self._residents(servers, groups, selected)
        room, free = self._room(residents)
        reports = assessment.assess(hosts, residents, room, selected=selected, at_once=self.request.at_once)
        listed = [entry for report in reports for entry in _server_entries(report, residents[report.host])]
        return {
            **NOTHING,
            "cloud": self.cloud.location(),
            "microversion": {"min": text(offered.oldest), "max": text(offered.newest)},
            "at_once": self.request.at_once,
            "totals": assessment.totals(reports),
            "hosts": self._host_entries(reports, residents),
            "servers": listed,
            "projects": assessment.projects_of(listed),
            "zones": assessment.zones_of(hosts, free),
            "unknown": list(dict.fromkeys([*self._unknown, *self._facts.unknown, destinations.ALWAYS_UNKNOWN])),
        }

    # Hosts

    @cached_property
    def _lists(self) -> tuple[list[Entry], list[Entry]]:
        """Return the hypervisors and the compute services."""
        hypervisors, services = call_concurrently(
            [lambda: compute_services.hypervisors(self.cloud), lambda: compute_services.services(self.cloud)]
        )
        return hypervisors, services

    @cached_property
    def _hosts(self) -> list[Entry]:
        merged = host_eligibility.merge(*self._lists)
        kinds = {str(host["hypervisor_type"]): str(host["name"]) for host in merged}
        judged = {kind: host_eligibility.judge(merged, anchors=[name]) for kind, name in sorted(kinds.items())}
        # Each host is judged together with the hosts of its own hypervisor type.
        return (
            [
                next(one for one in judged[str(host["hypervisor_type"])] if one["provider"] == host["provider"])
                for host in merged
            ]
            if len(judged) > 1
            else next(iter(judged.values()), [])
        )

    @cached_property
    def _context(self) -> MoveContext:
        return self._facts.context(block_migration=self.request.block_migration, cold_allowed=self.request.cold)

    def _selected(self) -> list[str]:
        """Return the names of the hosts to report on. Raise an error if an option names an unknown host."""
        known = sorted({str(host["name"]) for host in self._hosts})
        missing = [name for name in self.request.hosts if name not in known]
        if missing:
            raise NotFoundError(
                f"hosts: there is no compute host {missing[0]}. {did_you_mean(missing[0], known)}".rstrip(),
                service="compute",
            )
        chosen = set(self.request.hosts or known)
        if self.request.aggregate is not None:
            chosen &= self._aggregate_hosts(self.request.aggregate)
        if self.request.zone is not None:
            zones = {str(host["availability_zone"]) for host in self._hosts}
            if self.request.zone not in zones:
                hint = did_you_mean(self.request.zone, sorted(zones))
                raise NotFoundError(
                    f"availability_zone: no compute host is in the zone {self.request.zone}. {hint}".rstrip(),
                    service="compute",
                )
            chosen &= {str(one["name"]) for one in self._hosts if one["availability_zone"] == self.request.zone}
        return sorted(chosen)

    def _aggregate_hosts(self, name: str) -> set[str]:
        aggregates = self._aggregates
        found = [one for one in aggregates if name in (one["name"], str(one["id"]))]
        if not found:
            hint = did_you_mean(name, sorted(str(one["name"]) for one in aggregates))
            raise NotFoundError(f"aggregate: there is no host aggregate {name}. {hint}".rstrip(), service="compute")
        return {host for one in found for host in one["hosts"]}

    @cached_property
    def _aggregates(self) -> list[Entry]:
        return compute_services.aggregates(self.cloud)

    # Servers

    def _read_servers(self, selected: Sequence[str]) -> tuple[list[Entry], dict[str, Group]]:
        """Return the servers on the selected hosts, and the server groups that the scheduler enforces."""
        found: dict[str, Entry] = {}
        if len(selected) < min(MANY_HOSTS, len(self._hosts)):
            firsts = [self._server_pages(found, host=name).read_first for name in selected]
        else:
            firsts = [self._server_pages(found).read_first]
        groups: list[Entry] = []
        others: list[Iterable[Callable[[], None]]] = [
            [lambda: groups.extend(self._list_groups())],
            *call_concurrently(firsts),
        ]
        call_concurrently(chain.from_iterable(others))
        servers = list(found.values())
        return servers, self._enforced(groups, servers)

    def _server_pages(self, found: dict[str, Entry], **filters: str) -> ServerPages:
        def add(page: Iterable[Mapping[str, Any]]) -> None:
            found.update({str(server["id"]): self._small(server) for server in page})

        params = {"all_tenants": "1", **filters}
        need = SERVERS_WITH_IMAGE_PROPERTIES
        return ServerPages(self.cloud, "Listing the servers", add, need=need, params=params)

    def _small(self, server: Mapping[str, Any]) -> Entry:
        kept = {key: server[key] for key in _KEPT if key in server}
        for key in ("flavor", "image"):
            value = server.get(key) or {}
            kept[key] = self._shared.setdefault(f"{key} {value}", {k: v for k, v in value.items() if k != "links"})
        return {**kept, "addresses": bool(server.get("addresses")), _VOLUMES: bool(server.get(_VOLUMES))}

    def _list_groups(self) -> list[Entry]:
        found: list[Entry] = []
        while True:
            params = {"all_projects": "True", "limit": GROUPS_PAGE, "offset": len(found)}
            try:
                body = self.cloud.get(
                    "/os-server-groups", "Listing the server groups", need=SERVER_GROUPS, params=params
                )
            except ForbiddenError:
                self._unknown.append("Server groups are unknown: the policy of Nova does not let this user list them.")
                return []
            found += body["server_groups"]
            if not body["server_groups"]:
                return found

    def _enforced(self, groups: Iterable[Mapping[str, Any]], servers: Iterable[Mapping[str, Any]]) -> dict[str, Group]:
        host_of = {str(server["id"]): server.get("OS-EXT-SRV-ATTR:host") for server in servers}
        found = {}
        for group in groups:
            members = [member for member in group.get("members") or [] if member in host_of]
            if not members or destinations.group_of(group, members[0], {}) is None:
                continue
            others = {member: self._host_of(member, host_of) for member in group["members"]}
            for member in members:
                enforced = destinations.group_of(group, member, others)
                if enforced is not None:
                    found[member] = enforced
        return found

    def _host_of(self, server_id: str, host_of: Mapping[str, str | None]) -> str | None:
        if server_id in host_of:
            return host_of[server_id]
        server = nova_servers.read(self.cloud, server_id)
        return None if server is None else server.get("OS-EXT-SRV-ATTR:host")

    def _residents(
        self, servers: Sequence[Entry], groups: Mapping[str, Group], selected: Sequence[str]
    ) -> dict[str, list[assessment.Resident]]:
        found: dict[str, list[assessment.Resident]] = {name: [] for name in selected}
        on_selected = [server for server in servers if server.get("OS-EXT-SRV-ATTR:host") in found]
        whole = len(selected) >= min(MANY_HOSTS, len(self._hosts))
        reads: list[Callable[[], Any]] = [
            lambda: self._facts.ports_of(on_selected, whole_cloud=whole),
            lambda: self._facts.attachments_of(on_selected),
            lambda: self._facts.shares_of(on_selected),
        ]
        attached = Attached(*call_concurrently(reads))
        merged = pair_rules.hosts(self._hosts, self._lists[0])
        against = pair_rules.against_each(selected, merged, self._context)
        zones = {host["availability_zone"] for host in self._hosts}
        aggregates = self._aggregates_of(on_selected)
        up = {str(host["name"]): host["state"] == "up" and not host["forced_down"] for host in self._hosts}
        for server in sorted(on_selected, key=lambda one: (str(one.get("name")), str(one["id"]))):
            name = str(server["OS-EXT-SRV-ATTR:host"])
            found[name].append(
                self._resident(
                    server,
                    attached,
                    groups,
                    zones,
                    aggregates,
                    against.get(name),
                    is_up=up.get(name, False),
                )
            )
        return found

    def _resident(
        self,
        server: Entry,
        attached: Attached,
        groups: Mapping[str, Group],
        zones: set[Any],
        aggregates: Sequence[Mapping[str, Any]],
        against: Mapping[str, Sequence[Blocker]] | None,
        *,
        is_up: bool,
    ) -> assessment.Resident:
        # `_small` keeps only whether a server has addresses and volumes.
        server = {**server, "addresses": {}, _VOLUMES: []}
        facts = self._facts.facts_of(server, attached)
        method = move_method_of(facts, self._context)
        blockers = method.blockers if is_up else (_host_down(str(facts.server["host"])), *method.blockers)
        movable = refusal(blockers) is None
        demand = None
        if movable and facts.server["task_state"] is None:
            demand = demand_of(
                server,
                zones,
                group=groups.get(str(server["id"])),
                aggregates=aggregates,
                against=against if method.name == LIVE_MOVE else None,
            )
        return assessment.Resident(
            str(server["id"]),
            server.get("name"),
            server.get("tenant_id"),
            str(facts.server["host"]),
            str(server.get("status")),
            method.name if movable else NOT_AT_ALL,
            tuple(blockers),
            demand,
        )

    def _aggregates_of(self, servers: Iterable[Mapping[str, Any]]) -> list[Entry]:
        flavors = {id(server["flavor"]): server["flavor"] for server in servers}
        named = any(
            key.startswith("aggregate_instance_extra_specs:")
            for flavor in flavors.values()
            for key in flavor.get("extra_specs") or {}
        )
        return self._aggregates if named else []

    # Room

    def _room(self, residents: Mapping[str, Sequence[assessment.Resident]]) -> tuple[assessment.Room, Any]:
        """Return the room for the servers, and the free room of each provider."""
        reader = DestinationReader(self.cloud, self.placement, {}, self._hosts)
        requests = {
            server.demand.request
            for each in residents.values()
            for server in each
            if server.demand is not None and server.demand.request is not None
        }
        candidates = reader.candidates(sorted({*requests, _SMALLEST}, key=str))
        self._unknown += reader.unknown
        return assessment.Room(candidates, reader.free), reader.free

    def _host_entries(
        self, reports: Iterable[assessment.HostReport], residents: Mapping[str, Sequence[assessment.Resident]]
    ) -> list[Entry]:
        by_name = {str(host["name"]): host for host in self._hosts}
        found = []
        for number, report in enumerate(reports):
            host, servers = by_name[report.host], residents[report.host]
            found.append(
                {
                    "host": report.host,
                    "zone": host["availability_zone"],
                    "status": host["status"],
                    "state": host["state"],
                    "servers": len(servers),
                    "can_be_emptied": report.alone,
                    "can_be_emptied_together": report.together,
                    "batch": number // self.request.at_once + 1,
                    "blocked_servers": len(report.blockers),
                    "reasons": _reasons(report),
                }
            )
        return found


def _reasons(report: assessment.HostReport) -> dict[str, int]:
    counts: dict[str, int] = {}
    for blockers in report.blockers.values():
        for reason in {blocker.reason for blocker in blockers}:
            counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items()))


def _host_down(host: str) -> Blocker:
    return Blocker(
        "host_down",
        CERTAIN,
        f"The compute service of {host} is not up, and Nova cannot migrate servers from such a host.",
        "Start nova-compute, or evacuate the servers if the host is fenced or powered off.",
    )


def _server_entries(report: assessment.HostReport, servers: Iterable[assessment.Resident]) -> Iterable[dict[str, Any]]:
    """Return the blocked servers of a host."""
    for server in servers:
        blockers = report.blockers.get(server.id)
        if blockers:
            yield {
                "id": server.id,
                "name": server.name,
                "project_id": server.project_id,
                "host": server.host,
                "status": server.status,
                "move_method": server.move_method,
                "destinations": report.destinations.get(server.id),
                "blockers": [blocker.as_result() for blocker in blockers],
            }
