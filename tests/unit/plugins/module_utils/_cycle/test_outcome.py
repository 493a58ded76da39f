# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.outcome import (
    conclude,
    failure_kinds,
    needs_control,
)

NOT_ENOUGH = "No valid host was found. There are not enough hosts available."


def migration(outcome: str = "completed", kind: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "server_name": "probe-1",
        "source": "compute1",
        "destination": None,
        "expected_host": "compute2",
        "outcome": outcome,
        "failure": None if kind is None else {"kind": kind},
        "record": {"status": "error", "destination": None},
        "reason": None,
        "message": f"probe-1 {outcome}.",
        **more,
    }


def failure(step: str, *kinds: str) -> dict[str, Any]:
    return {"step": step, "reason": f"{step} went wrong.", "kinds": list(kinds)}


def cycle(**more: Any) -> dict[str, Any]:
    return {"failure": {}, "cleanup_failure": {}, "count": 2, "migrations": [], "control": {}, "hosts": [], **more}


NO_HOST = migration("failed", "no_valid_host", reason=NOT_ENOUGH)


@pytest.mark.parametrize(
    ("step", "kinds", "outcome"),
    [
        ("preflight", ["hosts"], "inconclusive"),
        ("preflight", ["capacity"], "inconclusive"),
        ("preflight", ["hosts", "capacity"], "inconclusive"),
        # If one of several failures is a client-side error, it determines the outcome.
        ("preflight", ["hosts", "quota"], "error"),
        ("preflight", ["image"], "error"),
        ("preflight", ["flavor"], "error"),
        ("preflight", ["input"], "error"),
        ("preflight", ["permission"], "error"),
        ("preflight", ["authentication"], "error"),
        ("preflight", ["unreachable"], "error"),
        ("preflight", ["configuration"], "error"),
        # An assertion failed, or an unexpected error occurred.
        ("preflight", [], "error"),
        ("boot", ["no_valid_host"], "inconclusive"),
        ("boot", ["server"], "inconclusive"),
        ("boot", ["timeout"], "inconclusive"),
        ("boot", ["service"], "inconclusive"),
        ("boot", ["quota"], "error"),
        ("boot", ["bad_request"], "error"),
        ("boot", ["dropped"], "error"),
        ("migrate", ["unreachable"], "error"),
        ("wait", ["unreachable"], "error"),
    ],
)
def test_outcome_of_a_failure_before_any_migration(step: str, kinds: list[str], outcome: str) -> None:
    found = conclude(cycle(failure=failure(step, *kinds)))
    assert (found.outcome, found.failed_step, found.reason) == (outcome, step, f"{step} went wrong.")


def test_check_mode_is_not_passed() -> None:
    found = conclude(cycle(), check_mode=True)
    assert (found.outcome, found.failed_step) == ("checked", "")
    assert "No server was booted or migrated" in found.reason
    unmet = conclude(cycle(failure=failure("preflight", "hosts")), check_mode=True)
    assert unmet.outcome == "inconclusive"


def test_passes_when_all_migrations_completed() -> None:
    assert conclude(cycle(migrations=[migration()])).outcome == "passed"


@pytest.mark.parametrize(("kind", "outcome"), [("orphaned", "failed"), ("timeout", "failed"), ("unreachable", "error")])
def test_outcome_of_a_failed_cleanup(kind: str, outcome: str) -> None:
    found = conclude(cycle(migrations=[migration()], cleanup_failure=failure("cleanup", kind)))
    assert (found.outcome, found.failed_step) == (outcome, "cleanup")


def test_first_failure_determines_the_outcome() -> None:
    both = cycle(failure=failure("preflight", "hosts"), cleanup_failure=failure("cleanup", "unreachable"))
    found = conclude(both)
    assert (found.outcome, found.failed_step) == ("inconclusive", "preflight")
    assert found.reason == "preflight went wrong. Also: the cleanup failed: cleanup went wrong."


