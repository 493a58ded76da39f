# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.attachment_rules import (
    inactive_binding_blocker,
)
from ansible_collections.stackproof.migration.plugins.module_utils._drain.plan import (
    no_target_message,
    plan_problems,
    source_obstacle,
    target_obstacle,
    without_hosts,
)

# Tests of the source host


@pytest.mark.parametrize(
    ("service", "obstacle"),
    [
        ({"status": "enabled", "state": "up"}, None),
        ({"status": "disabled", "state": "up"}, None),
        ({"status": "enabled", "state": "down"}, "The compute service of compute1 is down. Nova cannot live-migrate"),
        (
            {"status": "enabled", "state": "down", "forced_down": True},
            "The compute service of compute1 is forced down.",
        ),
        ({"status": "enabled", "state": "up", "forced_down": True}, "The compute service of compute1 is forced down."),
        ({"status": "enabled", "state": None}, "The compute service of compute1 is in an unknown state."),
        ({"status": "UNKNOWN", "state": None}, "The cell of compute1 does not answer"),
    ],
)
def test_source_obstacle(service: dict[str, Any], obstacle: str | None) -> None:
    found = source_obstacle({"host": "compute1", **service})
    assert found == obstacle if obstacle is None else str(found).startswith(obstacle)


def test_source_obstacle_offers_evacuation() -> None:
    found = str(source_obstacle({"host": "compute1", "status": "enabled", "state": "down", "forced_down": True}))
    assert "evacuate its servers with `openstack server evacuate`" in found
    assert "`openstack compute service set --up compute1 nova-compute`" in found


# Tests of the target host


HOSTS: list[dict[str, Any]] = [
    {"name": "compute1", "obstacle": None, "availability_zone": "za"},
    {"name": "compute2", "obstacle": None, "availability_zone": "zb"},
    {"name": "compute3", "obstacle": "its nova-compute service is disabled (fan)", "availability_zone": "zb"},
]


@pytest.mark.parametrize(
    ("name", "obstacle"),
    [
        ("compute2", None),
        ("compute1", "The target must not be the drained host compute1. Name another compute host."),
        ("compute3", "The target compute3 cannot take servers: its nova-compute service is disabled (fan)."),
        (
            "compute22",
            "There is no compute host compute22 (target). Did you mean compute2? Other compute hosts: compute2,",
        ),
        ("compute9", "There is no compute host compute9 (target). Did you mean compute3? Other"),
        ("x", "There is no compute host x (target). Other compute hosts: compute2, compute3."),
        ("in-a-dead-cell", "The target in-a-dead-cell cannot take servers: its cell does not answer."),
    ],
)
def test_target_obstacle(name: str, obstacle: str | None) -> None:
    services = [{"host": "in-a-dead-cell", "status": "UNKNOWN"}]
    found = target_obstacle(name, "compute1", HOSTS, services)
    assert found == obstacle if obstacle is None else str(found).startswith(obstacle)


# Problems


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({}, []),
        ({"source": "It is down."}, ["source"]),
        # An empty host needs no target.
        ({"source": "It is down.", "moves": 0}, []),
        ({"target": "It is full.", "moves": 0}, ["target"]),
        ({"targets_obstacle": "None."}, ["hosts"]),
        ({"targets_obstacle": "None.", "moves": 0}, []),
        ({"target": "It is full.", "targets_obstacle": "None."}, ["target"]),
        ({"unable": [("web-1", "no room")]}, ["target"]),
    ],
)
def test_plan_problems(given: dict[str, Any], kinds: list[str]) -> None:
    values = {"source": None, "target": None, "targets_obstacle": None, "moves": 3, "unable": [], **given}
    assert [problem["kind"] for problem in plan_problems(**values)] == kinds


def test_problem_names_servers_that_the_target_cannot_take() -> None:
    unable = [(f"web-{number}", "no room") for number in range(5)]
    (problem,) = plan_problems(source=None, target=None, targets_obstacle=None, moves=9, unable=unable)
    assert problem["message"] == (
        "The target cannot take 5 of 9 servers: web-0: no room; web-1: no room; web-2: no room; and 2 more."
        " Name another target, or leave target empty to let Nova's scheduler choose."
    )


@pytest.mark.parametrize(
    ("unusable", "message"),
    [
        ([], "No other compute host can take servers: the cloud has none. Enable or start a compute host."),
        (
            [{"name": "c2", "obstacle": "it is down"}, {"name": "c3", "obstacle": "it is full"}],
            "No other compute host can take servers: c2: it is down; c3: it is full. Enable or start a compute host.",
        ),
    ],
)
def test_message_without_a_usable_target(unusable: list[dict[str, str]], message: str) -> None:
    assert no_target_message(unusable) == message


# Tests of hosts that a server cannot use


def stripped(hosts: list[str] | None, *stopped: str, named: bool = False) -> dict[str, Any]:
    server = {"destinations": hosts, "unknown": ["its traits"], "blockers": []}
    return without_hosts(server, {host: inactive_binding_blocker("p", host) for host in stopped}, named=named)


def test_scheduler_may_choose_a_host_with_an_inactive_binding() -> None:
    found = stripped(["compute2", "compute3"], "compute2", "compute9")
    assert found["destinations"] == ["compute3"]
    assert found["unknown"][0] == "its traits"
    assert found["unknown"][1].startswith("whether the scheduler avoids compute2. The port p has an INACTIVE binding")


def test_no_host_is_left() -> None:
    found = stripped(["compute2"], "compute2", named=True)
    assert (found["destinations"], found["room"]) == ([], False)
    assert "DELETE /v2.0/ports/p/bindings/compute2" in found["destination_obstacle"]
    assert [one["reason"] for one in found["blockers"]] == ["inactive_binding"]


@pytest.mark.parametrize(
    ("hosts", "stopped", "named"),
    [(["compute2"], ["compute9"], False), (["compute2"], [], False), ([], ["compute2"], False), (None, ["a"], True)],
)
def test_other_hosts_change_nothing(hosts: list[str] | None, stopped: list[str], named: bool) -> None:
    assert stripped(hosts, *stopped, named=named) == {}
