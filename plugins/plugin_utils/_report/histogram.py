# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: durations, counted and drawn."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Fewer say more as numbers than as a picture.
MIN_MIGRATIONS = 5
MAX_BINS = 12


@dataclass(frozen=True)
class Bin:
    """So many took from so long to so long; all in percent of the drawing but the numbers."""

    low: float
    high: float
    count: int
    x: float
    width: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """How long the migrations took, in seconds."""

    bins: tuple[Bin, ...]
    shortest: float
    median: float
    percentile_95: float
    longest: float


def round_step(span: float, max_steps: int) -> float:
    """The smallest of 1, 2, 5, 10, ... (or tenths and so on of these) that cuts the span into at most that many."""
    if span <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(span / max_steps))
    return next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= max_steps + 1e-9)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def histogram(seconds: Sequence[float]) -> Histogram | None:
    if len(seconds) < MIN_MIGRATIONS:
        return None
    # one bin less than there may be: the first and the last may be cut
    step = round_step(max(seconds) - min(seconds), MAX_BINS - 1)
    first = math.floor(min(seconds) / step)
    count = math.floor(max(seconds) / step) - first + 1
    counts = [0] * count
    for value in seconds:
        counts[min(math.floor(value / step) - first, count - 1)] += 1
    width = 100 / count
    bins = tuple(
        Bin(
            low=(first + index) * step,
            high=(first + index + 1) * step,
            count=found,
            x=round(index * width, 2),
            width=round(width, 2),
            height=round(100 * found / max(counts), 2),
        )
        for index, found in enumerate(counts)
    )
    return Histogram(bins, min(seconds), statistics.median(seconds), percentile(seconds, 0.95), max(seconds))
