# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Predict whether a drain can succeed. The role host_drain uses the prediction before it changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

Host = Mapping[str, Any]

# Nova reports the status UNKNOWN if the cell of the service does not answer (since microversion 2.69).
UNKNOWN_STATUS = "UNKNOWN"
# The scheduler enforces affinity and anti-affinity. It treats soft policies as preferences.
AFFINITY, ANTI_AFFINITY = "affinity", "anti-affinity"
_DISK = "DISK_GB"
# This extra spec of a flavor overrides its disk size in Placement.
_DISK_OVERRIDE = f"resources:{_DISK}"
_TRAIT_PREFIX = "trait:"
_AGGREGATE_PREFIX = "aggregate_instance_extra_specs:"
_MIB_PER_GIB = 1024

ALWAYS_UNKNOWN = (
    "The API does not show the cells of compute hosts, the filters of the scheduler and whether the CPUs of two hosts"
    " are compatible."
)


# The source


def source_obstacle(service: Mapping[str, Any]) -> str | None:
    """Return the reason why Nova cannot migrate servers from the host, or None without such a reason."""
    host = service["host"]
    if service["status"] == UNKNOWN_STATUS:
        return (
            f"The cell of {host} does not answer. The compute service and the servers are unknown."
            " Restore the database and the message queue of the cell, then run the drain again."
        )
    if service.get("forced_down"):
        state, repair = (
            "forced down",
            f"unset forced down with `openstack compute service set --up {host} nova-compute`",
        )
    elif service.get("state") != "up":
        state, repair = str(service.get("state") or "in an unknown state"), "start nova-compute on it"
    else:
        return None
    problem = f"The compute service of {host} is {state}."
    limit = "Nova cannot live-migrate or cold-migrate servers from such a host."
    evacuation = "If the host is fenced or powered off, evacuate its servers with `openstack server evacuate`."
    return f"{problem} {limit} {evacuation} If the host works, {repair}, then run the drain again."


# The target


def target_obstacle(name: str, source: str, hosts: Iterable[Host], services: Iterable[Mapping[str, Any]]) -> str | None:
    """Return why the host ``name`` cannot take servers from the host ``source``.

    Return None if the host can take servers. The function ``host_eligibility.judge`` returns ``hosts``.
    """
    if name == source:
        return f"The target must not be the drained host {name}. Name another compute host."
    known = {str(host["name"]): host for host in hosts}
    if name in known:
        obstacle = known[name]["obstacle"]
        return None if obstacle is None else f"The target {name} cannot take servers: {obstacle}."
    if any(one["host"] == name and one.get("status") == UNKNOWN_STATUS for one in services):
        return f"The target {name} cannot take servers: its cell does not answer."
    others = sorted(set(known) - {source})
    suggestion = did_you_mean(name, others)
    return (
        f"There is no compute host {name} (target). {suggestion + ' ' if suggestion else ''}"
        f"Other compute hosts: {_names(others) or 'none'}."
    )


# The servers


@dataclass(frozen=True)
class ResourceRequest:
    """The resources and traits that a server requires. Placement searches for compute hosts that have them."""

    resources: tuple[tuple[str, int], ...]
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = ", ".join(f"{name}={amount}" for name, amount in self.resources)
        traits = [*self.required, *(f"not {name}" for name in self.forbidden)]
        return f"{text} with traits {', '.join(traits)}" if traits else text


def resource_request(held: Resources | None, flavor: Mapping[str, Any], *, from_volume: bool) -> ResourceRequest | None:
    """Return the resources and traits that a server needs, or None if its resources are unknown.

    ``held`` contains the resources that are allocated on the host. Without ``held``, use the resources of the flavor.
    If ``held`` contains no disk, add the disk of the flavor, because the disk may be on shared storage.
    """
    of_flavor = _resources_of_flavor(flavor, from_volume=from_volume)
    resources = _with_disk(held, of_flavor, flavor) if held else of_flavor
    if not resources:
        return None
    traits = {
        key.removeprefix(_TRAIT_PREFIX): str(value)
        for key, value in (flavor.get("extra_specs") or {}).items()
        if key.startswith(_TRAIT_PREFIX)
    }
    return ResourceRequest(
        tuple(sorted(resources.items())),
        tuple(sorted(name for name, value in traits.items() if value == "required")),
        tuple(sorted(name for name, value in traits.items() if value == "forbidden")),
    )


