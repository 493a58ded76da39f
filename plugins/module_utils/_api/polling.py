# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Waiting: a monotonic clock, a deadline and growing intervals. Tests inject the clock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from selectors import BaseSelector, SelectorKey


def _select(selector: BaseSelector, seconds: float) -> list[tuple[SelectorKey, Any]]:
    return selector.select(seconds)


@dataclass(frozen=True)
class Clock:
    """Where time comes from; the only place that reads it, sleeps, or waits for files with a timeout."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    # Waits until a file of the selector is ready, and at most so many seconds; returns those that are ready
    select: Callable[[BaseSelector, float], list[tuple[SelectorKey, Any]]] = _select


SYSTEM_CLOCK = Clock()


class Deadline:
    """A moment on the monotonic clock."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self.seconds = seconds
        self._end = clock.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._end - self._clock.monotonic())

    @property
    def spent(self) -> float:
        return self.seconds - self.left

    @property
    def over(self) -> bool:
        return self._clock.monotonic() >= self._end


@dataclass(frozen=True)
class PollIntervals:
    """How often to look: the first interval, its cap, and the growth between.

    Growing by a twentieth each, intervals are about a twentieth of the time that one has waited already.
    """

    first: float = 0.25
    cap: float = 0.5
    growth: float = 1.05

    def intervals(self) -> Iterator[float]:
        interval = min(self.first, self.cap)
        while True:
            yield interval
            interval = min(self.cap, interval * self.growth)


@dataclass
class Waiter:
    """Sleeps between looks and never past the deadline.

    `for _tick in Waiter(...)` looks at least once, and a last time at the deadline itself.
    """

    clock: Clock
    deadline: Deadline
    pace: PollIntervals = field(default_factory=PollIntervals)

    def __iter__(self) -> Iterator[int]:
        for tick, interval in enumerate(self.pace.intervals()):
            last = self.deadline.over
            yield tick
            if last:
                return
            self.clock.sleep(min(interval, self.deadline.left))


class Stopwatch:
    """Seconds since it was made, rounded for people."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.monotonic()

    @property
    def seconds(self) -> float:
        return round(self._clock.monotonic() - self._start, 2)


EVERY_SECONDS = 10.0
