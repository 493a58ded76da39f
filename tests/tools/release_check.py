# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the release checks that a commit needs, and record the last results of all of them.

A check is a make target. The result of a check depends on some files. `[tool.release_check.paths]` in pyproject.toml
lists these files. The record contains a digest of them. A result is valid until a file in the list changes.

usage: release_check.py list                      print every check
       release_check.py choose RECORD MINUTES     print checks whose files changed, up to a total of MINUTES
       release_check.py record RECORD RESULTS     write the results of the JUnit files in the folder RESULTS
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.tests.tools.results import Count, tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

# This is the assumed duration, in seconds, of a check whose duration is not recorded.
UNKNOWN_SECONDS = 600
BEGIN, END = "<!-- the record begins -->\n", "<!-- the record ends -->\n"
HEADER = "| check | result | seconds | commit | date | digest of its files |\n|---|---|---|---|---|---|\n"
ROW = re.compile(r"^\| `([\w.-]+)` \| (.*?) \| (\d+) \| `(\w+)` \| ([\d-]+) \| `(\w+)` \|$", re.MULTILINE)
# This file contains the duration of each check. It is in the folder of the JUnit files.
SECONDS = "seconds.txt"


@dataclasses.dataclass(frozen=True)
class Result:
    """The last result of one check."""

    check: str
    result: str
    seconds: int
    commit: str
    date: str
    digest: str

    @property
    def row(self) -> str:
        return (
            f"| `{self.check}` | {self.result} | {self.seconds} | `{self.commit}` | {self.date} | `{self.digest}` |\n"
        )


@dataclasses.dataclass(frozen=True)
class Choice:
    """Whether a check runs for a commit, and the reason."""

    check: str
    runs: bool
    why: str


def read_record(page: str) -> dict[str, Result]:
    """Return the results in a page, by the name of the check."""
    return {
        check: Result(check, result, int(seconds), commit, date, digest)
        for check, result, seconds, commit, date, digest in ROW.findall(page)
    }


def written(page: str, results: Iterable[Result]) -> str:
    """Return the page with these results.

    The page keeps the earlier results of checks that did not run.
    """
    known = {**read_record(page), **{result.check: result for result in results}}
    before, after = page.split(BEGIN, maxsplit=1)[0], page.split(END)[1]
    rows = "".join(known[check].row for check in sorted(known))
    return f"{before}{BEGIN}\n{HEADER}{rows}\n{END}{after}"


def choose(
    digests: Mapping[str, str],
    record: Mapping[str, Result],
    changes: Mapping[str, Sequence[str]],
    seconds: float,
    always: Collection[str] = (),
) -> list[Choice]:
    """Decide for each check whether to run it.

    A check runs if its files changed and its recorded duration fits into the seconds that are left. A check in `always`
    runs if its files changed, regardless of its duration.
    """
    choices = []
    left = seconds
    for check, digest in digests.items():
        last = record.get(check)
        if last is not None and last.digest == digest and is_good(last):
            choices.append(Choice(check, runs=False, why=f"nothing changed since {last.commit}: {last.result}"))
            continue
        cost = UNKNOWN_SECONDS if last is None else last.seconds
        why = "no result is recorded" if last is None else f"the last result is {last.result}, on {last.commit}"
        if files := changes.get(check):
            more = f" and {len(files) - 1} more" if len(files) > 1 else ""
            why = f"changed since {last.commit if last else 'the record'}: {files[0]}{more}"
        fits = cost <= left or check in always
        left -= cost if fits else 0
        choices.append(Choice(check, fits, why if fits else f"{why}; left to make release-check, takes {cost} s"))
    return choices


def is_good(result: Result) -> bool:
    return " 0 failed" in result.result and not result.result.startswith("0 passed")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S607 - any git on the PATH


def digest_of(paths: Sequence[str]) -> str:
    """Return a digest of all tracked files in these paths."""
    return hashlib.sha256(git("ls-files", "--stage", "--", *paths).encode()).hexdigest()[:12]


def changed_since(commit: str, paths: Sequence[str]) -> list[str]:
    """Return the files in these paths that changed since a commit.

    If the clone does not contain the commit, return no files.
    """
    try:
        return git("diff", "--name-only", commit, "--", *paths).split()
    except subprocess.CalledProcessError:
        return []


def results_of(digests: Mapping[str, str], folder: Path, commit: str, today: str) -> list[Result]:
    """Return the results of the checks that ran."""
    took = dict(line.split() for line in (folder / SECONDS).read_text(encoding="utf-8").splitlines())
    return [
        Result(check, str(sum(tally(folder, [check]).values(), Count())), int(took[check]), commit, today, digest)
        for check, digest in digests.items()
        if check in took
    ]


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    root = Path(__file__).parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["release_check"]
    paths = settings["paths"]
    match arguments:
        case ["list"]:
            print(*paths, sep="\n")
            return 0
        case ["choose", page, minutes]:
            record = read_record(Path(page).read_text(encoding="utf-8"))
            digests = {check: digest_of(own) for check, own in paths.items()}
            changes = {check: changed_since(record[check].commit, paths[check]) for check in digests if check in record}
            for choice in choose(digests, record, changes, 60 * float(minutes), settings["always"]):
                what = "runs" if choice.runs else "does not run"
                print(f"release check {choice.check} {what}: {choice.why}", file=sys.stderr)
                if choice.runs:
                    print(choice.check)
            return 0
        case ["record", page, folder]:
            target = Path(page)
            digests = {check: digest_of(own) for check, own in paths.items()}
            today = dt.datetime.now(tz=dt.UTC).date().isoformat()
            results = results_of(digests, Path(folder), git("rev-parse", "--short=10", "HEAD").strip(), today)
            target.write_text(written(target.read_text(encoding="utf-8"), results), encoding="utf-8")
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
