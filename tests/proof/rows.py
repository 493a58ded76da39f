# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the proof is made of: rows, and the table that they become."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ansible_collections.stackproof.migration.tests.proof.runs import Result

# A failure that Nova knows is told this soon. Nova's own times are whole seconds, cut off: up to one more may be seen.
KNOWN_SECONDS = 3.0
CUT_OFF_SECONDS = 1.0
_LONGEST_REASON = 300
PASSED = "passed"
COLUMNS = ("what was done to the cloud", "expected", "found", "reason given", "seconds", "known after")


def nothing_booted(result: Result) -> None:
    assert result.facts["servers"] == []


def long_copy(seconds: int) -> dict[str, Any]:
    """Inputs for a migration that takes so long: the local cloud's hypervisor reads it from the server."""
    return {"migration_cycle_metadata": {"stackproof_fake_migration_seconds": str(seconds)}}


@dataclasses.dataclass(frozen=True)
class Row:
    """What is done to a healthy cloud, and what a run must say of it."""

    what: str
    expected: str
    # regular expressions that the reason must match, each
    says: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    # more that must be so of the result
    further: Callable[[Result], None] = lambda _result: None
    # whether Nova itself says in the record that the migration has failed
    known: bool = False

    def check(self, result: Result) -> None:
        assert result.outcome == self.expected, result.reason
        assert (result.exit_code == 0) is (self.expected == PASSED), f"exit code {result.exit_code}"
        for pattern in self.says:
            assert re.search(pattern, result.reason), f"{pattern!r} is not in: {result.reason}"
        if self.known:
            assert result.lag is not None
            assert result.lag <= KNOWN_SECONDS + CUT_OFF_SECONDS, f"known {result.lag:.1f} s after Nova knew it"
        self.further(result)


class Table:
    """The rows as they were found."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, ...]] = []

    def add(self, row: Row, found: str, reason: str, seconds: float, lag: float | None) -> None:
        known = "" if lag is None or not row.known else f"{lag:.1f} s"
        self._lines.append((row.what, row.expected, found, _short(reason), f"{seconds:.0f}", known))

    def __len__(self) -> int:
        return len(self._lines)

    def markdown(self) -> str:
        rule = tuple("---" for _column in COLUMNS)
        return "".join(_line(cells) for cells in (COLUMNS, rule, *self._lines))


def _short(reason: str) -> str:
    text = " ".join(reason.split())
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "…", text)
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]} …"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
