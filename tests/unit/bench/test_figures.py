# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.bench import targets
from ansible_collections.stackproof.migration.bench.access_log import Request
from ansible_collections.stackproof.migration.bench.figures import Spread, rotated
from ansible_collections.stackproof.migration.bench.lag import requests_after_start
from ansible_collections.stackproof.migration.bench.page import (
    LAST_RUN,
    markers,
    put_into,
    render,
    render_scale,
    render_volumes,
)
from ansible_collections.stackproof.migration.bench.tool_names import CLIENT, FLOOR, LOOP, RALLY, ROLE


def rows(*walls: float, **more: float) -> list[dict[str, float]]:
    usual = {"cpu": 2.0, "memory": 90.0, "requests": 40, "named": 30, "servers": 10, "nova": 8.0}
    return [{"wall": wall, **usual, **more} for wall in walls]


@pytest.fixture
def results() -> dict[str, Any]:
    return {
        "date": "2026-11-21",
        "command": "make bench",
        "machine": {"cores": 2, "processor": "X", "memory_gib": 23, "system": "Debian", "versions": {"rally": "5.1.1"}},
        "cycle": {ROLE: rows(10, 30, 11), RALLY: rows(20, 22, 24), CLIENT: rows(20, 20, 20)},
        "drain": {
            ROLE: rows(11, cpu=4.0),
            FLOOR: [{**row, "memory": None} for row in rows(10)],
            CLIENT: rows(30, cpu=20.0),
            LOOP: rows(5, servers=2, nova=3.0),
        },
        "lag": [{"copy": 1.0, "lag": 0.3, "known": 0.1}, {"copy": 10.0, "lag": 0.9, "known": 0.7}],
        "growth": [*rows(5, 6, memory=80.0), *rows(50, servers=200, memory=160.0, named=700, requests=800)],
    }


def test_spread_has_median_and_range() -> None:
    assert Spread.of([3.0, 1.0, 2.0, 9.0]) == Spread(2.5, 1.0, 9.0, 4)
    assert Spread.of([3.0, 1.0, 2.0]).text() == "2.0 (1.0 to 3.0)"
    assert Spread.of([3.0, 3.0]).text(0) == "3"


def test_rotates_the_order_of_tools() -> None:
    assert [rotated("ABC", number) for number in range(4)] == [
        ["A", "B", "C"],
        ["B", "C", "A"],
        ["C", "A", "B"],
        ["A", "B", "C"],
    ]


def test_compares_results_with_targets(results: dict[str, Any]) -> None:
    found = [(round(one.found, 2), one.limit, one.met) for one in targets.of(results)]
    assert found == [
        # The figures are the medians of 10, 11, 30 and of 20, 22, 24.
        (0.5, 0.7, True),
        (0.55, 0.6, True),
        (1.1, 1.15, True),
        (0.2, 0.25, True),
        (3.0, 4.0, True),
        (0.6, 0.5, False),
        # The figure is the memory at the largest number of servers.
        (160.0, 150.0, False),
    ]


def test_no_targets_without_results() -> None:
    assert targets.of({}) == []


def test_renders_tables(results: dict[str, Any]) -> None:
    text = render(results)
    assert "By `make bench` on 2026-11-21: 2 cores (X), 23 GiB, Debian." in text
    assert "| full cycle: wall time / wall time of Rally | ≤ 0.7 | 0.50 | yes |" in text
    assert "| client's memory with 200 servers | ≤ 150 MB | 160.00 MB | **no** |" in text
    assert "| this collection | 11.0 (10.0 to 30.0) |" in text
    # A loop over 2 servers is measured. Its time is multiplied by 5 to get the time for 10 servers.
    assert "| Ansible's loop, 2 servers times 5 | 25.0 | 15.0 | 10.0 |" in text
    assert "| bare client (floor) | 10.0 | 8.0 | 2.0 |  |" in text
    assert "| 200 | 50.0 | 3.50 | 100 |" in text


