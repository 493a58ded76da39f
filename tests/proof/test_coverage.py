# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test of all hosts names the host or the pair of hosts at fault, and nothing in a healthy cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.proof.prover import Prover
from ansible_collections.stackproof.migration.tests.proof.rows import Row

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Table

# The duration of a copy in seconds, so that a row can act during the copy.
LONG_COPY = 6
# The longest time until the first migration of a run, in seconds.
START_SECONDS = 150
HOSTS = {f"compute{number}" for number in range(1, 5)}


def faults_in(found: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(fault["fault"], fault["hosts"]) for fault in found["faults"]]


def test_healthy_cloud(coverage_lab: Lab, table: Table) -> None:
    coverage_lab.start()
    result = coverage_lab.coverage().result()
    row = Row("each of four hosts is source once and destination once", "passed")
    found = Prover(coverage_lab, table).record_coverage(row, result, HOSTS)
    assert faults_in(found) == []
    assert found["counts"]["moves"] == len(HOSTS)


@pytest.mark.parametrize(
    ("fault", "change", "expected"),
    [
        ("precheck-raises-on-compute2", "one of four hosts accepts no server", ("destination", ["compute2"])),
        ("precheck-raises-from-compute2", "one of four hosts lets no server leave", ("source", ["compute2"])),
        (
            "precheck-raises-between-compute2-and-compute3",
            "one pair of four hosts cannot exchange servers",
            ("pair", ["compute2", "compute3"]),
        ),
    ],
)
def test_fault_is_named(
    coverage_lab: Lab, table: Table, fault: str, change: str, expected: tuple[str, list[str]]
) -> None:
    coverage_lab.start((fault,))
    result = coverage_lab.coverage().result()
    row = Row(change, "failed", reason_patterns=tuple(rf"\b{host}\b" for host in expected[1]))
    found = Prover(coverage_lab, table).record_coverage(row, result, HOSTS)
    assert faults_in(found) == [expected]
    # Two more migrations show what is at fault.
    assert found["counts"]["moves"] == len(HOSTS) + 2


def test_host_goes_down(coverage_lab: Lab, table: Table) -> None:
    coverage_lab.start(local_cloud_migration_seconds=LONG_COPY)
    run = coverage_lab.coverage()
    host = run.wait_until(coverage_lab.running_destination(), "a live migration runs", START_SECONDS)
    coverage_lab.kill(f"nova-{host}")
    result = run.result()
    reason = rf"^{host} became unusable during the run: its nova-compute service is down\."
    row = Row("the destination of a migration goes down in the middle of a ring", "failed", (reason,))
    try:
        found = Prover(coverage_lab, table).record_coverage(row, result, HOSTS - {host})
    finally:
        coverage_lab.start()
    assert faults_in(found) == [("host", [host])]
    # All migrations between the other hosts passed.
    others = [cell for cell in found["cells"] if host not in (cell["source"], cell["destination"])]
    assert {cell["outcome"] for cell in others} == {"passed"}


def test_run_after_killed_ring(coverage_lab: Lab, table: Table) -> None:
    coverage_lab.start(local_cloud_migration_seconds=LONG_COPY)
    killed = coverage_lab.coverage()
    killed.wait_until(coverage_lab.running_migration(), "a live migration runs", START_SECONDS)
    killed.kill()
    orphaned = {server.name for server in coverage_lab.servers_of_runs()}
    assert orphaned
    result = coverage_lab.coverage().result()
    for name in orphaned:
        assert name in result.output
    row = Row("a ring is killed (SIGKILL) during a copy, and another ring follows", "passed")
    found = Prover(coverage_lab, table).record_coverage(row, result, HOSTS)
    assert found["counts"]["moves"] == len(HOSTS)
