# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.check_groups import report_steps
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

NAMES = ["preflight", "boot", "migrate", "record", "host", "state", "allocations", "cleanup"]


def outcomes(cycle: dict[str, Any]) -> dict[str, str]:
    found = report_steps(cycle)
    assert [step["name"] for step in found] == NAMES
    return {step["name"]: step["outcome"] for step in found if step["outcome"] != "passed"}


def reasons(cycle: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["reason"] for step in report_steps(cycle) if step["reason"]}


def test_passes_each_step_of_a_passed_cycle() -> None:
    assert outcomes(cycles.passed()) == {}
    assert [step["seconds"] for step in report_steps(cycles.passed())] == [1.5, 2.5, 1.0, 4.0, None, None, None, 2.0]


@pytest.mark.parametrize(
    ("outcome", "as_case"), [("error", "error"), ("inconclusive", "skipped"), ("failed", "failed")]
)
def test_skips_the_steps_after_a_failed_one(outcome: str, as_case: str) -> None:
    found = outcomes(cycles.not_asked(outcome, "preflight", "One host."))
    assert found.pop("preflight") == as_case
    assert set(found) == set(NAMES) - {"preflight"}
    assert set(found.values()) == {"skipped"}


def test_skipped_steps_name_the_failed_step() -> None:
    told = reasons(cycles.not_asked("error", "boot", "No quota."))
    assert told["boot"] == "No quota."
    assert told["migrate"] == told["record"] == "Not reached: the step boot did not pass."
    assert told["cleanup"] == "No server was booted."


def test_failed_record_has_the_message_with_the_reason() -> None:
    one = cycles.migration(
        outcome="failed",
        message="probe-1 failed (record status error). Nova's reason: none.",
        checks=[
            cycles.check("status", "completed", "error", ok=False),
            cycles.check("server_status", "ACTIVE", "ACTIVE"),
        ],
    )
    assert outcomes(cycles.failed(one)) == {"record": "failed", "host": "skipped", "allocations": "skipped"}
    assert reasons(cycles.failed(one))["record"] == "probe-1 failed (record status error). Nova's reason: none."
    # an inconclusive run does not judge the record
    assert outcomes(cycles.failed(one, "inconclusive"))["record"] == "skipped"


def test_names_each_check_that_disagrees() -> None:
    one = cycles.migration(
        outcome="disagreement",
        checks=[
            cycles.check("status", "completed", "completed"),
            cycles.check("server_host", "compute2", "compute1", ok=False),
            cycles.check("server_task_state", None, "migrating", ok=False),
            cycles.check("migration_allocations", [], ["compute1"], ok=False),
        ],
    )
    assert outcomes(cycles.failed(one)) == {"host": "failed", "state": "failed", "allocations": "failed"}
    told = reasons(cycles.failed(one))
    assert told["host"] == "probe-1: server_host expected compute2, found compute1."
    assert told["state"] == "probe-1: server_task_state expected none, found migrating."
    assert told["allocations"] == "probe-1: migration_allocations expected none, found compute1."


def test_skips_checks_that_are_not_visible() -> None:
    one = cycles.migration(
        checks=[
            cycles.check("status", "completed", "completed"),
            cycles.check("server_allocations", None, None, ok=None),
        ]
    )
    assert outcomes(cycles.passed(migrations=[one]))["allocations"] == "skipped"


def test_migration_with_unknown_outcome_fails_the_record() -> None:
    one = cycles.migration(outcome="unknown", checks=[], message="Not known.")
    assert outcomes(cycles.failed(one, "error"))["record"] == "error"


def test_failed_cleanup_has_its_reason() -> None:
    untidy = cycles.passed(
        conclusion={"outcome": "failed", "reason": "Left.", "failed_step": "cleanup"},
        cleanup_failure={"step": "cleanup", "reason": "Left.", "kinds": ["orphaned"]},
    )
    assert outcomes(untidy) == {"cleanup": "failed"}


def with_guests(*consoles: dict[str, Any], **more: Any) -> dict[str, Any]:
    cycle = cycles.passed(guests={"consoles": list(consoles), "seconds": 0.4}, **more)
    cycle["inputs"] = {**cycle["inputs"], "verify_guest": "console"}
    return cycle


def guest_of(cycle: dict[str, Any]) -> dict[str, Any]:
    found = report_steps(cycle)
    assert [step["name"] for step in found] == [*NAMES[:-1], "guest", "cleanup"]
    return found[-2]


def test_guest_that_continues_passes() -> None:
    step = guest_of(with_guests({"counted_on": True, "message": "probe-1: the guest continued from 8 to 45."}))
    assert (step["outcome"], step["seconds"]) == ("passed", 0.4)
    assert step["reason"] == "probe-1: the guest continued from 8 to 45."


