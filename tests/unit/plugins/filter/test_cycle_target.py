# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.filter.cycle_target import FilterModule

cycle_target = FilterModule().filters()["cycle_target"]


def host(name: str, zone: str | None = "nova", *, usable: bool = True) -> dict[str, Any]:
    return {"name": name, "availability_zone": zone, "usable": usable}


def server(on: str | None, zone: str | None = "nova") -> dict[str, Any]:
    return {"host": on, "availability_zone": zone}


TWO = [host("compute1"), host("compute2")]


@pytest.mark.parametrize(
    ("target", "hosts", "servers", "named"),
    [
        ("scheduler", TWO, [server("compute1")], ""),
        ("other", TWO, [server("compute1")], "compute2"),
        ("other", TWO, [server("compute2")], "compute1"),
        ("other", [host("compute1", usable=False), *TWO[1:]], [server("compute2")], ""),
        # the other host is in another availability zone
        ("other", [host("compute1"), host("compute2", "b")], [server("compute1")], ""),
        ("other", [host("compute1"), host("compute2", None)], [server("compute1")], "compute2"),
        # The servers that one request booted are on several hosts.
        ("other", TWO, [server("compute1"), server("compute2")], ""),
        ("other", None, [server(None)], ""),
        ("compute2", TWO, [server("compute1")], "compute2"),
    ],
)
def test_chooses_the_target_host(
    target: str, hosts: list[dict[str, Any]] | None, servers: list[dict[str, Any]], named: str
) -> None:
    found = cycle_target(target, hosts=hosts, servers=servers)
    assert (found["host"], found["problem"]) == (named, "")
    assert found["named"] is (target == "compute2")


@pytest.mark.parametrize("hosts", [TWO, None])
def test_refuses_the_old_value_auto(hosts: list[dict[str, Any]] | None) -> None:
    problem = cycle_target("auto", hosts=hosts)["problem"]
    assert problem.startswith("migration_cycle_target: this cloud has no compute host named 'auto'. Set the target")
    assert "to scheduler, other or the name of a compute host." in problem
    assert ("Compute hosts: compute1, compute2." in problem) is (hosts is not None)


def test_accepts_a_host_named_auto() -> None:
    assert cycle_target("auto", hosts=[*TWO, host("auto")])["problem"] == ""
    assert cycle_target("auto", hosts=[*TWO, host("auto")], servers=[server("compute1")])["host"] == "auto"


def test_refuses_an_unknown_host() -> None:
    assert (
        "this cloud has no compute host named 'compute3'. Did you mean compute2?"
        in cycle_target("compute3", hosts=TWO)["problem"]
    )
    assert "this cloud has no compute host named ''." in cycle_target("", hosts=None)["problem"]
    # This user cannot list hosts. Therefore Nova checks the name of the host.
    assert cycle_target("compute3", hosts=None)["problem"] == ""


@pytest.mark.parametrize(
    ("failed", "zone", "where"),
    [
        # the user named a target
        ({"source": "compute1", "expected_host": "compute2"}, "", ("compute2", "nova:compute1")),
        ({"source": "compute1", "expected_host": "compute2"}, "az1", ("compute2", "az1:compute1")),
        ({"source": "c1", "expected_host": "c2", "server": {"availability_zone": "b"}}, "", ("c2", "b:c1")),
        ({"source": None, "expected_host": "compute2"}, "", ("compute2", "")),
        # the scheduler chose the destination
        ({"source": "compute1", "destination": "compute2"}, "", ("compute2", "nova:compute1")),
        # The scheduler found no host. Therefore the scheduler also chooses the hosts of the single server.
        ({"source": "compute1", "destination": None}, "", ("", "")),
        ({"source": "compute1", "destination": None}, "az1", ("", "az1")),
        ({"source": None, "destination": None}, "", ("", "")),
        # A server that was booted on a named host is bound to the zone of the host.
        ({"source": "compute1", "destination": "far"}, "", ("", "")),
    ],
)
def test_control_experiment_repeats_the_failed_migration(
    failed: dict[str, Any], zone: str, where: tuple[str, str]
) -> None:
    hosts = [*TWO, host("far", "b")]
    found = cycle_target("scheduler", hosts=hosts, failed=failed, availability_zone=zone)
    assert (found["host"], found["availability_zone"]) == where
