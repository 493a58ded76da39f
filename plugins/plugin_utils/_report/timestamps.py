# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that parse timestamps of OpenStack services and format them for the report."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def parse_time(text: str | None) -> datetime | None:
    """Return the time in UTC. Return None for an empty value."""
    read = read_time(text)
    return None if read is None else read.astimezone(UTC)


def format_date_time(text: str | None) -> str:
    at = parse_time(text)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "not known"


def format_time(text: str | None) -> str:
    """Return the time of day in UTC, with milliseconds if the text contains milliseconds."""
    at = parse_time(text)
    if at is None:
        return "not known"
    return f"{at:%H:%M:%S}" + (f".{at.microsecond // 1000:03d}" if at.microsecond else "")


def seconds_between(begin: str | None, end: str | None) -> float | None:
    """Return the seconds from ``begin`` to ``end``, or None if one of these times is unknown."""
    first, last = parse_time(begin), parse_time(end)
    return (last - first).total_seconds() if first and last else None


def duration(migration: Mapping[str, Any]) -> float | None:
    """Return the duration of the migration in seconds, from its request until its outcome was known."""
    return seconds_between(migration.get("started"), migration.get("concluded"))


def record_updated(migration: Mapping[str, Any]) -> str | None:
    """Return the time of the last update of the migration record."""
    return (migration.get("record") or {}).get("updated")


def lag(migration: Mapping[str, Any]) -> float | None:
    """Return how many seconds after the last update of the migration record the module knew the outcome.

    Return None if the result is negative, because two clocks differ.
    """
    seconds = seconds_between(record_updated(migration), migration.get("concluded"))
    return seconds if seconds is not None and seconds >= 0 else None


def format_seconds(seconds: float | None) -> str:
    """Return the seconds as text."""
    return "not known" if seconds is None else f"{seconds:.1f} s"
