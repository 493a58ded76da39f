# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import (
    conclude,
    conclude_back,
    evaluate,
    result_of,
)


def entry(number: int, how: str = "live", obstacle: str | None = None) -> dict[str, Any]:
    return {"id": f"s{number}", "name": f"web-{number}", "host": "compute1", "how": how, "obstacle": obstacle}


def migration(number: int, outcome: str = "completed", source: str = "compute1") -> dict[str, Any]:
    return {
        "server_id": f"s{number}",
        "server_name": f"web-{number}",
        "source": source,
        "destination": "compute2",
        "migration_id": f"m{number}",
        "outcome": outcome,
        "message": f"web-{number}: {outcome}.",
    }


def test_next_are_those_that_were_not_tried() -> None:
    servers = [entry(1), entry(2), entry(3, "cold"), entry(4, "confirm"), entry(5, "none", "it is SUSPENDED")]
    found = conclude({"after": {"servers": servers}, "migrations": [migration(2, "failed")]})
    assert found.live == ["s1"]
    assert found.cold == ["s3", "s4"]


def test_drained_is_what_is_empty() -> None:
    found = conclude({"after": {"servers": [], "consumers": [], "empty": True}, "migrations": [migration(1)]})
    assert (found.outcome, found.reason, found.left) == ("drained", "", [])
    assert [one["server_name"] for one in found.moved] == ["web-1"]


def test_empty_is_not_enough_when_the_host_is_in_use_again() -> None:
    found = conclude({"after": {"servers": [], "empty": True, "service": {"status": "enabled"}}})
    assert found.outcome == "not_drained"
    assert "enabled meanwhile" in found.reason


def test_rest_stays_after_a_failure_where_that_is_wanted() -> None:
    after = {"servers": [entry(1), entry(2), entry(3, "cold")]}
    for migrations, live, cold in (([migration(1)], ["s2"], ["s3"]), ([migration(1, "failed")], [], [])):
        found = conclude({"after": after, "migrations": migrations, "stops": True})
        assert (found.live, found.cold) == (live, cold)


def test_each_that_is_left_has_its_reason() -> None:
    servers = [entry(1), entry(2), entry(3, "none", "it is SUSPENDED")]
    found = conclude({"after": {"servers": servers, "empty": False}, "migrations": [migration(1, "failed")]})
    assert found.outcome == "not_drained"
    assert [one["why"] for one in found.left] == [
        "failed.",
        "it was not moved yet: run again",
        "it is SUSPENDED",
    ]
    assert found.reason.startswith("3 left. web-1: ")


def test_many_that_are_left_are_counted() -> None:
    servers = [entry(number, "none", "it is SUSPENDED") for number in range(5)]
    assert conclude({"after": {"servers": servers}}).reason.endswith("; and 2 more")


@pytest.mark.parametrize(
    ("consumer", "why"),
    [
        (
            {"consumer": "m1", "kind": "migration", "server_id": "s9"},
            "Placement holds 64 MEMORY_MB, 1 VCPU for the migration m1 of server s9",
        ),
        (
            {"consumer": "x", "kind": "unknown", "server_id": None},
            "Placement holds 64 MEMORY_MB, 1 VCPU for x, which Nova does not know",
        ),
        (
            {"consumer": "s9", "kind": "server", "server_id": "s9"},
            "Placement holds 64 MEMORY_MB, 1 VCPU for the server s9",
        ),
    ],
)
def test_an_allocation_alone_keeps_a_host_from_being_empty(consumer: dict[str, Any], why: str) -> None:
    held = {**consumer, "resources": {"VCPU": 1, "MEMORY_MB": 64}}
    found = conclude({"after": {"servers": [], "consumers": [held], "empty": False}})
    assert found.outcome == "not_drained"
    assert [one["why"] for one in found.left] == [why]


def test_a_server_s_own_allocation_is_not_told_twice() -> None:
    held = {"consumer": "s1", "kind": "server", "server_id": "s1", "resources": {"VCPU": 1}}
    assert len(conclude({"after": {"servers": [entry(1)], "consumers": [held]}}).left) == 1


def test_a_step_that_failed_is_an_error() -> None:
    found = conclude({"failure": {"reason": "HTTP 403"}, "after": {}})
    assert (found.outcome, found.reason) == ("error", "HTTP 403")
    assert conclude_back({"failure": {"reason": "HTTP 403"}}).outcome == "error"


def test_plan_lists_only_what_cannot_leave() -> None:
    servers = [entry(1), entry(2, "none", "it is SUSPENDED")]
    found = conclude({"planned": True, "after": {"servers": servers, "empty": False}})
    assert found.outcome == "planned"
    assert [one["server_id"] for one in found.left] == ["s2"]
    assert conclude_back({"planned": True, "after": {"moved": servers}}).outcome == "planned"


@pytest.mark.parametrize(
    ("migrations", "why"),
    [
        ([], "it had left before its turn: by an earlier run, by somebody else, or deleted"),
        (
            [migration(3, "unchanged", "compute2")],
            "it was on compute2 before its turn: by an earlier run, or by somebody else",
        ),
        (
            [migration(3, "failed", "compute2")],
            "it was on compute2 before its turn: by an earlier run, or by somebody else",
        ),
        ([migration(3, "failed")], "it left, but not by what this run asked for: failed."),
    ],
)
def test_what_left_by_itself_is_told(migrations: list[dict[str, Any]], why: str) -> None:
    seen = [entry(1), entry(2), entry(3), entry(2), entry(3)]
    after = {"servers": [entry(2)], "empty": False}
    found = conclude({"seen": seen, "after": after, "migrations": [migration(1), *migrations]})
    assert [one["server_name"] for one in found.moved] == ["web-1"]
    assert [one["server_name"] for one in found.left] == ["web-2"]
    assert found.gone == [{"server_id": "s3", "server_name": "web-3", "why": why}]


