# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what a live migration had copied at which time, as the report shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MIB = 1024 * 1024
# A long copy is looked at each second; so many lines say as much.
MOST_LINES = 12


@dataclass(frozen=True)
class Copy:
    """One look at what was copied; MiB, and seconds since the first status of the record was seen."""

    after: str
    memory_moved: str
    memory_left: str
    disk_moved: str
    disk_left: str


def copies(migration: Mapping[str, Any]) -> tuple[Copy, ...]:
    """The looks in the order of their time; of many, some at equal distances, the first and the last among them."""
    looks = list(migration.get("progress") or [])
    history = migration.get("history") or []
    if not looks or not history:
        return ()
    started = datetime.fromisoformat(str(history[0]["seen"]))
    return tuple(_copy(look, started) for look in _some(looks))


def _some(looks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    if len(looks) <= MOST_LINES:
        return list(looks)
    step = (len(looks) - 1) / (MOST_LINES - 1)
    return [looks[round(number * step)] for number in range(MOST_LINES)]


def _copy(look: Mapping[str, Any], started: datetime) -> Copy:
    after = (datetime.fromisoformat(str(look["seen"])) - started).total_seconds()
    kinds = ("memory_processed", "memory_remaining", "disk_processed", "disk_remaining")
    return Copy(f"{after:.1f}", *(_mib(look.get(f"{kind}_bytes")) for kind in kinds))


def _mib(number: int | None) -> str:
    return "not told" if number is None else f"{number / MIB:.1f}"
