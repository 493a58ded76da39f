# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure data classes for the parts of a timeline. The report shows a timeline as a drawing and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.histogram import round_step

if TYPE_CHECKING:
    from datetime import datetime

GRID_LINES = 6


@dataclass(frozen=True)
class Bar:
    """A bar in the timeline chart. The position and the width are percentages of the width of the chart."""

    x: float
    width: float
    kind: str
    text: str = ""


@dataclass(frozen=True)
class TimelineRow:
    label: str
    value: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[float, ...] = ()
    failed: bool = False


@dataclass(frozen=True)
class TimelineEntry:
    """A row of the table below the timeline chart."""

    phase: str
    name: str
    where: str
    begin: str
    end: str
    result: str
    details: str
    failed: bool = False


@dataclass(frozen=True)
class Scale:
    """The time axis of a chart, which converts times to positions in percent."""

    start: datetime
    offset: float
    span: float

    def percent(self, when: datetime) -> float:
        """Return the horizontal position of a time in the chart, in percent."""
        return round(100 * ((when - self.start).total_seconds() - self.offset) / self.span, 1)

    def bar_between(self, begin: datetime, end: datetime, kind: str, text: str = "") -> Bar:
        x = self.percent(begin)
        return Bar(x, max(0.0, round(self.percent(end) - x, 1)), kind, text)

    def seconds_after_start(self, when: datetime) -> str:
        """Return the seconds from the start of the timeline to ``when``, for example "2.5 s"."""
        return f"{(when - self.start).total_seconds():.1f} s"

    def interval_text(self, begin: datetime, end: datetime) -> str:
        """Return an interval of the timeline as text, for example "1.0 to 2.5 s"."""
        return f"{(begin - self.start).total_seconds():.1f} to {self.seconds_after_start(end)}"

    def grid(self) -> tuple[tuple[float, str], ...]:
        """Return the position and the label of each vertical grid line."""
        step = round_step(self.span, GRID_LINES)
        first, last = int(-(-self.offset // step)), int((self.offset + self.span) // step)
        marks = [index * step for index in range(first, last + 1)]
        return tuple((round(100 * (mark - self.offset) / self.span, 1), f"{mark:g} s") for mark in marks)
