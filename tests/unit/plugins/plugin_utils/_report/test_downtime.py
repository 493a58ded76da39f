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
    return {lane.label: lane for lane in found.observed}, {row.phase: row for row in found.entries}


def test_gap_on_the_network_has_its_place() -> None:
    lanes, entries = drawn(paused(seconds=0.43, after=2.5))
    lane = lanes["Without an answer"]
    assert lane.value == "0.43 s, from 2.5 s on"
    assert not lane.failed
    copy_begin, copy_end = 0.0, 100.0
    assert copy_begin < lane.bars[0].x < copy_end
    assert lane.bars[0].width > 0
    row = entries["Longest time without an answer"]
    assert (row.where, row.result, row.failed) == ("203.0.113.17", "0.43 s", False)
    assert row.details == "asked every 0.02 s by tcp port 443"


@pytest.mark.parametrize("name", ["answers", "downtime"])
def test_gap_that_was_too_long_is_marked(name: str) -> None:
    lanes, entries = drawn(paused(seconds=2.2, after=1.0, wrong=name))
    assert lanes["Without an answer"].failed
    assert entries["Longest time without an answer"].failed


def test_of_what_a_guest_counts_only_the_length_is_known() -> None:
    evidence = paused(seconds=0.43, after=2.5)
    evidence["guests"] = [{"server_id": evidence["migrations"][0]["server_id"], "downtime_seconds": 0.19}]
    lanes, entries = drawn(evidence)
    assert lanes["Guest stood still"] == TimelineRow("Guest stood still", "0.19 s in all")
    assert entries["Guest stood still"].result == "0.19 s"
    assert "0.19 s in all" in html(evidence)


def test_nothing_is_drawn_where_nobody_asked() -> None:
    lanes, entries = drawn(sample("passed"))
    assert "Without an answer" not in lanes
    assert "Guest stood still" not in lanes
    assert "Longest time without an answer" not in entries


def test_server_without_a_gap_has_no_lane() -> None:
    evidence = paused(seconds=0.43, after=2.5)
    evidence["migrations"][0]["probe"].update(longest_downtime=0.0, longest_downtime_started=None)
    assert "Without an answer" not in drawn(evidence)[0]
