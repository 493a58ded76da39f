# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the report of a run. A run writes a report for every outcome."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import xmlschema
from ansible_collections.stackproof.migration.tests.proof.runs import ROOT

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

_EVIDENCE, _SCENARIOS, _COVERAGE = (
    jsonschema.Draft202012Validator(json.loads((ROOT / f"schemas/{name}.schema.json").read_text(encoding="utf-8")))
    for name in ("evidence", "scenarios", "coverage")
)
_JUNIT = xmlschema.XMLSchema(ROOT / "tests/unit/plugins/plugin_utils/junit.xsd")
# Every Fernet token of Keystone begins with these characters.
_TOKEN = "gAAAA"


def require_report(result: Result) -> None:
    """Require a valid report.

    The evidence, JUnit and HTML files must be valid and contain the outcome. No file may contain a token.
    """
    evidence = json.loads((result.report / "evidence.json").read_text(encoding="utf-8"))
    _EVIDENCE.validate(evidence)
    assert (evidence["outcome"], evidence["reason"]) == (result.facts["outcome"], result.facts["reason"])
    _require_files(result, "report.html")


def require_coverage_report(result: Result) -> dict[str, Any]:
    """Require a valid report of a coverage, and return the report."""
    report: dict[str, Any] = json.loads((result.report / "coverage.json").read_text(encoding="utf-8"))
    _COVERAGE.validate(report)
    return report


def require_scenarios_report(result: Result) -> dict[str, dict[str, Any]]:
    """Require a valid report of scenarios, and return the scenarios by their ids."""
    report = json.loads((result.report / "scenarios.json").read_text(encoding="utf-8"))
    _SCENARIOS.validate(report)
    _require_files(result, "index.html")
    return {f"{one['suite']}/{one['name']}": one for one in report["scenarios"]}


def _require_files(result: Result, page: str) -> None:
    _JUNIT.validate(result.report / "junit.xml")
    assert result.outcome in (result.report / page).read_text(encoding="utf-8")
    for path in filter(lambda entry: entry.is_file(), result.report.rglob("*")):
        assert _TOKEN not in path.read_text(encoding="utf-8"), path
