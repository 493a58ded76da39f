# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import (
    conclude,
    evaluate,
    result_of,
)


def entry(number: int, method: str = "live", obstacle: str | None = None, **more: Any) -> dict[str, Any]:
    values = {"id": f"s{number}", "name": f"web-{number}", "host": "compute1", "move_method": method}
    return {**values, "obstacle": obstacle, **more}


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


SUSPENDED = "The server is SUSPENDED."


def test_next_servers_have_no_migration_yet() -> None:
    servers = [entry(1), entry(2), entry(3, "cold"), entry(4, "confirm"), entry(5, "none", SUSPENDED)]
    found = conclude({"inventory": {"servers": servers}, "migrations": [migration(2, "failed")]})
    assert found.live == ["s1"]
    assert found.cold == ["s3", "s4"]


def test_drained_if_empty() -> None:
    found = conclude({"inventory": {"servers": [], "consumers": [], "empty": True}, "migrations": [migration(1)]})
    assert (found.outcome, found.reason, found.left) == ("drained", "", [])
    assert [one["server_name"] for one in found.moved] == ["web-1"]


def test_not_drained_if_service_was_enabled_during_the_drain() -> None:
    found = conclude({"inventory": {"servers": [], "empty": True, "service": {"status": "enabled"}}})
    assert found.outcome == "not_drained"
    assert "was enabled during the drain" in found.reason


def test_not_drained_if_allocations_are_unknown() -> None:
    unknown = ["Placement cannot be read: no such service."]
    found = conclude({"inventory": {"servers": [], "consumers": None, "empty": None, "unknown": unknown}})
    assert found.outcome == "not_drained"
    assert "its allocations in Placement are unknown. Placement cannot be read" in found.reason


def test_stops_after_a_failure_if_requested() -> None:
    inventory = {"servers": [entry(1), entry(2), entry(3, "cold")]}
    for migrations, live, cold in (([migration(1)], ["s2"], ["s3"]), ([migration(1, "failed")], [], [])):
        found = conclude({"inventory": inventory, "migrations": migrations, "stop_on_failure": True})
        assert (found.live, found.cold) == (live, cold)


def test_each_remaining_server_has_its_reason() -> None:
    servers = [entry(1), entry(2), entry(3, "none", SUSPENDED)]
    found = conclude({"inventory": {"servers": servers, "empty": False}, "migrations": [migration(1, "failed")]})
    assert found.outcome == "not_drained"
    assert [one["reason"] for one in found.left] == [
        "failed.",
        "The server was not moved yet. Run the role again.",
        SUSPENDED,
    ]
    assert found.reason.startswith("3 servers or allocations are left on the host. web-1: ")


def test_reason_of_failed_server_includes_the_prediction() -> None:
    plan = {"servers": [entry(1, destination_obstacle="it is bound to availability zone za")]}
    drain = {"plan": plan, "inventory": {"servers": [entry(1)]}, "migrations": [migration(1, "failed")]}
    assert conclude(drain).left[0]["reason"] == "failed. The plan predicted: it is bound to availability zone za."


def test_reason_names_three_servers() -> None:
    servers = [entry(number, "none", SUSPENDED) for number in range(5)]
    assert conclude({"inventory": {"servers": servers}}).reason.endswith("; and 2 more.")


@pytest.mark.parametrize(
    ("consumer", "reason"),
    [
        (
            {"consumer": "m1", "kind": "migration", "server_id": "s9"},
            "Placement holds MEMORY_MB=64, VCPU=1 on compute1 for the migration m1 of server s9.",
        ),
        (
            {"consumer": "x", "kind": "unknown", "server_id": None},
            (
                "Placement holds MEMORY_MB=64, VCPU=1 on compute1 for consumer x, which Nova does not know. If nothing"
                " uses the resources, delete the allocation with `openstack resource provider allocation delete x`."
            ),
        ),
        (
            {"consumer": "s9", "kind": "server", "server_id": "s9"},
            "Placement holds MEMORY_MB=64, VCPU=1 on compute1 for the server s9.",
        ),
    ],
)
def test_not_drained_if_an_allocation_is_left(consumer: dict[str, Any], reason: str) -> None:
    held = {**consumer, "providers": {"compute1": {"VCPU": 1, "MEMORY_MB": 64}}}
    found = conclude({"inventory": {"servers": [], "consumers": [held], "empty": False}})
    assert found.outcome == "not_drained"
    assert [one["reason"] for one in found.left] == [reason]


def test_allocation_of_a_listed_server_is_not_listed_again() -> None:
    held = {"consumer": "s1", "kind": "server", "server_id": "s1", "providers": {"compute1": {"VCPU": 1}}}
    assert len(conclude({"inventory": {"servers": [entry(1)], "consumers": [held]}}).left) == 1


@pytest.mark.parametrize("state", ["drained", "undrained"])
def test_failed_task_is_an_error(state: str) -> None:
    found = conclude({"state": state, "failure": {"reason": "HTTP 403"}, "inventory": {}})
    assert (found.outcome, found.reason) == ("error", "HTTP 403")


