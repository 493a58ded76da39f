# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Format the copy progress of a live migration for the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MIB = 1024 * 1024
# The report shows at most this many lines about the progress of a copy.
MAX_LINES = 12


@dataclass(frozen=True)
class CopySample:
    """The progress of the copy of a server at one poll, in MiB.

    The time is in seconds since the first poll of the migration.
    """

    after: str
    memory_moved: str
    memory_left: str
    disk_moved: str
    disk_left: str


def copy_samples(migration: Mapping[str, Any]) -> tuple[CopySample, ...]:
    """Return the measured copy progress of a migration in chronological order.

    From a long list, only evenly spaced samples are returned.
    """
    samples = list(migration.get("progress") or [])
    history = migration.get("history") or []
    if not samples or not history:
        return ()
    started = datetime.fromisoformat(str(history[0]["seen"]))
    return tuple(_copy_sample(sample, started) for sample in _selected(samples))


def _selected(samples: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    if len(samples) <= MAX_LINES:
        return list(samples)
    step = (len(samples) - 1) / (MAX_LINES - 1)
    return [samples[round(number * step)] for number in range(MAX_LINES)]


def _copy_sample(sample: Mapping[str, Any], started: datetime) -> CopySample:
    after = (datetime.fromisoformat(str(sample["seen"])) - started).total_seconds()
    kinds = ("memory_processed", "memory_remaining", "disk_processed", "disk_remaining")
    return CopySample(f"{after:.1f}", *(_mib(sample.get(f"{kind}_bytes")) for kind in kinds))


def _mib(number: int | None) -> str:
    return "not reported" if number is None else f"{number / MIB:.1f}"
