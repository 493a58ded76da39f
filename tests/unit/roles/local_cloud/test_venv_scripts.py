# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs in ``venv_scripts`` that need no libraries of OpenStack."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cloudctl.venv_scripts import manage, render

if TYPE_CHECKING:
    from collections.abc import Callable


def summary(text: str) -> Callable[[], Any]:
    return lambda: print(text)


def leaves(code: object) -> Callable[[], Any]:
    return lambda: sys.exit(code)  # type: ignore[arg-type]  # programs can exit with any object


def fails() -> None:
    raise ValueError("no such table")


@pytest.mark.parametrize(
    ("main", "code", "complaint"),
    [
        (lambda: None, 0, ""),
        (lambda: 4, 4, ""),
        (leaves(None), 0, ""),
        (leaves(3), 3, ""),
        (leaves("cannot reach the database"), 1, "cannot reach the database"),
        (fails, 1, "ValueError: no such table"),
    ],
)
def test_run_forked_returns_exit_code_and_error(
    capfd: pytest.CaptureFixture[str], main: Callable[[], Any], code: int, complaint: str
) -> None:
    assert manage.run_forked(main, ["program"]) == code
    assert complaint in capfd.readouterr().err


def test_output_of_passes_arguments_and_returns_output(capfd: pytest.CaptureFixture[str]) -> None:
    before = list(sys.argv)
    assert manage.output_of(lambda: print(" ".join(sys.argv[1:])), ["program", "list", "cells"]) == "list cells\n"
    assert sys.argv == before
    assert capfd.readouterr().out == ""


# The commands run pytest, because the tests always have its console script.
@pytest.mark.parametrize(
    ("commands", "code", "begun"),
    [
        ([{"argv": ["--version"], "check_command": [], "skip_if_output": ""}] * 2, 0, 2),
        ([{"argv": ["--no-such-option"], "check_command": ["--version"], "skip_if_output": "pytest"}], 0, 1),
        ([{"argv": ["--no-such-option"], "check_command": ["--version"], "skip_if_output": "cell1"}, {}], 4, 1),
    ],
    ids=["both run", "result exists", "first failure ends the run"],
)
def test_runs_commands_until_the_first_failure(
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    commands: list[dict[str, Any]],
    code: int,
    begun: int,
) -> None:
    order = json.dumps({"script": "pytest", "commands": commands})
    monkeypatch.setattr(sys, "stdin", io.StringIO(order))
    assert manage.main() == code
    assert capfd.readouterr().out.count(f"of {len(commands)}") == begun


@pytest.mark.parametrize(
    ("template", "places"),
    [
        ("nova/nova.conf.j2", [("nova/nova.conf", {})]),
        ("gunicorn.py.j2", [("gunicorn.py", {})]),
        (
            "compute/nova-compute.conf.j2",
            [
                ("compute1/nova-compute.conf", {"host": "compute1"}),
                ("compute2/nova-compute.conf", {"host": "compute2"}),
            ],
        ),
    ],
)
def test_returns_files_of_each_template(template: str, places: list[tuple[str, dict[str, str]]]) -> None:
    found = render.targets(Path(template), [{"host": "compute1"}, {"host": "compute2"}])
    assert [(str(path), particular) for path, particular in found] == places


def test_nova_compute_has_no_access_to_databases() -> None:
    """As in production, nova-compute may not have database settings. Upgrade checks of Nova refuse such settings."""
    read_by_compute = [render.CONFIG / "nova" / "nova.conf.j2", *(render.CONFIG / "compute").glob("*.j2")]
    assert len(read_by_compute) > 1
    assert [path for path in read_by_compute if "our.database(" in path.read_text()] == []
    programs = (render.CONFIG / "supervisord.conf.j2").read_text()
    assert programs.count("/nova/databases.conf") == 1
    (command,) = re.findall(r"\[[^\]]*/nova/nova_compute\.py.*?\]", programs, re.DOTALL)
    assert "databases.conf" not in command


def test_written_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "nova" / "nova.conf"
    render.write(path, "password = one")
    render.write(path, "password = 2")
    assert path.read_text() == "password = 2"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_written_script_can_be_executed(tmp_path: Path) -> None:
    path = tmp_path / "mount.nfs"
    for text, mode in (("#!/bin/sh\n", 0o700), ("a = 1", 0o600), ("#!/bin/sh\n", 0o700)):
        render.write(path, text)
        assert path.stat().st_mode & 0o777 == mode


def test_written_file_is_not_replaced(tmp_path: Path) -> None:
    """A compute host that has mounted the file sees the new content."""
    path = tmp_path / "hosts"
    render.write(path, "one")
    with path.open() as mounted:
        render.write(path, "two")
        assert mounted.read() == "two"
