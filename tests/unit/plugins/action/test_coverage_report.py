# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action coverage_report, tested with real folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.action.coverage_report import ActionModule
from ansible_collections.stackproof.migration.plugins.modules import coverage_report as documentation
from ansible_collections.stackproof.migration.tests.unit.plugins.action.report_runs import (
    documented_options,
    files,
    run_report,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import coverage_results

RESULT = coverage_results.failed()


def report(directory: Path, **args: Any) -> dict[str, Any]:
    return run_report(ActionModule, directory, **args)


def test_options_match_the_documentation() -> None:
    assert documented_options(documentation) == ActionModule.argument_spec()


def test_writes_the_files_and_a_link_to_the_newest(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / coverage_results.RUN_ID
    result = report(folder, result=RESULT)
    assert result["changed"]
    pages = [f"migrations/{number}.html" for number in range(1, 11)]
    assert sorted(files(folder)) == sorted(["coverage.json", "index.html", "junit.xml", *pages])
    assert {key: Path(result[key]).name for key in ("html", "junit", "coverage")} == {
        "html": "index.html",
        "junit": "junit.xml",
        "coverage": "coverage.json",
    }
    # A result with the path of each page would be large.
    assert not [key for key in result if "migrations" in key]
    assert json.loads(files(folder)["coverage.json"])["run_id"] == coverage_results.RUN_ID
    assert (tmp_path / "reports" / "latest").resolve() == folder


def test_second_report_of_a_run_equals_the_first(tmp_path: Path) -> None:
    report(tmp_path, result=RESULT)
    first = files(tmp_path)
    report(tmp_path, result=RESULT)
    assert files(tmp_path) == first


@pytest.mark.parametrize("args", [{}, {"result": RESULT}], ids=["prepare", "write"])
def test_names_a_folder_that_is_not_writable(tmp_path: Path, args: dict[str, Any]) -> None:
    (tmp_path / "file").touch()
    result = report(tmp_path / "file" / "b", **args)
    assert result["failed"]
    assert "migration_coverage_report_dir" in result["msg"]


def test_check_mode_creates_nothing(tmp_path: Path) -> None:
    assert report(tmp_path / "a", check=True, result=RESULT)["changed"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["compute7", "RegionOne", "mycloud", "zone-b"])
def test_no_redacted_file_has_a_name_of_the_site(tmp_path: Path, name: str) -> None:
    found = json.loads(json.dumps(RESULT).replace("RegionOne", "berlin").replace("zone-b", "rack-row-3"))
    renamed = {"RegionOne": "berlin", "zone-b": "rack-row-3"}.get(name, name)
    report(tmp_path / "plain", result=found)
    report(tmp_path / "redacted", result=found, redact_hosts=True)
    assert any(renamed in text for text in files(tmp_path / "plain").values())
    assert [path for path, text in files(tmp_path / "redacted").items() if renamed in text] == []