def test_what_waited_for_its_confirmation_had_not_left_before() -> None:
    waits = {**entry(1, "confirm"), "host": "compute2"}
    found = conclude({"seen": [waits], "after": {"servers": [], "empty": True}, "migrations": [migration(1, "failed")]})
    assert [one["why"] for one in found.gone] == ["it left, but not by what this run asked for: failed."]


def test_nothing_is_gone_for_a_look_that_failed() -> None:
    found = conclude({"seen": [entry(1)], "after": {"servers": []}, "failure": {"reason": "HTTP 503"}})
    assert (found.outcome, found.gone) == ("error", [])


def test_brought_back() -> None:
    moved = [entry(1), entry(2, "cold")]
    after = {"moved": moved}
    assert conclude_back({"after": after}).live == ["s1"]
    assert conclude_back({"after": after}).cold == ["s2"]
    done = conclude_back({"after": after, "migrations": [migration(1), migration(2)]})
    assert (done.outcome, done.left) == ("undrained", [])
    half = conclude_back({"after": after, "migrations": [migration(1), migration(2, "failed")]})
    assert half.outcome == "not_undrained"
    assert half.reason == "1 not brought back. web-2: failed."


def result(drain: dict[str, Any], *, back: bool = False) -> dict[str, Any]:
    return result_of({"host": "compute1", "run_id": "r1", **drain}, back=back, seconds=1.5)


DISABLED = {"service": {"status": "disabled", "disabled_before": False}}
LEFT = {"servers": [entry(1)], "empty": False, "service": {"status": "disabled"}}


@pytest.mark.parametrize(
    ("more", "reenable"),
    [
        ({}, True),
        ({"failure": {"reason": "no connection"}}, True),
        ({"reenable_on_failure": False}, False),
        ({"planned": True}, False),
        # drained
        ({"after": {"servers": [], "empty": True, "service": {"status": "disabled"}}}, False),
        # not by this run, or not at all
        ({"disabled": {"service": {"status": "disabled", "disabled_before": True}}}, False),
        ({"disabled": {"service": {"status": "enabled", "disabled_before": False}}}, False),
        ({"disabled": {}}, False),
        ({"disabled": {"failed": True}}, False),
    ],
)
def test_a_host_that_could_not_be_emptied_is_used_again_where_wanted(more: dict[str, Any], reenable: bool) -> None:
    drain = {"after": LEFT, "disabled": DISABLED, "reenable_on_failure": True, **more}
    assert evaluate(drain, back=False)["reenable"] is reenable


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ({}, None),
        ({"disabled": {"skipped": True}, "enabled": {}}, None),
        ({"disabled": DISABLED}, "disabled"),
        ({"disabled": DISABLED, "enabled": {}, "reenabled": {"skipped": True}}, "disabled"),
        ({"enabled": {"service": {"status": "enabled"}}}, "enabled"),
        ({"disabled": DISABLED, "reenabled": {"service": {"status": "enabled"}}}, "enabled"),
    ],
)
def test_the_service_is_told_as_it_was_left(results: dict[str, Any], status: str | None) -> None:
    assert result({"after": LEFT, **results})["service"].get("status") == status


@pytest.mark.parametrize(
    ("folder", "planned", "file"),
    [
        ({"directory": "/reports/one"}, False, "/reports/one/drain.json"),
        ({"directory": "/reports/one"}, True, ""),
        ({"directory": "/reports/one", "failed": True}, False, ""),
        ({"skipped": True}, False, ""),
        ({}, False, ""),
    ],
)
def test_where_the_result_is_written(folder: dict[str, Any], planned: bool, file: str) -> None:
    assert result({"after": LEFT, "folder": folder, "planned": planned})["report"] == file


def test_what_the_role_does_next() -> None:
    found = evaluate({"after": LEFT}, back=False)
    assert (found["unfinished"], found["as_wanted"]) == (True, False)
    done = evaluate({"after": {"servers": [], "empty": True}}, back=False)
    assert (done["unfinished"], done["as_wanted"]) == (False, True)
    assert evaluate({"after": LEFT, "planned": True}, back=False)["as_wanted"] is True
    assert evaluate({"after": {"moved": [entry(1)]}}, back=True)["outcome"] == "not_undrained"


def test_what_the_role_returns() -> None:
    moved = [migration(2)]
    found = result({"after": {**LEFT, "since": "2026-04-01T10:00:00Z"}, "migrations": moved})
    assert list(found) == [
        "outcome", "reason", "host", "service", "since", "moved", "left", "gone", "migrations", "plan", "run_id",
        "report", "seconds",
    ]  # fmt: skip
    assert (found["outcome"], found["host"], found["run_id"], found["seconds"]) == (
        "not_drained",
        "compute1",
        "r1",
        1.5,
    )
    assert (found["since"], found["migrations"], found["plan"]) == ("2026-04-01T10:00:00Z", moved, [])
    assert result({"after": LEFT, "planned": True})["plan"] == [entry(1)]
    assert result({"after": {"since": None}})["since"] == ""
    assert result({"after": {"moved": []}}, back=True)["outcome"] == "undrained"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({"targets": ["compute2"]}, ""),
        ({"targets": [], "unusable": []}, "No other compute host can take servers: there is none."),
        (
            {
                "targets": [],
                "unusable": [{"name": "c2", "obstacle": "it is down"}, {"name": "c3", "obstacle": "it is full"}],
            },
            "No other compute host can take servers: c2: it is down; c3: it is full.",
        ),
    ],
)
def test_a_host_that_no_other_can_take_over_from(after: dict[str, Any], told: str) -> None:
    assert evaluate({"after": after}, back=False)["no_target"] == told
