# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_matrix_info

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def run(fake: FakeCloud, **options: Any) -> dict[str, Any]:
    defaults = {name: spec.get("default") for name, spec in migration_matrix_info.MODULE.argument_spec.items()}
    params = {**defaults, **fake.params, **options}
    return migration_matrix_info.MODULE.run(params, fake.time.clock, check_mode=False).values


@pytest.fixture
def four(fake: FakeCloud) -> FakeCloud:
    fake.add_host("compute3")
    fake.add_host("compute4")
    return fake


def pairs(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(pair["source"], pair["destination"]) for pair in found["pairs"]]


def statuses(found: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {host["name"]: (host["status"], host["reason"]) for host in found["hosts"]}


def test_ring_through_all_hosts(four: FakeCloud) -> None:
    found = run(four)
    assert [group["hosts"] for group in found["groups"]] == [["compute1", "compute2", "compute3", "compute4"]]
    assert (found["moves"], found["servers"]) == (4, 2)
    assert found["journeys"][0]["hosts"] == ["compute1", "compute2", "compute3"]
    assert {pair["prediction"] for pair in found["pairs"]} == {"can_move"}
    assert set(statuses(found).values()) == {("included", None)}


def test_all_pairs(four: FakeCloud) -> None:
    assert len(set(pairs(run(four, coverage="all_pairs")))) == 12


def test_unusable_hosts_are_listed(four: FakeCloud) -> None:
    four.services[1]["state"] = "down"
    found = run(four)
    assert statuses(found)["compute2"] == ("unusable", "its nova-compute service is down")
    assert found["moves"] == 3


def test_hosts_that_were_not_named_are_excluded(four: FakeCloud) -> None:
    found = run(four, hosts=["compute1", "compute3"])
    assert pairs(found) == [("compute1", "compute3"), ("compute3", "compute1")]
    assert statuses(found)["compute2"] == ("excluded", "it is not in hosts")


def test_zones_are_groups(four: FakeCloud) -> None:
    four.services[3]["zone"] = "other"
    found = run(four)
    assert {group["name"]: len(group["hosts"]) for group in found["groups"]} == {"nova": 3, "other": 1}
    assert statuses(found)["compute4"] == ("alone", "it is the only usable host of the group other")


def test_groups_of_the_user(four: FakeCloud) -> None:
    found = run(four, host_groups={"cell1": ["compute1", "compute3"]})
    assert [group["hosts"] for group in found["groups"]] == [["compute2", "compute4"], ["compute1", "compute3"]]


def test_older_hypervisor_is_a_group_of_its_own(four: FakeCloud) -> None:
    for hypervisor in four.hypervisors[2:]:
        hypervisor["hypervisor_version"] += 1000
    found = run(four)
    assert [group["hosts"] for group in found["groups"]] == [["compute1", "compute2"], ["compute3", "compute4"]]


def test_aggregate_with_a_required_trait(four: FakeCloud) -> None:
    four.aggregates = [{"name": "gpu", "hosts": ["compute4"], "metadata": {"trait:CUSTOM_GPU": "required"}}]
    found = run(four)
    assert [group["hosts"] for group in found["groups"]] == [["compute1", "compute2", "compute3"], ["compute4"]]
    assert found["groups"][1]["name"].endswith("CUSTOM_GPU")


def test_listed_pair_that_nova_refuses(four: FakeCloud) -> None:
    four.hypervisors[1]["hypervisor_type"] = "VMware"
    found = run(four, coverage="list", pairs=["compute1:compute2", "compute3:compute4"])
    assert pairs(found) == [("compute3", "compute4")]
    (one,) = found["untested"]
    assert (one["source"], one["destination"], one["outcome"]) == ("compute1", "compute2", "not_applicable")
    assert "VMware" in one["reason"]


def test_listed_pair_with_an_unusable_host(four: FakeCloud) -> None:
    four.services[0]["status"] = "disabled"
    found = run(four, coverage="list", pairs=["compute1:compute2"])
    assert found["untested"][0]["outcome"] == "inconclusive"
    assert found["moves"] == 0


def test_sample_of_a_day(four: FakeCloud) -> None:
    seen = set()
    for day in ("2026-04-01", "2026-04-02"):
        found = run(four, sample="50%", date=day)
        assert (found["moves"], found["sample"]["parts"], found["sample"]["date"]) == (2, 2, day)
        seen |= set(pairs(found))
    assert len(seen) == 4


def test_few_requests(four: FakeCloud) -> None:
    run(four)
    assert four.count("GET", "^/compute/v2.1/") == 3


def test_reader_without_the_right_to_list_hosts(four: FakeCloud) -> None:
    four.roles = ["manager", "member", "reader"]
    found = run(four)
    assert found["failure"]["kind"] == "permission"
    assert found["msg"].startswith("A coverage names compute hosts")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hosts": ["compute11"]}, "hosts: there is no compute host compute11. Did you mean compute1?"),
        (
            {"coverage": "list", "pairs": ["compute1:compute33"]},
            "pairs: there is no compute host compute33. Did you mean compute3?",
        ),
        ({"coverage": "list", "pairs": ["compute1"]}, "pairs: each entry must be source:destination"),
        ({"coverage": "list", "pairs": ["compute1:compute1"]}, "names the same host twice"),
        ({"coverage": "list"}, "pairs needs coverage=list"),
        ({"pairs": ["compute1:compute2"]}, "pairs needs coverage=list"),
        ({"host_groups": {"a": ["compute9"]}}, "host_groups: there is no compute host compute9 (in a)."),
        ({"host_groups": {"a": ["compute1"], "b": ["compute1"]}}, "compute1 is in the groups a and b"),
        ({"host_groups": {"a": "compute1"}}, "host_groups: a must be a list of host names"),
        ({"max_moves": 3}, "has 4 migrations, but max_moves is 3"),
        ({"coverage": "all_pairs", "max_moves": 11}, "has 12 migrations, but max_moves is 11"),
        ({"max_parallel": 0}, "max_parallel must be at least 1, found 0"),
        ({"sample": "many"}, "share between 0% and 100%"),
        ({"date": "today"}, "date must be a day such as 2026-04-01"),
    ],
)
def test_wrong_input(four: FakeCloud, options: dict[str, Any], message: str) -> None:
    found = run(four, **options)
    assert found["failure"]["kind"] == "input"
    assert message in found["msg"]


