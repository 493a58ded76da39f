# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: from when a server answered to how long it did not. All moments are on one monotonic clock, in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

# Whoever asks is held up when he comes so much later than he wanted; less than that is how machines are.
HELD_UP_SECONDS = 0.25


@dataclass
class RequestSchedule:
    """When the next request is due. All moments are on one monotonic clock, in seconds."""

    # Between two requests
    interval: float
    _due: float | None = None

    def is_due(self, now: float) -> bool:
        """Return whether to send a request now; if so, the next one is due an interval later.

        Requests that were missed, because the thread was held up, are not made up for.
        """
        if self._due is None:
            self._due = now
        if now < self._due:
            return False
        self._due = max(self._due + self.interval, now)
        return True

    def seconds_left(self, now: float) -> float:
        """Return the time until the next request is due, 0 if it is."""
        return 0.0 if self._due is None else max(0.0, self._due - now)


@dataclass(frozen=True)
class Downtime:
    """A time without an answer."""

    started: float = 0.0
    seconds: float = 0.0


@dataclass
class DowntimeTracker:
    """The longest time between two answers to questions that were asked all along.

    When the one who asks is held up himself, nobody can answer: that time is left out, and told by itself. Else a busy
    machine would look like a server that stands still.
    """

    # Between two questions
    interval: float
    asked: int = 0
    answered: int = 0
    # In all
    held_up: float = 0.0
    _longest: Downtime = field(default_factory=Downtime)
    # The longest that a gap can have been, if nothing had answered while nobody could ask, either
    _possible: float = 0.0
    _now: float = 0.0
    _last_answer: float | None = None
    _answered_at: float | None = None
    # Since the last answer
    _held_up: float = 0.0

    def look(self, now: float) -> None:
        """What is noted next is of this moment. To be called again and again, at least once in an interval."""
        late = now - self._now - self.interval
        if self._now and late > HELD_UP_SECONDS:
            self._hold(late)
        self._now = now

    def ask(self) -> None:
        self.asked += 1

    def miss(self) -> None:
        """It could not be asked, for reasons of our own."""
        self._hold(self.interval)

    def answer(self) -> None:
        self.answered += 1
        self._longest, self._possible = self.longest, self.possible
        self._last_answer = self._answered_at = self._now
        self._held_up = 0.0

    def begin(self) -> None:
        """What was before is nobody's concern. From now on it counts, also when there is no answer any more."""
        self.asked = self.answered = 0
        self.held_up = self._held_up = self._possible = 0.0
        self._longest = Downtime()
        self._last_answer = self._now

    @property
    def longest(self) -> Downtime:
        """The one that goes on included."""
        silent = self.silent
        if self._last_answer is None or silent <= self._longest.seconds:
            return self._longest
        return Downtime(self._last_answer, silent)

    @property
    def possible(self) -> float:
        return max(self._possible, self.silent + self._held_up)

    @property
    def silent(self) -> float:
        """For how long there has been no answer; it counts from the first one, or from the beginning on."""
        if self._last_answer is None:
            return 0.0
        return max(0.0, self._now - self._last_answer - self._held_up)

    @property
    def now(self) -> float:
        """The last look."""
        return self._now

    def answered_since(self, moment: float) -> bool:
        return self._answered_at is not None and self._answered_at > moment

    def _hold(self, seconds: float) -> None:
        self.held_up += seconds
        self._held_up += seconds