def test_guest_that_rebooted_fails() -> None:
    consoles = [{"counted_on": True, "message": "one lives."}, {"counted_on": False, "message": "one has rebooted."}]
    conclusion = {"outcome": "failed", "reason": "", "failed_step": "verify"}
    failure = {"step": "verify", "reason": "one has rebooted.", "kinds": ["guest"]}
    cycle = with_guests(*consoles, conclusion=conclusion, failure=failure)
    assert guest_of(cycle)["outcome"] == "failed"
    assert "rebooted" in guest_of(cycle)["reason"]


def test_unreadable_console_fails() -> None:
    failure = {"step": "verify", "reason": "HTTP 403.", "kinds": ["permission"]}
    conclusion = {"outcome": "error", "reason": "HTTP 403.", "failed_step": "verify"}
    step = guest_of(with_guests(failure=failure, conclusion=conclusion))
    assert (step["outcome"], step["reason"]) == ("error", "HTTP 403.")


def test_guest_is_skipped_without_completed_migration() -> None:
    cycle = with_guests()
    cycle["guests"] = {}
    assert (guest_of(cycle)["outcome"], guest_of(cycle)["reason"]) == ("skipped", "Not reached.")


def test_network_is_a_step_with_a_probe() -> None:
    reach = [cycles.check("answers", "192.0.2.1 (icmp)", "192.0.2.1 (icmp)"), cycles.check("downtime", "1 s", "0.20 s")]
    one = cycles.migration(checks=[*cycles.migration()["checks"], *reach])
    found = {
        step["name"]: step
        for step in report_steps(cycles.passed(migrations=[one], inputs={"probe": {"protocol": "icmp"}}))
    }
    assert found["network"]["outcome"] == "passed"
    assert outcomes(cycles.passed(inputs={"probe": {}})) == {}


def test_long_downtime_fails_the_network_only() -> None:
    wrong = cycles.check("downtime", "at most 1 s", "3.41 s", ok=False)
    one = cycles.migration(outcome="disagreement", checks=[*cycles.migration()["checks"], wrong])
    cycle = cycles.failed(one)
    cycle["inputs"] = {"probe": {"protocol": "icmp"}}
    found = {step["name"]: step for step in report_steps(cycle)}
    assert [name for name, step in found.items() if step["outcome"] == "failed"] == ["network"]
    assert found["network"]["reason"] == "probe-1: downtime expected at most 1 s, found 3.41 s."


def test_unmeasured_downtime_is_skipped() -> None:
    unknown = cycles.check("downtime", "at most 1 s", "0.20 s", ok=None)
    one = cycles.migration(checks=[*cycles.migration()["checks"], cycles.check("answers", "there", "there"), unknown])
    cycle = cycles.passed(migrations=[one], inputs={"probe": {"protocol": "icmp"}})
    found = {step["name"]: step for step in report_steps(cycle)}
    assert found["network"]["outcome"] == "skipped"
    assert found["network"]["reason"].startswith("Not known")


def test_steps_of_volumes_and_ports_exist_only_with_their_checks() -> None:
    one = cycles.migration(
        outcome="disagreement",
        checks=[
            cycles.check("status", "completed", "completed"),
            cycles.check("volume_attachments", ["volume v, attached on b"], ["volume v, attached on a"], ok=False),
            cycles.check("port_bindings", ["port p ACTIVE bound to b"], ["port p ACTIVE bound to b"]),
        ],
    )
    found = {step["name"]: step for step in report_steps(cycles.failed(one))}
    assert list(found) == [*NAMES[:-1], "volumes", "ports", "cleanup"]
    assert (found["volumes"]["outcome"], found["ports"]["outcome"]) == ("failed", "passed")
    assert "volume_attachments expected volume v, attached on b" in found["volumes"]["reason"]


@pytest.mark.parametrize(
    ("console", "outcome", "reason"),
    [
        ({"disk_verified": 24, "disk_damage": None}, "passed", "probe-1: 24 blocks verified."),
        ({"disk_verified": None, "disk_damage": "7 expected 2:7 found 1:7"}, "failed",
         "probe-1: block 7 expected 2:7 found 1:7."),
        ({"disk_verified": None, "disk_damage": None}, None, ""),
        ({}, None, ""),
    ],
)  # fmt: skip
def test_step_of_the_data_disk(console: dict[str, Any], outcome: str | None, reason: str) -> None:
    guest = {"server_name": "probe-1", "message": "probe-1: told.", **console}
    cycle = cycles.passed(inputs={"verify_guest": "console"}, guests={"consoles": [guest], "seconds": 1.0})
    found = {step["name"]: step for step in report_steps(cycle)}
    assert found.get("disk", {}).get("outcome") == outcome
    assert found.get("disk", {}).get("reason", "") == reason
