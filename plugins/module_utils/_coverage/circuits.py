# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that order the migrations between compute hosts, so that few servers make them all."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import Journey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import Pair

Trail = tuple[str, ...]


def ring(hosts: Sequence[str]) -> Trail:
    """Return a closed walk in which each host is the source of one migration and the destination of one."""
    return (*hosts, hosts[0]) if len(hosts) > 1 else ()


def between(some: Sequence[str], others: Sequence[str]) -> list[Pair]:
    """Return pairs in both directions between two groups of hosts.

    Each host of both groups is a source and a destination at least once. The pairs form a closed walk.
    """
    turns = range(max(len(some), len(others)))
    walk = [host for turn in turns for host in (some[turn % len(some)], others[turn % len(others)])]
    return list(dict.fromkeys(pairwise([*walk, walk[0]])))


def trails(pairs: Iterable[Pair]) -> list[Trail]:
    """Return walks that contain each pair once. The number of walks, and so of servers, is as small as possible.

    If each host is as often a source as a destination, the pairs of a connected group form one closed walk
    (Hierholzer's algorithm).
    """
    ahead: dict[str, list[str]] = {}
    surplus: dict[str, int] = {}
    for source, destination in dict.fromkeys(pairs):
        ahead.setdefault(source, []).append(destination)
        surplus[source] = surplus.get(source, 0) + 1
        surplus[destination] = surplus.get(destination, 0) - 1
    for destinations in ahead.values():
        # The walk takes destinations from the end of the list.
        destinations.reverse()
    starts = [host for host, extra in surplus.items() for _number in range(extra)]
    found: list[list[str]] = [_walk(start, ahead) for start in starts]
    for host in list(ahead):
        while ahead[host]:
            closed = _walk(host, ahead)
            _splice(closed, found)
    return [tuple(walk) for walk in found]


def _walk(start: str, ahead: dict[str, list[str]]) -> list[str]:
    walk = [start]
    while ahead.get(walk[-1]):
        walk.append(ahead[walk[-1]].pop())
    return walk


def _splice(closed: list[str], walks: list[list[str]]) -> None:
    """Insert a closed walk into a walk with a common host, so that no additional server is needed."""
    common = set(closed)
    for walk in walks:
        for position, host in enumerate(walk):
            if host in common:
                turn = closed.index(host)
                walk[position : position + 1] = [*closed[turn:], *closed[1 : turn + 1]]
                return
    walks.append(closed)


def part(walk: Trail, start: int, moves: int) -> Trail:
    """Return a part of a walk with at most ``moves`` migrations. A closed walk continues at its begin."""
    if moves >= len(walk) - 1:
        return walk
    if walk[0] == walk[-1]:
        around = len(walk) - 1
        return tuple(walk[(start + step) % around] for step in range(moves + 1))
    return walk[start : start + moves + 1]


def split(walk: Trail, servers: int) -> list[Trail]:
    """Divide a walk into parts of almost the same length, one for each server. Each part has at least two migrations.

    With at least two migrations, servers that start at the same time never use the same host.
    """
    moves = len(walk) - 1
    if moves < 1:
        return []
    count = max(1, min(servers, moves // 2))
    bounds = [moves * number // count for number in range(count + 1)]
    return [walk[begin : end + 1] for begin, end in pairwise(bounds)]


def journeys_of(walks: Iterable[Trail], max_parallel: int) -> list[Journey]:
    """Return the journeys of the servers. At most ``max_parallel`` servers travel on each walk."""
    parts = [each for walk in walks for each in split(walk, max_parallel)]
    return [Journey(f"j{number}", hosts) for number, hosts in enumerate(parts, start=1)]
