# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timeline import Timeline, timeline
from ansible_collections.stackproof.migration.tests.browser.evidence import sample


def drawn(name: str, *, marks: int = 100, **changes: Any) -> Timeline:
    evidence = sample(name)
    found = timeline({**evidence["migrations"][0], **changes}, evidence["polls"], marks)
    assert found is not None
    return found


def test_rows_are_in_the_order_of_a_migration() -> None:
    # Nova's times are whole seconds. Therefore the order of two times can be wrong.
    assert [lane.label for lane in drawn("passed").nova] == [
        "Conductor",
        "Check on destination",
        "Check on source",
        "Start on source",
        "Prepare destination",
        "Copy",
        "Post on destination",
    ]


def test_positions_are_within_the_drawing() -> None:
    for name in ("passed", "failed"):
        found = drawn(name)
        for lane in (*found.nova, *found.observed):
            for bar in lane.bars:
                assert bar.x >= 0
                assert bar.width >= 0
                # The last second of an event may end after the last known time.
                assert bar.x + bar.width <= 110
            assert all(0 <= mark <= 100 for mark in lane.marks)
        assert all(0 <= x <= 100 for x, _ in found.grid)


def lane_of(found: Timeline, label: str) -> Any:
    return next(lane for lane in (*found.nova, *found.observed) if lane.label == label)


def test_copy_begins_after_the_preparation() -> None:
    assert lane_of(drawn("passed"), "Copy").value == "0.0 to 3.0 s"
    assert lane_of(drawn("passed", history=[]), "Copy").value == "0.0 to 3.0 s"


def test_copy_of_a_queued_migration_begins_with_status_running() -> None:
    history = [
        {"status": "queued", "seen": "2026-11-21T10:28:58.500+00:00"},
        {"status": "running", "seen": "2026-11-21T10:29:00.000+00:00"},
    ]
    assert lane_of(drawn("passed", history=history), "Copy").value == "2.0 to 3.0 s"


def test_copy_ends_with_the_record_without_a_post_phase() -> None:
    events = [event for event in sample("passed")["migrations"][0]["events"] if "post" not in event["event"]]
    assert lane_of(drawn("passed", events=events), "Copy").value == "0.0 to 4.0 s"
    found = drawn("passed", events=events, outcome="timeout")
    assert lane_of(found, "Copy").value == "not finished"
    assert lane_of(found, "Copy").bars[0].kind == "open"
    assert found.lag is None


def test_no_copy_without_valid_host() -> None:
    found = drawn("failed")
    assert [(lane.label, lane.failed) for lane in found.nova] == [("Conductor", True)]
    assert found.entries[0].failed
    assert "not enough hosts" in found.entries[0].details


def test_unfinished_event_is_open() -> None:
    events = sample("passed")["migrations"][0]["events"]
    events[-1]["finish"] = None
    post = lane_of(drawn("passed", events=events), "Post on destination")
    assert post.value == "not finished"
    assert post.bars[0].x + post.bars[0].width == pytest.approx(100, abs=0.2)


def test_draws_an_unknown_event() -> None:
    events = [{**sample("passed")["migrations"][0]["events"][0], "event": "compute_do_something_new"}]
    found = drawn("passed", events=events)
    assert found.nova[0].label == "Do something new"


def test_lag_is_from_record_update_to_outcome() -> None:
    found = drawn("failed")
    assert lane_of(found, "Outcome known").value == "at 3.0 s (lag 2.0 s)"
    assert found.lag is not None
    assert found.lag.width > 0


def test_no_negative_lag() -> None:
    found = drawn("passed", concluded="2026-11-21T10:29:01.500+00:00")
    assert found.lag is None
    assert lane_of(found, "Outcome known").value == "at 3.5 s"


def test_marks_a_selection_of_polls() -> None:
    looks = lane_of(drawn("passed", marks=4), "Polls")
    assert looks.value == "6"
    assert len(looks.marks) <= 4


def test_marks_failed_status() -> None:
    assert [bar.kind for bar in lane_of(drawn("failed"), "Record status").bars] == ["status0", "bad"]


def test_no_timeline_without_times() -> None:
    nothing: dict[str, Any] = {"events": [], "record": None, "started": None, "concluded": None, "history": []}
    assert timeline(nothing, [], 10) is None
    assert timeline({}, [], 10) is None


def test_draws_a_request_without_a_record() -> None:
    found = timeline({"started": "2026-11-21T09:37:50Z"}, ["2026-11-21T09:37:51Z"], 10)
    assert found is not None
    assert (found.nova, found.observed, found.entries) == ((), (), ())


def test_entries_match_the_drawing() -> None:
    phases = [row.phase for row in drawn("passed").entries]
    assert phases[-2:] == ["Last update of the record", "Outcome known"]
    assert {"Copy", "Polls", "Record status running"} <= set(phases)
