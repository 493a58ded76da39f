# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcomes of steps, scenarios and runs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import parse_scenario
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.disabled_hosts import (
    disabled,
    reason_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import OUTCOMES
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.outcome import (
    counts_text,
    result_of,
    summary_lines,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.verdict import (
    StepResult,
    check,
    excluded_each_other,
    judge_migrations,
    judge_scenario,
    refused_by_rule,
    run_outcome,
)

GOOD_CHECKS = [check("status", "completed", "completed"), check("server_host", "compute2", "compute2")]
ISSUE = {"title": "It leaks", "first": 17, "fixed": 35, "checks": ["released"], "effect": "Less room.", "source": "bug"}


def entry(outcome: str = "completed", **changes: Any) -> dict[str, Any]:
    return {
        "server_id": "1",
        "server_name": "web",
        "outcome": outcome,
        "status": "completed",
        "message": f"web: {outcome}",
        "checks": GOOD_CHECKS,
        "reason": None,
        "failure": None,
        **changes,
    }


def aborted(**changes: Any) -> dict[str, Any]:
    checks = [check("status", "completed", "cancelled"), check("server_status", "ACTIVE", "ACTIVE")]
    return entry("cancelled", **{"status": "cancelled", "checks": checks, **changes})


@pytest.mark.parametrize(
    ("given", "expected", "outcome", "reason"),
    [
        (entry(), {}, "passed", ""),
        (entry("unchanged", checks=[]), {}, "passed", ""),
        (entry("failed"), {}, "failed", "web: failed"),
        (entry("disagreement"), {}, "failed", "web: disagreement"),
        (entry("cancelled"), {}, "failed", "web: cancelled"),
        (entry("unknown"), {}, "error", "web: unknown"),
        (entry("refused", failure={"kind": "permission"}), {}, "error", "web: refused"),
        (entry("refused", failure={"kind": "conflict"}), {}, "failed", "web: refused"),
        (aborted(), {"1": "cancelled"}, "passed", ""),
        (entry(), {"1": "cancelled"}, "inconclusive", "completed before Nova accepted the abort"),
        (
            aborted(checks=[check("server_status", "ACTIVE", "ERROR")]),
            {"1": "cancelled"},
            "failed",
            "web: server_status is ERROR, expected ACTIVE.",
        ),
        (
            aborted(status="running", checks=[check("status", "completed", "running")]),
            {"1": "cancelled"},
            "failed",
            "status is",
        ),
        (
            entry("failed", status="error", checks=[check("status", "completed", "error")]),
            {"1": "failed"},
            "passed",
            "",
        ),
        (entry("failed", checks=[check("server_host", "a", "b")]), {"1": "failed"}, "failed", "server_host is b"),
    ],
)
def test_judges_a_migration(given: dict[str, Any], expected: dict[str, str], outcome: str, reason: str) -> None:
    result = StepResult("live_migrate", "live-migrate")
    judge_migrations(result, [given], expected)
    assert result.outcome == outcome
    assert reason in result.reason
    assert result.migrations == [given]


def test_a_failed_migration_outweighs_others() -> None:
    result = StepResult("live_migrate", "live-migrate")
    judge_migrations(result, [entry(), entry("failed"), entry("unknown")])
    assert result.outcome == "failed"


def test_a_rule_may_refuse_all_servers_but_one() -> None:
    refused = entry("failed", server_id="2", reason="No valid host was found.")
    assert refused_by_rule([entry(), refused]) == {"2": "failed"}
    violated = entry("failed", server_id="3", reason="Anti-affinity instance group policy was violated.")
    assert refused_by_rule([entry(), violated]) == {"3": "failed"}
    assert refused_by_rule([refused]) == {}
    assert refused_by_rule([entry(), entry("failed", server_id="2", reason="Disk full")]) == {}


def test_members_of_a_group_exclude_each_other_only_if_the_policy_refuses_all_of_them() -> None:
    violated = [
        entry("failed", server_id=name, reason="Anti-affinity instance group policy was violated.") for name in "12"
    ]
    assert excluded_each_other(violated)
    assert not excluded_each_other(violated[:1])
    assert not excluded_each_other([*violated, entry()])
    assert not excluded_each_other([*violated, entry("failed", reason="No valid host was found.")])


def scenario(**changes: Any) -> Any:
    base = {"suite": "volumes", "name": "x", "title": "T", "tests": "T.", "steps": ["boot"], "checks": ["released"]}
    return parse_scenario({**base, **changes})


def steps(*found: StepResult) -> list[StepResult]:
    return [StepResult("boot", "boot", outcome="passed"), *found]


@pytest.mark.parametrize(
    ("versions", "outcome", "reason"),
    [
        ((34, 34), "known_issue", "It leaks (Nova 17 to 34). web leaks."),
        ((34, 35), "known_issue", "It leaks"),
        ((35, 35), "failed", "web leaks. Nova 35 fixes this problem (It leaks), so it is back."),
        ((16, 16), "failed", "web leaks."),
    ],
)
def test_a_known_issue_is_red_after_its_fix(versions: tuple[int, int], outcome: str, reason: str) -> None:
    bad = StepResult("x", "x", outcome="failed", reason="web leaks.", checks=[check("released", [], ["host"])])
    found = judge_scenario(scenario(known_issues=[ISSUE]), steps(bad), versions)
    assert found[0] == outcome
    assert found[1].startswith(reason)
    assert [issue.title for issue in found[2]] == (["It leaks"] if outcome == "known_issue" else [])


def test_a_known_issue_explains_only_its_own_checks() -> None:
    checks = [check("released", [], ["host"]), check("server_host", "a", "b")]
    bad = StepResult("x", "x", outcome="failed", reason="Wrong.", checks=checks)
    assert judge_scenario(scenario(known_issues=[ISSUE]), steps(bad), (34, 34))[0] == "failed"


def test_a_failure_without_a_failed_check_is_no_known_issue() -> None:
    bad = StepResult("x", "x", outcome="failed", reason="Refused.")
    assert judge_scenario(scenario(known_issues=[ISSUE]), steps(bad), (34, 34))[0] == "failed"


@pytest.mark.parametrize(
    ("checks", "outcome"),
    [
        ([check("released", [], [])], "passed"),
        ([], "inconclusive"),
        ([check("released", [], None, known=False)], "inconclusive"),
    ],
)
def test_each_expected_check_must_be_made(checks: list[dict[str, Any]], outcome: str) -> None:
    found = judge_scenario(scenario(), steps(StepResult("x", "x", outcome="passed", checks=checks)), (34, 34))
    assert found[0] == outcome
    assert ("released" in found[1]) == (outcome == "inconclusive")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["passed", "failed", "error"], "failed"),
        (["passed", "error", "inconclusive"], "error"),
        (["passed", "inconclusive"], "inconclusive"),
        (["passed", "known_issue", "not_applicable"], "passed"),
        (["known_issue"], "passed"),
        (["not_applicable"], "inconclusive"),
        ([], "inconclusive"),
    ],
)
def test_outcome_of_a_run(outcomes: list[str], expected: str) -> None:
    assert run_outcome(outcomes) == expected


