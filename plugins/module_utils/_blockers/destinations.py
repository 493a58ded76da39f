# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find the compute hosts that can take a server, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    LIKELY,
    UNKNOWN,
    Blocker,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.packing import Candidate, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.resources import ResourceRequest
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

Host = Mapping[str, Any]

# The scheduler enforces affinity and anti-affinity. It treats soft policies as preferences.
AFFINITY, ANTI_AFFINITY = "affinity", "anti-affinity"
_LONGEST = 5

ALWAYS_UNKNOWN = (
    "The API does not show the cells of compute hosts, the filters of the scheduler and whether the CPUs of two hosts"
    " are compatible."
)
# The reason of a server that finds no room after the other servers are moved.
NO_ROOM_TOGETHER = "no_room_together"
_MORE_ROOM = "Free or add room, or move fewer hosts at the same time."


@dataclass(frozen=True)
class Group:
    """A server group of Nova that limits the hosts of its servers."""

    name: str
    policy: str
    # The number of other servers of the server group on each compute host.
    members_on: Mapping[str, int] = field(default_factory=dict)
    max_server_per_host: int = 1

    def allows(self, host: str) -> bool:
        members = self.members_on.get(host, 0)
        return members > 0 if self.policy == AFFINITY else members < self.max_server_per_host


@dataclass(frozen=True)
class Demand:
    """What a server requires from a host: availability zone, server group and resources."""

    server_id: str
    zone: str | None = None
    group: Group | None = None
    request: ResourceRequest | None = None
    # The compute hosts in the aggregates that the flavor requires. None means any host.
    aggregate_hosts: frozenset[str] | None = None
    unknown: tuple[str, ...] = ()
    # The reasons against a host, by host name. They come from the rules about pairs of hosts.
    against: Mapping[str, Sequence[Blocker]] = field(default_factory=dict)


@dataclass(frozen=True)
class Destinations:
    """The compute hosts that can take a server."""

    hosts: tuple[str, ...]
    # Whether the hosts have room for all servers that move. None means unknown.
    room: bool | None = None
    # The reason why no host can take the server.
    blocker: Blocker | None = None
    unknown: tuple[str, ...] = ()
    # Reasons that make the move doubtful on all hosts.
    doubts: tuple[Blocker, ...] = ()

    @property
    def obstacle(self) -> str | None:
        return None if self.blocker is None else self.blocker.detail

    @property
    def blockers(self) -> list[Blocker]:
        return [*([self.blocker] if self.blocker else []), *self.doubts]


def no_destination(detail: str) -> Blocker:
    """Return the blocker of a server if no host at all can take servers."""
    return Blocker("no_host", CERTAIN, detail, "Enable or start a compute host.")


def find_destinations(
    demands: Sequence[Demand],
    targets: Sequence[Host],
    candidates: Mapping[ResourceRequest, Sequence[Candidate]] | None,
    free: Mapping[str, Resources],
    *,
    named: bool = False,
) -> dict[str, Destinations]:
    """Return the possible destinations of each server, by server id.

    ``candidates`` is None if the user cannot read Placement. ``named`` is true if each migration request names its
    destination. With a named destination, Nova's scheduler does not find shared providers.
    """
    if named and candidates is not None:
        found_shared = {request: _hosts_of(one for one in each if one.shared) for request, each in candidates.items()}
        candidates = {request: [one for one in each if not one.shared] for request, each in candidates.items()}
    else:
        found_shared = {}
    zones = {str(host["name"]): host["availability_zone"] for host in sorted(targets, key=lambda one: str(one["name"]))}
    offered = {request: _hosts_of(each) for request, each in (candidates or {}).items()}
    found: dict[str, Destinations] = {}
    to_place: dict[str, Sequence[Candidate]] = {}
    # Servers with equal demands have the same hosts and use the same list of candidates.
    allowed: dict[Any, tuple[list[str], Blocker | None]] = {}
    lists: dict[tuple[ResourceRequest, tuple[str, ...]], list[Candidate]] = {}
    for demand in demands:
        known = candidates is not None and demand.request is not None
        key = (demand.zone, id(demand.group), demand.request)
        if key not in allowed:
            shared = found_shared.get(demand.request, frozenset()) if demand.request else frozenset()
            roomy = offered.get(demand.request, frozenset()) if known and demand.request else None
            allowed[key] = _allowed_hosts(demand, zones, roomy, shared)
        hosts, blocker = allowed[key]
        unknown = demand.unknown + _aggregate_note(demand, hosts)
        if candidates is not None and demand.request is not None and hosts:
            place = (demand.request, tuple(hosts))
            if place not in lists:
                among = frozenset(hosts)
                lists[place] = [one for one in candidates.get(demand.request, ()) if one.host in among]
            to_place[demand.server_id] = lists[place]
        room = None if not known and blocker is None else blocker is None
        doubts = (*_pair_doubts(demand, hosts), *_aggregate_doubts(demand, hosts))
        found[demand.server_id] = Destinations(tuple(hosts), room, blocker, unknown, doubts)
    placed = pack(to_place, free)
    for server_id in to_place:
        if server_id not in placed:
            one = found[server_id]
            detail = f"no room is left on {names(one.hosts)} after the other servers are moved"
            blocker = Blocker(NO_ROOM_TOGETHER, LIKELY, detail, _MORE_ROOM)
            found[server_id] = Destinations(one.hosts, False, blocker, one.unknown, one.doubts)
    return found


