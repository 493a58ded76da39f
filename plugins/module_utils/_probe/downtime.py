# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: from when a server answered to how long it did not. All moments are on one monotonic clock, in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

# A longer delay of the probing thread, in seconds, does not count as downtime: the thread could not send requests.
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
    """Measures the longest time between two answers to requests that are sent at an interval.

    When the probing thread is delayed, no answer can arrive. That time does not count as downtime and is reported as
    held_up, because otherwise a busy machine looks like a server with a downtime.
    """

    # Between two questions
    interval: float
    asked: int = 0
    answered: int = 0
    # In all
    held_up: float = 0.0
    _longest: Downtime = field(default_factory=Downtime)
    # The longest possible downtime, if no answer had arrived while the thread was delayed
    _possible: float = 0.0
    _now: float = 0.0
    _last_answer: float | None = None
    _answered_at: float | None = None
    # Since the last answer
    _held_up: float = 0.0

    def advance(self, now: float) -> None:
        """Set the time of the next notes. Call it at least once per interval."""
        late = now - self._now - self.interval
        if self._now and late > HELD_UP_SECONDS:
            self._hold(late)
        self._now = now

    def ask(self) -> None:
        self.asked += 1

    def count_missed(self) -> None:
        """Count a request that could not be sent from this machine."""
        self._hold(self.interval)

    def answer(self) -> None:
        self.answered += 1
        self._longest, self._possible = self.longest, self.possible
        self._last_answer = self._answered_at = self._now
        self._held_up = 0.0

    def begin(self) -> None:
        """Forget the measurements so far, and measure from now on, also without any answer."""
        self.asked = self.answered = 0
        self.held_up = self._held_up = self._possible = 0.0
        self._longest = Downtime()
        self._last_answer = self._now

    @property
    def longest(self) -> Downtime:
        """The longest downtime, with the current one."""
        silent = self.silent
        if self._last_answer is None or silent <= self._longest.seconds:
            return self._longest
        return Downtime(self._last_answer, silent)

    @property
    def possible(self) -> float:
        return max(self._possible, self.silent + self._held_up)

    @property
    def silent(self) -> float:
        """Seconds since the last answer, or since the start."""
        if self._last_answer is None:
            return 0.0
        return max(0.0, self._now - self._last_answer - self._held_up)

    @property
    def now(self) -> float:
        """Time of the last call of advance()."""
        return self._now

    def answered_since(self, moment: float) -> bool:
        return self._answered_at is not None and self._answered_at > moment

    def _hold(self, seconds: float) -> None:
        self.held_up += seconds
        self._held_up += seconds
