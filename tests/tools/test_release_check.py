# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of release checks, and the record of their results."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest
from ansible_collections.stackproof.migration.tests.tools.release_check import (
    BEGIN,
    END,
    Result,
    changed_since,
    choose,
    digest_of,
    is_good,
    main,
    read_record,
    results_of,
    written,
)

ROOT = Path(__file__).parents[2]
PAGE = f"# Title\n\n{BEGIN}\n{END}\nThe end.\n"
GOOD = Result("sanity", "74 passed, 0 failed, 12 skipped", 240, "abcdef1234", "2026-11-26", "d1")


def test_record_round_trip() -> None:
    page = written(PAGE, [GOOD])
    assert read_record(page) == {"sanity": GOOD}
    assert page.startswith("# Title\n")
    assert page.endswith("\nThe end.\n")


def test_keeps_results_of_checks_that_did_not_run() -> None:
    locks = Result("locks", "22 passed, 0 failed", 300, "1234567890", "2026-11-27", "d2")
    page = written(written(PAGE, [GOOD]), [locks])
    assert read_record(page) == {"locks": locks, "sanity": GOOD}


@pytest.mark.parametrize(
    ("digest", "last", "minutes", "runs", "why"),
    [
        ("d1", GOOD, 10, False, "nothing changed since abcdef1234: 74 passed, 0 failed, 12 skipped"),
        ("d9", GOOD, 10, True, "changed since abcdef1234: plugins/a.py and 1 more"),
        (
            "d9",
            GOOD,
            3,
            False,
            "changed since abcdef1234: plugins/a.py and 1 more; left to make release-check, takes 240 s",
        ),
        ("d1", None, 10, True, "no result is recorded"),
        ("d1", None, 9, False, "no result is recorded; left to make release-check, takes 600 s"),
    ],
)
def test_chooses_checks_whose_files_changed(
    digest: str, last: Result | None, minutes: float, runs: bool, why: str
) -> None:
    record = {} if last is None else {"sanity": last}
    changes = {} if digest == "d1" else {"sanity": ["plugins/a.py", "plugins/b.py"]}
    (choice,) = choose({"sanity": digest}, record, changes, 60 * minutes)
    assert (choice.runs, choice.why) == (runs, why)


def test_runs_failed_check_again() -> None:
    failed = Result("sanity", "73 passed, 1 failed, 12 skipped", 240, "abcdef1234", "2026-11-26", "d1")
    (choice,) = choose({"sanity": "d1"}, {"sanity": failed}, {}, 600)
    assert choice.runs
    assert choice.why == "the last result is 73 passed, 1 failed, 12 skipped, on abcdef1234"


def test_always_runs_some_checks() -> None:
    record = {"sanity": GOOD}
    (choice,) = choose({"sanity": "d9"}, record, {"sanity": ["plugins/a.py"]}, 60, always=["sanity"])
    assert choice.runs


def test_check_that_does_not_fit_uses_no_time() -> None:
    record = {
        name: Result(name, "1 passed, 0 failed", seconds, "abc", "2026-11-26", "old")
        for name, seconds in (("long", 900), ("short", 200), ("other", 400))
    }
    choices = choose({"long": "new", "short": "new", "other": "new"}, record, {}, 480)
    assert [choice.check for choice in choices if choice.runs] == ["short"]


@pytest.mark.parametrize(
    ("result", "good"),
    [("10 passed, 0 failed", True), ("0 passed, 0 failed, 3 skipped", False), ("3 passed, 10 failed", False)],
)
def test_result_is_good_if_a_test_passed_and_none_failed(result: str, good: bool) -> None:
    assert is_good(Result("sanity", result, 1, "abc", "2026-11-26", "d1")) is good


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for command in (["init", "--quiet"], ["config", "user.name", "test"], ["config", "user.email", "test@example.org"]):
        subprocess.run(["git", *command], check=True)  # noqa: S607 - any git on the PATH
    (tmp_path / "plugins").mkdir()
    commit(tmp_path / "plugins" / "a.py", "1")
    return tmp_path


def commit(path: Path, text: str) -> str:
    path.write_text(text)
    subprocess.run(["git", "add", path], check=True)  # noqa: S607 - any git on the PATH
    subprocess.run(["git", "commit", "--quiet", "--message", "change"], check=True)  # noqa: S607 - any git on the PATH
    head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True)  # noqa: S607 - any git on the PATH
    return head.stdout.strip()


def test_digest_depends_on_paths_only(repository: Path) -> None:
    first = commit(repository / "README.md", "1")
    before = digest_of(["plugins"])
    commit(repository / "README.md", "2")
    assert digest_of(["plugins"]) == before
    assert changed_since(first, ["plugins"]) == []
    commit(repository / "plugins" / "a.py", "2")
    assert digest_of(["plugins"]) != before
    assert changed_since(first, ["plugins"]) == ["plugins/a.py"]


def test_unknown_commit_has_no_changed_files(repository: Path) -> None:
    assert repository.is_dir()
    assert changed_since("0123456789", ["plugins"]) == []


def test_results_of_the_checks_that_ran(tmp_path: Path) -> None:
    (tmp_path / "seconds.txt").write_text("sanity 12\n")
    (tmp_path / "sanity-docs.xml").write_text('<testsuite><testcase name="a"/></testsuite>')
    (tmp_path / "sanity-2.19.xml").write_text('<testsuite><testcase name="a"/><testcase name="b"/></testsuite>')
    found = results_of({"sanity": "d1", "locks": "d2"}, tmp_path, "abc", "2026-11-26")
    assert found == [Result("sanity", "3 passed, 0 failed", 12, "abc", "2026-11-26", "d1")]


def test_check_without_result_failed(tmp_path: Path) -> None:
    (tmp_path / "seconds.txt").write_text("locks 12\n")
    (found,) = results_of({"locks": "d2"}, tmp_path, "abc", "2026-11-26")
    assert not is_good(found)


def test_every_check_is_a_make_target_with_files(capsys: pytest.CaptureFixture[str]) -> None:
    paths = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["release_check"]["paths"]
    assert main(["list"]) == 0
    assert capsys.readouterr().out.split() == list(paths)
    for check, own in paths.items():
        command = ["make", "--dry-run", "--question", check]
        known = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert "No rule to make target" not in known.stderr
        for path in own:
            if not path.startswith(":!"):
                assert (ROOT / path).exists(), f"{check}: there is no {path}"


def test_refuses_unknown_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["choose"]) == 2
    assert "usage:" in capsys.readouterr().err
