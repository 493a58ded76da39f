# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._coverage import circuits
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.faults import faults_of
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import Journey
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.tour import Tour
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.verdict import run_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import Pair

FOUR = ("c1", "c2", "c3", "c4")
MOST_ROUNDS = 100


def make(
    hosts: Sequence[str],
    fails: Callable[[Pair], bool],
    *,
    all_pairs: bool = False,
    no_boot: Sequence[str] = (),
    max_parallel: int = 5,
) -> tuple[Tour, int]:
    """Run a tour in which some pairs fail. Return the tour and the number of rounds."""
    walks = circuits.trails(permutations(hosts, 2)) if all_pairs else [circuits.ring(hosts)]
    journeys = circuits.journeys_of(walks, max_parallel)
    tour = Tour.start(journeys, [hosts], max_parallel=max_parallel, per_host=1, each_host=not all_pairs)
    number = 0
    for rounds in range(MOST_ROUNDS):
        # The role keeps the state between the rounds as JSON.
        state = json.loads(json.dumps(tour.as_result()))
        tour = Tour.of(state)
        if state["finished"]:
            return tour, rounds
        booted = []
        for host in state["boot"]:
            number += 1
            there = host not in no_boot
            booted.append(
                {"host": host, "server_id": f"s{number}" if there else None, "reason": None if there else "full"}
            )
        tour.add_booted(booted)
        chosen = tour.to_migrate()
        used = Counter(host for each in chosen for host in each.pair)
        assert all(count == 1 for count in used.values())
        assert len(chosen) <= max_parallel
        tour.add_migrations(
            {
                "server_id": each.server_id,
                "outcome": "failed" if fails(each.pair) else "completed",
                "destination": each.pair[1],
                "message": "it failed",
            }
            for each in chosen
        )
    pytest.fail("the tour does not end")


def found_faults(tour: Tour) -> list[tuple[str, tuple[str, ...]]]:
    passed = {cell.pair: cell.outcome == "passed" for cell in tour.cells if cell.outcome != "inconclusive"}
    return [(fault.fault, fault.hosts) for fault in faults_of(passed)[1]]


@pytest.mark.parametrize("all_pairs", [False, True])
@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        (lambda _pair: False, []),
        (lambda pair: pair[1] == "c2", [("destination", ("c2",))]),
        (lambda pair: pair[0] == "c2", [("source", ("c2",))]),
        (lambda pair: pair == ("c2", "c3"), [("pair", ("c2", "c3"))]),
        (lambda pair: "c2" in pair, [("destination", ("c2",)), ("source", ("c2",))]),
    ],
)
def test_fault_is_found(
    fails: Callable[[Pair], bool], expected: list[tuple[str, tuple[str, ...]]], *, all_pairs: bool
) -> None:
    tour, _rounds = make(FOUR, fails, all_pairs=all_pairs)
    assert found_faults(tour) == expected
    assert run_outcome([cell.as_result() for cell in tour.cells]) == ("failed" if expected else "passed")


def test_ring_of_ten_hosts_needs_two_rounds() -> None:
    tour, rounds = make([f"c{number}" for number in range(10)], lambda _pair: False)
    assert (len(tour.cells), rounds) == (10, 2)


def test_all_hosts_are_tested_although_a_host_fails() -> None:
    tour, _rounds = make(FOUR, lambda pair: pair[1] == "c2")
    assert {cell.source for cell in tour.cells} == set(FOUR)
    assert {cell.destination for cell in tour.cells} == set(FOUR)
    purposes = Counter(cell.purpose for cell in tour.cells)
    assert purposes == {"planned": 4, "other_source": 1, "other_destination": 1}


def test_all_pairs_need_no_other_migrations() -> None:
    tour, _rounds = make(FOUR, lambda pair: pair[1] == "c2", all_pairs=True)
    assert Counter(cell.pair for cell in tour.cells) == Counter(permutations(FOUR, 2))


