# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find the compute hosts that can take servers.

The module reads availability zones, server groups, host aggregates and allocation candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    BadRequestError,
    ForbiddenError,
    MicroversionError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    SERVER_GROUPS,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers import destinations, packing, resources
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.demands import demand_of
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import LIVE_MOVE
from ansible_collections.stackproof.migration.plugins.module_utils._nova import compute_services
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import MOST_CANDIDATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import Blocker
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

Entry = dict[str, Any]

# A host with nested providers can have several candidates.
CANDIDATES_PER_HOST = 2

# The number of server groups that one request asks for. Nova may return fewer (max_limit).
GROUPS_PAGE = 1000
_GROUPS = "server_groups"


class DestinationReader:
    def __init__(
        self,
        cloud: Cloud,
        placement: Placement,
        raw: Mapping[str, Mapping[str, Any]],
        hosts: Iterable[Mapping[str, Any]],
    ) -> None:
        self.cloud = cloud
        self.placement = placement
        self.unknown: list[str] = []
        self._raw = raw
        self._hosts_by_provider = {str(host["provider"]): str(host["name"]) for host in hosts}
        self.free: dict[str, Resources] = {}

    def add_destinations(
        self,
        entries: Sequence[Entry],
        targets: Sequence[Mapping[str, Any]],
        held: Mapping[str, Mapping[str, Resources]],
        *,
        without_targets: str = "no other compute host can take servers",
        named: bool = False,
        against: Mapping[str, Sequence[Blocker]] | None = None,
    ) -> None:
        """Add the possible destinations and their free room to each server entry.

        ``held`` contains the allocations by server id and resource provider. ``without_targets`` is the reason to
        report if no host can take servers. ``against`` contains the reasons against each host for a live migration.
        ``named`` is true if the migration requests will name a destination.
        """
        if not entries:
            return
        if not targets:
            for entry in entries:
                entry |= {"destinations": [], "destination_obstacle": without_targets, "room": False}
                entry["blockers"] = [*entry["blockers"], destinations.no_destination(without_targets).as_result()]
            return
        ids = [entry["id"] for entry in entries]
        groups = self._groups(ids)
        aggregates = self._aggregates(ids)
        zones = {target["availability_zone"] for target in targets}
        demands = [
            demand_of(
                self._raw[entry["id"]],
                zones,
                group=groups.get(entry["id"]),
                aggregates=aggregates,
                held=held.get(entry["id"]),
                against=against if entry["move_method"] == LIVE_MOVE else None,
            )
            for entry in entries
        ]
        requests = sorted({one.request for one in demands if one.request is not None}, key=str)
        found = destinations.find_destinations(demands, targets, self.candidates(requests), self.free, named=named)
        for entry in entries:
            one = found[entry["id"]]
            entry |= {
                "destinations": list(one.hosts),
                "destination_obstacle": one.obstacle,
                "room": one.room,
                "unknown": list(one.unknown),
                "blockers": [*entry["blockers"], *(blocker.as_result() for blocker in one.blockers)],
            }
        self._note(destinations.ALWAYS_UNKNOWN)

    # Server groups

    def _groups(self, ids: Sequence[str]) -> dict[str, destinations.Group]:
        """Return the server group of each server, if the scheduler enforces the group. The keys are server ids."""
        try:
            raw = self._groups_with(set(ids))
        except ForbiddenError:
            self._note("Server groups are unknown: the policy of Nova does not let this user list them.")
            return {}
        found = {}
        for server_id, group in raw.items():
            others = [member for member in group.get("members") or [] if member != server_id]
            enforced = destinations.group_of(group, server_id, {})
            if enforced is not None:
                group_with_hosts = destinations.group_of(group, server_id, {one: self._host_of(one) for one in others})
                if group_with_hosts is not None:
                    found[server_id] = group_with_hosts
        return found

    def _groups_with(self, ids: set[str]) -> dict[str, dict[str, Any]]:
        """Return the server groups of these servers, by server id.

        The method reads at most one page of server groups. Then it reads each remaining server separately.
        """
        listed = self._list_groups(0)
        found = {member: group for group in listed for member in group.get("members") or [] if member in ids}
        if not listed or ids <= set(found) or not self._list_groups(len(listed)):
            return found
        for server_id in sorted(ids - set(found)):
            server = nova_servers.read(self.cloud, server_id) or {}
            for group_id in server.get(_GROUPS) or []:
                path, what = f"/os-server-groups/{group_id}", f"Reading the server group {group_id}"
                group = self.cloud.find(path, what, need=SERVER_GROUPS)
                if group is not None:
                    found[server_id] = dict(group["server_group"])
        return found

    def _list_groups(self, offset: int) -> list[dict[str, Any]]:
        params = {"all_projects": "True", "limit": GROUPS_PAGE, "offset": offset}
        body = self.cloud.get("/os-server-groups", "Listing the server groups", need=SERVER_GROUPS, params=params)
        return list(body["server_groups"])

    def _host_of(self, server_id: str) -> str | None:
        if server_id in self._raw:
            return self._raw[server_id].get("OS-EXT-SRV-ATTR:host")
        server = nova_servers.read(self.cloud, server_id)
        return None if server is None else server.get("OS-EXT-SRV-ATTR:host")

    # Aggregates

    def _aggregates(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        if not any(resources.names_aggregates(self._raw[server_id].get("flavor") or {}) for server_id in ids):
            return []
        try:
            return compute_services.aggregates(self.cloud)
        except ForbiddenError:
            self._note("Host aggregates are unknown, because Nova's policy does not let this user list aggregates.")
            return []

    # Placement

    def candidates(
        self, requests: Sequence[resources.ResourceRequest]
    ) -> dict[resources.ResourceRequest, list[packing.Candidate]] | None:
        """Return the allocation candidates for each resource request. Return None if the user cannot read Placement.

        The attribute `free` then contains the free room of each resource provider in the candidates.
        """
        found: dict[resources.ResourceRequest, list[packing.Candidate]] = {}
        for request in requests:
            try:
                body = self.placement.candidates_for(
                    dict(request.resources),
                    required=request.required,
                    forbidden=request.forbidden,
                    at_most=max(MOST_CANDIDATES, CANDIDATES_PER_HOST * len(self._hosts_by_provider)),
                )
            except MicroversionError:
                self._note("Room is unknown: Placement does not offer microversion 1.29 (OpenStack Rocky or newer).")
                return None
            except BadRequestError as error:
                # If Placement does not know a trait or a resource class, no compute host provides it.
                self._note(error.failure.message)
                body = {"allocation_requests": [], "provider_summaries": {}}
            if body is None:
                self._note(f"Room is unknown: {self.placement.hidden}")
                return None
            # Older Placement versions report free room only for the requested resource classes.
            for uuid, free in packing.free_in(body).items():
                self.free.setdefault(uuid, {}).update(free)
            found[request] = packing.candidates_in(body, self._hosts_by_provider)
        return found

    def _note(self, text: str) -> None:
        if text not in self.unknown:
            self.unknown.append(text)
