# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of the proof, and the table that shows their results."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible_collections.stackproof.migration.tests.proof.runs import Result

# The time starts with Nova's record of a failure and ends with the report of the run. This is its maximum in seconds.
# The maximum includes 1 s, because Nova stores whole seconds.
MAX_LAG_SECONDS = 3.0
TRUNCATION_SECONDS = 1.0
_LONGEST_REASON = 300
PASSED = "passed"
DRAINED = "drained"
# The command exits with 0 for these outcomes.
SUCCESS = (PASSED, DRAINED)
COLUMNS = ("what was done to the cloud", "expected", "found", "reason given", "seconds", "known after")


def nothing_booted(result: Result) -> None:
    assert result.facts["servers"] == []


def long_copy(seconds: int) -> dict[str, Any]:
    """Return inputs for migrations of this duration.

    Hosts of the kind fake read the duration from the metadata of the server.
    """
    return {"migration_cycle_metadata": {"stackproof_fake_migration_seconds": str(seconds)}}


@dataclasses.dataclass(frozen=True)
class Row:
    """A change to a healthy cloud, and what a run must report."""

    change: str
    expected: str
    # Regular expressions. The reason must match each of them.
    reason_patterns: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    # A function with more assertions about the result
    further: Callable[[Result], None] = lambda _result: None
    # whether Nova records the migration as failed
    recorded: bool = False

    def check(self, result: Result) -> None:
        assert result.outcome == self.expected, result.reason
        assert (result.exit_code == 0) is (self.expected in SUCCESS), f"exit code {result.exit_code}"
        for pattern in self.reason_patterns:
            assert re.search(pattern, result.reason), f"{pattern!r} does not match in: {result.reason}"
        if self.recorded:
            assert result.lag is not None
            assert result.lag <= MAX_LAG_SECONDS + TRUNCATION_SECONDS, f"reported {result.lag:.1f} s after the record"
        self.further(result)


class Table:
    """The results of the rows of one file, in the order in which they ran."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, ...]] = []
        self._predictions: dict[bool, list[Mapping[str, Any]]] = {False: [], True: []}

    def add(self, row: Row, outcome: str, reason: str, seconds: float, lag: float | None) -> None:
        shown_lag = "" if lag is None or not row.recorded else f"{lag:.1f} s"
        self.lines.append((row.change, row.expected, outcome, _short(reason), f"{seconds:.0f}", shown_lag))

    def add_prediction(self, counts: Mapping[str, Any], *, is_fault: bool = False) -> None:
        """Add predictions that were compared with migrations, as ``prediction.score`` returns them.

        ``is_fault`` is true if the cloud of the row has a fault, which the rules about blockers do not know.
        """
        self._predictions[is_fault].append(counts)

    def predictions(self, *, is_fault: bool) -> list[Mapping[str, Any]]:
        """Return the predictions of the rows with a fault, or of the rows without a fault."""
        return self._predictions[is_fault]


def _short(reason: str) -> str:
    text = " ".join(reason.split())
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "…", text)
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON].rsplit(' ', 1)[0]} …"
