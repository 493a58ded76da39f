# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that judge the steps of a scenario, and the whole scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as migrations
from ansible_collections.stackproof.migration.plugins.module_utils._migration.messages import text_of
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    ERROR,
    FAILED,
    INCONCLUSIVE,
    KNOWN_ISSUE,
    NOT_APPLICABLE,
    PASSED,
    KnownIssue,
    Scenario,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Check = dict[str, Any]
    Entry = Mapping[str, Any]

SKIPPED = "skipped"
_STATUS = "status"
# The statuses of a migration record, if the expected outcome is not that the migration completes.
_STATUSES = {migrations.CANCELLED: ["cancelled"], migrations.FAILED: ["error", "failed"]}
# Nova has not refused these migrations because of the scenario.
_NO_ANSWER = (migrations.UNKNOWN, migrations.NOT_STARTED)
_CLIENT_KINDS = ("permission", "authentication", "unreachable", "dropped", "rate_limit", "configuration")


@dataclass
class StepResult:
    """What one step did and found. Times are in seconds."""

    step: str
    text: str
    outcome: str = SKIPPED
    reason: str = ""
    started: str = ""
    seconds: float = 0.0
    checks: list[Check] = field(default_factory=list)
    migrations: list[Entry] = field(default_factory=list)

    def as_result(self) -> dict[str, Any]:
        return {**self.__dict__, "checks": list(self.checks), "migrations": list(self.migrations)}


def check(name: str, expected: Any, found: Any, *, ok: bool | None = None, known: bool = True) -> Check:
    """Return a check. Without ``ok``, both values must be equal. With ``known=False``, the value cannot be read."""
    verdict = (expected == found if ok is None else ok) if known else None
    return {"name": name, "expected": expected, "found": found, "ok": verdict}


def judge_migrations(result: StepResult, entries: Sequence[Entry], expected: Mapping[str, str] | None = None) -> None:
    """Set the outcome of a step that migrated servers.

    ``entries`` are the results of the module server_live_migrate. ``expected`` contains the expected outcome of a
    migration by server id, if it is not ``completed``.
    """
    result.migrations += entries
    wanted = expected or {}
    reasons, outcomes = [], []
    for entry in entries:
        outcome, reason = _judge(entry, wanted.get(str(entry["server_id"]), migrations.COMPLETED))
        result.checks += _checks(entry, wanted.get(str(entry["server_id"]), migrations.COMPLETED))
        outcomes.append(outcome)
        if reason:
            reasons.append(reason)
    result.outcome = worst(outcomes) or ERROR
    result.reason = " ".join(reasons)


