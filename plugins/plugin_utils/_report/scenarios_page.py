# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions and data classes for the pages about a run of scenarios."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    DEFAULT_PROFILE,
    ERROR,
    FAILED,
    INCONCLUSIVE,
    KNOWN_ISSUE,
    NOT_APPLICABLE,
    PASSED,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.outcome import counts_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.headlines import split_first_sentence
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import render
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import (
    MigrationView,
    migration_view,
    value_text,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations_page import MARKS, MigrationsPage
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.scenarios import suites_of
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_date_time,
    format_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Facts = tuple[tuple[str, str], ...]

FOLDER = "scenarios"
_TITLES = {
    PASSED: "No scenario failed",
    FAILED: "Some scenarios failed",
    INCONCLUSIVE: "Some scenarios have no answer",
    ERROR: "The run stopped with an error",
}
# The colours of the outcomes that the other reports do not have
_KINDS = {KNOWN_ISSUE: INCONCLUSIVE, NOT_APPLICABLE: "skipped", "planned": "skipped"}


@dataclass(frozen=True)
class ScenarioRow:
    """One row in the table of a suite. A scenario that did not run has no duration."""

    name: str
    # Empty for the default profile
    profile: str
    title: str
    kind: str
    outcome: str
    seconds: float | None
    reason: str
    href: str


@dataclass(frozen=True)
class SuiteView:
    """The scenarios of one suite."""

    name: str
    rows: tuple[ScenarioRow, ...]


@dataclass(frozen=True)
class BugView:
    """A bug of Nova for which a scenario stands."""

    label: str
    title: str
    url: str


@dataclass(frozen=True)
class IssueView:
    """A known issue of some releases of Nova."""

    scenario: str
    title: str
    range: str
    effect: str
    source: str


@dataclass(frozen=True)
class CheckRow:
    """One check of a step."""

    name: str
    server: str
    expected: str
    found: str
    ok: bool | None


@dataclass(frozen=True)
class StepView:
    """One step of a scenario."""

    number: int
    text: str
    kind: str
    outcome: str
    seconds: float
    reason: str
    checks: tuple[CheckRow, ...]


@dataclass(frozen=True)
class ScenariosPage:
    """The page about all scenarios of a run."""

    kind: str
    label: str
    title: str
    lead: str
    rest: str
    key_facts: Facts
    suites: tuple[SuiteView, ...]
    issues: tuple[IssueView, ...]
    unusable_hosts: Facts
    run_id: str
    collection: str


@dataclass(frozen=True)
class ScenarioPage(MigrationsPage):
    """The page of one scenario."""

    kind: str
    label: str
    title: str
    lead: str
    rest: str
    key_facts: Facts
    bugs: tuple[BugView, ...]
    issues: tuple[IssueView, ...]
    steps: tuple[StepView, ...]
    run_id: str
    collection: str


def html(report: Mapping[str, Any]) -> str:
    """Return the report as one HTML file, with links to the pages of the scenarios."""
    return render("scenarios.html.j2", page(report))


def scenario_pages(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of the page of each scenario."""
    for scenario in report["scenarios"]:
        yield file_of(scenario), render("scenario.html.j2", scenario_page(report, scenario))


def file_of(scenario: Mapping[str, Any]) -> str:
    """Return the path of the page of a scenario in the folder of the report."""
    return f"{FOLDER}/{re.sub(r'[^0-9A-Za-z]+', '-', str(scenario['id'])).strip('-')}.html"


def page(report: Mapping[str, Any]) -> ScenariosPage:
    """Return all values of the page about all scenarios."""
    first, rest = split_first_sentence(str(report["reason"]))
    return ScenariosPage(
        kind=str(report["outcome"]),
        label=str(report["outcome"]).capitalize(),
        title=_TITLES[report["outcome"]],
        lead=first or counts_text(report["counts"]),
        rest=rest,
        key_facts=_key_facts(report),
        suites=tuple(SuiteView(name, tuple(map(_row, scenarios))) for name, scenarios in suites_of(report).items()),
        issues=tuple(issue for scenario in report["scenarios"] for issue in _issues(scenario)),
        unusable_hosts=tuple(
            (str(host["name"]), str(host["reason"])) for host in report["hosts"] if not host["usable"]
        ),
        run_id=str(report["run_id"]),
        collection=str(report["collection"]),
    )


def _key_facts(report: Mapping[str, Any]) -> Facts:
    return (
        ("Cloud", str(report["cloud"] or "not known")),
        ("Nova", _versions_text(report["versions"])),
        ("Scenarios", str(len(report["scenarios"])) if not report["reason"] else counts_text(report["counts"])),
        ("Usable hosts", str(sum(1 for host in report["hosts"] if host["usable"])) if report["hosts"] else "not known"),
        ("Started", format_date_time(report["started"])),
        ("Duration", format_seconds(report["seconds"])),
    )


def _versions_text(versions: list[int] | None) -> str:
    if not versions:
        return "not known"
    oldest, newest = versions
    return str(oldest) if oldest == newest else f"{oldest} to {newest}"


def _row(scenario: Mapping[str, Any]) -> ScenarioRow:
    outcome = str(scenario["outcome"])
    return ScenarioRow(
        name=str(scenario["name"]),
        profile="" if scenario["profile"] == DEFAULT_PROFILE else str(scenario["profile"]),
        title=str(scenario["title"]),
        kind=kind_of(outcome),
        outcome=outcome.replace("_", " "),
        seconds=float(scenario["seconds"]) if scenario["steps"] else None,
        reason=str(scenario["reason"]),
        href=file_of(scenario),
    )


def kind_of(outcome: str) -> str:
    """Return the name of the colour of an outcome."""
    return _KINDS.get(outcome, outcome)


def _issues(scenario: Mapping[str, Any]) -> Iterator[IssueView]:
    for issue in scenario["known_issues"]:
        yield IssueView(
            scenario=str(scenario["id"]),
            title=str(issue["title"]),
            range=str(issue["range"]),
            effect=str(issue["effect"]),
            source=str(issue["source"]),
        )


def scenario_page(report: Mapping[str, Any], scenario: Mapping[str, Any]) -> ScenarioPage:
    """Return all values of the page of one scenario."""
    outcome = str(scenario["outcome"])
    facts = [("Scenario", str(scenario["id"])), ("Profile", str(scenario["profile"]))]
    if scenario["steps"]:
        facts += [("Started", format_date_time(scenario["started"])), ("Duration", format_seconds(scenario["seconds"]))]
    return ScenarioPage(
        migration_views=tuple(_migration_views(scenario["steps"])),
        histogram=None,
        kind=kind_of(outcome),
        label=outcome.replace("_", " ").capitalize(),
        title=str(scenario["title"]),
        lead=str(scenario["tests"]),
        rest=str(scenario["reason"]),
        key_facts=tuple(facts),
        bugs=tuple(BugView(f"Bug {bug['number']}", str(bug["title"]), str(bug["url"])) for bug in scenario["bugs"]),
        issues=tuple(_issues(scenario)),
        steps=tuple(_step(number, step) for number, step in enumerate(scenario["steps"], 1)),
        run_id=str(report["run_id"]),
        collection=str(report["collection"]),
    )


def _migration_views(steps: Sequence[Mapping[str, Any]]) -> Iterator[MigrationView]:
    """Yield the migrations of a scenario, with the values that the scenario expects.

    The end of a migration that a step has aborted is no failure.
    """
    migrations = [(step, migration) for step in steps for migration in step["migrations"]]
    for number, (step, migration) in enumerate(migrations, 1):
        name = migration.get("server_name")
        expected = {check["name"]: check for check in step["checks"] if check.get("server") == name}
        checks = [expected.get(check["name"], check) for check in migration.get("checks") or []]
        view = migration_view({**migration, "checks": checks}, (), f"migration-{number}", MARKS)
        if step["outcome"] == PASSED and not view.succeeded:
            view = replace(view, succeeded=True, kind=PASSED)
        yield view


def _step(number: int, step: Mapping[str, Any]) -> StepView:
    return StepView(
        number=number,
        text=str(step["text"]),
        kind=kind_of(str(step["outcome"])),
        outcome=str(step["outcome"]),
        seconds=float(step["seconds"]),
        reason=str(step["reason"]),
        checks=tuple(
            CheckRow(
                name=str(check["name"]).replace("_", " "),
                server=str(check.get("server") or ""),
                expected=value_text(check["expected"]),
                found="not known" if check["ok"] is None and check["found"] is None else value_text(check["found"]),
                ok=check["ok"],
            )
            for check in step["checks"]
        ),
    )