@pytest.mark.parametrize(
    ("one", "outcome"),
    [
        (migration("failed", "failed"), "failed"),
        (migration("failed", "not_found"), "failed"),
        (migration("cancelled", "cancelled"), "failed"),
        (migration("timeout", "timeout"), "failed"),
        (migration("disagreement", "disagreement"), "failed"),
        (migration("refused", "conflict"), "failed"),
        (migration("refused", "service"), "failed"),
        (migration("refused", "permission"), "error"),
        (migration("refused", "dropped"), "error"),
        (migration("unknown", "unreachable"), "error"),
        # No control experiment ran. Therefore the cause of the failure is unknown.
        (NO_HOST, "inconclusive"),
    ],
)
def test_outcome_of_an_unsuccessful_migration(one: dict[str, Any], outcome: str) -> None:
    migrations = [migration("completed"), one]
    assert conclude(cycle(failure=failure("verify"), migrations=migrations)).outcome == outcome


def test_failed_migration_outweighs_an_unknown_one() -> None:
    migrations = [migration("unknown", "dropped"), migration("failed", "failed")]
    assert conclude(cycle(failure=failure("verify"), migrations=migrations)).outcome == "failed"


@pytest.mark.parametrize("count", [2, "2"], ids=repr)
def test_reports_bug_1718455(count: object) -> None:
    """Before ansible-core 2.19, a number in a variable is a string."""
    control = {"migration": migration("completed")}
    found = conclude(cycle(failure=failure("verify"), migrations=[NO_HOST], control=control, count=count))
    assert found.outcome == "failed"
    assert "Batch failure: of 2 servers booted in one request" in found.reason
    assert "Nova bug 1718455" in found.reason
    assert "verify went wrong." in found.reason
    assert "Control: probe-1 completed." in found.reason


@pytest.mark.parametrize(
    "more",
    [
        {"reason": "No valid host was found."},
        {"record": {"status": "failed", "destination": "compute2"}},
        {"record": None},
    ],
)
def test_reports_another_batch_failure(more: dict[str, Any]) -> None:
    found = conclude(
        cycle(failure=failure("verify"), migrations=[NO_HOST | more], control={"migration": migration("completed")})
    )
    assert found.outcome == "failed"
    assert "Batch failure" in found.reason
    assert "1718455" not in found.reason


def test_failure_with_a_destination_is_no_batch_failure() -> None:
    one = migration("failed", "failed", record={"status": "error", "destination": "compute2"})
    found = conclude(cycle(failure=failure("verify"), migrations=[one], control={"migration": migration("completed")}))
    assert found.outcome == "failed"
    assert "The failure is intermittent" in found.reason
    assert "Batch" not in found.reason


def test_single_server_is_no_batch_failure() -> None:
    found = conclude(
        cycle(failure=failure("verify"), migrations=[NO_HOST], control={"migration": migration("completed")}, count=1)
    )
    assert found.outcome == "failed"
    assert "The failure is intermittent" in found.reason


@pytest.mark.parametrize(
    ("first", "control", "outcome"),
    [
        (NO_HOST, {"migration": NO_HOST}, "inconclusive"),
        (NO_HOST, {"reason": "No valid host was found."}, "inconclusive"),
        (NO_HOST, {"migration": migration("failed", "failed")}, "failed"),
        (migration("failed", "failed"), {"migration": migration("failed", "failed")}, "failed"),
        (migration("failed", "failed"), {"reason": "No valid host was found."}, "failed"),
    ],
)
def test_reason_includes_failed_control_experiment(
    first: dict[str, Any], control: dict[str, Any], outcome: str
) -> None:
    found = conclude(cycle(failure=failure("verify"), migrations=[first], control=control))
    assert found.outcome == outcome
    assert "verify went wrong." in found.reason
    said = control.get("reason") or control["migration"]["message"]
    assert f"The control experiment with a single server failed, too: {said}" in found.reason
    assert ("capacity or configuration" in found.reason) == (outcome == "inconclusive")


def test_names_hosts_that_are_down() -> None:
    hosts = [
        {"name": "compute1", "state": "up"},
        {"name": "compute2", "state": "down"},
        {"name": "compute3", "state": "down"},
    ]
    found = conclude(cycle(failure=failure("verify"), migrations=[migration("timeout", "timeout")], hosts=hosts))
    assert found.reason == "verify went wrong. Compute host compute2 is down now."


@pytest.mark.parametrize(("first", "outcome"), [(NO_HOST, "inconclusive"), (migration("failed", "failed"), "failed")])
def test_reason_includes_missing_control_experiment(first: dict[str, Any], outcome: str) -> None:
    control = {"reason": "Quota exceeded for instances."}
    found = conclude(cycle(failure=failure("verify"), migrations=[first], control=control))
    assert found.outcome == outcome
    assert "failed, too" not in found.reason
    assert found.reason.endswith("was not possible: Quota exceeded for instances.")


