# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action scenarios_report, tested with real folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from ansible_collections.stackproof.migration.plugins.action.scenarios_report import ActionModule
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.outcome import result_of
from ansible_collections.stackproof.migration.plugins.modules import scenarios_report as documentation
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.scenarios_page import scenario_page
from ansible_collections.stackproof.migration.tests.unit.plugins.action.report_runs import (
    documented_options,
    files,
    run_report,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils.scenarios_results import (
    MIGRATION,
    RESULT,
    RUN_ID,
    scenario,
    step,
)

SCHEMA = json.loads((Path(__file__).parents[4] / "schemas/scenarios.schema.json").read_text(encoding="utf-8"))
PAGES = [
    "scenarios/interruptions-deleted.html",
    "scenarios/live-migration-paused.html",
    "scenarios/live-migration-there-and-back.html",
    "scenarios/networks-port.html",
    "scenarios/volumes-boot-volume-boot-volume.html",
]


def report(directory: Path, **args: Any) -> dict[str, Any]:
    return run_report(ActionModule, directory, **args)


def test_options_match_the_documentation() -> None:
    assert documented_options(documentation) == ActionModule.argument_spec()


def test_writes_a_page_for_each_scenario_and_links_it(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / RUN_ID
    result = report(folder, result=RESULT)
    found = files(folder)
    assert sorted(found) == ["index.html", "junit.xml", "scenarios.json", *PAGES]
    assert all(f'href="{page}"' in found["index.html"] for page in PAGES)
    assert Path(result["scenarios"]).name == "scenarios.json"
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(found["scenarios.json"]))
    assert (tmp_path / "reports" / "latest").resolve() == folder


def test_page_of_a_scenario_shows_steps_checks_bugs_and_migrations(tmp_path: Path) -> None:
    report(tmp_path, result=RESULT)
    page = files(tmp_path)["scenarios/live-migration-paused.html"]
    for text in ("1. live-migrate to another named host", "✕ server host", "compute8", "Bug 1718455", "web: failed"):
        assert text in page
    assert "Moves &lt;servers&gt;." in page
    assert 'href="../index.html"' in page


def test_summary_lists_known_issues(tmp_path: Path) -> None:
    report(tmp_path, result=RESULT)
    page = files(tmp_path)["index.html"]
    for text in ("Nova 17 and newer", "Less room.", "not applicable", "known issue", "compute9"):
        assert text in page


def test_an_aborted_migration_is_not_red_if_the_scenario_expects_it() -> None:
    judged = {"name": "status", "server": "web", "expected": ["cancelled"], "found": "cancelled", "ok": True}
    raw = {"name": "status", "expected": "completed", "found": "cancelled", "ok": False}
    aborted = {**MIGRATION, "outcome": "cancelled", "checks": [raw]}
    given = scenario("interruptions/abort-running", "passed", step("passed", judged, migrations=[aborted]))
    (view,) = scenario_page({"run_id": RUN_ID, "collection": "1.1.0"}, given).migration_views
    assert (view.kind, view.succeeded) == ("passed", True)
    assert [(one.expected, one.ok) for one in view.checks] == [("cancelled", True)]


def test_a_scenario_that_did_not_run_has_no_duration(tmp_path: Path) -> None:
    report(tmp_path, result=RESULT)
    rows = files(tmp_path)["index.html"].split("<tr>")
    (row,) = [row for row in rows if "No Cinder." in row]
    assert 'class="number" data-v="~"' in row


def test_junit_has_a_suite_for_each_suite(tmp_path: Path) -> None:
    report(tmp_path, result=RESULT)
    root = ET.fromstring(files(tmp_path)["junit.xml"])  # noqa: S314 - the test has created this text
    counts = {one.get("name"): [one.get(key) for key in ("tests", "failures", "errors", "skipped")] for one in root}
    assert counts == {
        "live-migration": ["2", "1", "0", "0"],
        "interruptions": ["1", "0", "0", "1"],
        "volumes": ["1", "0", "0", "1"],
        "networks": ["1", "0", "1", "0"],
    }
    cases = [case.get("name") for case in root.iter("testcase")]
    assert cases == ["paused", "there-and-back", "deleted", "boot-volume[boot-volume]", "port"]


def test_run_without_scenarios_has_one_case(tmp_path: Path) -> None:
    early = result_of({"run_id": RUN_ID, "failure": {"reason": "No image."}}, started=0.0, ended=1.0)
    report(tmp_path, result=early)
    (case,) = ET.fromstring(files(tmp_path)["junit.xml"]).iter("testcase")  # noqa: S314 - the test has created this text
    assert case.find("error") is not None
    assert "No image." in files(tmp_path)["index.html"]


@pytest.mark.parametrize("name", ["compute7", "compute9", "mycloud"])
def test_no_redacted_file_has_a_name_of_the_site(tmp_path: Path, name: str) -> None:
    report(tmp_path, result=RESULT, redact_hosts=True)
    assert [path for path, text in files(tmp_path).items() if name in text] == []


def test_names_a_folder_that_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "migration_scenarios_report_dir" in report(tmp_path / "file" / "b", result=RESULT)["msg"]


def test_check_mode_creates_nothing(tmp_path: Path) -> None:
    assert report(tmp_path / "a", check=True, result=RESULT)["changed"]
    assert list(tmp_path.iterdir()) == []
