# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destinations import Demand
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import Blocker
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.packing import Candidate
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.resources import ResourceRequest
from ansible_collections.stackproof.migration.plugins.module_utils._readiness.assessment import (
    Resident,
    Room,
    assess,
    batches_of,
    projects_of,
    totals,
    zones_of,
)

REQUEST = ResourceRequest((("VCPU", 1),))


def host(name: str, *, usable: bool = True, kind: str = "QEMU") -> dict[str, Any]:
    zone = "nova"
    return {
        "name": name,
        "usable": usable,
        "hypervisor_type": kind,
        "availability_zone": zone,
        "provider": f"rp-{name}",
    }


def server(name: str, place: str, *blockers: Blocker, movable: bool = True) -> Resident:
    demand = Demand(name, request=REQUEST) if movable else None
    return Resident(name, name, "p1", place, "ACTIVE", "live" if movable else "none", blockers, demand)


def room(**free: int) -> Room:
    candidates = [Candidate(name, {f"rp-{name}": {"VCPU": 1}}) for name, amount in free.items() if amount]
    return Room({REQUEST: candidates}, {f"rp-{name}": {"VCPU": amount} for name, amount in free.items()})


def blocker(certainty: str, *, temporary: bool = False) -> Blocker:
    return Blocker("r", certainty, "The problem.", "The remedy.", temporary=temporary)


HOSTS = [host("a"), host("b"), host("c")]


@pytest.mark.parametrize(
    ("residents", "free", "alone", "together"),
    [
        ({}, {"a": 4, "b": 4, "c": 4}, "yes", "yes"),
        ({"a": [server("s1", "a")]}, {"a": 4, "b": 4, "c": 4}, "yes", "yes"),
        # The batch of a and b needs room for two servers on c.
        ({"a": [server("s1", "a")], "b": [server("s2", "b")]}, {"a": 1, "b": 1, "c": 1}, "yes", "doubtful"),
        ({"a": [server("s1", "a")]}, {"a": 4}, "no", "no"),
        ({"a": [server("s1", "a", blocker("likely"))]}, {"b": 4, "c": 4}, "doubtful", "doubtful"),
        ({"a": [server("s1", "a", blocker("unknown"))]}, {"b": 4, "c": 4}, "doubtful", "doubtful"),
        ({"a": [server("s1", "a", blocker("certain"), movable=False)]}, {"b": 4, "c": 4}, "no", "no"),
        # A task ends without an action of the operator.
        (
            {"a": [server("s1", "a", blocker("certain", temporary=True), movable=False)]},
            {"b": 4, "c": 4},
            "doubtful",
            "doubtful",
        ),
    ],
)
def test_outcome_of_a_host(residents: Any, free: dict[str, int], alone: str, together: str) -> None:
    reports = assess(HOSTS, residents, room(**free), selected=["a", "b", "c"], at_once=2)
    found = {report.host: report for report in reports}
    assert (found["a"].alone, found["a"].together) == (alone, together)
    assert found["c"].alone == "yes"


def test_room_is_unknown_without_placement() -> None:
    (report,) = assess(HOSTS, {"a": [server("s1", "a")]}, Room(None), selected=["a"])
    assert (report.alone, report.destinations) == ("unknown", {"s1": 2})


def test_a_host_needs_targets_of_its_hypervisor_type() -> None:
    hosts = [host("a"), host("b", kind="ironic"), host("c", usable=False)]
    (report,) = assess(hosts, {"a": [server("s1", "a")]}, room(b=4, c=4), selected=["a"])
    assert report.alone == "no"
    assert [one.reason for one in report.blockers["s1"]] == ["no_host"]


def test_batches_keep_the_order() -> None:
    assert batches_of(["a", "b", "c"], 2) == [["a", "b"], ["c"]]


def test_totals_count_each_verdict() -> None:
    reports = assess(HOSTS, {"a": [server("s1", "a")]}, room(a=4), selected=["a", "b"])
    assert totals(reports)["alone"] == {"yes": 1, "unknown": 0, "doubtful": 0, "no": 1}


def test_projects_are_sorted_by_their_servers() -> None:
    found = projects_of(
        [
            {"project_id": "p1", "blockers": [{"reason": "vtpm"}, {"reason": "numa"}]},
            {"project_id": "p2", "blockers": [{"reason": "pci"}]},
            {"project_id": "p1", "blockers": [{"reason": "vtpm"}]},
        ]
    )
    assert found == [
        {"project_id": "p1", "servers": 2, "reasons": {"numa": 1, "vtpm": 2}},
        {"project_id": "p2", "servers": 1, "reasons": {"pci": 1}},
    ]


def test_zones_add_the_room_of_usable_hosts() -> None:
    hosts = [host("a"), host("b", usable=False), host("c")]
    free = {"rp-a": {"VCPU": 2}, "rp-b": {"VCPU": 8}, "rp-c": {"VCPU": 3, "DISK_GB": 1}}
    assert zones_of(hosts, free) == [{"zone": "nova", "hosts": 3, "usable_hosts": 2, "free": {"DISK_GB": 1, "VCPU": 5}}]
