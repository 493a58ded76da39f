# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cloud is at fault: each must be caught, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import Row

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result


def wrong_checks(result: Result) -> list[str]:
    (migration,) = result.migrations
    return [check["name"] for check in migration["checks"] if check["ok"] is False]


def unharmed(result: Result) -> None:
    """Of all that a completed migration shows only the status is another: the server works where it was."""
    (migration,) = result.migrations
    assert wrong_checks(result) == ["status"]
    assert (migration["server"]["status"], migration["server"]["task_state"]) == ("ACTIVE", None)
    assert migration["server"]["host"] == migration["source"]


def control_passed(result: Result) -> None:
    unharmed(result)
    control = result.facts["control"]["migration"]
    assert control["outcome"] == "completed"


def in_error_on_the_destination(result: Result) -> None:
    (migration,) = result.migrations
    assert migration["server"]["status"] == "ERROR"
    assert migration["server"]["host"] == migration["destination"] != migration["source"]


def leaked(result: Result) -> None:
    (migration,) = result.migrations
    assert wrong_checks(result) == ["migration_allocations"]
    # what was told was then released
    assert list(result.facts["allocations_released"]) == [migration["record"]["uuid"]]


ROWS = (
    Row(
        "bug 1718455 put back: its fix undone in the scheduler",
        "failed",
        (
            "It is the batch that breaks: of 2 servers",
            "Nova bug 1718455",
            "There are not enough hosts available",
            "Control: server control: live migration .* completed",
        ),
        faults=("bug-1718455",),
        further=control_passed,
        known=True,
    ),
    Row(
        "the check on the destination raises",
        "failed",
        (
            "^server 1: live migration compute. -> another host ended error. Nova's reason: Unacceptable CPU info",
            "A single server, booted by itself, fared no better",
        ),
        faults=("precheck-raises",),
        further=unharmed,
        known=True,
    ),
    Row(
        "the copy fails half-way, and Nova rolls back",
        "failed",
        (
            "ended failed. Nova gives no reason: see the logs of nova-compute on",
            "A single server, booted by itself, fared no better",
        ),
        faults=("copy-fails",),
        further=unharmed,
        known=True,
    ),
    Row(
        "the record says completed, and the server never left",
        "failed",
        (
            "the record says completed, but",
            "server_status should be ACTIVE and is MIGRATING",
            r"server_host should be (compute\d) and is (?!\1)compute\d",
        ),
        faults=("completed-but-stayed",),
        inputs={"migration_cycle_settle_timeout": 10},
    ),
    Row(
        "the allocation on the source is kept",
        "failed",
        (r"Placement still holds an allocation of compute\d for the migration [0-9a-f-]{36}",),
        faults=("allocation-kept",),
        inputs={"migration_cycle_settle_timeout": 10},
        further=leaked,
    ),
    Row(
        "the migration never ends",
        "failed",
        (r"ended cancelled. It was aborted \(on_timeout\), because it was not over after 8 s \(timeout\)",),
        faults=("never-ends",),
        inputs={"migration_cycle_migrate_timeout": 8},
        further=unharmed,
    ),
    Row(
        "the destination fails after the switch",
        "failed",
        ("ended error", "server_status should be ACTIVE and is ERROR"),
        faults=("error-after-switch",),
        further=in_error_on_the_destination,
        known=True,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.faults[0])
def test_fault_in_a_service(prover: Prover, row: Row) -> None:
    prover.run(row)


@pytest.mark.parametrize("end", ["destination", "source"])
def test_compute_killed(prover: Prover, end: str) -> None:
    row = Row(
        f"the {end}'s nova-compute killed during the copy",
        "failed",
        (
            r"is not over in time: running. 20 s were allowed \(timeout\), and 10 s after abort",
            r"Compute host compute\d is down now",
        ),
        inputs={"migration_cycle_migrate_timeout": 20, "migration_cycle_settle_timeout": 10},
    )
    prover.note(row, _killed(prover, row, end))


def _killed(prover: Prover, row: Row, which: str) -> Result:
    lab = prover.lab
    lab.start()
    run = lab.run(**row.inputs)
    server = run.until(lab.migrating(), "a migration that runs")
    source = lab.connect().compute.get_server(server).compute_host
    other = {"compute1": "compute2", "compute2": "compute1"}
    killed = source if which == "source" else other[source]
    lab.kill(f"nova-{killed}")
    try:
        result = run.result()
    finally:
        lab.start()
    assert result.migrations[0][which] == killed
    assert f"Compute host {killed} is down now." in result.reason
    return result


def test_server_deleted_by_somebody_else(prover: Prover) -> None:
    row = Row("somebody deletes the server during the copy", "failed", ("the server .* is gone",))
    lab = prover.lab
    lab.start()
    run = lab.run()
    server = run.until(lab.migrating(), "a migration that runs")
    lab.connect().compute.delete_server(server)
    prover.note(row, run.result())
