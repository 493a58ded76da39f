# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the commands in the documentation, and the check that runs each command.

A command is a line that begins with ``$`` in a block of type ``console``. If no test can run the commands of a block,
the line before the block is one of these marks:

    <!-- needs a real cloud -->         or another thing that tests do not have
    <!-- not run by a test, because ... -->

All other commands run in a check. .ci/run makes some targets for each commit, and others for a release. The scenario
molecule/docs runs all other commands. A new command in a page needs no entry in a list.
"""

from __future__ import annotations

import itertools
import re
import shlex
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]

# No check runs these targets. Each target has the reason.
BY_HAND_TARGETS = {"bench": "it takes an hour and a half"}
# .ci/run makes these targets for a release. It also makes the targets that are a part of these targets.
RELEASE_TARGETS = {"proof", "locks", "sanity", "release-check"}

_FENCE = re.compile(r"^(?P<indent>\s*)```(?P<language>[\w+-]*)\s*$")
_MARK = re.compile(r"^\s*<!-- (?:needs an? \w.*|not run by a test, because \w.*) -->\s*$")
_LOOKS_LIKE_A_MARK = re.compile(r"<!--.*(?:\bneeds? |real cloud|not run by|by a test)", re.IGNORECASE)
_COMMENT = re.compile(r"\s{2,}#\s+(?P<text>.*)$")
# The prerequisites may contain a call of a function of make.
_RULE = re.compile(
    r"^(?P<target>[a-z-]+):(?P<needs>(?:\$\([^()]*(?:\([^()]*\)[^()]*)*\)|[^#=\n])*)(?:##.*)?$", re.MULTILINE
)
_COMMIT_TIER = re.compile(r"^commit='(?P<targets>[\w -]+)'$", re.MULTILINE)


class Runner(Enum):
    """The check that runs a command."""

    CI = "a target that .ci/run makes for each commit"
    RELEASE = "a target that .ci/run makes for a release"
    SCENARIO = "molecule/docs"
    PEOPLE = "only a reader"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    lines: tuple[str, ...]
    # Whether the mark of the block states that no test runs its commands
    marked: bool

    @property
    def commands(self) -> list[Command]:
        """Return the commands. A line that ends with a backslash continues in the next line."""
        found: list[Command] = []
        lines = iter(self.lines)
        for line in lines:
            if not line.startswith("$ "):
                continue
            typed = line.removeprefix("$ ")
            while typed.endswith("\\"):
                typed = typed.removesuffix("\\") + next(lines, "").strip()
            found.append(Command(self, _COMMENT.sub("", typed), _text(_COMMENT.search(typed))))
        return found


@dataclass(frozen=True)
class Command:
    """A command without its prompt, and the comment after it."""

    block: Block
    text: str
    comment: str

    @property
    def place(self) -> str:
        return f"{self.block.page}:{self.block.line}"

    @property
    def is_red(self) -> bool:
        """Whether the page says that the command fails."""
        return re.match(r"red\b", self.comment) is not None

    @property
    def targets(self) -> list[str]:
        """Return the targets of a ``make`` command without variables. Return nothing for any other command."""
        words = shlex.split(self.text)
        return [word for word in words[1:] if "=" not in word] if words[:1] == ["make"] else []

    def runner(self, by_ci: set[str]) -> Runner:
        """Return the check that runs this command. ``by_ci`` contains the targets that .ci/run makes."""
        if self.block.marked or set(self.targets) & set(BY_HAND_TARGETS):
            return Runner.PEOPLE
        if set(self.targets) & RELEASE_TARGETS:
            return Runner.RELEASE
        return Runner.CI if self.targets and set(self.targets) <= by_ci else Runner.SCENARIO


def _text(comment: re.Match[str] | None) -> str:
    return comment["text"] if comment else ""


def blocks(page: str, text: str) -> list[Block]:
    """Return the fenced blocks of a page in their order."""
    found: list[Block] = []
    lines = text.splitlines()
    numbered = iter(enumerate(lines, start=1))
    for number, line in numbered:
        fence = _FENCE.match(line)
        if fence is None:
            continue
        inside = itertools.takewhile(lambda one: one[1].strip() != "```", numbered)
        content = tuple(one.removeprefix(fence["indent"]) for _number, one in inside)
        before = lines[number - 2] if number > 1 else ""
        found.append(Block(page, number, fence["language"], content, _MARK.match(before) is not None))
    return found


def stray_marks(page: str, text: str) -> list[str]:
    """Return marks that have no effect.

    The mark is misspelled, or the line after it does not start a block of commands.
    """
    lines = text.splitlines()
    return [
        f"{page}:{number}: {line.strip()}"
        for number, (line, after) in enumerate(itertools.pairwise([*lines, ""]), start=1)
        if _LOOKS_LIKE_A_MARK.search(line) and not (_MARK.match(line) and after.strip() == "```console")
    ]


def pages(root: Path = ROOT) -> list[Path]:
    """Return the pages in the order in which their commands run.

    The quick start installs the collection. The page about drains undoes the drain that another page repeats. The last
    two pages stop the local cloud.
    """
    first = [root / "docs" / name for name in ("quick-start.md", "drain-a-host.md")]
    last = [root / "README.md", root / "docs" / "local-cloud.md"]
    guides = sorted(set((root / "docs").rglob("*.md")) - {*first, *last})
    return [*first, *guides, root / "CONTRIBUTING.md", *last]


def read(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page. The path is relative to the root."""
    for page in pages(root):
        yield str(page.relative_to(root)), page.read_text(encoding="utf-8")


def all_blocks(root: Path = ROOT) -> list[Block]:
    return [block for page, text in read(root) for block in blocks(page, text)]


def made_by_ci(root: Path = ROOT) -> set[str]:
    """Return the targets that .ci/run makes for each commit, with their prerequisites."""
    tier = _COMMIT_TIER.search((root / ".ci" / "run").read_text(encoding="utf-8"))
    asked = set(tier["targets"].split()) if tier else set()
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    rules = {rule["target"]: set(rule["needs"].split()) for rule in _RULE.finditer(makefile)}
    made: set[str] = set()
    while asked:
        target = asked.pop()
        if target in rules and target not in made:
            made.add(target)
            asked |= rules[target]
    # If a target consists only of prerequisites, it is made when all its prerequisites are made.
    parts = {target: needs & set(rules) for target, needs in rules.items()}
    while more := {target for target, needs in parts.items() if needs and needs <= made} - made:
        made |= more
    return made


def to_run(found: Iterable[Block], by_ci: set[str]) -> list[Command]:
    """Return the commands for the scenario.

    The result does not contain a block if earlier blocks contain all its commands.
    """
    commands: list[Command] = []
    for block in found:
        own = [one for one in block.commands if block.language == "console" and one.runner(by_ci) is Runner.SCENARIO]
        if not {(one.text, one.is_red) for one in own} <= {(one.text, one.is_red) for one in commands}:
            commands += own
    return commands
