# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: moments as the cloud tells them, and how people read them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def parse_time(told: str | None) -> datetime | None:
    """In UTC, whatever zone it was told in."""
    read = read_time(told)
    return None if read is None else read.astimezone(UTC)


def format_date_time(told: str | None) -> str:
    at = parse_time(told)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "not known"


def format_time(told: str | None) -> str:
    """The time of the day, with as many digits as it was told with."""
    at = parse_time(told)
    if at is None:
        return "not known"
    return f"{at:%H:%M:%S}" + (f".{at.microsecond // 1000:03d}" if at.microsecond else "")


def seconds_between(begin: str | None, end: str | None) -> float | None:
    """Seconds from one moment to the other."""
    first, last = parse_time(begin), parse_time(end)
    return (last - first).total_seconds() if first and last else None


def duration(migration: Mapping[str, Any]) -> float | None:
    """From when it was asked for until its outcome was known."""
    return seconds_between(migration.get("started"), migration.get("concluded"))


def record_updated(migration: Mapping[str, Any]) -> str | None:
    """When Nova wrote its record for the last time."""
    return (migration.get("record") or {}).get("updated")


def lag(migration: Mapping[str, Any]) -> float | None:
    """From Nova's last word until its outcome was known; null where the clocks say it was known before."""
    seconds = seconds_between(record_updated(migration), migration.get("concluded"))
    return seconds if seconds is not None and seconds >= 0 else None


def format_seconds(seconds: float | None) -> str:
    return "not known" if seconds is None else f"{seconds:.1f} s"
