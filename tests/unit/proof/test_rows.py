# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of the tables of the proof and of their record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score
from ansible_collections.stackproof.migration.tests.proof import record
from ansible_collections.stackproof.migration.tests.proof.rows import Row, Table

if TYPE_CHECKING:
    from pathlib import Path

FACTS = {"date": "2026-11-27", "commit": "0123456789"}
COUNTS = {"tests": 1, "seconds": 10}


def plan(server: str, *, can_move: bool) -> list[dict[str, object]]:
    return [{"id": server, "move_method": "live" if can_move else "none"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_one.py").write_text('"""Rows of one\nkind.\n\nMore text.\n"""\n', encoding="utf-8")
    (tmp_path / "test_two.py").write_text('"""Rows of another kind."""\n', encoding="utf-8")
    return tmp_path


def report(nodeid: str, outcome: str = "passed", when: str = "call") -> pytest.TestReport:
    return pytest.TestReport(nodeid, (nodeid, 0, ""), {}, outcome, None, when, duration=2.0)  # type: ignore[arg-type] # the test gives the literals


def test_the_page_shows_each_file_and_the_sum_of_all_predictions(folder: Path) -> None:
    table = Table()
    table.add(Row("nothing", "passed"), "passed", "", 1.0, None)
    table.add_prediction(score(plan("a", can_move=True), moved=["a"], failed=[]))
    table.add_prediction(score(plan("b", can_move=True), moved=[], failed=["b"]))
    other = Table()
    other.add_prediction(score(plan("c", can_move=False), moved=["c"], failed=[]))
    other.add_prediction(score(plan("d", can_move=True), moved=[], failed=["d"]), is_fault=True)
    entries = {
        "test_two.py": record.entry(other, COUNTS, **FACTS),
        "test_one.py": record.entry(table, COUNTS, **FACTS),
    }
    record.write(folder / "record.json", entries)
    text = record.markdown(record.read(folder / "record.json"), folder)
    assert text.index("test_one.py") < text.index("test_two.py")
    assert "Rows of one kind.\n\n2026-11-27, commit `0123456789`: 1 test passed in 10 s.\n" in text
    assert "| nothing | passed | passed |  | 1 |  |\n" in text
    without, with_fault = text.splitlines()[-2:]
    assert without == "- In rows without a fault: 1 of 3 right; false can move: 1; false cannot move: 1; not tried: 0."
    assert with_fault == "- In rows with a fault: 0 of 1 right; false can move: 1; false cannot move: 0; not tried: 0."


def test_the_page_names_files_without_a_result_and_no_deleted_file(folder: Path) -> None:
    text = record.markdown({"test_deleted.py": record.entry(Table(), COUNTS, **FACTS)}, folder)
    assert "- `test_one.py`: Rows of one kind.\n- `test_two.py`: Rows of another kind.\n" in text
    assert "test_deleted" not in text
    assert "Predictions" not in text


@pytest.mark.parametrize(
    ("outcome", "when"), [("failed", "call"), ("skipped", "setup"), ("failed", "setup"), ("failed", "teardown")]
)
def test_a_file_is_recorded_only_if_all_its_tests_passed(outcome: str, when: str) -> None:
    runs = record.Runs()
    for name in ("one", "two"):
        runs.add(report(f"tests/proof/test_{name}.py::test_a", when="setup"))
        runs.add(report(f"tests/proof/test_{name}.py::test_a[x::y]"))
    runs.add(report("tests/proof/test_two.py::test_b", outcome, when))
    assert runs.complete() == {"test_one.py": {"tests": 1, "seconds": 4}}


def test_a_file_is_recorded_only_if_no_test_was_left_out() -> None:
    runs = record.Runs()
    for name in ("one", "two"):
        runs.add(report(f"tests/proof/test_{name}.py::test_a"))
    runs.leave_out(["tests/proof/test_two.py::test_b"])
    assert list(runs.complete()) == ["test_one.py"]
