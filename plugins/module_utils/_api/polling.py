# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""A monotonic clock, deadlines and poll intervals. Tests can use another clock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from selectors import BaseSelector, SelectorKey
    from threading import Event


def _wait(event: Event, seconds: float) -> bool:
    return event.wait(seconds)


def _select(selector: BaseSelector, seconds: float) -> list[tuple[SelectorKey, Any]]:
    return selector.select(seconds)


@dataclass(frozen=True)
class Clock:
    """All code reads the time and sleeps with this class, so that tests can replace it."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    # Wait until a file is ready, or until the timeout in seconds is over.
    select: Callable[[BaseSelector, float], list[tuple[SelectorKey, Any]]] = _select
    # Wait until another thread sets the event, or until the timeout in seconds is over.
    wait: Callable[[Event, float], bool] = _wait


SYSTEM_CLOCK = Clock()
# The interval between two lines that show the progress, in seconds.
PROGRESS_SECONDS = 10.0


class Deadline:
    """A time limit that starts when the object is created."""

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
    """The poll intervals in seconds. Each interval is longer than the interval before it, until ``cap`` is reached."""

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
    """An iterator that sleeps between two polls.

    The first poll is at the start, and the last poll is at the deadline.
    """

    clock: Clock
    deadline: Deadline
    pace: PollIntervals = field(default_factory=PollIntervals)

    def __iter__(self) -> Iterator[int]:
        for poll, interval in enumerate(self.pace.intervals()):
            last = self.deadline.over
            yield poll
            if last:
                return
            self.clock.sleep(min(interval, self.deadline.left))


class Stopwatch:
    """Measures the seconds since the object was created."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.monotonic()

    @property
    def seconds(self) -> float:
        return round(self._clock.monotonic() - self._start, 2)
