# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JUnit files of checks, and their sum."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
from ansible_collections.stackproof.migration.tests.tools import results
from ansible_collections.stackproof.migration.tests.tools.results import Count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PYTEST = """<testsuites><testsuite name="pytest">
<testcase name="good"/>
<testcase name="bad"><failure message="assert 1 == 2"/></testcase>
<testcase name="broken"><error message="no such fixture"/></testcase>
<testcase name="later"><skipped message="needs a cloud"/></testcase>
</testsuite></testsuites>"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PYTEST, Count(passed=1, failed=2, skipped=1)),
        ("<testsuites><testsuite/></testsuites>", Count(failed=1)),
        ("<testsuites><testsu", Count(failed=1)),
        ("", Count(failed=1)),
    ],
    ids=["every outcome", "no test", "cut off", "empty"],
)
def test_counts_test_cases(tmp_path: Path, content: str, expected: Count) -> None:
    path = tmp_path / "unit.xml"
    path.write_text(content)
    assert results.count(path) == expected


@pytest.mark.parametrize(
    ("count", "text", "good"),
    [
        (Count(3, 0), "3 passed, 0 failed", True),
        (Count(3, 1), "3 passed, 1 failed", False),
        (Count(3, 0, 2), "3 passed, 0 failed, 2 skipped", True),
        (Count(0, 0, 2), "0 passed, 0 failed, 2 skipped", False),
        (Count(), "0 passed, 0 failed", False),
    ],
)
def test_closing_line(count: Count, text: str, good: bool) -> None:
    assert str(count) == text
    assert count.good is good


def test_run_continues_after_failure_and_writes_one_check(tmp_path: Path) -> None:
    codes = {"one": 0, "two": 3, "three": 0}
    called = []

    def caller(command: Sequence[str]) -> int:
        called.append(command[0])
        return codes[command[0]]

    clock = iter([10.0, 12.5]).__next__
    target = tmp_path / "new" / "lint.xml"
    assert results.run(target, [["one"], ["two", "a b"], ["three"]], caller, clock) == 1
    assert called == ["one", "two", "three"]
    assert results.count(target) == Count(failed=1)
    assert "two 'a b': exit code 3" in target.read_text()
    assert 'time="2.5"' in target.read_text()


def test_interrupted_run_removes_old_result(tmp_path: Path) -> None:
    target = tmp_path / "types.xml"
    target.write_text("<testsuite><testcase/></testsuite>")

    def caller(_command: Sequence[str]) -> NoReturn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        results.run(target, [["mypy"]], caller)
    assert not target.exists()


def test_run_executes_commands(tmp_path: Path) -> None:
    good, bad, absent = (tmp_path / f"{name}.xml" for name in ("good", "bad", "absent"))
    assert results.main(["run", str(good), "--", sys.executable, "-c", ""]) == 0
    assert results.main(["run", str(bad), "--", sys.executable, "-c", "raise SystemExit(2)"]) == 1
    assert results.main(["run", str(absent), "--", str(tmp_path / "no-such-program")]) == 1
    assert [results.count(path) for path in (good, bad, absent)] == [Count(1), Count(0, 1), Count(0, 1)]


def test_prints_sum_of_all_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "unit.xml").write_text(PYTEST)
    for name in ("molecule-default", "molecule-drain"):
        (tmp_path / f"{name}.xml").write_text("<testsuite><testcase/></testsuite>")
    assert results.main(["sum", str(tmp_path), "unit", "molecule", "lint"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "  lint (no result): 0 passed, 1 failed" in lines
    assert lines[-1] == "3 passed, 3 failed, 1 skipped"


@pytest.mark.parametrize("arguments", [[], ["run"], ["run", "x.xml", "--"], ["sum", "x"], ["help"]])
def test_prints_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert results.main(arguments) == 2
    assert "usage" in capsys.readouterr().err
