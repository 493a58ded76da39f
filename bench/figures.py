# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Choose the order of the benchmark runs, and calculate the median of each measured value."""

from __future__ import annotations

import dataclasses
import statistics
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        found = sorted(values)
        return cls(statistics.median(found), found[0], found[-1], len(found))

    def text(self, digits: int = 1) -> str:
        """Return a text with the median, the minimum and the maximum."""
        median, least, most = (f"{value:.{digits}f}" for value in (self.median, self.least, self.most))
        return median if least == most else f"{median} ({least} to {most})"


def rotated(which: Sequence[T], number: int) -> list[T]:
    """Return the items in an order that starts with another item in each run.

    The first tool of a run may fill caches for the other tools.
    """
    first = number % len(which)
    return [*which[first:], *which[:first]]