def test_two_hosts_cannot_show_which_one_is_at_fault() -> None:
    tour, _rounds = make(("c1", "c2"), lambda pair: pair[1] == "c2")
    assert found_faults(tour) == [("undecided", ("c1", "c2"))]
    assert len(tour.cells) == 2


def test_host_without_a_server_is_inconclusive() -> None:
    tour, _rounds = make(FOUR, lambda _pair: False, no_boot=["c1"])
    (cell,) = [cell for cell in tour.cells if cell.outcome == "inconclusive"]
    assert cell.pair == ("c1", "c2")
    assert cell.reason == "No server could be booted on c1: full"
    # Another host tests c2 as the destination.
    assert {cell.pair for cell in tour.cells} == {("c1", "c2"), ("c2", "c3"), ("c3", "c4"), ("c4", "c1"), ("c3", "c2")}
    assert run_outcome([cell.as_result() for cell in tour.cells]) == "inconclusive"


def test_hosts_are_tested_with_others_if_a_host_goes_down() -> None:
    # Nova refuses migrations to c2 without a statement about the hosts, and boots nothing on c2.
    tour = Tour.start([Journey("j1", (*FOUR, "c1"))], [FOUR], max_parallel=1, per_host=1, each_host=True)
    for number in range(MOST_ROUNDS):
        tour.add_booted(
            [
                {"host": host, "server_id": f"s{number}", "reason": "down" if host == "c2" and number else None}
                for host in [each.host for each in tour.to_boot()]
            ]
        )
        tour.add_migrations(
            {
                "server_id": each.server_id,
                "outcome": "failed" if each.pair[1] == "c2" else "completed",
                "failure": {"kind": "no_valid_host"},
                "destination": each.pair[1],
                "message": "",
            }
            for each in tour.to_migrate()
        )
        if all(each.ended for each in tour.travellers):
            break
    passed = [cell.pair for cell in tour.cells if cell.outcome == "passed"]
    assert {source for source, _destination in passed} == {"c1", "c3", "c4"}
    assert {destination for _source, destination in passed} == {"c1", "c3", "c4"}


def test_server_in_error_does_not_travel() -> None:
    tour = Tour.start(circuits.journeys_of([circuits.ring(FOUR)], 1), [FOUR], max_parallel=1, per_host=1)
    tour.add_booted([{"host": "c1", "server_id": "s1", "reason": "No valid host was found."}])
    assert tour.to_migrate() == []
    (cell,) = tour.cells
    assert (cell.outcome, cell.reason) == ("inconclusive", "No server could be booted on c1: No valid host was found.")


def test_other_destination_of_nova_is_a_failure() -> None:
    tour = Tour.start(circuits.journeys_of([("c1", "c2")], 1), [FOUR], max_parallel=1, per_host=1)
    tour.add_booted([{"host": "c1", "server_id": "s1", "reason": None}])
    tour.add_migrations([{"server_id": "s1", "outcome": "completed", "destination": "c3", "message": ""}])
    assert tour.cells[0].outcome == "failed"
    assert tour.cells[0].reason == "Nova moved the server to c3, not to c2."


@pytest.mark.parametrize("kind", ["no_valid_host", "busy", "unreachable"])
def test_failure_that_says_nothing_about_the_hosts_is_inconclusive(kind: str) -> None:
    tour = Tour.start(circuits.journeys_of([circuits.ring(FOUR)], 1), [FOUR], max_parallel=1, per_host=1)
    tour.add_booted([{"host": "c1", "server_id": "s1", "reason": None}])
    tour.add_migrations([{"server_id": "s1", "outcome": "refused", "failure": {"kind": kind}, "message": "why"}])
    assert tour.cells[0].outcome == "inconclusive"
    assert [each.journey.hosts for each in tour.travellers if not each.ended] == [("c2", "c3", "c4", "c1")]


def test_few_servers_travel_at_the_same_time() -> None:
    hosts = [f"c{number}" for number in range(20)]
    tour, _rounds = make(hosts, lambda _pair: False, max_parallel=3)
    assert len(tour.travellers) == 3
    assert len(tour.cells) == len(hosts)
