# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that show the downtime of a server during its migration, as a drawing and as text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import REACH_CHECKS
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.chart import (
    Scale,
    TimelineEntry,
    TimelineRow,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def downtime_rows(migration: Mapping[str, Any], guest: Mapping[str, Any], scale: Scale) -> list[TimelineRow]:
    """Return the timeline rows that show the measured downtime of the server."""
    rows = []
    interval = _longest_downtime(migration)
    if interval is not None:
        begin, end = interval
        failed = _reach_check_failed(migration)
        seconds = migration["probe"]["longest_downtime"]
        bars = (scale.bar_between(begin, end, "bad" if failed else "status0"),)
        rows.append(
            TimelineRow(
                "Downtime by probe", f"{seconds:.2f} s from {scale.seconds_after_start(begin)}", bars, failed=failed
            )
        )
    if guest.get("downtime_seconds") is not None:
        rows.append(TimelineRow("Downtime by guest", f"{guest['downtime_seconds']:.2f} s in total"))
    return rows


def downtime_entries(migration: Mapping[str, Any], guest: Mapping[str, Any]) -> list[TimelineEntry]:
    entries = []
    interval = _longest_downtime(migration)
    if interval is not None:
        begin, end = (format_time(at.isoformat()) for at in interval)
        probe = migration["probe"]
        port = f" port {probe['port']}" if probe.get("port") else ""
        how = f"probed every {probe['interval']:g} s by {probe['protocol']}{port}"
        result = f"{probe['longest_downtime']:.2f} s"
        failed = _reach_check_failed(migration)
        entries.append(
            TimelineEntry(
                "Longest downtime by probe", "", str(probe["address"]), begin, end, result, how, failed=failed
            )
        )
    if guest.get("downtime_seconds") is not None:
        result = f"{guest['downtime_seconds']:.2f} s"
        how = "computed from the counter on the console; the start of the downtime is not known"
        entries.append(TimelineEntry("Downtime by guest", "", "console of the guest", "", "", result, how))
    return entries


def _longest_downtime(migration: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    probe = migration.get("probe") or {}
    begin = parse_time(probe.get("longest_downtime_started"))
    return None if begin is None else (begin, begin + timedelta(seconds=probe["longest_downtime"]))


def _reach_check_failed(migration: Mapping[str, Any]) -> bool:
    return any(check["name"] in REACH_CHECKS and check["ok"] is False for check in migration.get("checks") or [])
