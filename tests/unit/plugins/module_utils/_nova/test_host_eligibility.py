# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._nova import host_eligibility


def host(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "provider": f"rp-{name}",
        "hypervisor_type": "QEMU",
        "state": "up",
        "status": "enabled",
        "disabled_reason": None,
        "forced_down": False,
        "availability_zone": "nova",
        **more,
    }


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, None),
        ({"forced_down": True}, "its nova-compute service is forced down"),
        ({"state": "down"}, "its nova-compute service is down"),
        ({"state": None, "status": "UNKNOWN"}, "its cell does not answer"),
        ({"state": None}, "its nova-compute service is in an unknown state"),
        ({"status": "disabled"}, "its nova-compute service is disabled"),
        ({"status": "disabled", "disabled_reason": "rack 7"}, "its nova-compute service is disabled (rack 7)"),
        ({"hypervisor_type": "ironic"}, "hypervisors of type ironic do not support live migration"),
        ({"availability_zone": "az2"}, "it is in availability zone az2, not in nova"),
        ({"provider": "rp-other"}, "it has no room for the flavor"),
    ],
)
def test_obstacle(facts: dict[str, Any], why: str | None) -> None:
    assert host_eligibility.obstacle(host("a", **facts), "nova", {"rp-a": 1}) == why


def test_host_without_spare_room_has_an_obstacle() -> None:
    assert host_eligibility.obstacle(host("a"), None, {"rp-a": 2}, 1) is None
    assert host_eligibility.obstacle(host("a"), None, {"rp-a": 2}, 2) == host_eligibility.no_spare_room(2)
    assert host_eligibility.obstacle(host("a"), None, {}, 2) == host_eligibility.NO_ROOM


def test_unknown_facts_are_no_obstacle() -> None:
    assert host_eligibility.obstacle(host("a", availability_zone=None), "nova", None) is None
    assert host_eligibility.obstacle(host("a", availability_zone="az2"), None, None) is None


def test_only_hosts_of_the_most_common_hypervisor_type_are_usable() -> None:
    judged = host_eligibility.judge([host("a"), host("b"), host("c", hypervisor_type="VMware")])
    assert [one["usable"] for one in judged] == [True, True, False]
    assert judged[2]["obstacle"] == "its hypervisor type is VMware, but the other hosts have QEMU"


def test_named_host_determines_the_hypervisor_type() -> None:
    judged = host_eligibility.judge([host("a"), host("b"), host("c", hypervisor_type="VMware")], anchors=[None, "c"])
    assert [one["usable"] for one in judged] == [False, False, True]


def test_accepts_an_empty_list_of_hosts() -> None:
    assert host_eligibility.judge([]) == []


def test_merges_hypervisors_with_their_services() -> None:
    hypervisor = {"id": "u1", "hypervisor_hostname": "node1.example", "service": {"host": "node1"}, "vcpus": 8}
    service = {"host": "node1", "state": "up", "status": "enabled", "zone": "az1", "forced_down": False}
    merged = host_eligibility.merge(
        [{**hypervisor, "vcpus_used": 3}, {"id": "u2", "hypervisor_hostname": "node0"}], [service]
    )
    assert [(one["name"], one["node"]) for one in merged] == [("node0", "node0"), ("node1", "node1.example")]
    assert merged[1]["state"] == "up"
    assert merged[1]["availability_zone"] == "az1"
    assert merged[1]["free_vcpus"] == 5
    assert merged[0]["free_vcpus"] is None
