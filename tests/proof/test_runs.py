# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed runs, several runs at the same time, and runs against a healthy cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.tests.proof.prover import healthy_runs
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover


def test_run_after_killed_run(prover: Prover) -> None:
    row = Row("a run is killed (SIGKILL) during the copy, and another run follows", PASSED)
    lab = prover.lab
    lab.start()
    killed = lab.run()
    killed.wait_until(lab.running_migration(), "a live migration runs")
    killed.kill()
    orphaned = {server.name for server in lab.servers_of_runs()}
    assert len(orphaned) == 2
    result = lab.run().result()
    for name in orphaned:
        assert name in result.output
    assert "Orphaned servers of ended runs:" in result.output
    assert "(count=2)" in result.output
    prover.record(row, result)


def test_two_runs_at_once(prover: Prover) -> None:
    row = Row("two runs at once", PASSED)
    prover.lab.start()
    runs = [prover.lab.run(), prover.lab.run()]
    results = [run.result() for run in runs]
    servers = [{server["id"] for server in result.facts["servers"]} for result in results]
    assert servers[0].isdisjoint(servers[1])
    assert all("Orphaned servers of ended runs" not in result.output for result in results)
    for result in results:
        prover.record(row, result)


def test_healthy_cloud(prover: Prover) -> None:
    prover.lab.start()
    prover.run_healthy("nothing", healthy_runs())
