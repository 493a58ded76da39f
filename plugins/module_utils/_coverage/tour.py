# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that choose the next migrations of a coverage run from the results of the last ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import (
    EACH_HOST,
    OTHER_DESTINATION,
    OTHER_SOURCE,
    Journey,
    Pair,
)
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.verdict import (
    INCONCLUSIVE,
    PASSED,
    cell_outcome,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Cell:
    """The outcome of one migration of the run."""

    source: str
    destination: str
    outcome: str
    purpose: str
    reason: str | None = None
    migration_id: str | None = None
    seconds: float | None = None
    downtime: float | None = None

    @property
    def pair(self) -> Pair:
        return self.source, self.destination

    def as_result(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Traveller:
    """One server with its journey, and the number of migrations that it has made."""

    journey: Journey
    server_id: str | None = None
    step: int = 0
    ended: bool = False

    @property
    def host(self) -> str:
        return self.journey.hosts[self.step]

    @property
    def pair(self) -> Pair:
        return self.host, self.journey.hosts[self.step + 1]

    @property
    def left(self) -> int:
        """Return the number of migrations that the server still makes."""
        return len(self.journey.hosts) - 1 - self.step

    @property
    def purpose(self) -> str:
        return self.journey.purpose_of(self.step)

    def as_result(self) -> dict[str, Any]:
        own = {"server_id": self.server_id, "step": self.step, "ended": self.ended}
        return {**self.journey.as_result(), **own}

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Traveller:
        return cls(Journey.of(dict(given)), given["server_id"], int(given["step"]), bool(given["ended"]))


@dataclass
class Tour:
    """All servers of a coverage run and the outcomes so far."""

    travellers: list[Traveller]
    # The names of the hosts of each group.
    groups: list[tuple[str, ...]]
    max_parallel: int = 1
    max_parallel_per_host: int = 1
    # Whether each host must be tested as source and as destination. Otherwise only certain pairs are tested.
    each_host: bool = False
    cells: list[Cell] = field(default_factory=list)

    @classmethod
    def start(
        cls,
        journeys: Iterable[Journey],
        groups: Iterable[Sequence[str]],
        *,
        max_parallel: int,
        per_host: int,
        each_host: bool = False,
    ) -> Tour:
        travellers = [Traveller(journey) for journey in journeys]
        return cls(travellers, [tuple(group) for group in groups], max_parallel, per_host, each_host)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Tour:
        """Return the tour from the result of ``as_result``."""
        return cls(
            [Traveller.of(each) for each in state["travellers"]],
            [tuple(group) for group in state["groups"]],
            int(state["max_parallel"]),
            int(state["max_parallel_per_host"]),
            bool(state["each_host"]),
            [Cell(**cell) for cell in state["cells"]],
        )

    def as_result(self) -> dict[str, Any]:
        """Return the state of the tour, and the servers to boot and to migrate next."""
        return {
            "travellers": [traveller.as_result() for traveller in self.travellers],
            "groups": [list(group) for group in self.groups],
            "max_parallel": self.max_parallel,
            "max_parallel_per_host": self.max_parallel_per_host,
            "each_host": self.each_host,
            "cells": [cell.as_result() for cell in self.cells],
            "boot": [traveller.host for traveller in self.to_boot()],
            "destinations": {str(each.server_id): each.pair[1] for each in self.to_migrate()},
            "rounds": max((each.left for each in self.travellers if not each.ended), default=0),
            "finished": all(each.ended for each in self.travellers),
        }

    # The next round

    def to_boot(self) -> list[Traveller]:
        """Return the journeys that begin in the next round.

        At most ``max_parallel`` servers travel at the same time.
        """
        waiting = [each for each in self.travellers if not each.ended and each.server_id is None]
        travelling = sum(not each.ended and each.server_id is not None for each in self.travellers)
        return waiting[: max(0, self.max_parallel - travelling)]

    def to_migrate(self) -> list[Traveller]:
        """Return the servers whose next migrations can run at the same time."""
        chosen: list[Traveller] = []
        used: Counter[str] = Counter()
        for each in self.travellers:
            if each.ended or each.server_id is None or len(chosen) == self.max_parallel:
                continue
            if all(used[host] < self.max_parallel_per_host for host in each.pair):
                chosen.append(each)
                used.update(each.pair)
        return chosen

    # The results of a round

    def add_booted(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Add the result ``hosts`` of server_batch for the hosts of ``to_boot``, in the same order."""
        for each, entry in zip(self.to_boot(), entries, strict=True):
            # A server in ERROR has an id and a reason.
            if entry["server_id"] and not entry["reason"]:
                self._replace(each, replace(each, server_id=str(entry["server_id"])))
            else:
                reason = f"No server could be booted on {each.host}: {entry['reason'] or 'Nova gives no reason'}"
                self._replace(each, replace(each, ended=True))
                self.cells.append(Cell(*each.pair, INCONCLUSIVE, each.purpose, reason))
                self._follow(each, INCONCLUSIVE, booted=False)

    def add_migrations(self, migrations: Iterable[Mapping[str, Any]]) -> None:
        """Add entries of the result ``migrations`` of server_live_migrate."""
        by_server = {each.server_id: each for each in self.travellers if not each.ended}
        for migration in migrations:
            each = by_server.get(str(migration["server_id"]))
            if each is None:
                continue
            outcome, reason = cell_outcome(migration, each.pair[1])
            probe = migration.get("probe") or {}
            self.cells.append(
                Cell(
                    *each.pair,
                    outcome,
                    each.purpose,
                    reason,
                    migration.get("migration_id"),
                    migration.get("seconds"),
                    probe.get("downtime"),
                )
            )
            if outcome == PASSED:
                step = each.step + 1
                self._replace(each, replace(each, step=step, ended=step == len(each.journey.hosts) - 1))
            else:
                self._replace(each, replace(each, ended=True))
                self._follow(each, outcome)

    def _replace(self, old: Traveller, new: Traveller) -> None:
        self.travellers[self.travellers.index(old)] = new

    def _follow(self, each: Traveller, outcome: str, *, booted: bool = True) -> None:
        """Replace a server whose migration did not pass.

        Two more migrations find out which host is at fault. If a migration has no result, they test the two hosts with
        other hosts.
        """
        if each.purpose in (OTHER_SOURCE, OTHER_DESTINATION) or (outcome == INCONCLUSIVE and not self.each_host):
            self._continue(each)
            return
        source, destination = each.pair
        rest = each.journey.hosts[each.step + 1 :]
        other_source = None if self._is_planned(each, destination=destination) else self._other(source, destination)
        # If no server can be booted on the source, it cannot be tested with another destination.
        keeps_source = not booted or self._is_planned(each, source=source)
        other_destination = None if keeps_source else self._other(destination, source)
        if other_source is None:
            self._continue(each)
        else:
            self._add(each, "s", (other_source, *rest), OTHER_SOURCE)
        if other_destination is not None:
            self._add(each, "d", (source, other_destination), OTHER_DESTINATION)

    def _continue(self, each: Traveller) -> None:
        """Let another server make the rest of the journey."""
        rest = each.journey.hosts[each.step + 1 :]
        if len(rest) > 1:
            self._add(each, "c", rest)

    def _add(self, each: Traveller, suffix: str, hosts: Sequence[str], purpose: str | None = None) -> None:
        name = f"{each.journey.id}.{each.step}{suffix}"
        journey = Journey(name, tuple(hosts)) if purpose is None else Journey(name, tuple(hosts), purpose)
        self.travellers.append(Traveller(journey))

    def _is_planned(self, failed: Traveller, *, source: str | None = None, destination: str | None = None) -> bool:
        """Return whether the run makes another migration from the source or to the destination anyway."""
        pairs = [cell.pair for cell in self.cells if cell.outcome != INCONCLUSIVE]
        pairs += [pair for each in self.travellers if not each.ended for pair in each.journey.pairs[each.step :]]
        pairs += failed.journey.pairs[failed.step + 1 :]
        return any(pair != failed.pair and (pair[0] == source or pair[1] == destination) for pair in pairs)

    def _other(self, host: str, partner: str) -> str | None:
        """Return the next host of the group that is neither ``host`` nor ``partner``.

        A host without an unsuccessful migration is preferred.
        """
        group = next((one for one in self.groups if host in one), ())
        after = group.index(host) + 1 if host in group else 0
        others = [one for one in (*group[after:], *group[:after]) if one not in (host, partner)]
        doubtful = {name for cell in self.cells if cell.outcome != PASSED for name in cell.pair}
        return next((one for one in others if one not in doubtful), next(iter(others), None))


def tour_of(
    matrix: Mapping[str, Any], events: Iterable[Mapping[str, Any]], *, max_parallel: int, per_host: int
) -> Tour:
    """Return the tour of a plan after some events.

    ``matrix`` is a result of migration_matrix_info. Each event has the key ``booted`` or the key ``migrations``.
    """
    journeys = [Journey.of(journey) for journey in matrix["journeys"]]
    groups = [group["hosts"] for group in matrix["groups"]]
    each_host = matrix["coverage"] == EACH_HOST
    tour = Tour.start(journeys, groups, max_parallel=max_parallel, per_host=per_host, each_host=each_host)
    for event in events:
        if "booted" in event:
            tour.add_booted(event["booted"])
        tour.add_migrations(event.get("migrations") or [])
    return tour
