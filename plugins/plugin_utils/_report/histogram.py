# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions and data classes for a histogram of durations."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The report shows a histogram only if there are at least this many migrations.
MIN_MIGRATIONS = 5
MAX_BINS = 12


@dataclass(frozen=True)
class Bin:
    """One bar of the histogram. ``low`` and ``high`` are in seconds. ``x``, ``width`` and ``height`` are in percent."""

    low: float
    high: float
    count: int
    x: float
    width: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """The durations of migrations, in seconds."""

    bins: tuple[Bin, ...]
    shortest: float
    median: float
    percentile_95: float
    longest: float


def round_step(span: float, max_steps: int) -> float:
    """Return the distance between two marks of an axis, such as 1, 2, 5, 10 or 20.

    The axis has the length ``span``, and at most ``max_steps`` such distances.
    """
    if span <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(span / max_steps))
    return next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= max_steps + 1e-9)


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile of the values. ``share`` is between 0 and 1, for example 0.95 for the 95th percentile."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def histogram(seconds: Sequence[float]) -> Histogram | None:
    """Return the histogram of the durations, or None for fewer than MIN_MIGRATIONS durations."""
    if len(seconds) < MIN_MIGRATIONS:
        return None
    # One of the MAX_BINS bins is reserved, because the first bin may begin below the smallest value.
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
