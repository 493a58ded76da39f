# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._nova.instance_actions import (
    action_of,
    in_order,
    reason_in,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time


def event(name: str, result: str, second: int, details: str | None = None, host: str | None = None) -> dict[str, Any]:
    return {
        "event": name,
        "result": result,
        "start_time": f"2026-04-01T10:00:{second:02d}.000000",
        "finish_time": f"2026-04-01T10:00:{second + 1:02d}.000000",
        "details": details,
        "host": host,
    }


def test_events_are_ordered_and_timed() -> None:
    events = in_order([event("second", "Success", 5), event("first", "Success", 1)])
    assert [one["event"] for one in events] == ["first", "second"]
    assert events[0]["seconds"] == 1.0


def test_unfinished_event_has_no_seconds() -> None:
    assert in_order([{**event("running", "", 1), "finish_time": None}])[0]["seconds"] is None


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], None),
        ([event("compute_live_migration", "Success", 1)], None),
        # The migration failed. The event of the whole migration still has the result Success.
        (
            [event("compute_live_migration", "Success", 1), event("conductor", "Error", 2, "No valid host was found.")],
            "No valid host was found.",
        ),
        # The event that contains the cause ends first.
        ([event("outer", "Error", 5, "outer"), event("inner", "Error", 2, "inner")], "inner"),
        ([event("a", "Error", 1), event("b", "Error", 2, "told")], "told"),
        # Two errors occurred in the same second. A host refused the server, so the conductor found no valid host.
        (
            [
                event("conductor_live_migrate_instance", "Error", 1, "No valid host was found."),
                event("compute_check_can_live_migrate_destination", "Error", 1, "Unacceptable CPU info."),
            ],
            "Unacceptable CPU info.",
        ),
        (
            [event("compute_pre_live_migration", "Error", 1, host="compute2")],
            "compute_pre_live_migration ended with Error on compute2. Only administrators can read the details.",
        ),
        (
            [event("compute_pre_live_migration", "Error", 1)],
            "compute_pre_live_migration ended with Error. Only administrators can read the details.",
        ),
        # A user who may not read the details can still read that no event ran on a compute host.
        (
            [event("conductor_live_migrate_instance", "Error", 1)],
            (
                "conductor_live_migrate_instance ended with Error before a request reached a compute host. In most"
                " cases, no valid host was found. Only administrators can read the details."
            ),
        ),
    ],
)
def test_reason(events: list[dict[str, Any]], reason: str | None) -> None:
    assert reason_in(in_order(events)) == reason


def test_reason_without_details_means_no_valid_host() -> None:
    """The outcome of a run depends on it: without a valid host the run is inconclusive, not failed."""
    reason = reason_in(in_order([event("conductor_live_migrate_instance", "Error", 1)]))
    assert means(str(reason), Meaning.NO_VALID_HOST)


@pytest.mark.parametrize("text", [None, "", "yesterday"])
def test_text_without_a_time_is_none(text: str | None) -> None:
    assert read_time(text) is None


def test_times_with_and_without_zone_are_the_same() -> None:
    assert read_time("2026-04-01T10:00:00Z") == read_time("2026-04-01T10:00:00.000000")


def test_chooses_the_action_at_the_creation_of_the_record() -> None:
    actions = [
        {"action": "live-migration", "request_id": "late", "start_time": "2026-04-01T10:10:00.000000"},
        {"action": "live-migration", "request_id": "ours", "start_time": "2026-04-01T10:05:00.500000"},
        {"action": "live-migration", "request_id": "early", "start_time": "2026-04-01T10:00:00.000000"},
        {"action": "create", "request_id": "other", "start_time": "2026-04-01T10:05:00.000000"},
    ]
    assert action_of(actions, "live-migration", "2026-04-01T10:05:00.000000") == "ours"
    assert action_of(actions, "live-migration", None) == "late"
    assert action_of([], "live-migration", "2026-04-01T10:05:00.000000") is None
