# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: from when a server answered to how long it did not. All moments are on one monotonic clock, in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Gap:
    """A time without an answer."""

    began: float = 0.0
    seconds: float = 0.0


@dataclass
class Gaps:
    """The longest time between two answers to questions that were asked all along.

    When the one who asks is held up himself, nobody can answer: that time is left out. Else a busy machine would look
    like a server that stands still.
    """

    # Between two questions
    interval: float
    asked: int = 0
    answered: int = 0
    _longest: Gap = field(default_factory=Gap)
    _now: float | None = None
    _last_answer: float | None = None
    # Since the last answer
    _held_up: float = 0.0

    def look(self, now: float) -> None:
        """What is noted next is of this moment. To be called again and again, at least once in an interval."""
        if self._now is not None:
            late = now - self._now - self.interval
            # less than that is how machines are
            self._held_up += late if late > self.interval else 0.0
        self._now = now

    def ask(self) -> None:
        self.asked += 1

    def answer(self) -> None:
        self.answered += 1
        self._longest = self.longest
        self._last_answer, self._held_up = self._now, 0.0

    @property
    def longest(self) -> Gap:
        """The one that goes on included."""
        silent = self.silent
        if self._last_answer is None or silent <= self._longest.seconds:
            return self._longest
        return Gap(self._last_answer, silent)

    @property
    def silent(self) -> float:
        """For how long there has been no answer; it counts from the first one on."""
        if self._last_answer is None or self._now is None:
            return 0.0
        return max(0.0, self._now - self._last_answer - self._held_up)

    def begin(self) -> None:
        """What was before is nobody's concern, but for when the last answer came."""
        self.asked = self.answered = 0
        self._longest = Gap()