@pytest.mark.parametrize(
    ("migrations", "wanted"),
    [
        ([], False),
        ([migration("completed")], False),
        ([migration("timeout", "timeout")], False),
        ([migration("disagreement", "disagreement")], False),
        ([migration("failed", "not_found")], False),
        ([migration("failed", "failed") | {"on_timeout_action": "abort"}], False),
        ([migration("completed"), migration("failed", "failed")], True),
        ([NO_HOST], True),
    ],
)
def test_control_experiment_runs_after_these_failures(migrations: list[dict[str, Any]], *, wanted: bool) -> None:
    assert needs_control(cycle(migrations=migrations)) is wanted


def test_stopped_guest_is_a_failure_of_the_cloud() -> None:
    found = conclude(cycle(failure=failure("verify", "guest"), migrations=[migration()]))
    assert (found.outcome, found.failed_step) == ("failed", "verify")


def test_guest_without_counter_before_migration_is_inconclusive() -> None:
    assert conclude(cycle(failure=failure("migrate", "guest"), migrations=[])).outcome == "inconclusive"


def test_unreadable_console_is_an_error() -> None:
    assert conclude(cycle(failure=failure("verify", "permission"), migrations=[migration()])).outcome == "error"


SILENT = migration("refused", "guest", record=None)


@pytest.mark.parametrize(
    ("step", "kinds", "migrations", "outcome"),
    [
        ("migrate", ["guest"], [SILENT], "inconclusive"),
        ("migrate", ["guest"], [SILENT, SILENT], "inconclusive"),
        # The failed migration determines the outcome. The order of the migrations has no effect.
        ("migrate", ["guest"], [SILENT, migration("refused", "conflict")], "failed"),
        ("migrate", ["conflict"], [migration("refused", "conflict"), SILENT], "failed"),
        ("migrate", ["permission"], [migration("refused", "permission"), SILENT], "error"),
        ("migrate", ["guest"], [SILENT, migration("refused", "permission")], "error"),
        ("verify", [], [migration(), SILENT], "inconclusive"),
        ("verify", [], [migration(), SILENT, migration("unknown", "unreachable")], "error"),
        ("verify", [], [NO_HOST, SILENT], "inconclusive"),
        ("verify", [], [migration("disagreement", "disagreement"), SILENT], "failed"),
    ],
)
def test_probe_without_answer_does_not_hide_other_failures(
    step: str, kinds: list[str], migrations: list[dict[str, Any]], outcome: str
) -> None:
    found = conclude(cycle(failure=failure(step, *kinds), migrations=migrations))
    assert found.outcome == outcome


BUSY = migration("refused", "busy")


def test_busy_hosts_are_inconclusive() -> None:
    assert conclude(cycle(failure=failure("migrate", "busy"), migrations=[BUSY])).outcome == "inconclusive"
    both = [BUSY, migration("requested")]
    assert conclude(cycle(failure=failure("migrate", "busy"), migrations=both)).outcome == "inconclusive"
    worse = [BUSY, migration("failed", "failed")]
    assert conclude(cycle(failure=failure("verify"), migrations=worse)).outcome == "failed"
    assert not needs_control(cycle(migrations=[BUSY]))


def test_reason_includes_control_migration_that_was_not_requested() -> None:
    control = {"migration": {**BUSY, "message": "control: not requested."}}
    found = conclude(cycle(failure=failure("verify"), migrations=[NO_HOST], control=control))
    assert found.outcome == "inconclusive"
    assert "The control experiment, a migration of a single server, was not possible: control: not" in found.reason


@pytest.mark.parametrize(
    ("result", "problems", "kinds"),
    [
        ({"msg": "An assertion failed."}, [], []),
        ({"failure": None}, [], []),
        ({"failure": {"kind": "timeout"}}, [], ["timeout"]),
        ({"msg": "One host."}, [{"kind": "hosts"}, {"kind": "image"}], ["hosts", "image"]),
    ],
)
def test_lists_failure_kinds(result: dict[str, Any], problems: list[dict[str, Any]], kinds: list[str]) -> None:
    assert failure_kinds(result, problems) == kinds
