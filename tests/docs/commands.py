# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands that the documentation tells people to type, and who runs each before they do.

A command is a line that begins with ``$`` in a block of type ``console``. Right before such a block may stand one of

    <!-- needs a real cloud -->         or whatever else no test can have
    <!-- not run by a test, because ... -->

All other commands are run: by .ci/run, where they are targets of the Makefile that it makes (for each commit, or for a
release), or else by the scenario molecule/docs. Nobody lists them anywhere: a command that is written into a page is
run from then on.
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

# Targets that no check runs: why.
BY_HAND_TARGETS = {"bench": "it takes an hour and a half"}
# Targets of the release tier, as a whole or in parts.
RELEASE_TARGETS = {"proof", "locks", "sanity", "release-check"}

_FENCE = re.compile(r"^(?P<indent>\s*)```(?P<language>[\w+-]*)\s*$")
_MARK = re.compile(r"^\s*<!-- (?:needs an? \w.*|not run by a test, because \w.*) -->\s*$")
_LOOKS_LIKE_A_MARK = re.compile(r"<!--.*(?:\bneeds? |real cloud|not run by|by a test)", re.IGNORECASE)
_COMMENT = re.compile(r"\s{2,}#\s+(?P<text>.*)$")
_RULE = re.compile(r"^(?P<target>[a-z-]+):(?P<needs>[^#=\n]*)(?:##.*)?$", re.MULTILINE)
_COMMIT_TIER = re.compile(r"^commit='(?P<targets>[\w -]+)'$", re.MULTILINE)


class Runner(Enum):
    """Who runs a command."""

    CI = "a target that .ci/run makes for each commit"
    RELEASE = "a target that .ci/run makes for a release"
    SCENARIO = "molecule/docs"
    PEOPLE = "nobody but people"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    lines: tuple[str, ...]
    # Whether it is marked as not run by a test, or as one for a real cloud
    marked: bool

    @property
    def commands(self) -> list[Command]:
        """What is to be typed; a backslash at the end of a line goes on in the next."""
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
    """One command, without the prompt, and the comment behind it."""

    block: Block
    text: str
    comment: str

    @property
    def place(self) -> str:
        return f"{self.block.page}:{self.block.line}"

    @property
    def is_red(self) -> bool:
        """Whether the page says that it fails."""
        return re.match(r"red\b", self.comment) is not None

    @property
    def targets(self) -> list[str]:
        """What a plain ``make`` is to make; empty for all other commands."""
        words = shlex.split(self.text)
        return [word for word in words[1:] if "=" not in word] if words[:1] == ["make"] else []

    def runner(self, by_ci: set[str]) -> Runner:
        """Who runs it, where .ci/run makes these targets."""
        if self.block.marked or set(self.targets) & set(BY_HAND_TARGETS):
            return Runner.PEOPLE
        if set(self.targets) & RELEASE_TARGETS:
            return Runner.RELEASE
        return Runner.CI if self.targets and set(self.targets) <= by_ci else Runner.SCENARIO


def _text(comment: re.Match[str] | None) -> str:
    return comment["text"] if comment else ""


def blocks(page: str, text: str) -> list[Block]:
    """The fenced blocks of a page, in their order."""
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
    """What looks like a mark and is none: misspelt, or not right before a block with commands."""
    lines = text.splitlines()
    return [
        f"{page}:{number}: {line.strip()}"
        for number, (line, after) in enumerate(itertools.pairwise([*lines, ""]), start=1)
        if _LOOKS_LIKE_A_MARK.search(line) and not (_MARK.match(line) and after.strip() == "```console")
    ]


def pages(root: Path = ROOT) -> list[Path]:
    """The pages that people read: first where one begins, and last the README, which ends by stopping everything."""
    first = root / "docs" / "quick-start.md"
    guides = sorted(set((root / "docs").rglob("*.md")) - {first})
    return [first, *guides, root / "CONTRIBUTING.md", root / "README.md"]


def read(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Each page's name, relative to the root, with its text."""
    for page in pages(root):
        yield str(page.relative_to(root)), page.read_text(encoding="utf-8")


def all_blocks(root: Path = ROOT) -> list[Block]:
    return [block for page, text in read(root) for block in blocks(page, text)]


def made_by_ci(root: Path = ROOT) -> set[str]:
    """The targets that .ci/run makes for each commit, with all that they need."""
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
    # what consists of nothing but others is made when all of them are
    parts = {target: needs & set(rules) for target, needs in rules.items()}
    while more := {target for target, needs in parts.items() if needs and needs <= made} - made:
        made |= more
    return made


def to_run(found: Iterable[Block], by_ci: set[str]) -> list[Command]:
    """What the scenario runs. A block is left out when all of it was run before, or else run as a whole."""
    commands: list[Command] = []
    for block in found:
        own = [one for one in block.commands if block.language == "console" and one.runner(by_ci) is Runner.SCENARIO]
        if not {(one.text, one.is_red) for one in own} <= {(one.text, one.is_red) for one in commands}:
            commands += own
    return commands
