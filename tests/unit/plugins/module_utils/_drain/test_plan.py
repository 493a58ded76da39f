# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._drain.plan import (
    no_target_message,
    plan_problems,
    source_obstacle,
    target_obstacle,
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
