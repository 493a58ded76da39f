# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.filter.drain_plan import FilterModule as PlanFilters
from ansible_collections.stackproof.migration.plugins.filter.drain_summary import FilterModule as SummaryFilters
from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import result_of
from ansible_collections.stackproof.migration.plugins.module_utils._drain.texts import (
    plan_lines,
    service_text,
    summary_lines,
)


def server(number: int, method: str = "live", **more: Any) -> dict[str, Any]:
    values = {"id": f"s{number}", "name": f"web-{number}", "host": "compute1", "move_method": method, "obstacle": None}
    return {**values, "destinations": ["compute2"], "destination_obstacle": None, "room": True, "unknown": [], **more}


SERVICE = {"host": "compute1", "status": "enabled", "state": "up"}
PLACE = {"region": "RegionOne", "auth_url": "https://cloud.example.org/v3"}
ORPHAN = {"consumer": "x", "kind": "unknown", "server_id": None, "providers": {"compute1_gpu": {"CUSTOM_GPU": 1}}}
PLAN = {
    "cloud": PLACE,
    "service": SERVICE,
    "targets": ["compute2"],
    "unusable": [{"name": "compute3", "obstacle": "its nova-compute service is down"}],
    "servers": [
        server(1),
        server(2, room=None, unknown=["traits and aggregates of its flavor"]),
        server(3, destinations=[], destination_obstacle="it is bound to availability zone za", room=False),
        server(4, "none", obstacle="The server is SUSPENDED."),
        server(5, "confirm", destinations=None, room=None),
        server(6, destinations=["c1", "c2", "c3", "c4", "c5", "c6"]),
    ],
    "move_methods": {"live": 4, "none": 1, "confirm": 1},
    "consumers": [ORPHAN],
    "problems": [],
    "unknown": ["The API does not show cells."],
}


def test_plan_in_check_mode_lists_every_server() -> None:
    drain = {"host": "compute1", "cloud": "mycloud", "check_mode": True, "plan": PLAN}
    assert plan_lines(drain) == [
        "cloud      mycloud, region RegionOne, https://cloud.example.org/v3",
        "host       compute1: enabled, up",
        "targets    compute2",
        "           not compute3: its nova-compute service is down",
        "servers    6, 4 by live migration, 1 cannot be moved, 1 by confirming a cold migration",
        "live       web-1 (s1): has room on compute2",
        (
            "live       web-2 (s2): may go to compute2, but the free room is unknown; unknown: traits and aggregates of"
            " its flavor"
        ),
        "live       web-3 (s3): NO destination: it is bound to availability zone za",
        "none       web-4 (s4): The server is SUSPENDED.",
        "confirm    web-5 (s5): the drain confirms its earlier cold migration",
        "live       web-6 (s6): has room on c1, c2, c3, c4 and 2 more",
        (
            "allocation Placement holds CUSTOM_GPU=1 on compute1_gpu for consumer x, which Nova does not know. If"
            " nothing uses the resources, delete the allocation with `openstack resource provider allocation delete x`."
        ),
        "unknown    The API does not show cells.",
    ]


def test_plan_of_a_run_lists_servers_with_obstacles() -> None:
    lines = plan_lines({"host": "compute1", "cloud": "mycloud", "target": "compute2", "plan": PLAN})
    assert "target     compute2 (host_drain_target)" in lines
    assert [line.split()[1] for line in lines if "(s" in line] == ["web-3", "web-4"]


def test_plan_lists_problems() -> None:
    problems = [{"kind": "source", "message": "It is down."}]
    assert "problem    It is down." in plan_lines({"host": "c", "plan": {**PLAN, "problems": problems}})


def test_plan_names_ten_unusable_hosts() -> None:
    unusable = [{"name": f"c{number}", "obstacle": "it is down"} for number in range(1000)]
    lines = plan_lines({"host": "compute1", "plan": {**PLAN, "unusable": unusable}})
    assert len([line for line in lines if "it is down" in line]) == 10
    assert "           not 990 more" in lines


def test_plan_of_a_host_that_was_not_read_is_empty() -> None:
    assert plan_lines({"host": "compute1", "plan": {}}) == []
    assert PlanFilters().filters()["drain_plan"]({"host": "compute1", "plan": {"service": None}}) == []


@pytest.mark.parametrize(
    ("plan", "bring_back", "lines"),
    [
        ({"since": None}, False, []),
        (
            {"since": "2026-04-01T10:00:00Z"},
            False,
            [
                (
                    "moved      Servers stay on their new hosts. To bring them back: -e host_drain_bring_back=true"
                    " -e host_drain_since=2026-04-01T10:00:00Z"
                )
            ],
        ),
        (
            {"since": "2026-04-01T10:00:00Z", "moved": [server(1, host="compute2", destinations=["compute1"])]},
            "yes",
            [
                "moved      1 since 2026-04-01T10:00:00Z",
                "live       web-1 (s1), on compute2: has room on compute1",
            ],
        ),
    ],
)
def test_plan_of_undrain(plan: dict[str, Any], bring_back: Any, lines: list[str]) -> None:
    drain = {"host": "compute1", "state": "undrained", "plan": {"service": SERVICE, **plan}}
    assert PlanFilters().filters()["drain_plan"](drain, bring_back=bring_back)[2:] == lines


