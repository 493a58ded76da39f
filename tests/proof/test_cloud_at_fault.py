# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of the cloud. Each run must fail, and its reason must name the fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import Row, nothing_booted

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result


def failed_checks(result: Result) -> list[str]:
    (migration,) = result.migrations
    return [check["name"] for check in migration["checks"] if check["ok"] is False]


def unharmed(result: Result) -> None:
    """Require that only the status of the migration record is wrong.

    The server must be ACTIVE on its source host.
    """
    (migration,) = result.migrations
    assert failed_checks(result) == ["status"]
    assert (migration["server"]["status"], migration["server"]["task_state"]) == ("ACTIVE", None)
    assert migration["server"]["host"] == migration["source"]


def control_passed(result: Result) -> None:
    unharmed(result)
    control = result.facts["control"]["migration"]
    assert control["outcome"] == "completed"


def error_on_destination(result: Result) -> None:
    (migration,) = result.migrations
    assert migration["server"]["status"] == "ERROR"
    assert migration["server"]["host"] == migration["destination"] != migration["source"]


def allocation_released(result: Result) -> None:
    (migration,) = result.migrations
    assert failed_checks(result) == ["migration_allocations"]
    # The run reports the orphaned allocation first. It deletes the allocation afterwards.
    assert list(result.facts["allocations_released"]) == [migration["record"]["uuid"]]


def not_received(change: str, timeout: int, warn_after: int, faults: tuple[str, ...] = ()) -> Row:
    """Return a row for a request that no nova-compute receives.

    The migration times out after ``timeout`` s, and the run warns ``warn_after`` s after the request.
    """

    def warned_while_waiting(result: Result) -> None:
        text = " ".join(result.output.split())
        assert f"has had the status accepted for {warn_after} s. No nova-compute has taken the request." in text

    return Row(
        change,
        "failed",
        (
            rf"timed out, record status is accepted\. timeout={timeout} s, then settle_timeout=5 s\.",
            r"Nova refuses an abort in status accepted\. No nova-compute has taken the request\.",
            r"Check that nova-compute runs on compute\d\..* the section \[upgrade_levels\] of nova\.conf\.",
        ),
        faults=faults,
        inputs={
            "migration_cycle_migrate_timeout": timeout,
            "migration_cycle_settle_timeout": 5,
            "migration_cycle_warn_accepted_after": warn_after,
        },
        further=warned_while_waiting,
    )


ROWS = (
    Row(
        "Nova bug 1718455: its fix removed from the scheduler",
        "failed",
        (
            "Batch failure: of 2 servers",
            "Nova bug 1718455",
            "There are not enough hosts available",
            "Control: server control: live migration .* completed",
        ),
        faults=("bug-1718455",),
        further=control_passed,
        recorded=True,
    ),
    Row(
        "the pre-check on the destination raises an exception",
        "failed",
        (
            r"^server 1: .* -> another host failed \(record status error\). Nova's reason: Unacceptable CPU",
            "The control experiment with a single server failed, too",
        ),
        faults=("precheck-raises",),
        further=unharmed,
        recorded=True,
    ),
    Row(
        "the copy fails halfway, and Nova rolls back",
        "failed",
        (
            r"failed \(record status failed\). Nova gives no reason: see the logs of nova-compute on",
            "The control experiment with a single server failed, too",
        ),
        faults=("copy-fails",),
        further=unharmed,
        recorded=True,
    ),
    Row(
        "the record says completed, but the server did not move",
        "failed",
        (
            "record status is completed, but",
            "server_status is MIGRATING, expected ACTIVE",
            r"server_host is (compute\d), expected (?!\1)compute\d",
        ),
        faults=("completed-but-stayed",),
        inputs={"migration_cycle_settle_timeout": 10},
    ),
    Row(
        "the allocation on the source is not deleted",
        "failed",
        (r"Placement still holds an allocation of compute\d for the migration [0-9a-f-]{36}",),
        faults=("allocation-kept",),
        inputs={"migration_cycle_settle_timeout": 10},
        further=allocation_released,
    ),
    Row(
        "the migration never ends",
        "failed",
        (r"was cancelled \(record status cancelled\). The migration was aborted \(on_timeout\) after timeout=8 s",),
        faults=("never-ends",),
        inputs={"migration_cycle_migrate_timeout": 8},
        further=unharmed,
    ),
    not_received(
        "no nova-compute receives the request, as with two releases and without [upgrade_levels]",
        timeout=15,
        warn_after=5,
        faults=("live-migration-not-received",),
    ),
    Row(
        "each boot request gets status 503",
        "error",
        (
            "the compute service answered HTTP 503",
            r"found 0 servers named \S+ within 10 s\. The request was not repeated",
        ),
        faults=("boots-unavailable",),
        further=nothing_booted,
    ),
    Row(
        "the destination fails after the server has moved",
        "failed",
        (r"failed \(record status error\)", "server_status is ERROR, expected ACTIVE"),
        faults=("error-after-switch",),
        further=error_on_destination,
        recorded=True,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.faults[0])
def test_service_fault(prover: Prover, row: Row) -> None:
    prover.run(row)


@pytest.mark.parametrize("end", ["destination", "source"])
def test_compute_killed(prover: Prover, end: str) -> None:
    row = Row(
        f"nova-compute of the {end} killed (SIGKILL) during the copy",
        "failed",
        (
            "timed out, record status is running. timeout=20 s, then settle_timeout=10 s after abort",
            r"Compute host compute\d is down now",
        ),
        inputs={"migration_cycle_migrate_timeout": 20, "migration_cycle_settle_timeout": 10},
    )
    prover.record(row, _kill_compute(prover, row, end))


def _kill_compute(prover: Prover, row: Row, end: str) -> Result:
    lab = prover.lab
    lab.start()
    run = lab.run(**row.inputs)
    server = run.wait_until(lab.running_migration(), "a live migration runs")
    source = lab.connect().compute.get_server(server).compute_host
    other = {"compute1": "compute2", "compute2": "compute1"}
    killed = source if end == "source" else other[source]
    lab.kill(f"nova-{killed}")
    try:
        result = run.result()
    finally:
        lab.start()
    assert result.migrations[0][end] == killed
    assert f"Compute host {killed} is down now." in result.reason
    return result


def test_server_deleted_during_copy(prover: Prover) -> None:
    row = Row("the server is deleted during the copy", "failed", ("the server .* no longer exists",))
    lab = prover.lab
    lab.start()
    run = lab.run()
    server = run.wait_until(lab.running_migration(), "a live migration runs")
    lab.connect().compute.delete_server(server)
    prover.record(row, run.result())
