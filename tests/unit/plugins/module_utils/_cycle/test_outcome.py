# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.outcome import (
    conclude,
    kinds_of,
    wants_control,
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
        # one thing on our side is enough
        ("preflight", ["hosts", "quota"], "error"),
        ("preflight", ["image"], "error"),
        ("preflight", ["flavor"], "error"),
        ("preflight", ["input"], "error"),
        ("preflight", ["permission"], "error"),
        ("preflight", ["authentication"], "error"),
        ("preflight", ["unreachable"], "error"),
        ("preflight", ["configuration"], "error"),
        # an assertion, or anything unforeseen
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
def test_before_anything_was_migrated(step: str, kinds: list[str], outcome: str) -> None:
    found = conclude(cycle(failure=failure(step, *kinds)))
    assert (found.outcome, found.failed_step, found.reason) == (outcome, step, f"{step} went wrong.")


def test_all_well() -> None:
    assert conclude(cycle(migrations=[migration()])).outcome == "passed"


@pytest.mark.parametrize(("kind", "outcome"), [("orphaned", "failed"), ("timeout", "failed"), ("unreachable", "error")])
def test_migrated_but_not_tidied_up(kind: str, outcome: str) -> None:
    found = conclude(cycle(migrations=[migration()], cleanup_failure=failure("cleanup", kind)))
    assert (found.outcome, found.failed_step) == (outcome, "cleanup")


def test_what_failed_first_is_the_outcome() -> None:
    both = cycle(failure=failure("preflight", "hosts"), cleanup_failure=failure("cleanup", "unreachable"))
    found = conclude(both)
    assert (found.outcome, found.failed_step) == ("inconclusive", "preflight")
    assert found.reason == "preflight went wrong. Besides, cleaning up failed: cleanup went wrong."


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
        # without a control experiment nobody knows whose fault it is
        (NO_HOST, "inconclusive"),
    ],
)
def test_migration_that_did_not_go_well(one: dict[str, Any], outcome: str) -> None:
    # whatever became of the others
    migrations = [migration("completed"), one]
    assert conclude(cycle(failure=failure("verify"), migrations=migrations)).outcome == outcome


def test_one_that_the_cloud_failed_outweighs_one_that_we_lost() -> None:
    migrations = [migration("unknown", "dropped"), migration("failed", "failed")]
    assert conclude(cycle(failure=failure("verify"), migrations=migrations)).outcome == "failed"


@pytest.mark.parametrize("count", [2, "2"], ids=repr)
def test_batch_breaks_and_a_single_server_does_not(count: object) -> None:
    """The number is text where a variable brought it, before ansible-core 2.19."""
    control = {"migration": migration("completed")}
    found = conclude(cycle(failure=failure("verify"), migrations=[NO_HOST], control=control, count=count))
    assert found.outcome == "failed"
    assert "It is the batch that breaks: of 2 servers booted in one request" in found.reason
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
def test_batch_breaks_in_another_way(more: dict[str, Any]) -> None:
    found = conclude(
        cycle(failure=failure("verify"), migrations=[NO_HOST | more], control={"migration": migration("completed")})
    )
    assert found.outcome == "failed"
    assert "It is the batch that breaks" in found.reason
    assert "1718455" not in found.reason


def test_one_that_failed_on_its_way_says_nothing_about_the_batch() -> None:
    one = migration("failed", "failed", record={"status": "error", "destination": "compute2"})
    found = conclude(cycle(failure=failure("verify"), migrations=[one], control={"migration": migration("completed")}))
    assert found.outcome == "failed"
    assert "it fails at times" in found.reason
    assert "batch" not in found.reason


def test_single_server_needs_no_batch_to_break() -> None:
    found = conclude(
        cycle(failure=failure("verify"), migrations=[NO_HOST], control={"migration": migration("completed")}, count=1)
    )
    assert found.outcome == "failed"
    assert "it fails at times" in found.reason


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
def test_control_fares_no_better(first: dict[str, Any], control: dict[str, Any], outcome: str) -> None:
    found = conclude(cycle(failure=failure("verify"), migrations=[first], control=control))
    assert found.outcome == outcome
    assert "verify went wrong." in found.reason
    said = control.get("reason") or control["migration"]["message"]
    assert f"A single server, booted by itself, fared no better: {said}" in found.reason
    assert ("capacity or configuration" in found.reason) == (outcome == "inconclusive")