OLD_AND_NEW = {"old": ["compute1", "compute2", "compute3"], "new": ["compute4"]}


def test_between_groups_of_the_user_in_both_directions(four: FakeCloud) -> None:
    found = run(four, coverage="between_groups", host_groups=OLD_AND_NEW)
    assert set(pairs(found)) == {
        (source, destination)
        for old in OLD_AND_NEW["old"]
        for source, destination in ((old, "compute4"), ("compute4", old))
    }
    assert {group["name"]: group["hosts"] for group in found["groups"]} == OLD_AND_NEW
    assert set(statuses(found).values()) == {("included", None)}
    assert (found["moves"], found["servers"]) == (6, 3)


def test_hosts_without_a_group_are_excluded(four: FakeCloud) -> None:
    found = run(four, coverage="between_groups", host_groups={"old": ["compute1"], "new": ["compute4"]})
    assert set(pairs(found)) == {("compute1", "compute4"), ("compute4", "compute1")}
    assert statuses(found)["compute2"] == ("excluded", "it is in no group of host_groups")


def test_versions_of_hypervisors_are_the_groups_by_default(four: FakeCloud) -> None:
    for hypervisor, version in zip(four.hypervisors, (7002022, 7002022, 10000002, 10000002), strict=True):
        hypervisor["hypervisor_version"] = version
    found = run(four, coverage="between_groups")
    assert {group["name"]: group["hosts"] for group in found["groups"]} == {
        "hypervisor 7.2.22": ["compute1", "compute2"],
        "hypervisor 10.0.2": ["compute3", "compute4"],
    }
    predictions = {(pair["source"], pair["destination"]): pair["prediction"] for pair in found["pairs"]}
    # Nova refuses an older destination, unless an option of its configuration switches this check off.
    assert {predictions[pair] for pair in predictions if pair[0] in ("compute1", "compute2")} == {"can_move"}
    assert {predictions[pair] for pair in predictions if pair[0] in ("compute3", "compute4")} == {"doubtful"}
    assert {host for pair in predictions for host in pair} == {"compute1", "compute2", "compute3", "compute4"}


def test_traits_are_the_groups_if_the_hypervisors_are_equal(four: FakeCloud) -> None:
    old, new = ["COMPUTE_NODE", "HW_CPU_X86_AVX"], ["COMPUTE_NODE", "COMPUTE_A", "COMPUTE_B"]
    four.traits = {"compute1": old, "compute2": [*old, "HW_CPU_X86_SSE"], "compute3": new, "compute4": new}
    found = run(four, coverage="between_groups")
    assert {group["name"]: group["hosts"] for group in found["groups"]} == {
        "hypervisor 7.2.0": ["compute3", "compute4"],
        "hypervisor 7.2.0 without COMPUTE_A and 1 more": ["compute1", "compute2"],
    }
    # One request to Placement for all hosts
    assert four.count("GET", "/allocation_candidates") == 1
    four.candidates = ["compute1", "compute3", "compute4"]
    assert statuses(run(four, coverage="between_groups"))["compute2"] == (
        "excluded",
        "Placement shows no traits of it, because it has no room",
    )


def test_groups_of_the_user_need_no_traits(four: FakeCloud) -> None:
    run(four, coverage="between_groups", host_groups=OLD_AND_NEW)
    assert four.count("GET", "/allocation_candidates") == 0


def test_between_groups_stays_in_a_zone(four: FakeCloud) -> None:
    four.services[3]["zone"] = four.services[1]["zone"] = "other"
    groups = {"old": ["compute1", "compute2"], "new": ["compute3", "compute4"]}
    found = run(four, coverage="between_groups", host_groups=groups)
    assert set(pairs(found)) == {
        ("compute1", "compute3"),
        ("compute3", "compute1"),
        ("compute2", "compute4"),
        ("compute4", "compute2"),
    }


def test_between_groups_needs_two_groups(four: FakeCloud) -> None:
    message = run(four, coverage="between_groups")["msg"]
    assert "needs two groups of usable hosts in a zone, found hypervisor 7.2.0." in message
    assert message.endswith("Name the old and the new hosts in host_groups.")
    message = run(four, coverage="between_groups", host_groups=OLD_AND_NEW, max_moves=2)["msg"]
    assert "coverage between_groups has 6 migrations, but max_moves is 2." in message