def _with_disk(held: Resources, of_flavor: Resources, flavor: Mapping[str, Any]) -> Resources:
    overridden = _DISK_OVERRIDE in (flavor.get("extra_specs") or {})
    if _DISK in held or _DISK not in of_flavor or overridden:
        return held
    return {**held, _DISK: of_flavor[_DISK]}


def _resources_of_flavor(flavor: Mapping[str, Any], *, from_volume: bool) -> Resources:
    if flavor.get("vcpus") is None or flavor.get("ram") is None:
        return {}
    root = 0 if from_volume else int(flavor.get("disk") or 0)
    swap = -(-int(flavor.get("swap") or 0) // _MIB_PER_GIB)
    disk = root + int(flavor.get("ephemeral") or 0) + swap
    resources = {"VCPU": int(flavor["vcpus"]), "MEMORY_MB": int(flavor["ram"]), _DISK: disk}
    return {name: amount for name, amount in resources.items() if amount}


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


@dataclass(frozen=True)
class Candidate:
    """One allocation candidate of Placement, with the resources per resource provider."""

    host: str
    providers: Mapping[str, Resources]
    # Whether the host uses resources of a provider outside its own tree, for example shared storage.
    shared: bool = False


@dataclass(frozen=True)
class Destinations:
    """The compute hosts that can take a server."""

    hosts: tuple[str, ...]
    # Whether the hosts have room for all servers that the drain moves. None means unknown.
    room: bool | None = None
    obstacle: str | None = None
    unknown: tuple[str, ...] = ()


def candidates_in(body: Mapping[str, Any], hosts_by_provider: Mapping[str, str]) -> list[Candidate]:
    """Return the allocation candidates of Placement that are on the given hosts.

    ``body`` is a response to ``GET /allocation_candidates``.
    """
    summaries = body["provider_summaries"]
    found = []
    for request in body["allocation_requests"]:
        providers = {uuid: dict(part["resources"]) for uuid, part in request["allocations"].items()}
        roots = {str(summaries.get(uuid, {}).get("root_provider_uuid") or uuid) for uuid in providers}
        host = next((hosts_by_provider[root] for root in sorted(roots) if root in hosts_by_provider), None)
        if host is not None:
            found.append(Candidate(host, providers, shared=len(roots) > 1))
    return found


def free_in(body: Mapping[str, Any]) -> dict[str, Resources]:
    """Return the free resources of each resource provider.

    ``body`` is a response to ``GET /allocation_candidates``.
    """
    return {
        uuid: {name: part["capacity"] - part["used"] for name, part in summary.get("resources", {}).items()}
        for uuid, summary in body["provider_summaries"].items()
    }


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
    found: dict[str, Destinations] = {}
    to_place: dict[str, Sequence[Candidate]] = {}
    # Servers with equal requests and equal allowed hosts use the same list of candidates.
    lists: dict[tuple[ResourceRequest, tuple[str, ...]], list[Candidate]] = {}
    for demand in demands:
        hosts, obstacle = _allowed_hosts(demand, targets, candidates, found_shared)
        known = candidates is not None and demand.request is not None
        unknown = demand.unknown + _aggregate_note(demand, hosts)
        if candidates is not None and demand.request is not None and hosts:
            key = (demand.request, tuple(hosts))
            if key not in lists:
                lists[key] = [one for one in candidates.get(demand.request, ()) if one.host in hosts]
            to_place[demand.server_id] = lists[key]
        room = None if not known and obstacle is None else obstacle is None
        found[demand.server_id] = Destinations(tuple(hosts), room, obstacle, unknown)
    placed = pack(to_place, free)
    for server_id in to_place:
        if server_id not in placed:
            one = found[server_id]
            obstacle = f"no room is left on {_names(one.hosts)} after the other servers are moved"
            found[server_id] = Destinations(one.hosts, False, obstacle, one.unknown)
    return found


def _allowed_hosts(
    demand: Demand,
    targets: Sequence[Host],
    candidates: Mapping[ResourceRequest, Sequence[Candidate]] | None,
    hosts_with_shared: Mapping[ResourceRequest, frozenset[str]],
) -> tuple[list[str], str | None]:
    """Return the compute hosts that can take the server, or the reason why there are none.

    ``hosts_with_shared`` are hosts that have room only with a shared provider, which Nova cannot use.
    """
    hosts = sorted(str(host["name"]) for host in targets)
    zones = {str(host["name"]): host["availability_zone"] for host in targets}
    if demand.zone is not None:
        in_zone = [host for host in hosts if zones[host] in (None, demand.zone)]
        if not in_zone:
            verb = "is" if len(hosts) == 1 else "are"
            return [], f"it is bound to availability zone {demand.zone}, but {_names(hosts)} {verb} in another zone"
        hosts = in_zone
    if demand.group is not None:
        allowed = [host for host in hosts if demand.group.allows(host)]
        if not allowed:
            return [], _group_obstacle(demand.group, hosts)
        hosts = allowed
    if candidates is not None and demand.request is not None:
        offered = _hosts_of(candidates.get(demand.request, ()))
        roomy = [host for host in hosts if host in offered]
        shared = hosts_with_shared.get(demand.request, frozenset()).intersection(hosts)
        if not roomy and shared:
            return [], (
                f"{_names(sorted(shared))} has room only with a shared resource provider, and Nova does not use such a"
                " provider for a named destination"
            )
        if not roomy:
            return [], f"no room for {demand.request} on {_names(hosts)}"
        hosts = roomy
    return hosts, None


def _hosts_of(candidates: Iterable[Candidate]) -> frozenset[str]:
    return frozenset(one.host for one in candidates)


def _group_obstacle(group: Group, hosts: Sequence[str]) -> str:
    if group.policy == AFFINITY:
        return (
            f"its server group {group.name} has the policy affinity, and the other members are not on {_names(hosts)}"
        )
    each = "each of " if len(hosts) > 1 else ""
    return (
        f"its server group {group.name} has the policy anti-affinity, and {each}{_names(hosts)} has"
        f" {group.max_server_per_host} or more other members"
    )


def _aggregate_note(demand: Demand, hosts: Sequence[str]) -> tuple[str, ...]:
    if demand.aggregate_hosts is None or set(hosts) <= demand.aggregate_hosts:
        return ()
    matching = _names(sorted(demand.aggregate_hosts & set(hosts))) or "none"
    return (f"whether the scheduler requires the aggregates of the flavor (hosts: {matching})",)


def pack(servers: Mapping[str, Sequence[Candidate]], free: Mapping[str, Resources]) -> dict[str, str]:
    """Predict the new host of each server, and leave out servers without a possible host.

    Servers with the fewest possible hosts are placed first. Nova's scheduler may choose other hosts.
    """
    left = {uuid: dict(resources) for uuid, resources in free.items()}
    chosen: dict[str, Candidate] = {}

    def choose(candidates: Iterable[Candidate]) -> Candidate | None:
        fitting = [one for one in candidates if _fits(one, left)]
        return max(fitting, key=lambda one: (_room_left(one, left), one.host), default=None)

    def order(server_id: str) -> tuple[int, tuple[int, int], str]:
        candidates = servers[server_id]
        return (len({one.host for one in candidates}), tuple(-part for part in _size(candidates)), server_id)  # type: ignore[return-value]  # two numbers

    # This set contains the Python ids of candidate lists without room for another server.
    full: set[int] = set()
    for server_id in sorted(servers, key=order):
        candidates = servers[server_id]
        if id(candidates) in full:
            continue
        candidate = choose(candidates) or _make_room(candidates, servers, chosen, left)
        if candidate is None:
            full.add(id(candidates))
        else:
            _take(candidate, left)
            chosen[server_id] = candidate
    return {server_id: candidate.host for server_id, candidate in chosen.items()}


def _make_room(
    candidates: Sequence[Candidate],
    servers: Mapping[str, Sequence[Candidate]],
    chosen: dict[str, Candidate],
    left: dict[str, Resources],
) -> Candidate | None:
    """Move a server in the plan to another host, so that one of the candidates fits.

    Return the first allocation candidate that fits, or None.
    """
    placed: dict[str, list[str]] = {}
    for server_id, candidate in chosen.items():
        placed.setdefault(candidate.host, []).append(server_id)
    for wanted in candidates:
        for other_id in placed.get(wanted.host, ()):
            if _move_away(other_id, wanted, servers[other_id], chosen, left):
                return wanted
    return None


def _move_away(
    server_id: str,
    wanted: Candidate,
    others: Iterable[Candidate],
    chosen: dict[str, Candidate],
    left: dict[str, Resources],
) -> bool:
    taken = chosen[server_id]
    _take(taken, left, sign=1)
    if _fits(wanted, left):
        _take(wanted, left)
        other = next((one for one in others if _fits(one, left)), None)
        _take(wanted, left, sign=1)
        if other is not None:
            _take(other, left)
            chosen[server_id] = other
            return True
    _take(taken, left)
    return False


def _fits(candidate: Candidate, left: Mapping[str, Resources]) -> bool:
    return all(
        left.get(uuid, {}).get(name, 0) >= amount
        for uuid, resources in candidate.providers.items()
        for name, amount in resources.items()
    )


def _take(candidate: Candidate, left: Mapping[str, Resources], sign: int = -1) -> None:
    for uuid, resources in candidate.providers.items():
        for name, amount in resources.items():
            left[uuid][name] += sign * amount


def _room_left(candidate: Candidate, left: Mapping[str, Resources]) -> tuple[int, int]:
    return (
        sum(left[uuid].get("MEMORY_MB", 0) for uuid in candidate.providers),
        sum(left[uuid].get("VCPU", 0) for uuid in candidate.providers),
    )


def _size(candidates: Sequence[Candidate]) -> tuple[int, int]:
    parts = candidates[0].providers.values() if candidates else ()
    return sum(part.get("MEMORY_MB", 0) for part in parts), sum(part.get("VCPU", 0) for part in parts)


def aggregate_hosts(flavor: Mapping[str, Any], aggregates: Iterable[Mapping[str, Any]]) -> frozenset[str] | None:
    """Return the compute hosts of the aggregates that the flavor names, or None if it names no aggregate."""
    wanted = {
        key.removeprefix(_AGGREGATE_PREFIX): str(value)
        for key, value in (flavor.get("extra_specs") or {}).items()
        if key.startswith(_AGGREGATE_PREFIX)
    }
    if not wanted:
        return None
    hosts_of = [
        {
            host
            for aggregate in aggregates
            if str((aggregate.get("metadata") or {}).get(key)) == value
            for host in aggregate.get("hosts") or []
        }
        for key, value in wanted.items()
    ]
    return frozenset(set.intersection(*hosts_of))


def names_aggregates(flavor: Mapping[str, Any]) -> bool:
    """Return whether the extra specs of a flavor name a host aggregate."""
    return any(key.startswith(_AGGREGATE_PREFIX) for key in flavor.get("extra_specs") or {})


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


def total(by_provider: Mapping[str, Resources]) -> Resources:
    """Return the sum of the resources of several providers."""
    found: Resources = {}
    for resources in by_provider.values():
        for name, amount in resources.items():
            found[name] = found.get(name, 0) + amount
    return found


# The plan


def plan_problems(
    *,
    source: str | None,
    target: str | None,
    targets_obstacle: str | None,
    moves: int,
    unable: Sequence[tuple[str, str]],
) -> list[dict[str, str]]:
    """Return the problems that prevent the drain, each with a kind and a message.

    ``source`` is a problem of the drained host, and ``target`` is a problem of the target host. ``unable`` contains
    each server that the target host cannot take, with the reason.
    """
    problems = []
    if source is not None and moves:
        problems.append({"kind": "source", "message": source})
    if target is not None:
        problems.append({"kind": "target", "message": target})
    elif unable:
        shown = "; ".join(f"{name}: {why}" for name, why in unable[:_SHOWN])
        more = f"; and {len(unable) - _SHOWN} more" if len(unable) > _SHOWN else ""
        message = (
            f"The target cannot take {len(unable)} of {moves} servers: {shown}{more}."
            " Name another target, or leave target empty to let Nova's scheduler choose."
        )
        problems.append({"kind": "target", "message": message})
    if targets_obstacle is not None and moves and target is None:
        problems.append({"kind": "hosts", "message": targets_obstacle})
    return problems


_SHOWN = 3


def no_target_message(unusable: Iterable[Mapping[str, Any]]) -> str:
    hosts = "; ".join(f"{host['name']}: {host['obstacle']}" for host in unusable)
    return f"No other compute host can take servers: {hosts or 'the cloud has none'}. Enable or start a compute host."


def _names(hosts: Iterable[str]) -> str:
    names = list(hosts)
    more = f" and {len(names) - _LONGEST} more" if len(names) > _LONGEST else ""
    return ", ".join(names[:_LONGEST]) + more


_LONGEST = 5