def test_disabled_reason_contains_the_mark_of_the_run() -> None:
    mark = {"stackproof_run": "r-1", "stackproof_run_until": "2026-04-01T10:00:00+00:00"}
    service = {"host": "compute1", "status": "disabled", "disabled_reason": reason_of(mark)}
    others = [{**service, "disabled_reason": "maintenance"}, {**service, "status": "enabled"}]
    assert disabled([service, *others]) == [("compute1", mark)]


def evidence(*scenarios: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"run_id": "r-1", "cloud": "mycloud", "run": {"scenarios": list(scenarios)}, **changes}


def scenario_result(name: str, outcome: str, reason: str = "") -> dict[str, Any]:
    return {"id": name, "suite": "volumes", "outcome": outcome, "reason": reason, "seconds": 1.0}


@pytest.mark.parametrize(
    ("given", "outcome", "reason"),
    [
        (evidence(scenario_result("a", "passed")), "passed", ""),
        (
            evidence(scenario_result("a", "passed"), scenario_result("b", "failed", "Wrong host.")),
            "failed",
            "1 of 2 scenarios failed. b: Wrong host.",
        ),
        (evidence(scenario_result("a", "not_applicable", "No Cinder.")), "inconclusive", "No scenario is applicable"),
        (evidence(scenario_result("a", "known_issue", "It leaks.")), "passed", ""),
        (evidence(failure={"reason": "No image."}), "error", "No image."),
        (
            evidence(scenario_result("a", "passed"), cleanup_failure={"reason": "HTTP 500"}),
            "failed",
            "The cleanup failed",
        ),
        (evidence(scenario_result("a", "planned"), check_mode=True), "checked", "Check mode"),
    ],
)
def test_result_of_a_run(given: dict[str, Any], outcome: str, reason: str) -> None:
    result = result_of(given, started=0.0, ended=60.0)
    assert result["outcome"] == outcome
    assert result["reason"].startswith(reason)
    assert (not reason) == (not result["reason"])


def test_other_users_pass_without_the_checks_of_what_they_may_not_see() -> None:
    seen, hidden = check("status", "completed", "completed"), check("server_host", "a", None, known=False)
    given = scenario(checks=["status", "server_host"])
    made = steps(StepResult("x", "x", outcome="passed", checks=[seen, hidden]))
    assert judge_scenario(given, made, (34, 34))[0] == "inconclusive"
    outcome, reason, _issues = judge_scenario(given, made, (34, 34), administrator=False)
    assert (outcome, reason) == ("passed", "Without the role admin, these checks were not possible: server_host.")
    none = steps(StepResult("x", "x", outcome="passed", checks=[seen]))
    assert judge_scenario(given, none, (34, 34), administrator=False)[0] == "inconclusive"


def test_summary_has_one_line_for_each_reason() -> None:
    given = evidence(
        scenario_result("volumes/a", "not_applicable", "No Cinder."),
        scenario_result("networks/c", "not_applicable", "No Neutron."),
        scenario_result("volumes/b", "not_applicable", "No Cinder."),
    )
    lines = summary_lines(result_of(given, started=0.0, ended=60.0))
    assert [line for line in lines if line.startswith("n/a")] == [
        "n/a        volumes/a, volumes/b: No Cinder.",
        "n/a        networks/c: No Neutron.",
    ]
    assert "reason     No scenario is applicable to this cloud. No Cinder." in lines


def test_counts_are_plural_where_the_word_has_a_plural() -> None:
    counts = {**dict.fromkeys(OUTCOMES, 2), "inconclusive": 0}
    expected = "2 passed, 2 failed, 2 errors, 2 known issues, 2 not applicable"
    assert counts_text(counts) == expected
    assert counts_text(dict.fromkeys(OUTCOMES, 0)) == "none"


def test_summary_lists_known_issues_and_scenarios_that_are_not_applicable() -> None:
    given = evidence(
        scenario_result("volumes/a", "not_applicable", "No Cinder."),
        scenario_result("volumes/b", "known_issue", "It leaks."),
        scenario_result("volumes/c", "passed"),
    )
    lines = summary_lines(result_of(given, started=0.0, ended=60.0))
    assert "scenarios  1 passed, 1 known issue, 1 not applicable" in lines
    assert "known      volumes/b: It leaks." in lines
    assert "n/a        volumes/a: No Cinder." in lines
    assert "passed     volumes/c" in lines
