# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner of galaxy-importer.

The tests use a script that prints the same lines as galaxy-importer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.tools import importer

if TYPE_CHECKING:
    from pathlib import Path

WELL = ["Importing with galaxy-importer 0.4.44", "Loading role migration_cycle", importer.DONE]


def result(**documented: bool) -> dict[str, Any]:
    contents: list[dict[str, Any]] = [
        {"content_type": kind, "content_name": "one", "doc_strings": {"doc": {}} if told else None}
        for kind, told in documented.items()
    ]
    return {"docs_blob": {"contents": contents}}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (WELL, []),
        (["WARNING: No changelog", *WELL], ["WARNING: No changelog"]),
        (
            [*WELL[:-1], "ERROR: main.yml:3: name[missing]", WELL[-1]],
            ["ERROR: main.yml:3: name[missing]"],
        ),
        (["ERROR: The import failed"], ["ERROR: The import failed", f"the output lacks: {importer.DONE}"]),
        ([], [f"the output lacks: {importer.DONE}"]),
    ],
    ids=["nothing", "a warning", "an error on the way", "failed", "silent"],
)
def test_returns_warnings_and_errors(lines: list[str], expected: list[str]) -> None:
    assert importer.complaints(lines) == expected


def test_reports_plugins_without_documentation() -> None:
    assert importer.unread(result(module=True, action=False, module_utils=False)) == []
    assert importer.unread(result(module=True, lookup=False)) == ["no documentation of lookup one"]
    assert importer.unread(result(action=False)) == ["no plugin was found"]


@pytest.mark.parametrize(
    ("said", "left", "code", "expected"),
    [
        (WELL, result(module=True), 0, []),
        (["WARNING: deprecated", *WELL], result(module=True), 0, ["WARNING: deprecated"]),
        (WELL, result(module=False), 0, ["no documentation of module one"]),
        (WELL, None, 0, ["galaxy-importer wrote no importer_result.json"]),
        (WELL, result(module=True), 1, ["galaxy-importer ended with exit code 1"]),
    ],
    ids=["well", "a warning", "no documentation", "no result", "exit code"],
)
def test_main_writes_output_and_exit_code(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    said: list[str],
    left: dict[str, Any] | None,
    code: int,
    expected: list[str],
) -> None:
    leaves = f"echo '{json.dumps(left)}' >{importer.RESULT}" if left else ":"
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("\n".join(["#!/bin/sh", *(f"echo '{line}'" for line in said), leaves, f"exit {code}", ""]))
    python.chmod(0o755)
    arguments = [str(tmp_path / name) for name in ("a.tar.gz", "home", "", "importer.cfg")]
    assert importer.main(arguments) == int(bool(expected))
    assert capsys.readouterr().out.splitlines()[len(said) :] == [
        f"galaxy-importer: {len(expected)} complaints",
        *expected,
    ]


def test_prints_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert importer.main([]) == 2
    assert "usage" in capsys.readouterr().err
