# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Decide which compute hosts can be emptied, and which servers block this."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destinations import (
    NO_ROOM_TOGETHER,
    Destinations,
    find_destinations,
    no_destination,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import by_certainty
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import CERTAIN, Blocker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destinations import Demand
    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.packing import Candidate
    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.resources import ResourceRequest
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

Host = dict[str, Any]

# All servers can leave the host.
YES = "yes"
# It is likely or unknown that a server cannot leave the host.
DOUBTFUL = "doubtful"
# A server certainly cannot leave the host.
NO = "no"
# The API does not show this user whether other hosts have room.
UNKNOWN = "unknown"
_WORST_FIRST = (NO, DOUBTFUL, UNKNOWN, YES)


@dataclass(frozen=True)
class Resident:
    """A server on a compute host."""

    id: str
    name: str | None
    project_id: str | None
    host: str
    status: str
    # "live", "cold" or "none".
    move_method: str
    blockers: tuple[Blocker, ...]
    # None if the server cannot move anyway.
    demand: Demand | None


@dataclass(frozen=True)
class Room:
    """The allocation candidates and the free room in Placement."""

    # None if the user cannot read Placement.
    candidates: Mapping[ResourceRequest, Sequence[Candidate]] | None
    free: Mapping[str, Resources] = field(default_factory=dict)


@dataclass(frozen=True)
class HostReport:
    """Whether a compute host can be emptied."""

    host: str
    alone: str
    together: str
    # The blockers of each server when only this host is emptied, by server id.
    blockers: Mapping[str, tuple[Blocker, ...]]
    # The number of possible destinations of each movable server, by server id.
    destinations: Mapping[str, int]


def batches_of(hosts: Sequence[str], at_once: int) -> list[list[str]]:
    """Return groups of hosts that are emptied at the same time, in the given order."""
    return [list(hosts[start : start + at_once]) for start in range(0, len(hosts), at_once)]


def assess(
    hosts: Sequence[Host],
    residents: Mapping[str, Sequence[Resident]],
    room: Room,
    *,
    selected: Sequence[str],
    at_once: int = 1,
) -> list[HostReport]:
    """Return a report for each selected host.

    ``hosts`` are the hosts of the cloud with the keys ``usable`` and ``hypervisor_type``. ``residents`` contains the
    servers by host. Each batch of ``at_once`` hosts is judged on its own, as if all earlier batches were in use again.
    """
    by_name = {str(host["name"]): host for host in hosts}
    return [
        report for batch in batches_of(selected, at_once) for report in _assess_batch(batch, by_name, residents, room)
    ]


def _assess_batch(
    batch: Sequence[str], hosts: Mapping[str, Host], residents: Mapping[str, Sequence[Resident]], room: Room
) -> list[HostReport]:
    # Each server has a list of its possible destinations, and the lists of a whole cloud would use much memory. The
    # lists of a batch are deleted when this function returns.
    alone = {name: _leave([name], hosts, residents, room) for name in batch}
    together = _leave(batch, hosts, residents, room) if len(batch) > 1 else alone[batch[0]]
    return [
        HostReport(
            name,
            _outcome(residents.get(name, ()), alone[name]),
            _in_batch(_outcome(residents.get(name, ()), together), residents.get(name, ()), together),
            {server.id: blockers for server in residents.get(name, ()) if (blockers := _all(server, alone[name]))},
            {server_id: len(one.hosts) for server_id, one in alone[name].items()},
        )
        for name in batch
    ]


def _leave(
    batch: Sequence[str], hosts: Mapping[str, Host], residents: Mapping[str, Sequence[Resident]], room: Room
) -> dict[str, Destinations]:
    """Return the destinations of the servers on these hosts, if the servers of all these hosts move."""
    demands: dict[Any, list[Demand]] = {}
    for name in batch:
        kind = hosts[name]["hypervisor_type"] if name in hosts else None
        of_kind = demands.setdefault(kind, [])
        of_kind += [server.demand for server in residents.get(name, ()) if server.demand is not None]
    found: dict[str, Destinations] = {}
    for kind, wanted in demands.items():
        if not wanted:
            continue
        targets = [
            host
            for name, host in hosts.items()
            if host["usable"] and host["hypervisor_type"] == kind and name not in batch
        ]
        if targets:
            found |= find_destinations(wanted, targets, room.candidates, room.free)
        else:
            nowhere = Destinations((), False, no_destination("no other compute host can take servers"))
            found |= {demand.server_id: nowhere for demand in wanted}
    return found


def _all(server: Resident, found: Mapping[str, Destinations]) -> tuple[Blocker, ...]:
    destinations = found.get(server.id)
    return tuple(by_certainty([*server.blockers, *(destinations.blockers if destinations else ())]))


def _in_batch(outcome: str, servers: Sequence[Resident], found: Mapping[str, Destinations]) -> str:
    """Return the outcome of a host in its batch.

    If the batch has too little room, it is open which of its servers find no host.
    """
    short = any(one.blocker is not None and one.blocker.reason == NO_ROOM_TOGETHER for one in found.values())
    return DOUBTFUL if short and outcome == YES and servers else outcome


def _outcome(servers: Iterable[Resident], found: Mapping[str, Destinations]) -> str:
    """Return the worst outcome of the servers of a host."""
    outcomes = {_outcome_of(server, found) for server in servers}
    return next((outcome for outcome in _WORST_FIRST if outcome in outcomes), YES)


def _outcome_of(server: Resident, found: Mapping[str, Destinations]) -> str:
    blockers = _all(server, found)
    if any(blocker.certainty == CERTAIN and not blocker.temporary for blocker in blockers):
        return NO
    if blockers:
        return DOUBTFUL
    destinations = found.get(server.id)
    return UNKNOWN if destinations is not None and destinations.room is None else YES


# Summaries


def totals(reports: Iterable[HostReport]) -> dict[str, dict[str, int]]:
    """Return the number of hosts for each outcome, when the hosts are emptied alone and together."""
    listed = list(reports)
    alone, together = Counter(one.alone for one in listed), Counter(one.together for one in listed)
    return {
        "alone": {outcome: alone[outcome] for outcome in _WORST_FIRST[::-1]},
        "together": {outcome: together[outcome] for outcome in _WORST_FIRST[::-1]},
    }


def projects_of(servers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the number of blocked servers of each project, and their reasons."""
    reasons: dict[str, Counter[str]] = {}
    numbers: Counter[str] = Counter()
    for server in servers:
        project = str(server["project_id"] or "unknown")
        numbers[project] += 1
        reasons.setdefault(project, Counter()).update({blocker["reason"] for blocker in server["blockers"]})
    return [
        {"project_id": project, "servers": number, "reasons": dict(sorted(reasons[project].items()))}
        for project, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    ]


def zones_of(hosts: Iterable[Host], free: Mapping[str, Resources]) -> list[dict[str, Any]]:
    """Return the free resources of the usable hosts in each availability zone.

    ``free`` contains the free room of each root provider. A provider without room is not in ``free``.
    """
    found: dict[str, dict[str, Any]] = {}
    for host in hosts:
        zone = str(host["availability_zone"] or "unknown")
        entry = found.setdefault(zone, {"zone": zone, "hosts": 0, "usable_hosts": 0, "free": Counter()})
        entry["hosts"] += 1
        if host["usable"]:
            entry["usable_hosts"] += 1
            entry["free"].update(free.get(host["provider"], {}))
    return [{**entry, "free": dict(sorted(entry["free"].items()))} for _zone, entry in sorted(found.items())]
