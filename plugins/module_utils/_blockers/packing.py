# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Predict the new hosts of several servers that move at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources


@dataclass(frozen=True)
class Candidate:
    """One allocation candidate of Placement, with the resources per resource provider."""

    host: str
    providers: Mapping[str, Resources]
    # Whether the host uses resources of a provider outside its own tree, for example shared storage.
    shared: bool = False


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


def pack(servers: Mapping[str, Sequence[Candidate]], free: Mapping[str, Resources]) -> dict[str, str]:
    """Predict the new host of each server, and leave out servers without a possible host.

    Servers with the fewest possible hosts are placed first. Nova's scheduler may choose other hosts.
    """
    left = {uuid: dict(resources) for uuid, resources in free.items()}
    chosen: dict[str, Candidate] = {}
    # Servers with equal requests share a list of candidates, so these values are computed once for each list.
    unique = {id(candidates): candidates for candidates in servers.values()}
    lists = {key: _Ranked(candidates, left) for key, candidates in unique.items()}
    # This set contains the Python ids of candidate lists without room for another server.
    full: set[int] = set()
    for server_id in sorted(servers, key=lambda one: (*lists[id(servers[one])].order, one)):
        candidates = servers[server_id]
        if id(candidates) in full:
            continue
        candidate = lists[id(candidates)].roomiest(left) or _make_room(candidates, servers, chosen, left)
        if candidate is None:
            full.add(id(candidates))
        else:
            _take(candidate, left)
            chosen[server_id] = candidate
    return {server_id: candidate.host for server_id, candidate in chosen.items()}


class _Ranked:
    """A list of candidates, the candidates with the most free room first."""

    def __init__(self, candidates: Sequence[Candidate], free: Mapping[str, Resources]) -> None:
        rooms = [((_room_left(one, free), one.host), one) for one in candidates if _fits(one, free)]
        self._ranked = sorted(rooms, key=lambda pair: pair[0], reverse=True)
        memory, vcpus = _size(candidates)
        # Servers with the fewest hosts are placed first, and large servers before small ones.
        self.order = (len({one.host for one in candidates}), -memory, -vcpus)

    def roomiest(self, left: Mapping[str, Resources]) -> Candidate | None:
        """Return the candidate with the most room left, or None if no candidate fits.

        The room of a candidate never grows beyond its room at the start, so the search can stop early.
        """
        best: Candidate | None = None
        best_key: tuple[tuple[int, int], str] | None = None
        for at_start, candidate in self._ranked:
            if best_key is not None and at_start <= best_key:
                break
            key = (_room_left(candidate, left), candidate.host)
            if (best_key is None or key > best_key) and _fits(candidate, left):
                best, best_key = candidate, key
        return best


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