@pytest.mark.parametrize(
    ("state", "key", "reason"),
    [
        ("drained", "servers", "2 servers or allocations would stay on the host. web-2: "),
        ("undrained", "moved", "2 servers would not be brought back. web-2: "),
    ],
)
def test_plan_lists_what_would_stay(state: str, key: str, reason: str) -> None:
    servers = [entry(1), entry(2, "none", SUSPENDED), entry(3, destination_obstacle="no room")]
    found = conclude({"state": state, "check_mode": True, "plan": {key: servers, "empty": False}})
    assert found.outcome == "planned"
    assert [one["server_id"] for one in found.left] == ["s2", "s3"]
    assert found.reason.startswith(reason)


def test_plan_without_obstacles_has_no_reason() -> None:
    assert conclude({"check_mode": True, "plan": {"servers": [entry(1)]}}).reason == ""


def test_refused_plan_in_check_mode_claims_nothing_about_servers() -> None:
    drain = {"check_mode": True, "failure": {"reason": "refused"}, "plan": {"servers": [entry(1)]}}
    assert conclude(drain).left == []


@pytest.mark.parametrize(
    ("migrations", "reason"),
    [
        (
            [],
            "The server left before its migration was requested. An earlier run or another user moved or deleted it.",
        ),
        (
            [migration(3, "unchanged", "compute2")],
            (
                "The server was on compute2 before its migration was requested. An earlier run or another user moved"
                " the server."
            ),
        ),
        (
            [migration(3, "failed", "compute2")],
            (
                "The server was on compute2 before its migration was requested. An earlier run or another user moved"
                " the server."
            ),
        ),
        (
            [migration(3, "failed")],
            "The server left, but not by the migration that this run requested: failed.",
        ),
    ],
)
def test_lists_servers_that_left_without_this_run(migrations: list[dict[str, Any]], reason: str) -> None:
    earlier = [entry(1), entry(2), entry(3), entry(2), entry(3)]
    inventory = {"servers": [entry(2)], "empty": False}
    found = conclude({"earlier_servers": earlier, "inventory": inventory, "migrations": [migration(1), *migrations]})
    assert [one["server_name"] for one in found.moved] == ["web-1"]
    assert [one["server_name"] for one in found.left] == ["web-2"]
    assert found.gone == [{"server_id": "s3", "server_name": "web-3", "reason": reason}]


def test_server_with_unconfirmed_migration_had_not_left_before() -> None:
    waits = {**entry(1, "confirm"), "host": "compute2"}
    drain = {"earlier_servers": [waits], "inventory": {"servers": [], "empty": True}}
    found = conclude({**drain, "migrations": [migration(1, "failed")]})
    assert [one["reason"] for one in found.gone] == [
        "The server left, but not by the migration that this run requested: failed."
    ]


def test_failed_run_lists_no_server_as_gone() -> None:
    failure = {"reason": "HTTP 503"}
    found = conclude({"earlier_servers": [entry(1)], "inventory": {"servers": []}, "failure": failure})
    assert (found.outcome, found.gone) == ("error", [])


def test_undrained_if_all_servers_are_back() -> None:
    drain = {"state": "undrained", "plan": {"moved": [entry(1), entry(2, "cold")]}}
    assert conclude(drain).live == ["s1"]
    assert conclude(drain).cold == ["s2"]
    done = conclude({**drain, "migrations": [migration(1), migration(2)]})
    assert (done.outcome, done.left) == ("undrained", [])
    half = conclude({**drain, "migrations": [migration(1), migration(2, "failed")]})
    assert half.outcome == "not_undrained"
    assert half.reason == "1 server was not brought back. web-2: failed."


def result(drain: dict[str, Any]) -> dict[str, Any]:
    return result_of({"host": "compute1", "run_id": "r1", **drain}, seconds=1.5)


DISABLED = {"changed": True, "service": {"status": "disabled", "disabled_before": False}}
LEFT = {"servers": [entry(1)], "empty": False, "service": {"status": "disabled"}}


@pytest.mark.parametrize(
    ("more", "reenable"),
    [
        ({}, True),
        ({"failure": {"reason": "no connection"}}, True),
        ({"reenable_on_failure": False}, False),
        ({"check_mode": True}, False),
        # the host is drained
        ({"inventory": {"servers": [], "empty": True, "service": {"status": "disabled"}}}, False),
        # This run did not disable the service.
        ({"disable_result": {"service": {"status": "disabled", "disabled_before": True}}}, False),
        ({"disable_result": {"service": {"status": "enabled", "disabled_before": False}}}, False),
        ({"disable_result": {}}, False),
        ({"disable_result": {"failed": True}}, False),
    ],
)
def test_reenables_service_after_failure_if_requested(more: dict[str, Any], reenable: bool) -> None:
    drain = {"inventory": LEFT, "disable_result": DISABLED, "reenable_on_failure": True, **more}
    assert evaluate(drain)["reenable"] is reenable