def _allowed_hosts(
    demand: Demand, zones: Mapping[str, str | None], offered: frozenset[str] | None, with_shared: frozenset[str]
) -> tuple[list[str], Blocker | None]:
    """Return the compute hosts that can take the server, or the reason why there are none.

    ``zones`` contains the availability zone of each target. ``offered`` are the hosts in Placement's allocation
    candidates, or None if they are unknown. ``with_shared`` are hosts that have room only with a shared provider,
    which Nova cannot use for a named destination.
    """
    hosts = list(zones)
    if demand.zone is not None:
        in_zone = [host for host in hosts if zones[host] in (None, demand.zone)]
        if not in_zone:
            verb = "is" if len(hosts) == 1 else "are"
            return [], Blocker(
                "zone",
                CERTAIN,
                f"it is bound to availability zone {demand.zone}, but {names(hosts)} {verb} in another zone",
                "Add a host to the zone. Since OpenStack 2026.2, `openstack server unset` can remove the bond.",
            )
        hosts = in_zone
    if demand.group is not None:
        allowed = [host for host in hosts if demand.group.allows(host)]
        if not allowed:
            return [], Blocker(
                "server_group",
                LIKELY,
                _group_obstacle(demand.group, hosts),
                "Remove a server from the group by deleting it, or ask the owner to recreate the servers without it.",
            )
        hosts = allowed
    if offered is not None:
        roomy = [host for host in hosts if host in offered]
        shared = with_shared.intersection(hosts)
        if not roomy and shared:
            return [], Blocker(
                "shared_provider",
                CERTAIN,
                f"{names(sorted(shared))} has room only with a shared resource provider, and Nova does not use such a"
                " provider for a named destination",
                "Let Nova's scheduler choose the host.",
            )
        if not roomy:
            return [], Blocker("no_room", CERTAIN, f"no room for {demand.request} on {names(hosts)}", _MORE_ROOM)
        hosts = roomy
    return hosts, None


def _hosts_of(candidates: Iterable[Candidate]) -> frozenset[str]:
    return frozenset(one.host for one in candidates)


def _group_obstacle(group: Group, hosts: Sequence[str]) -> str:
    if group.policy == AFFINITY:
        return f"its server group {group.name} has the policy affinity, and the other members are not on {names(hosts)}"
    each = "each of " if len(hosts) > 1 else ""
    return (
        f"its server group {group.name} has the policy anti-affinity, and {each}{names(hosts)} has"
        f" {group.max_server_per_host} or more other members"
    )


def _aggregate_note(demand: Demand, hosts: Sequence[str]) -> tuple[str, ...]:
    if demand.aggregate_hosts is None or set(hosts) <= demand.aggregate_hosts:
        return ()
    matching = names(sorted(demand.aggregate_hosts & set(hosts))) or "none"
    return (f"whether the scheduler requires the aggregates of the flavor (hosts: {matching})",)


def _aggregate_doubts(demand: Demand, hosts: Sequence[str]) -> list[Blocker]:
    """Return a blocker if no possible host is in the host aggregates that the flavor names."""
    if demand.aggregate_hosts is None or not hosts or demand.aggregate_hosts & set(hosts):
        return []
    detail = f"The flavor names host aggregates, and {names(hosts)} is in none of them."
    remedy = "Add a host to the aggregate, if the scheduler uses the AggregateInstanceExtraSpecsFilter."
    return [Blocker("aggregate", UNKNOWN, detail, remedy)]


def _pair_doubts(demand: Demand, hosts: Sequence[str]) -> list[Blocker]:
    """Return the reasons against the possible hosts, if there is one against each host."""
    if not demand.against or not hosts or any(not demand.against.get(host) for host in hosts):
        return []
    # The first host stands for all hosts with the same reason.
    return list({one.reason: one for host in hosts for one in demand.against[host]}.values())


def group_of(group: Mapping[str, Any], server_id: str, host_of: Mapping[str, str | None]) -> Group | None:
    """Return the server group of a server, or None if the scheduler ignores the policy of the group.

    ``host_of`` contains the host of each member.
    """
    # Since microversion 2.64, Nova returns the string `policy`. Older versions return the list `policies`.
    policy = group.get("policy") or next(iter(group.get("policies") or []), None)
    if policy not in (AFFINITY, ANTI_AFFINITY):
        return None
    members_on: dict[str, int] = {}
    for member in group.get("members") or []:
        host = host_of.get(member)
        if member != server_id and host is not None:
            members_on[host] = members_on.get(host, 0) + 1
    at_most = int((group.get("rules") or {}).get("max_server_per_host") or 1)
    return Group(str(group.get("name") or group.get("id")), policy, members_on, at_most)


def names(hosts: Iterable[str]) -> str:
    """Return the names of some hosts as text."""
    listed = list(hosts)
    more = f" and {len(listed) - _LONGEST} more" if len(listed) > _LONGEST else ""
    return ", ".join(listed[:_LONGEST]) + more