@pytest.mark.parametrize(
    ("service", "text"),
    [
        (SERVICE, "enabled, up"),
        ({"status": "enabled", "state": "down", "forced_down": True}, "enabled, down, forced down"),
        (
            {"status": "disabled", "state": "up", "disabled_reason": None},
            "disabled (no reason given) by an unknown user or program, up",
        ),
        (
            {"status": "disabled", "state": "up", "disabled_reason": "AUTO: Connection to libvirt lost: 1"},
            "disabled (AUTO: Connection to libvirt lost: 1) by nova-compute itself, up",
        ),
        (
            {"status": "disabled", "state": "up", "disabled_reason": "x [since 2026]", "disabled_since": "2026"},
            "disabled (x [since 2026]) by a drain, up",
        ),
        (
            {
                "status": "disabled",
                "state": "up",
                "disabled_reason": "fan",
                "disabled_since": "2026",
                "disabled_before": True,
            },
            "disabled (fan) by an unknown user or program, up",
        ),
    ],
)
def test_service_text_shows_who_disabled_it(service: dict[str, Any], text: str) -> None:
    assert service_text(service) == text


def summary(drain: dict[str, Any]) -> list[str]:
    result = result_of({"host": "compute1", "cloud": "mycloud", "run_id": "r1", **drain}, seconds=1.5)
    return summary_lines(result, state=drain.get("state", "drained"))


@pytest.mark.parametrize(
    ("status", "changed", "line"),
    [
        ("enabled", True, "host       compute1, would be disabled"),
        ("disabled", False, "host       compute1, stays disabled"),
    ],
)
def test_summary_in_check_mode_predicts(status: str, changed: bool, line: str) -> None:
    disable = {"changed": changed, "before": {"status": status}, "service": {"status": "disabled"}}
    assert summary({"check_mode": True, "plan": PLAN, "disable_result": disable}) == [
        "outcome    planned",
        "reason     3 servers or allocations would stay on the host. web-3: No host can",
        "           take the server: it is bound to availability zone za; web-4: The",
        "           server is SUSPENDED; an allocation: Placement holds CUSTOM_GPU=1 on",
        "           compute1_gpu for consumer x, which Nova does not know. If nothing",
        "           uses the resources, delete the allocation with `openstack resource",
        "           provider allocation delete x`.",
        "cloud      mycloud, region RegionOne, https://cloud.example.org/v3",
        line,
        "servers    4 would be moved",
        "would stay web-3: No host can take the server: it is bound to availability zone",
        "           za.",
        "would stay web-4: The server is SUSPENDED.",
        "would stay allocation: Placement holds CUSTOM_GPU=1 on compute1_gpu for",
        "           consumer x, which Nova does not know. If nothing uses the resources,",
        "           delete the allocation with `openstack resource provider allocation",
        "           delete x`.",
        "took       1.5 s",
    ]


def test_summary_of_undrain_in_check_mode() -> None:
    enable = {"changed": True, "before": {"status": "disabled"}, "service": {"status": "enabled"}}
    plan = {"service": SERVICE, "moved": [server(1), server(2, "none", obstacle="The server does not exist any more.")]}
    lines = summary({"state": "undrained", "check_mode": True, "plan": plan, "enable_result": enable})
    assert "host       compute1, would be enabled" in lines
    assert "servers    1 would come back" in lines


def test_summary_of_a_refused_run_in_check_mode_predicts_no_moves() -> None:
    failure = {"reason": "The target compute3 cannot take servers."}
    assert summary({"check_mode": True, "plan": PLAN, "failure": failure}) == [
        "outcome    error",
        "reason     The target compute3 cannot take servers.",
        "cloud      mycloud, region RegionOne, https://cloud.example.org/v3",
        "host       compute1, stays enabled",
        "took       1.5 s",
    ]


def test_summary_of_a_run() -> None:
    disable = {"changed": True, "service": {"status": "disabled"}}
    drain = {
        "inventory": {"servers": [server(4, "none", obstacle="The server is SUSPENDED.")], "empty": False},
        "earlier_servers": [server(1)],
        "disable_result": disable,
        "report_folder": {"directory": "/reports/r1"},
    }
    assert summary(drain) == [
        "outcome    not_drained",
        "reason     1 server or allocation is left on the host. web-4: The server is",
        "           SUSPENDED.",
        "cloud      mycloud",
        "host       compute1, disabled",
        "moved      0",
        "gone       web-1: The server left before its migration was requested. An",
        "           earlier run or another user moved or deleted it.",
        "left       web-4: The server is SUSPENDED.",
        "took       1.5 s",
        "report     /reports/r1/drain.json",
    ]


def test_summary_filter() -> None:
    result = result_of({"host": "compute1", "run_id": "r1", "failure": {"reason": "refused"}}, seconds=1.0)
    assert SummaryFilters().filters()["drain_summary"](result)[0] == "outcome    error"
