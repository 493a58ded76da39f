# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destinations import (
    Demand,
    Group,
    find_destinations,
    group_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.packing import (
    Candidate,
    candidates_in,
    free_in,
    pack,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.resources import (
    ResourceRequest,
    aggregate_hosts,
)


@pytest.mark.parametrize(
    ("group", "host_of", "allowed"),
    [
        ({"policy": "anti-affinity"}, {"b": "compute2"}, ["compute3"]),
        ({"policies": ["anti-affinity"]}, {"b": "compute2"}, ["compute3"]),
        ({"policy": "anti-affinity", "rules": {"max_server_per_host": 2}}, {"b": "compute2"}, ["compute2", "compute3"]),
        ({"policy": "affinity"}, {"b": "compute2"}, ["compute2"]),
        # The server is the only member of its group. Or all members of the group are on the source host.
        ({"policy": "affinity"}, {}, []),
        ({"policy": "affinity"}, {"b": None}, []),
    ],
)
def test_group_allows_hosts(group: dict[str, Any], host_of: dict[str, str | None], allowed: list[str]) -> None:
    found = group_of({"name": "g", "members": ["a", "b"], **group}, "a", host_of)
    assert found is not None
    assert [host for host in ("compute2", "compute3") if found.allows(host)] == allowed


@pytest.mark.parametrize("policy", ["soft-affinity", "soft-anti-affinity", None])
def test_group_with_preference_binds_nothing(policy: str | None) -> None:
    assert group_of({"name": "g", "members": ["a", "b"], "policy": policy}, "a", {"b": "compute2"}) is None


@pytest.mark.parametrize(
    ("specs", "hosts"),
    [
        ({}, None),
        ({"hw:cpu_policy": "shared"}, None),
        ({"aggregate_instance_extra_specs:ssd": "true"}, {"compute2"}),
        ({"aggregate_instance_extra_specs:ssd": "true", "aggregate_instance_extra_specs:gpu": "true"}, set()),
    ],
)
def test_aggregate_hosts(specs: dict[str, str], hosts: set[str] | None) -> None:
    aggregates = [{"metadata": {"ssd": "true"}, "hosts": ["compute2"]}, {"metadata": {"gpu": "true"}, "hosts": ["c3"]}]
    assert aggregate_hosts({"extra_specs": specs}, aggregates) == (None if hosts is None else frozenset(hosts))


# Candidates


def test_reads_candidates_of_nested_and_sharing_providers() -> None:
    body = {
        "allocation_requests": [
            {"allocations": {"rp2": {"resources": {"VCPU": 1}}, "gpu2": {"resources": {"CUSTOM_GPU": 1}}}},
            {"allocations": {"gpu2": {"resources": {"CUSTOM_GPU": 1}}}},
            {"allocations": {"other": {"resources": {"VCPU": 1}}}},
        ],
        "provider_summaries": {
            "rp2": {"resources": {"VCPU": {"capacity": 8, "used": 2}}, "root_provider_uuid": "rp2"},
            "gpu2": {"resources": {"CUSTOM_GPU": {"capacity": 4, "used": 4}}, "root_provider_uuid": "rp2"},
            "other": {"resources": {}, "root_provider_uuid": "other"},
        },
    }
    assert candidates_in(body, {"rp2": "compute2"}) == [
        Candidate("compute2", {"rp2": {"VCPU": 1}, "gpu2": {"CUSTOM_GPU": 1}}),
        Candidate("compute2", {"gpu2": {"CUSTOM_GPU": 1}}),
    ]
    shared = {"allocations": {"rp2": {"resources": {"VCPU": 1}}, "other": {"resources": {"DISK_GB": 1}}}}
    (found,) = candidates_in(body | {"allocation_requests": [shared]}, {"rp2": "compute2"})
    assert found.shared
    assert free_in(body) == {"rp2": {"VCPU": 6}, "gpu2": {"CUSTOM_GPU": 0}, "other": {}}


def test_named_destination_cannot_use_a_shared_provider() -> None:
    request = ResourceRequest((("DISK_GB", 1), ("VCPU", 1)))
    providers = {"rp2": {"VCPU": 1}, "storage": {"DISK_GB": 1}}
    candidates = {request: [Candidate("compute2", providers, shared=True)]}
    arguments = (
        [Demand("s1", request=request)],
        TARGETS[:1],
        candidates,
        {"rp2": {"VCPU": 8}, "storage": {"DISK_GB": 8}},
    )
    assert find_destinations(*arguments)["s1"].hosts == ("compute2",)
    found = find_destinations(*arguments, named=True)["s1"]
    assert (found.hosts, found.room) == ((), False)
    assert str(found.obstacle).startswith("compute2 has room only with a shared resource provider")
    # The host also has a disk of its own.
    candidates[request].append(Candidate("compute2", {"rp2": {"VCPU": 1, "DISK_GB": 1}}))
    arguments[3]["rp2"]["DISK_GB"] = 8
    assert find_destinations(*arguments, named=True)["s1"].hosts == ("compute2",)


def on(*hosts: str, vcpus: int = 1) -> list[Candidate]:
    return [Candidate(host, {f"rp-{host}": {"VCPU": vcpus}}) for host in hosts]


def free(**vcpus: int) -> dict[str, dict[str, int]]:
    return {f"rp-{host}": {"VCPU": number} for host, number in vcpus.items()}


@pytest.mark.parametrize(
    ("servers", "vcpus", "placed"),
    [
        ({"a": on("c2"), "b": on("c3")}, {"c2": 1, "c3": 1}, {"a": "c2", "b": "c3"}),
        # Each server fits as the only server. All servers together do not fit.
        ({name: on("c2") for name in "abc"}, {"c2": 2}, {"a": "c2", "b": "c2"}),
        # pack first places the server that has only one possible host.
        ({"a": on("c2", "c3"), "b": on("c3")}, {"c2": 1, "c3": 2}, {"a": "c2", "b": "c3"}),
        ({"small": on("c2"), "large": on("c2", vcpus=2)}, {"c2": 2}, {"large": "c2"}),
        # pack moves a placed server to another host. The new server then has room.
        (
            {"a": on("c2", "c3"), "b": on("c3", "c4"), "c": on("c3", "c4")},
            {"c2": 1, "c3": 1, "c4": 1},
            {"a": "c2", "b": "c4", "c": "c3"},
        ),
        ({"a": []}, {"c2": 1}, {}),
        # Placement returned no summary for this provider.
        ({"a": on("c9")}, {"c2": 1}, {}),
    ],
)
def test_pack(servers: dict[str, list[Candidate]], vcpus: dict[str, int], placed: dict[str, str]) -> None:
    found = pack(servers, free(**vcpus))
    assert set(found) == set(placed)
    used: dict[str, int] = {}
    for name, host in found.items():
        assert host in {one.host for one in servers[name]}
        amount = next(one for one in servers[name] if one.host == host).providers[f"rp-{host}"]["VCPU"]
        used[host] = used.get(host, 0) + amount
    assert all(used[host] <= vcpus[host] for host in used)


def test_pack_moves_a_placed_server_to_make_room() -> None:
    # "b" fits only on c2. pack places "a" on c2, because c2 has the most room.
    servers = {"a": on("c2", "c3"), "b": [*on("c2", vcpus=2), *on("c4", vcpus=9)]}
    free_vcpus = free(c2=2, c3=1, c4=1)
    # Both servers have the same size. Therefore pack places "a" first.
    servers["a"] = [Candidate(one.host, {uuid: {"VCPU": 1} for uuid in one.providers}) for one in servers["a"]]
    servers["b"] = list(reversed(servers["b"]))
    assert pack(servers, free_vcpus) == {"a": "c3", "b": "c2"}


def test_pack_places_servers_of_one_request_fast() -> None:
    hosts = [f"c{number}" for number in range(1000)]
    candidates = on(*hosts)
    assert pack({f"s{number}": candidates for number in range(300)}, free(**dict.fromkeys(hosts, 0))) == {}
    assert (
        len(pack({f"s{number}": candidates for number in range(300)}, free(c7=2, **dict.fromkeys(hosts[:7], 1)))) == 9
    )


def test_pack_uses_nested_providers() -> None:
    servers = {name: [Candidate("c2", {"rp": {"VCPU": 1}, gpu: {"GPU": 1}}) for gpu in ("g1", "g2")] for name in "abc"}
    found = pack(servers, {"rp": {"VCPU": 8}, "g1": {"GPU": 1}, "g2": {"GPU": 1}})
    assert len(found) == 2


# Destinations

REQUEST = ResourceRequest((("VCPU", 1),))
TARGETS: list[dict[str, Any]] = [
    {"name": "compute2", "availability_zone": "za"},
    {"name": "compute3", "availability_zone": "zb"},
]
ROOM = {REQUEST: on("compute2", "compute3")}


@pytest.mark.parametrize(
    ("demand", "hosts", "room", "obstacle"),
    [
        ({}, ("compute2", "compute3"), True, None),
        ({"zone": "zb"}, ("compute3",), True, None),
        (
            {"zone": "zc"},
            (),
            False,
            "it is bound to availability zone zc, but compute2, compute3 are in another zone",
        ),
        ({"group": Group("g", "anti-affinity", {"compute2": 1})}, ("compute3",), True, None),
        (
            {"group": Group("g", "affinity")},
            (),
            False,
            ("its server group g has the policy affinity, and the other members are not on compute2, compute3"),
        ),
        (
            {"group": Group("g", "anti-affinity", {"compute2": 1, "compute3": 1})},
            (),
            False,
            (
                "its server group g has the policy anti-affinity, and each of compute2, compute3 has 1 or more other"
                " members"
            ),
        ),
        (
            {"request": ResourceRequest((("VCPU", 64),), required=("CUSTOM_X",))},
            (),
            False,
            "no room for VCPU=64 with traits CUSTOM_X on compute2, compute3",
        ),
        # A host in the zone exists, but it has no room.
        ({"zone": "zb", "request": ResourceRequest((("VCPU", 2),))}, (), False, "no room for VCPU=2 on compute3"),
        ({"request": None}, ("compute2", "compute3"), None, None),
    ],
)
def test_destinations_of_a_server(demand: dict[str, Any], hosts: tuple[str, ...], room: Any, obstacle: Any) -> None:
    found = find_destinations(
        [Demand("s1", **{"request": REQUEST, **demand})], TARGETS, ROOM, free(compute2=8, compute3=8)
    )["s1"]
    assert (found.hosts, found.room, found.obstacle) == (hosts, room, obstacle)


def test_room_is_unknown_without_placement() -> None:
    demands = [Demand("s1", request=REQUEST), Demand("s2", request=REQUEST, zone="zc")]
    found = find_destinations(demands, TARGETS, None, {})
    assert (found["s1"].hosts, found["s1"].room) == (("compute2", "compute3"), None)
    # The zone is known even if Placement cannot be read.
    assert found["s2"].room is False


def test_many_servers_with_room_for_one() -> None:
    demands = [Demand(f"s{number:03}", request=REQUEST) for number in range(100)]
    found = find_destinations(demands, TARGETS, ROOM, free(compute2=1, compute3=0))
    assert sorted(name for name, one in found.items() if one.room) == ["s000"]
    assert found["s001"].obstacle == "no room is left on compute2, compute3 after the other servers are moved"


def test_target_of_unknown_zone_is_not_excluded() -> None:
    targets = [{"name": "compute2", "availability_zone": None}]
    assert find_destinations([Demand("s1", zone="za")], targets, None, {})["s1"].hosts == ("compute2",)


@pytest.mark.parametrize(
    ("hosts", "unknown"),
    [
        (None, ()),
        (frozenset({"compute2", "compute3"}), ()),
        (
            frozenset({"compute2"}),
            ("whether the scheduler requires the aggregates of the flavor (hosts: compute2)",),
        ),
        (
            frozenset(),
            ("whether the scheduler requires the aggregates of the flavor (hosts: none)",),
        ),
    ],
)
def test_aggregates_of_a_flavor_are_noted(hosts: frozenset[str] | None, unknown: tuple[str, ...]) -> None:
    demand = Demand("s1", request=REQUEST, aggregate_hosts=hosts)
    assert find_destinations([demand], TARGETS, ROOM, free(compute2=8, compute3=8))["s1"].unknown == unknown
