# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Calculate the downtime of a server from the times of its answers. All times are in seconds on the monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass, field

# A longer delay of the probe thread, in seconds, does not count as downtime of the server.
HELD_UP_SECONDS = 0.25


@dataclass
class RequestSchedule:
    """Decides when to send the next probe request to a server.

    All times are in seconds on the monotonic clock.
    """

    # Seconds between two requests.
    interval: float
    _due: float | None = None

    def is_due(self, now: float) -> bool:
        """Return whether a probe request is due. If so, schedule the next request.

        Requests that the thread missed are not sent later.
        """
        if self._due is None:
            self._due = now
        if now < self._due:
            return False
        self._due = max(self._due + self.interval, now)
        return True

    def seconds_left(self, now: float) -> float:
        """Return the seconds until the next request is due. Return 0 when the request is due now."""
        return 0.0 if self._due is None else max(0.0, self._due - now)


@dataclass(frozen=True)
class Downtime:
    """A period in which the server does not answer the probe. All values are in seconds."""

    started: float = 0.0
    seconds: float = 0.0


@dataclass
class DowntimeTracker:
    """Measures the longest time without an answer from a server.

    ``held_up`` is the time in which the thread could not send probes. This time is not downtime.
    """

    # Seconds between two requests.
    interval: float
    asked: int = 0
    answered: int = 0
    # The total delay of the thread that sends the probe requests, in seconds.
    held_up: float = 0.0
    _longest: Downtime = field(default_factory=Downtime)
    # The longest downtime in seconds, if the server did not answer during any delay of the probe thread.
    _possible: float = 0.0
    _now: float = 0.0
    _last_answer: float | None = None
    _answered_at: float | None = None
    # The delay of the probing thread, in seconds, since the probed server last answered.
    _held_up: float = 0.0

    def advance(self, now: float) -> None:
        """Store the current time. Call this method once per probe interval."""
        late = now - self._now - self.interval
        if self._now and late > HELD_UP_SECONDS:
            self._hold(late)
        self._now = now

    def ask(self) -> None:
        self.asked += 1

    def count_missed(self) -> None:
        """Count a probe request that this machine could not send."""
        self._hold(self.interval)

    def answer(self) -> None:
        # More answers than requests are answers to requests from before the measurement began.
        self.answered = min(self.answered + 1, self.asked)
        self._longest, self._possible = self.longest, self.possible
        self._last_answer = self._answered_at = self._now
        self._held_up = 0.0

    def begin(self) -> None:
        """Start the downtime measurement again, without the earlier answers."""
        self.asked = self.answered = 0
        self.held_up = self._held_up = self._possible = 0.0
        self._longest = Downtime()
        self._last_answer = self._now

    @property
    def longest(self) -> Downtime:
        """The longest downtime of the server, including a downtime that has not ended."""
        silent = self.silent
        if self._last_answer is None or silent <= self._longest.seconds:
            return self._longest
        return Downtime(self._last_answer, silent)

    @property
    def possible(self) -> float:
        return max(self._possible, self.silent + self._held_up)

    @property
    def silent(self) -> float:
        """Return the seconds since the probed server last answered."""
        if self._last_answer is None:
            return 0.0
        return max(0.0, self._now - self._last_answer - self._held_up)

    @property
    def now(self) -> float:
        """The time that the last call of advance() passed."""
        return self._now

    def answered_since(self, moment: float) -> bool:
        return self._answered_at is not None and self._answered_at > moment

    def _hold(self, seconds: float) -> None:
        self.held_up += seconds
        self._held_up += seconds
