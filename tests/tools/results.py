# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write JUnit files for checks that run commands. Sum up the JUnit files of all checks.

usage: results.py run FOLDER/NAME.xml -- COMMAND [-- COMMAND ...]   run all commands as one check
       results.py sum FOLDER NAME ...                               sum up NAME.xml and NAME-*.xml in FOLDER
"""

from __future__ import annotations

import dataclasses
import itertools
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

COULD_NOT_START = 127


@dataclasses.dataclass(frozen=True)
class Count:
    """The number of checks that passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text

    @property
    def good(self) -> bool:
        """Whether at least one check passed and none failed."""
        return self.passed > 0 and self.failed == 0


def call(command: Sequence[str]) -> int:
    """Run a command in the terminal and return its exit code."""
    try:
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        print(f"{shlex.join(command)}: {error}", file=sys.stderr)
        return COULD_NOT_START


def split(words: Iterable[str]) -> list[list[str]]:
    """Return the commands. The argument `--` separates two commands."""
    groups = itertools.groupby(words, key=lambda word: word == "--")
    return [list(group) for is_separator, group in groups if not is_separator]


def run(
    target: Path,
    commands: Sequence[Sequence[str]],
    caller: Callable[[Sequence[str]], int] = call,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Run all commands, even after a failure. Write one test case to the target file. Return the exit code."""
    # This run may be interrupted. Therefore the result of an earlier run is deleted.
    target.unlink(missing_ok=True)
    start = clock()
    failures = []
    for command in commands:
        print(f"$ {shlex.join(command)}", flush=True)
        if code := caller(command):
            failures.append(f"{shlex.join(command)}: exit code {code}")
    case = ET.Element("testcase", classname="checks", name=target.stem, time=f"{clock() - start:.1f}")
    if failures:
        ET.SubElement(case, "failure", message="; ".join(failures))
    suite = ET.Element("testsuite", name=target.stem, tests="1", failures=str(int(bool(failures))))
    suite.append(case)
    target.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(suite).write(target, encoding="unicode", xml_declaration=True)
    return 1 if failures else 0


def count(path: Path) -> Count:
    """Return the count of the test cases in a JUnit file. A file that is empty or cannot be read is a failure."""
    try:
        cases = list(ET.parse(path).iter("testcase"))  # noqa: S314 - written by the tools of this repository
    except (OSError, ET.ParseError):
        cases = []
    total = Count(failed=int(not cases))
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            total += Count(failed=1)
        elif case.find("skipped") is not None:
            total += Count(skipped=1)
        else:
            total += Count(passed=1)
    return total


def tally(folder: Path, names: Iterable[str]) -> dict[str, Count]:
    """Return the count for each name.

    A name without a file counts as a failure, because the check did not run.
    """
    counts: dict[str, Count] = {}
    for name in names:
        files = [path for pattern in (f"{name}.xml", f"{name}-*.xml") for path in sorted(folder.glob(pattern))]
        counts.update({path.stem: count(path) for path in files} or {f"{name} (no result)": Count(failed=1)})
    return counts


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    match arguments:
        case ["run", target, "--", *words] if commands := split(words):
            return run(Path(target), commands)
        case ["sum", folder, *names] if names:
            counts = tally(Path(folder), names)
            for name, result in counts.items():
                print(f"  {name}: {result}")
            total = sum(counts.values(), Count())
            print(total)
            return 0 if total.good else 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