def test_hosts_in_trouble_are_named() -> None:
    hosts = [
        {"name": "compute1", "state": "up"},
        {"name": "compute2", "state": "down"},
        {"name": "compute3", "state": "down"},
    ]
    found = conclude(cycle(failure=failure("verify"), migrations=[migration("timeout", "timeout")], hosts=hosts))
    assert found.reason == "verify went wrong. Compute host compute2 is down now."


@pytest.mark.parametrize(("first", "outcome"), [(NO_HOST, "inconclusive"), (migration("failed", "failed"), "failed")])
def test_control_that_could_not_be_had(first: dict[str, Any], outcome: str) -> None:
    control = {"reason": "Quota exceeded for instances."}
    found = conclude(cycle(failure=failure("verify"), migrations=[first], control=control))
    assert found.outcome == outcome
    assert "fared no better" not in found.reason
    assert found.reason.endswith("is not known, because there is none: Quota exceeded for instances.")


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
def test_when_a_control_tells_more(migrations: list[dict[str, Any]], *, wanted: bool) -> None:
    assert wants_control(cycle(migrations=migrations)) is wanted


def test_guest_that_did_not_live_on_is_the_clouds_fault() -> None:
    found = conclude(cycle(failure=failure("verify", "guest"), migrations=[migration()]))
    assert (found.outcome, found.failed_step) == ("failed", "verify")


def test_guest_that_never_counted_cannot_be_asked() -> None:
    assert conclude(cycle(failure=failure("migrate", "guest"), migrations=[])).outcome == "inconclusive"


def test_console_that_may_not_be_read_is_our_side() -> None:
    assert conclude(cycle(failure=failure("verify", "permission"), migrations=[migration()])).outcome == "error"


SILENT = migration("refused", "guest", record=None)


@pytest.mark.parametrize(
    ("step", "kinds", "migrations", "outcome"),
    [
        ("migrate", ["guest"], [SILENT], "inconclusive"),
        ("migrate", ["guest"], [SILENT, SILENT], "inconclusive"),
        # in either order, what was asked for decides
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
def test_server_that_did_not_answer_says_nothing_of_the_others(
    step: str, kinds: list[str], migrations: list[dict[str, Any]], outcome: str
) -> None:
    found = conclude(cycle(failure=failure(step, *kinds), migrations=migrations))
    assert found.outcome == outcome


BUSY = migration("refused", "busy")


def test_hosts_that_others_use_say_nothing_about_live_migration() -> None:
    assert conclude(cycle(failure=failure("migrate", "busy"), migrations=[BUSY])).outcome == "inconclusive"
    both = [BUSY, migration("requested")]
    assert conclude(cycle(failure=failure("migrate", "busy"), migrations=both)).outcome == "inconclusive"
    worse = [BUSY, migration("failed", "failed")]
    assert conclude(cycle(failure=failure("verify"), migrations=worse)).outcome == "failed"
    assert not wants_control(cycle(migrations=[BUSY]))


def test_control_that_was_not_requested_tells_nothing() -> None:
    control = {"migration": {**BUSY, "message": "control: not requested."}}
    found = conclude(cycle(failure=failure("verify"), migrations=[NO_HOST], control=control))
    assert found.outcome == "inconclusive"
    assert "Whether a single server fares better is not known, because there is none: control: not" in found.reason


@pytest.mark.parametrize(
    ("result", "problems", "kinds"),
    [
        ({"msg": "An assertion failed."}, [], []),
        ({"failure": None}, [], []),
        ({"failure": {"kind": "timeout"}}, [], ["timeout"]),
        ({"msg": "One host."}, [{"kind": "hosts"}, {"kind": "image"}], ["hosts", "image"]),
    ],
)
def test_kinds_of_a_failure(result: dict[str, Any], problems: list[dict[str, Any]], kinds: list[str]) -> None:
    assert kinds_of(result, problems) == kinds
