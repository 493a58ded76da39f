# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action cycle_report, tested with real folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.action.cycle_report import ActionModule
from ansible_collections.stackproof.migration.plugins.modules import cycle_report as documentation
from ansible_collections.stackproof.migration.tests.unit.plugins.action.report_runs import (
    documented_options,
    run_report,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles


def report(directory: Path, **args: Any) -> dict[str, Any]:
    return run_report(ActionModule, directory, **args)


def test_options_match_the_documentation() -> None:
    assert documented_options(documentation) == ActionModule.argument_spec()


def test_writes_three_files_and_a_link_to_the_newest(tmp_path: Path) -> None:
    for run_id in ("20260401T100000Z-1a2b3c", "20260401T110000Z-4d5e6f"):
        folder = tmp_path / "reports" / run_id
        result = report(folder, cycle=cycles.passed(run_id=run_id))
        assert result["changed"]
        assert sorted(path.name for path in folder.iterdir()) == ["evidence.json", "junit.xml", "report.html"]
        assert Path(result["html"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert json.loads(Path(result["evidence"]).read_text(encoding="utf-8"))["run_id"] == run_id
        latest = tmp_path / "reports" / "latest"
        assert latest.is_symlink()
        assert latest.resolve() == folder


def test_failed_cycle_has_a_redacted_bug_report_and_a_replay(tmp_path: Path) -> None:
    result = report(tmp_path, cycle=cycles.failed(cycles.migration(outcome="failed")))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bug-report.md",
        "evidence.json",
        "junit.xml",
        "replay.yml",
        "report.html",
    ]
    for name in ("bug_report", "replay"):
        assert "compute1" not in Path(result[name]).read_text(encoding="utf-8")
    assert "| ansible-core | 2." in Path(result["bug_report"]).read_text(encoding="utf-8")
    # The action redacts the other files only if the task requests it.
    assert "compute1" in Path(result["evidence"]).read_text(encoding="utf-8")


def test_writes_strings_of_a_subclass(tmp_path: Path) -> None:
    class Tagged(str):
        __slots__ = ()

    cycle = cycles.failed(cycles.migration(outcome="failed")) | {"inputs": {"block_migration": Tagged("auto")}}
    result = report(tmp_path, cycle=cycle)
    (play,) = yaml.safe_load(Path(result["replay"]).read_text(encoding="utf-8"))
    assert play["vars"]["migration_cycle_block_migration"] == "auto"


def test_failed_cycle_without_migrations_has_no_replay(tmp_path: Path) -> None:
    result = report(tmp_path, cycle=cycles.not_asked("failed", "boot", "The server is in ERROR."))
    assert "replay" not in result
    assert not (tmp_path / "replay.yml").exists()
    assert "replay" not in Path(result["bug_report"]).read_text(encoding="utf-8")


def test_link_needs_a_folder_with_the_name_of_the_run(tmp_path: Path) -> None:
    report(tmp_path / "tonight", cycle=cycles.passed())
    assert [path.name for path in tmp_path.iterdir()] == ["tonight"]


def test_keeps_a_folder_named_latest(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    result = report(tmp_path / cycles.RUN_ID, cycle=cycles.passed())
    assert "not a symbolic link" in result["warnings"][0]
    assert (tmp_path / "latest").is_dir()


def test_run_without_a_cycle_leaves_no_folder(tmp_path: Path) -> None:
    """If a run is interrupted before it writes a report, the action leaves no empty folder."""
    result = report(tmp_path / "a" / "b")
    assert not result.get("changed")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    assert "failed" not in report(tmp_path / "a" / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_names_a_folder_that_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = report(tmp_path / "file" / "b")
    assert result["failed"]
    assert result["msg"] == (
        f"The report cannot be written into {tmp_path}/file/b: Not a directory. Set the option"
        " directory, or the role input migration_cycle_report_dir, to another folder."
    )


@pytest.mark.parametrize("cycle", [None, cycles.passed()], ids=["prepare", "write"])
def test_check_mode_names_a_folder_that_is_not_writable(tmp_path: Path, cycle: dict[str, Any] | None) -> None:
    (tmp_path / "file").touch()
    more = {} if cycle is None else {"cycle": cycle}
    result = report(tmp_path / "file" / "b", check=True, **more)
    assert result["failed"]
    assert result["msg"].startswith(f"The report cannot be written into {tmp_path}/file/b: Not a directory. ")


@pytest.mark.parametrize("check", [False, True])
def test_message_ends_with_the_advice(tmp_path: Path, check: bool) -> None:
    (tmp_path / "file").touch()
    result = report(tmp_path / "file" / "b", check=check, advice="Ask Ada.")
    assert result["msg"] == f"The report cannot be written into {tmp_path}/file/b: Not a directory. Ask Ada."


@pytest.mark.parametrize("cycle", [None, cycles.passed()], ids=["prepare", "write"])
def test_check_mode_creates_nothing(tmp_path: Path, cycle: dict[str, Any] | None) -> None:
    more = {} if cycle is None else {"cycle": cycle}
    assert report(tmp_path / "a", check=True, **more)["changed"] is (cycle is not None)
    assert list(tmp_path.iterdir()) == []


def test_redacts_hosts_in_all_files(tmp_path: Path) -> None:
    result = report(tmp_path, cycle=cycles.passed(), redact_hosts=True)
    for name in ("evidence", "junit", "html"):
        assert "compute1" not in Path(result[name]).read_text(encoding="utf-8")


def test_redacts_names_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_USERNAME", "ada")
    monkeypatch.setenv("OS_AUTH_URL", "https://keystone.acme.example:5000/v3")
    cycle = cycles.not_asked("error", "preflight", "keystone.acme.example refused ada.")
    result = report(tmp_path, cycle=cycle, redact_hosts=True)
    evidence = json.loads(Path(result["evidence"]).read_text(encoding="utf-8"))
    assert evidence["reason"] == "endpoint-1 refused user-1."
