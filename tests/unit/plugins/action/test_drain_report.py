# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action drain_report, tested with real folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.action.drain_report import ActionModule
from ansible_collections.stackproof.migration.plugins.modules import drain_report as documentation
from ansible_collections.stackproof.migration.tests.unit.plugins.action.report_runs import (
    documented_options,
    run_report,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import drain_results

RESULT = drain_results.drained()


def report(directory: Path, **args: Any) -> dict[str, Any]:
    return run_report(ActionModule, directory, **args)


def test_options_match_the_documentation() -> None:
    assert documented_options(documentation) == ActionModule.argument_spec()


def test_writes_three_files_and_a_link_to_the_newest(tmp_path: Path) -> None:
    for run_id in ("drained-compute1-20260401T100000Z", "undrained-compute1-20260401T110000Z"):
        folder = tmp_path / "reports" / run_id
        result = report(folder, result=RESULT | {"run_id": run_id}, cloud="production")
        assert result["changed"]
        assert sorted(path.name for path in folder.iterdir()) == ["drain.json", "junit.xml", "report.html"]
        assert Path(result["html"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        drain = json.loads(Path(result["drain"]).read_text(encoding="utf-8"))
        assert (drain["run_id"], drain["cloud"]) == (run_id, "production")
        assert (tmp_path / "reports" / "latest").resolve() == folder


def test_link_needs_a_folder_with_the_name_of_the_run(tmp_path: Path) -> None:
    report(tmp_path / "tonight", result=RESULT)
    assert [path.name for path in tmp_path.iterdir()] == ["tonight"]


def test_leaves_no_folder_without_a_result(tmp_path: Path) -> None:
    result = report(tmp_path / "a" / "b")
    assert not result.get("changed")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("args", [{}, {"result": RESULT}], ids=["prepare", "write"])
@pytest.mark.parametrize("check", [False, True])
def test_names_a_folder_that_is_not_writable(tmp_path: Path, args: dict[str, Any], check: bool) -> None:
    (tmp_path / "file").touch()
    result = report(tmp_path / "file" / "b", check=check, **args)
    assert result["failed"]
    assert result["msg"] == (
        f"The report cannot be written into {tmp_path}/file/b: Not a directory. Set the option"
        " directory, or the role input host_drain_report_dir, to another folder. With an empty value, the role writes"
        " no report."
    )


@pytest.mark.parametrize("args", [{}, {"result": RESULT}], ids=["prepare", "write"])
def test_check_mode_creates_nothing(tmp_path: Path, args: dict[str, Any]) -> None:
    assert report(tmp_path / "a", check=True, **args)["changed"] is bool(args)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("found", [drain_results.not_drained(), drain_results.not_undrained()])
def test_failed_run_has_a_redacted_bug_report(tmp_path: Path, found: dict[str, Any]) -> None:
    result = report(tmp_path, result=found)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bug-report.md", "drain.json", "junit.xml", "report.html",
    ]  # fmt: skip
    text = Path(result["bug_report"]).read_text(encoding="utf-8")
    assert "| ansible-core | 2." in text
    assert "compute1" not in text
    assert "compute1" in Path(result["drain"]).read_text(encoding="utf-8")
    assert "bug-report.md" in Path(result["html"]).read_text(encoding="utf-8")


def test_run_without_a_failure_has_no_bug_report(tmp_path: Path) -> None:
    for number, found in enumerate((drain_results.undrained(), drain_results.stopped())):
        result = report(tmp_path / str(number), result=found)
        assert not (tmp_path / str(number) / "bug-report.md").exists()
        assert "bug-report.md" not in Path(result["html"]).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", drain_results.SITE)
def test_no_redacted_file_has_a_name_of_the_site(tmp_path: Path, name: str) -> None:
    found = drain_results.rich()
    args: dict[str, Any] = {"result": found, "name_sources": [drain_results.rich_inventory()]}
    report(tmp_path / "plain", **args)
    assert any(name in path.read_text(encoding="utf-8") for path in (tmp_path / "plain").iterdir())
    report(tmp_path / "redacted", redact_hosts=True, **args)
    files = [*(tmp_path / "redacted").iterdir(), tmp_path / "plain" / "bug-report.md"]
    assert [path.name for path in files if name.lower() in path.read_text(encoding="utf-8").lower()] == []
    assert len(files) == 5
