# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action clouds_report, tested with real folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.action.clouds_report import ARGUMENT_SPEC, ActionModule
from ansible_collections.stackproof.migration.plugins.modules import clouds_report as documentation
from ansible_collections.stackproof.migration.tests.unit.plugins.action.report_runs import run_report
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cloud_results, cycles

NAMES = ["berlin", "../lisbon"]


def report(directory: Path, **args: Any) -> dict[str, Any]:
    return run_report(ActionModule, directory, **{"names": NAMES, **args})


def own_report(folder: Path, name: str, **more: Any) -> dict[str, Any]:
    """Return a target, and write the report of the target as the role migration_cycle does."""
    found = cloud_results.target(name, cycles.passed(**more))
    folder.mkdir(parents=True)
    (folder / "evidence.json").write_text(json.dumps(found["evidence"]), encoding="utf-8")
    return {"name": name, "result": {**found["evidence"], "report": str(folder)}}


def finish(begun: dict[str, Any], *targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"run_id": begun["run_id"], "started": begun["started"], "targets": list(targets), **more}
    return report(Path(begun["directory"]), **given)


def test_options_match_the_documentation() -> None:
    documented = yaml.safe_load(documentation.DOCUMENTATION)["options"]
    for option in documented.values():
        del option["description"]
    assert documented == ARGUMENT_SPEC


def test_creates_folder_then_writes_files_and_link(tmp_path: Path) -> None:
    begun = report(tmp_path / "reports" / "{run_id}")
    folder = Path(begun["directory"])
    assert not begun["changed"]
    assert folder.is_dir()
    assert folder.name == begun["run_id"]
    assert begun["directories"] == {"berlin": f"{folder}/berlin", "../lisbon": f"{folder}/%2E.%2Flisbon"}

    found = finish(begun, own_report(folder / "berlin", "berlin"), {"name": "../lisbon", "error": "No such cloud."})
    assert found["changed"]
    assert sorted(path.name for path in folder.iterdir()) == ["berlin", "clouds.html", "clouds.json", "clouds.xml"]
    assert json.loads(Path(found["json"]).read_text(encoding="utf-8")) == found["clouds"]
    assert Path(found["html"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "reports" / "latest").resolve() == folder
    assert found["clouds"]["targets"][0]["report"] == "berlin/report.html"
    assert found["failures"] == {"../lisbon": "error: No such cloud."}
    assert found["summary"][-1] == f"report        {folder}/clouds.html"
    assert not found["warnings"]


def test_links_to_a_report_in_another_folder(tmp_path: Path) -> None:
    begun = report(tmp_path / "reports" / "tonight")
    found = finish(begun, own_report(tmp_path / "elsewhere", "berlin"))
    assert found["clouds"]["targets"][0]["report"] == "../../elsewhere/report.html"
    # the action links only to a folder with the name of the run
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["tonight"]


def test_warns_of_an_overwritten_report(tmp_path: Path) -> None:
    begun = report(tmp_path)
    berlin = own_report(tmp_path / "same", "berlin")
    berlin["result"]["run_id"] = "20260401T100000Z-ffffff"
    found = finish(begun, berlin)
    assert found["clouds"]["targets"][0]["report"] is None
    assert found["clouds"]["targets"][0]["outcome"] == "passed"
    assert "The report of berlin is lost" in found["warnings"][0]


@pytest.mark.parametrize("text", [None, "no JSON"])
def test_unreadable_report_is_ignored(tmp_path: Path, text: str | None) -> None:
    begun = report(tmp_path)
    berlin = own_report(tmp_path / "berlin", "berlin")
    (tmp_path / "berlin" / "evidence.json").unlink()
    if text:
        (tmp_path / "berlin" / "evidence.json").write_text(text, encoding="utf-8")
    (target, _) = finish(begun, berlin)["clouds"]["targets"]
    assert (target["outcome"], target["report"]) == ("passed", None)


def test_keeps_a_folder_named_latest(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    found = finish(report(tmp_path / "{run_id}"))
    assert "not a symbolic link" in found["warnings"][0]


def test_names_a_folder_that_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = report(tmp_path / "file" / "b")
    assert found["failed"]
    assert found["msg"] == (
        f"The report on all targets cannot be written into {tmp_path}/file/b: Not a directory. Set the"
        " option directory, or the playbook input regression_report_dir, to another folder."
    )


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    begun = report(tmp_path / "a", check=True)
    found = finish(begun, {"name": "berlin", "error": "No check mode."}, check=True)
    assert found["failures"]["berlin"] == "error: No check mode."
    assert list(tmp_path.iterdir()) == []