@pytest.mark.parametrize(
    ("results", "status", "change"),
    [
        ({}, "disabled", ""),
        ({"disable_result": {"skipped": True}, "enable_result": {}}, "disabled", ""),
        ({"disable_result": {"failed": True, "changed": True}}, "disabled", ""),
        ({"disable_result": DISABLED}, "disabled", "disabled"),
        (
            {"disable_result": DISABLED, "enable_result": {}, "reenable_result": {"skipped": True}},
            "disabled",
            "disabled",
        ),
        ({"enable_result": {"service": {"status": "enabled"}}}, "enabled", ""),
        (
            {"disable_result": DISABLED, "reenable_result": {"changed": True, "service": {"status": "enabled"}}},
            "enabled",
            "enabled",
        ),
        # In check mode the result contains the present status and the predicted change.
        (
            {"check_mode": True, "disable_result": {**DISABLED, "before": {"status": "enabled"}}},
            "enabled",
            "disabled",
        ),
    ],
)
def test_result_has_service_at_the_end_of_the_run(results: dict[str, Any], status: str, change: str) -> None:
    found = result({"inventory": LEFT, **results})
    assert (found["service"]["status"], found["service_change"]) == (status, change)


@pytest.mark.parametrize(
    ("folders", "check_mode", "file"),
    [
        ({"report_folder": {"directory": "/reports/one"}}, False, "/reports/one/drain.json"),
        ({"report_folder": {"directory": "/reports/one"}}, True, ""),
        ({"report_folder": {"directory": "/reports/one", "failed": True}}, False, ""),
        ({"report_folder": {"skipped": True}}, False, ""),
        ({}, False, ""),
        # The role refused the inputs of the run.
        ({"report_folder": {}, "refusal_folder": {"directory": "/reports/two"}}, False, "/reports/two/drain.json"),
    ],
)
def test_path_of_the_report(folders: dict[str, Any], check_mode: bool, file: str) -> None:
    assert result({"inventory": LEFT, **folders, "check_mode": check_mode})["report"] == file


@pytest.mark.parametrize(
    ("cloud", "text"),
    [
        ("mycloud", "mycloud, region RegionOne, https://cloud.example.org:5000/v3"),
        (
            {"auth": {"auth_url": "https://cloud.example.org:5000/v3", "password": "secret"}},
            "at https://cloud.example.org:5000/v3, region RegionOne",
        ),
        ("", "from OS_* variables or clouds.yaml, region RegionOne, https://cloud.example.org:5000/v3"),
    ],
)
def test_result_names_the_cloud(cloud: Any, text: str) -> None:
    place = {"region": "RegionOne", "auth_url": "https://cloud.example.org:5000/v3"}
    assert result({"cloud": cloud, "plan": {"cloud": place}})["cloud"] == text
    assert result({"cloud": "mycloud"})["cloud"] == "mycloud"


def test_next_step_of_the_role() -> None:
    found = evaluate({"inventory": LEFT})
    assert (found["unfinished"], found["successful"]) == (True, False)
    done = evaluate({"inventory": {"servers": [], "empty": True}})
    assert (done["unfinished"], done["successful"]) == (False, True)
    assert evaluate({"inventory": LEFT, "check_mode": True})["successful"] is True
    assert evaluate({"state": "undrained", "plan": {"moved": [entry(1)]}})["outcome"] == "not_undrained"


def test_refusal_has_all_problems_of_the_plan() -> None:
    problems = [{"kind": "source", "message": "It is down."}, {"kind": "target", "message": "It is full."}]
    assert evaluate({"plan": {"problems": problems}})["refusal"] == "It is down. It is full."
    assert evaluate({"plan": {"problems": []}})["refusal"] == ""
    assert evaluate({})["refusal"] == ""


def test_result_of_the_role() -> None:
    moved = [migration(2)]
    received = [{"state": "working", "reason": None, "events": 6, "other_messages": 0, "connections": 1}]
    found = result(
        {"inventory": {**LEFT, "since": "2026-04-01T10:00:00Z"}, "migrations": moved, "notifications": received}
    )
    assert found["notifications"] == received
    assert list(found) == [
        "outcome", "reason", "host", "cloud", "microversion", "inputs", "service", "service_change", "since",
        "moved", "left", "gone", "migrations", "notifications", "plan", "prediction", "problems", "unknown", "run_id",
        "check_mode", "report", "seconds",
    ]  # fmt: skip
    assert (found["outcome"], found["host"], found["run_id"], found["seconds"]) == (
        "not_drained",
        "compute1",
        "r1",
        1.5,
    )
    assert (found["since"], found["migrations"], found["plan"]) == ("2026-04-01T10:00:00Z", moved, [])
    assert result({"inventory": {"microversion": {"min": "2.1", "max": "2.96"}}})["microversion"]["max"] == "2.96"
    assert result({"plan": LEFT, "check_mode": True})["plan"] == [entry(1)]
    assert result({"inventory": {"since": None}})["since"] == ""
    assert result({"state": "undrained", "plan": {"moved": []}})["outcome"] == "undrained"