def refused_by_rule(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the expected outcome of migrations that Nova refused because of a rule, if another migration completed."""
    if not any(entry["outcome"] == migrations.COMPLETED for entry in entries):
        return {}
    return {
        str(entry["server_id"]): migrations.FAILED
        for entry in entries
        if entry["outcome"] == migrations.FAILED
        and any(means(entry.get("reason"), meaning) for meaning in (Meaning.NO_VALID_HOST, Meaning.GROUP_POLICY))
    }


def excluded_each_other(entries: Sequence[Entry]) -> bool:
    """Return whether hosts refused several migrations only because all of them went to the same host.

    The scheduler can choose one host for several members of an anti-affinity group that migrate at the same time. The
    check on this host counts all of them and may then refuse all of them.
    """
    return len(entries) > 1 and all(
        entry["outcome"] == migrations.FAILED and means(entry.get("reason"), Meaning.GROUP_POLICY) for entry in entries
    )


def _checks(entry: Entry, expected: str) -> list[Check]:
    """Return the checks of a migration. The expected status of the record depends on the expected outcome."""
    found = [dict(one) for one in entry.get("checks") or []]
    statuses = _STATUSES.get(expected)
    if statuses:
        status = str(entry.get("status"))
        own = check(_STATUS, statuses, status, ok=status in statuses)
        found = [own if one["name"] == _STATUS else one for one in found]
    return [{**one, "server": entry.get("server_name")} for one in found]


def _judge(entry: Entry, expected: str) -> tuple[str, str]:
    """Return the outcome of one migration, and the reason if it is not the expected one."""
    outcome, message = str(entry["outcome"]), str(entry.get("message") or "")
    name, kind = entry.get("server_name"), (entry.get("failure") or {}).get("kind")
    failed = failed_checks(_checks(entry, expected))
    as_expected = outcome == expected or (expected == migrations.COMPLETED and outcome in migrations.GOOD)
    if as_expected and not failed:
        return PASSED, ""
    if expected == migrations.CANCELLED and outcome == migrations.COMPLETED:
        return INCONCLUSIVE, f"{name}: the migration completed before Nova accepted the abort."
    if outcome in _NO_ANSWER or (outcome == migrations.REFUSED and kind in _CLIENT_KINDS):
        return ERROR, message
    if failed and expected != migrations.COMPLETED:
        return FAILED, f"{name}: {differences(failed)}."
    return FAILED, message


def failed_checks(checks: Iterable[Check]) -> list[Check]:
    return [one for one in checks if one["ok"] is False]


def differences(checks: Iterable[Check]) -> str:
    """Return the failed checks as text."""
    return "; ".join(f"{one['name']} is {text_of(one['found'])}, expected {text_of(one['expected'])}" for one in checks)


def judge_checks(result: StepResult, checks: Sequence[Check], subject: str = "") -> None:
    """Set the outcome of a step from its own checks. ``subject`` starts the reason."""
    result.checks += checks
    failed = failed_checks(checks)
    result.outcome = FAILED if failed else PASSED
    if failed:
        result.reason = f"{subject}{': ' if subject else ''}{differences(failed)}."


def worst(outcomes: Iterable[str]) -> str:
    """Return the most important of these outcomes, or an empty string."""
    found = set(outcomes)
    return next((one for one in (FAILED, ERROR, INCONCLUSIVE, PASSED) if one in found), "")


def judge_scenario(
    scenario: Scenario, steps: Sequence[StepResult], versions: tuple[int, int], *, administrator: bool = True
) -> tuple[str, str, list[KnownIssue]]:
    """Return the outcome, the reason and the known issues that explain the failed checks.

    ``versions`` are the oldest and the newest version of Nova that the cloud can have. Other users than administrators
    may not see all values, so a scenario can pass without the checks of these values.
    """
    bad = [step for step in steps if step.outcome not in (PASSED, SKIPPED)]
    if not bad:
        return _judge_passed(scenario, steps, administrator=administrator)
    outcome = worst(step.outcome for step in bad)
    reason = " ".join(step.reason for step in bad if step.outcome == outcome)
    if outcome != FAILED:
        return outcome, reason, []
    names = {one["name"] for step in bad for one in failed_checks(step.checks)}
    explained = [issue for issue in scenario.known_issues if names and names <= issue.checks]
    affected = [issue for issue in explained if issue.affects(versions)]
    if affected:
        return KNOWN_ISSUE, f"{affected[0].title} ({affected[0].range}). {reason}", affected
    fixed = [issue for issue in explained if issue.fixed is not None and versions[0] >= issue.fixed]
    if fixed:
        return FAILED, f"{reason} Nova {fixed[0].fixed} fixes this problem ({fixed[0].title}), so it is back.", []
    return FAILED, reason, []


def _judge_passed(
    scenario: Scenario, steps: Sequence[StepResult], *, administrator: bool
) -> tuple[str, str, list[KnownIssue]]:
    made = {one["name"] for step in steps for one in step.checks if one["ok"] is not None}
    tried = {one["name"] for step in steps for one in step.checks}
    missing = [name for name in scenario.checks if name not in made]
    if made and missing and not administrator and set(missing) <= tried:
        return PASSED, f"Without the role admin, these checks were not possible: {', '.join(missing)}.", []
    if missing:
        noun = "check was" if len(missing) == 1 else "checks were"
        return INCONCLUSIVE, f"The expected {noun} not made: {', '.join(missing)}.", []
    return PASSED, "", []


def run_outcome(outcomes: Sequence[str]) -> str:
    """Return the outcome of a run from the outcomes of its scenarios.

    Known issues are not red. If nothing is applicable, the outcome is inconclusive.
    """
    made = (one for one in outcomes if one != NOT_APPLICABLE)
    return worst(PASSED if one == KNOWN_ISSUE else one for one in made) or INCONCLUSIVE