def test_compares_the_ways_to_wait(results: dict[str, Any]) -> None:
    polled = [{"copy": 1.0, "way": "by polls", "lag": 0.4, "known": 0.3, "requests": 30}]
    notified = [{"copy": 1.0, "way": "by notifications", "lag": 0.1, "known": 0.05, "requests": 12}]
    found = {one.what: (round(one.found, 2), one.met) for one in targets.of({"lag": [*polled, *notified]})}
    assert found == {
        "detection lag of a single migration": (0.4, True),
        "detection lag of a single migration, by notifications": (0.1, True),
        "requests per followed migration: by notifications / by polls": (0.4, False),
    }
    text = render({**{key: results[key] for key in ("date", "command", "machine")}, "lag": [*polled, *notified]})
    assert "| by polls | 1 s | 0.40 | 0.30 | 30 |" in text
    assert "| by notifications | all | 0.10 | 0.05 | 12 |" in text


def test_counts_the_requests_that_follow_a_migration() -> None:
    ours, other = "stackproof.migration openstacksdk", "python-novaclient"
    requests = [
        Request("keystone", "POST", "/v3/auth/tokens?", ours),
        Request("nova", "GET", "/servers/s?", ours),
        Request("nova", "POST", "/servers/s/action?", ours),
        Request("nova", "GET", "/os-migrations?instance_uuid=s", ours),
        Request("nova", "GET", "/os-migrations?instance_uuid=s", other),
        Request("nova", "GET", "/servers/s?", ours),
        Request("placement", "GET", "/allocations/s?", ours),
        Request("placement", "GET", "/resource_providers/p?", ours),
        Request("placement", "GET", "/allocations/s?", ours),
        Request("placement", "GET", "/resource_providers/q?", ours),
        Request("placement", "GET", "/allocations/m?", ours),
    ]
    assert requests_after_start(requests) == 2 + 3


def test_renders_only_parts_that_ran(results: dict[str, Any]) -> None:
    text = render({key: results[key] for key in ("date", "command", "machine", "lag")})
    assert "### Detection lag" in text
    assert "### Growth" not in text


@pytest.mark.parametrize("section", [LAST_RUN, "the last run of scale"])
def test_replaces_figures_of_one_section_only(section: str) -> None:
    begin, end = markers(section)
    page = f"before\n{begin}old\n{end}after\n"
    once = put_into(page, "new\n", section)
    assert once == f"before\n{begin}\nnew\n\n{end}after\n"
    assert put_into(once, "new\n", section) == once


def test_scale_compares_the_large_cloud_with_the_small_one(results: dict[str, Any]) -> None:
    def row(servers: int, requests: int) -> dict[str, Any]:
        values = {"requests": requests, "wall": 2.0, "memory": 90.0}
        return {"command": "preflight", "hosts": 2, "servers": servers, **values}

    scale = [row(10, 20), row(20_010, 21)]
    assert [(target.found, target.met) for target in targets.of_scale(scale)] == [(1.05, True), (90.0, True)]
    assert not targets.of_scale([row(10, 20), row(20_010, 40)])[0].met
    text = render_scale({**{key: results[key] for key in ("date", "command", "machine")}, "scale": scale})
    assert "| preflight | 2 | 20010 | 21 | 2.0 | 90 |" in text


def test_volumes_show_servers_that_were_migrated_before(results: dict[str, Any]) -> None:
    fresh, *again = rows(30, 28, 29, servers=40, requests=200, named=160)
    volumes = [{**fresh, "migrated": False}, *({**row, "requests": 250, "migrated": True} for row in again)]
    assert [(target.found, target.met) for target in targets.of_volumes(volumes)] == [(6.25, False)]
    assert targets.of_volumes(volumes[:1])[0].met
    text = render_volumes({**{key: results[key] for key in ("date", "command", "machine")}, "volumes": volumes})
    assert "| 40 | no | 5.00 | 200 | 160 | 30.0 |" in text
    assert "| 40 | yes | 6.25 | 250 | 160 | 28.5 (28.0 to 29.0) |" in text
