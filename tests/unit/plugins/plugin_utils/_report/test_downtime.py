# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.chart import TimelineEntry, TimelineRow
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timeline import timeline
from ansible_collections.stackproof.migration.tests.browser.evidence import paused, sample


def drawn(evidence: dict[str, Any]) -> tuple[dict[str, TimelineRow], dict[str, TimelineEntry]]:
    guests = evidence.get("guests") or [None]
    found = timeline(evidence["migrations"][0], evidence["polls"], 100, guests[0])
    assert found is not None
    return {row.label: row for row in found.observed}, {row.phase: row for row in found.entries}


def test_downtime_by_probe_is_drawn_at_its_time() -> None:
    rows, entries = drawn(paused(seconds=0.43, after=2.5))
    row = rows["Downtime by probe"]
    assert row.value == "0.43 s from 2.5 s"
    assert not row.failed
    copy_begin, copy_end = 0.0, 100.0
    assert copy_begin < row.bars[0].x < copy_end
    assert row.bars[0].width > 0
    entry = entries["Longest downtime by probe"]
    assert (entry.where, entry.result, entry.failed) == ("203.0.113.17", "0.43 s", False)
    assert entry.details == "probed every 0.02 s by tcp port 443"


@pytest.mark.parametrize("name", ["answers", "downtime"])
def test_marks_a_downtime_above_the_limit(name: str) -> None:
    rows, entries = drawn(paused(seconds=2.2, after=1.0, wrong=name))
    assert rows["Downtime by probe"].failed
    assert entries["Longest downtime by probe"].failed


def test_downtime_by_guest_has_no_time() -> None:
    evidence = paused(seconds=0.43, after=2.5)
    evidence["guests"] = [{"server_id": evidence["migrations"][0]["server_id"], "downtime_seconds": 0.19}]
    rows, entries = drawn(evidence)
    assert rows["Downtime by guest"] == TimelineRow("Downtime by guest", "0.19 s in total")
    assert entries["Downtime by guest"].result == "0.19 s"
    assert "0.19 s in total" in html(evidence)


def test_draws_no_downtime_without_probe() -> None:
    rows, entries = drawn(sample("passed"))
    assert "Downtime by probe" not in rows
    assert "Downtime by guest" not in rows
    assert "Longest downtime by probe" not in entries


def test_draws_no_row_without_downtime() -> None:
    evidence = paused(seconds=0.43, after=2.5)
    evidence["migrations"][0]["probe"].update(longest_downtime=0.0, longest_downtime_started=None)
    assert "Downtime by probe" not in drawn(evidence)[0]
