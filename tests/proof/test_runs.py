# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are killed, that meet, and that find nothing wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.tests.proof.prover import healthy_runs
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover


def test_killed(prover: Prover) -> None:
    row = Row("a run killed (SIGKILL) during the copy, then another run", PASSED)
    lab = prover.lab
    lab.start()
    killed = lab.run()
    killed.until(lab.migrating(), "a migration that runs")
    killed.kill()
    left = {server.name for server in lab.servers_of_runs()}
    assert len(left) == 2
    result = lab.run().result()
    for name in left:
        assert name in result.output
    assert "2 servers of runs that are over" in result.output
    prover.note(row, result)


def test_two_at_once(prover: Prover) -> None:
    row = Row("two runs at once", PASSED)
    prover.lab.start()
    runs = [prover.lab.run(), prover.lab.run()]
    results = [run.result() for run in runs]
    servers = [{server["id"] for server in result.facts["servers"]} for result in results]
    assert servers[0].isdisjoint(servers[1])
    assert all("servers of runs that are over" not in result.output for result in results)
    for result in results:
        prover.note(row, result)


def test_nothing_wrong(prover: Prover) -> None:
    count = healthy_runs()
    row = Row(f"nothing, {count} runs one after the other", f"{count} of {count} {PASSED}")
    prover.lab.start()
    results = [prover.lab.run().result() for _number in range(count)]
    slowest = max(results, key=lambda result: result.seconds)
    outcomes = [result.outcome for result in results]
    found = f"{outcomes.count(PASSED)} of {count} {PASSED}"
    prover.table.add(row, found, "", slowest.seconds, None)
    assert outcomes == [PASSED] * count, [result.reason for result in results]
    assert prover.lab.left() == {"servers": [], "allocations": []}
