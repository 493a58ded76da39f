# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.copy_progress import (
    MAX_LINES,
    MIB,
    copy_samples,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.tests.browser.evidence import sample

BEGAN = datetime(2026, 4, 1, 10, 0, 0, tzinfo=UTC)


def look(seconds: float, processed: int, remaining: int | None = 0) -> dict[str, Any]:
    return {
        "seen": (BEGAN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds"),
        "memory_total_bytes": 64 * MIB,
        "memory_processed_bytes": processed * MIB,
        "memory_remaining_bytes": None if remaining is None else remaining * MIB,
        "disk_total_bytes": 1024 * MIB,
        "disk_processed_bytes": 1024 * MIB,
        "disk_remaining_bytes": 0,
    }


def migration(*looks: dict[str, Any]) -> dict[str, Any]:
    history = [{"status": "accepted", "seen": BEGAN.isoformat(timespec="milliseconds")}]
    return {"progress": list(looks), "history": history}


def test_formats_samples() -> None:
    first, second = copy_samples(migration(look(1.25, 8, 40), look(2.26, 16, None)))
    assert (first.after, first.memory_moved, first.memory_left) == ("1.2", "8.0", "40.0")
    assert (first.disk_moved, first.disk_left) == ("1024.0", "0.0")
    assert (second.after, second.memory_left) == ("2.3", "not reported")


def test_selects_among_many_samples() -> None:
    shown = copy_samples(migration(*(look(number, number) for number in range(100))))
    assert len(shown) == MAX_LINES
    assert (shown[0].after, shown[-1].after) == ("0.0", "99.0")


def test_no_samples_without_progress() -> None:
    assert copy_samples(migration()) == ()
    assert copy_samples({"progress": None, "history": None}) == ()


def test_report_shows_the_samples() -> None:
    evidence = sample("failed")
    assert "Copied memory and disks" not in html(evidence)
    evidence["migrations"][0]["progress"] = [look(1, 8, 40)]
    evidence["migrations"][0]["history"] = migration()["history"]
    text = html(evidence)
    assert "Copied memory and disks, in MiB" in text
    assert "<td>40.0</td>" in text
