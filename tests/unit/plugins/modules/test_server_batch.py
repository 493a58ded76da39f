# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import server_batch

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

PAIR: dict[str, Any] = {"name": "probe", "count": 2, "image": "cirros", "flavor": "tiny", "metadata": {"run": "1"}}


def test_boots_all_servers_with_one_request(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **PAIR)
    assert result["changed"]
    assert [(one["name"], one["status"]) for one in result["servers"]] == [("probe-1", "ACTIVE"), ("probe-2", "ACTIVE")]
    assert {one["reservation_id"] for one in result["servers"]} == {result["reservation_id"]}
    assert fake.count("POST", "/servers$") == 1
    body = next(seen.body for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/servers"))
    assert body["server"]["min_count"] == body["server"]["max_count"] == 2
    assert body["server"]["networks"] == "none"
    assert result["request_id"].startswith("req-")


def test_second_run_changes_nothing(run: Run, fake: FakeCloud) -> None:
    first = run(server_batch, **PAIR)
    second = run(server_batch, **PAIR)
    assert not second["changed"]
    assert second["reservation_id"] == first["reservation_id"]
    assert [one["id"] for one in second["servers"]] == [one["id"] for one in first["servers"]]
    assert fake.count("POST", "/servers$") == 1


def test_check_mode_boots_nothing(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **PAIR, _ansible_check_mode=True, _ansible_diff=True)
    assert result["changed"]
    assert result["diff"]["before"] == ""
    assert result["diff"]["after"] == "probe-1 (new) ACTIVE\nprobe-2 (new) ACTIVE\n"
    assert fake.count("POST", "/servers$") == 0


def test_diff_names_a_single_server_as_nova_does(run: Run) -> None:
    result = run(server_batch, **{**PAIR, "count": 1}, _ansible_check_mode=True, _ansible_diff=True)
    assert result["diff"]["after"] == "probe (new) ACTIVE\n"


def test_fails_with_novas_reason_when_a_server_is_in_error(run: Run, fake: FakeCloud) -> None:
    fake.boot_status = "ERROR"
    result = run(server_batch, **PAIR, fails=True)
    assert result["failure"]["kind"] == "no_valid_host"
    assert "There are not enough hosts available" in result["msg"]
    assert len(result["servers"]) == 2
    assert result["changed"]
    assert fake.time.now < 5


def test_fails_for_a_server_in_error_without_fault(run: Run, fake: FakeCloud) -> None:
    fake.boot_status = "DELETED"
    result = run(server_batch, **PAIR, fails=True)
    assert result["failure"]["kind"] == "server"
    assert "Nova gives no reason" in result["msg"]


def test_names_the_cell_that_does_not_answer(run: Run, fake: FakeCloud) -> None:
    fake.boot_status = "UNKNOWN"
    result = run(server_batch, **PAIR, fails=True)
    assert "is in UNKNOWN: The cell of the server does not answer." in result["msg"]


def test_timeout_lists_the_states_of_the_servers(run: Run, fake: FakeCloud) -> None:
    fake.boot_seconds = 1000
    result = run(server_batch, **PAIR, timeout=10, fails=True)
    assert result["failure"]["kind"] == "timeout"
    assert "probe-1 BUILD/spawning" in result["msg"]
    assert [one["status"] for one in result["servers"]] == ["BUILD", "BUILD"]
    assert fake.time.now == pytest.approx(10)


def test_refuses_an_incomplete_batch_without_replace(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe-1", metadata={"run": "1"})
    fake.add_server("probe-2", metadata={"run": "1"}, status="ERROR")
    fake.add_server("probe-3", metadata={"run": "2"})
    fake.add_server("probe-extra", metadata={"run": "1"})
    result = run(server_batch, **PAIR, fails=True)
    assert "requested=2 missing=1 broken=1" in result["msg"]
    assert "Set replace to true" in result["msg"]
    assert not result["changed"]
    assert {seen.method for seen in fake.requests if "compute" in seen.path} == {"GET"}


def test_replace_deletes_broken_servers_and_boots_missing_ones(run: Run, fake: FakeCloud) -> None:
    good = fake.add_server("probe-1", metadata={"run": "1"})
    bad = fake.add_server("probe-2", metadata={"run": "1"}, status="ERROR")
    result = run(server_batch, **PAIR, replace=True)
    assert result["changed"]
    ids = {one["id"] for one in result["servers"]}
    assert good["id"] in ids
    assert bad["id"] not in ids
    assert len(ids) == 2
    assert "ERROR" in result["diff"]["before"]
    assert "ERROR" not in result["diff"]["after"]


def test_replace_fails_when_a_broken_server_cannot_be_deleted(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe-1", metadata={"run": "1"}, status="ERROR")
    fake.fault(
        "DELETE", "/servers/", status=403, body={"forbidden": {"message": "Policy doesn't allow x to be performed"}}
    )
    result = run(server_batch, **{**PAIR, "count": 1}, replace=True, fails=True)
    assert result["failure"]["kind"] == "permission"
    assert not result["changed"]


def test_refuses_a_batch_with_surplus_servers(run: Run, fake: FakeCloud) -> None:
    for number in range(3):
        fake.add_server(f"probe-{number}", metadata={"run": "1"})
    result = run(server_batch, **PAIR, fails=True)
    assert "There are 3 servers named probe" in result["msg"]


def test_waits_for_a_batch_in_build(run: Run, fake: FakeCloud) -> None:
    for number in (1, 2):
        fake.add_server(f"probe-{number}", metadata={"run": "1"}, status="BUILD")
    fake.at(2, lambda: [server.update(status="ACTIVE") for server in fake.servers.values()])
    result = run(server_batch, **PAIR)
    assert not result["changed"]
    assert [one["status"] for one in result["servers"]] == ["ACTIVE", "ACTIVE"]


def test_adopts_servers_of_a_request_whose_answer_was_lost(run: Run, fake: FakeCloud) -> None:
    fake.fault("POST", "/servers$", drop=True, after=True)
    result = run(server_batch, **PAIR)
    assert result["changed"]
    assert len(fake.servers) == 2
    assert fake.count("POST", "/servers$") == 1
    assert result["reservation_id"] == next(iter(fake.servers.values()))["reservation_id"]


def test_fails_when_a_lost_request_booted_no_servers(run: Run, fake: FakeCloud) -> None:
    fake.fault("POST", "/servers$", drop=True)
    result = run(server_batch, **PAIR, fails=True)
    assert result["failure"]["kind"] == "dropped"
    assert "the connection to the compute service ended without an answer" in result["msg"]
    assert "found 0 servers named probe within" in result["msg"]
    assert fake.count("POST", "/servers$") == 1


def test_names_the_status_of_a_proxy_that_refused_the_boot_request(run: Run, fake: FakeCloud) -> None:
    fake.fault("POST", "/servers$", status=503, body={})
    result = run(server_batch, **PAIR, fails=True)
    assert (result["failure"]["kind"], result["failure"]["http_status"]) == ("dropped", 503)
    assert "the compute service answered HTTP 503" in result["msg"]
    assert "found 0 servers named probe within 10 s. The request was not repeated." in result["msg"]
    assert fake.count("POST", "/servers$") == 1


def test_returns_the_quota_message_of_nova(run: Run, fake: FakeCloud) -> None:
    message = "Quota exceeded for instances: Requested 2, but already used 9 of 10 instances"
    fake.fault("POST", "/servers$", status=403, body={"forbidden": {"message": message}})
    result = run(server_batch, **PAIR, fails=True)
    assert result["failure"]["kind"] == "quota"
    assert message in result["msg"]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("image", "nowhere", "image: this cloud has no image named nowhere"),
        ("image", "nowhere", "or the project may not use it. There are: cirros."),
        ("image", "ciros", "or the project may not use it. Did you mean cirros?"),
        ("flavor", "nowhere", "There are: small, tiny."),
        ("flavor", "nowhere", "flavor: this cloud has no flavor named nowhere"),
        ("networks", ["nowhere"], "networks: this cloud has no network named nowhere"),
        ("server_group", "nowhere", "server_group: this cloud has no server group named nowhere"),
        (
            "availability_zone",
            "nvoa",
            "availability_zone: this cloud has no availability zone named nvoa. Did you mean",
        ),
        ("availability_zone", "nova:compute9", "availability_zone: this cloud has no compute host named compute9. Did"),
        ("key_name", "nine", "key_name: this cloud has no key pair named nine. Did you mean mine?"),
        ("key_name", "a/b", "key_name: this cloud has no key pair named a/b. There are: mine."),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_refuses_unknown_names_before_anything_changes(
    run: Run, fake: FakeCloud, option: str, value: Any, message: str, *, check_mode: bool
) -> None:
    result = run(server_batch, **{**PAIR, option: value}, _ansible_check_mode=check_mode, fails=True)
    assert message in result["msg"]
    assert {seen.method for seen in fake.requests if "auth" not in seen.path} == {"GET"}


def test_refuses_unknown_names_before_it_deletes_broken_servers(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe-1", metadata={"run": "1"}, status="ERROR")
    result = run(server_batch, **{**PAIR, "image": "nowhere"}, replace=True, fails=True)
    assert "no image named nowhere" in result["msg"]
    assert fake.count("DELETE", "/servers/") == 0


@pytest.mark.parametrize("check_mode", [False, True])
def test_refuses_an_image_that_cannot_be_booted(run: Run, fake: FakeCloud, *, check_mode: bool) -> None:
    fake.images[0]["status"] = "deactivated"
    result = run(server_batch, **PAIR, _ansible_check_mode=check_mode, fails=True)
    assert "image: cirros has status deactivated" in result["msg"]
    fake.images[0] |= {"status": "active", "min_disk": 5}
    result = run(server_batch, **PAIR, _ansible_check_mode=check_mode, fails=True)
    assert "flavor: tiny has 1 GiB of disk and 64 MiB of memory, but the image cirros needs 5 GiB" in result["msg"]
    assert result["failure"]["kind"] == "input"


def test_user_who_may_not_list_hosts_may_name_a_host(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["member"]
    assert run(server_batch, **PAIR, availability_zone="nova:compute9", _ansible_check_mode=True)["changed"]


def test_documented_deletion_works_in_check_mode(run: Run, fake: FakeCloud) -> None:
    """As in the examples, state absent gets the result of state present. In check mode the module booted no server."""
    batch = run(server_batch, **PAIR, _ansible_check_mode=True)
    ids = [server["id"] for server in batch["servers"]]
    assert not run(server_batch, state="absent", servers=ids, _ansible_check_mode=True)["changed"]
    # ansible-core before 2.19 converts null to an empty string
    fake.add_server("other")
    result = run(server_batch, state="absent", reservation_id="", _ansible_check_mode=True)
    assert (result["changed"], result["servers"]) == (False, [])
    result = run(server_batch, state="absent", reservation_id="", fails=True)
    assert "state absent needs servers, reservation_id or metadata" in result["msg"]


def test_ignores_empty_optional_names(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **PAIR, availability_zone="", key_name="", server_group="")
    body = next(seen.body for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/servers"))
    assert not {"availability_zone", "key_name"} & set(body["server"])


def test_names_are_resolved(run: Run, fake: FakeCloud) -> None:
    more = {"networks": ["private"], "server_group": "apart", "key_name": "mine", "availability_zone": "nova"}
    run(server_batch, **PAIR, **more)
    body = next(seen.body for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/servers"))
    assert body["server"]["networks"] == [{"uuid": fake.networks[0]["id"]}]
    assert body["server"]["key_name"] == "mine"
    assert body["server"]["availability_zone"] == "nova"
    assert body["os:scheduler_hints"] == {"group": fake.server_groups[0]["id"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({**PAIR, "networks": "all"}, "networks must be none, auto, or a list of names or ids, found 'all'"),
        ({**PAIR, "networks": []}, "networks must be none, auto"),
        ({**PAIR, "count": 0}, "count must be at least 1, found 0"),
        ({**PAIR, "timeout": 0}, "timeout must be greater than 0, found 0"),
        (
            {**PAIR, "poll_interval": 5, "poll_interval_max": 2},
            "poll_interval must be at most poll_interval_max (2.0), found 5.0",
        ),
        ({**PAIR, "metadata": {"a": {"b": 1}}}, "metadata: the value of a must be text"),
        ({**PAIR, "metadata": {"a": "b" * 256}}, "metadata: key and value of a must have 1 to 255 characters"),
        ({**PAIR, "name": " "}, "name must not be empty"),
        ({**PAIR, "image": ""}, "image must not be empty"),
        ({**PAIR, "name": "a" * 254}, "name must have at most 253 characters, found 254"),
        ({**PAIR, "networks": [""]}, "networks must be none, auto"),
        ({"state": "absent", "servers": [""]}, "servers contains an empty name"),
        ({"state": "absent", "count": -1, "servers": []}, "count must be at least 1, found -1"),
        ({**PAIR, "api_timeout": -1}, "api_timeout must be greater than 0, found -1"),
        ({**PAIR, "poll_interval": -1}, "poll_interval must be greater than 0, found -1"),
        ({**PAIR, "servers": ["a"]}, "servers cannot be given with state present"),
        ({"state": "absent", "servers": ["a"], "image": "b"}, "image cannot be given with state absent"),
        ({"state": "absent"}, "state absent needs servers, reservation_id or metadata"),
        ({"name": "probe"}, "state is present but all of the following are missing: image, flavor"),
    ],
)
def test_refuses_invalid_options_before_the_first_request(
    run: Run, fake: FakeCloud, options: dict[str, Any], message: str
) -> None:
    result = run(server_batch, **options, fails=True)
    assert message in result["msg"]
    assert fake.requests == []


def test_absent_deletes_the_batch_and_reads_its_allocations(run: Run, fake: FakeCloud) -> None:
    batch = run(server_batch, **PAIR)
    other = fake.add_server("other")
    result = run(server_batch, state="absent", reservation_id=batch["reservation_id"])
    assert result["changed"]
    assert [one["status"] for one in result["servers"]] == ["DELETED", "DELETED"]
    assert result["allocations_left"] == {}
    assert list(fake.servers) == [other["id"]]
    again = run(server_batch, state="absent", reservation_id=batch["reservation_id"])
    assert not again["changed"]
    assert again["servers"] == []


def test_absent_by_metadata_requires_all_pairs(run: Run, fake: FakeCloud) -> None:
    fake.add_server("a", metadata={"run": "1", "who": "me"})
    kept = fake.add_server("b", metadata={"run": "1", "who": "you"})
    result = run(server_batch, state="absent", metadata={"run": 1, "who": "me"})
    assert [one["name"] for one in result["servers"]] == ["a"]
    assert list(fake.servers) == [kept["id"]]


def test_absent_lists_only_servers_with_the_name_and_the_tags(run: Run, fake: FakeCloud) -> None:
    fake.add_server("job (1)", metadata={"run": "1"}, tags=["probe", "nightly"])
    kept = fake.add_server("job (1)", metadata={"run": "1"}, tags=["nightly"])
    options = {"state": "absent", "metadata": {"run": "1"}, "tags": ["probe", "nightly", "probe"]}
    result = run(server_batch, name="job (1)", **options)
    assert len(result["servers"]) == 1
    (seen,) = [seen for seen in fake.requests if seen.path.endswith("/servers/detail")]
    assert seen.query == {"name": "^job.+1.+", "tags": "probe,nightly"}
    assert list(fake.servers) == [kept["id"]]
    assert run(server_batch, servers=[kept["id"]], **options)["servers"] == []
    assert list(fake.servers) == [kept["id"]]


def test_boots_servers_with_tags(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **PAIR, tags=["probe", "probe"])
    (seen,) = [seen for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/servers")]
    assert seen.body["server"]["tags"] == ["probe"]
    assert [server["tags"] for server in fake.servers.values()] == [["probe"], ["probe"]]


def test_tags_need_a_microversion(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.51"
    result = run(server_batch, **PAIR, tags=["probe"], fails=True)
    assert "booting servers with tags" in result["msg"]
    assert fake.servers == {}


@pytest.mark.parametrize("tag", ["", "a,b", "a/b", "x" * 61])
def test_refuses_a_tag_that_nova_refuses(run: Run, fake: FakeCloud, tag: str) -> None:
    result = run(server_batch, **PAIR, tags=[tag], fails=True)
    assert result["msg"].startswith("tags: a tag must have 1 to 60 characters")
    assert fake.requests == []


def test_absent_ignores_servers_that_do_not_exist(run: Run, fake: FakeCloud) -> None:
    one, two = fake.add_server("one"), fake.add_server("two")
    result = run(server_batch, state="absent", servers=[one["id"], "two", "three"], name="two")
    assert [entry["id"] for entry in result["servers"]] == [two["id"]]
    assert list(fake.servers) == [one["id"]]


def test_absent_deletes_nothing_in_check_mode(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("one")
    result = run(server_batch, state="absent", servers=["one"], _ansible_check_mode=True)
    assert result["changed"]
    # The result lists the present servers. The diff contains the predicted state.
    assert [one["status"] for one in result["servers"]] == ["ACTIVE"]
    assert result["diff"]["after"] == ""
    assert list(fake.servers) == [server["id"]]


def test_fails_if_allocations_are_left(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("one")
    fake.leak_allocations = True
    result = run(server_batch, state="absent", servers=["one"], fails=True)
    assert result["failure"]["kind"] == "orphaned"
    assert result["allocations_left"] == {server["id"]: {"compute1": {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}}}


def test_releases_orphaned_allocations_on_request(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("one")
    fake.leak_allocations = True
    result = run(server_batch, state="absent", servers=["one"], release_allocations=True)
    assert result["allocations_left"] == {}
    assert result["allocations_released"] == {server["id"]: {"compute1": {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}}}
    assert fake.allocations == {}


def test_fails_for_orphaned_allocations_of_a_migration(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("one")
    record = fake.add_migration(server, "running")
    fake.allocations[record["uuid"]] = {"compute2": {"VCPU": 1}}
    result = run(server_batch, state="absent", servers=["one"], fails=True)
    assert result["failure"]["kind"] == "orphaned"
    assert f"Placement still has allocations of {record['uuid']} on compute2" in result["msg"]
    assert result["allocations_left"] == {record["uuid"]: {"compute2": {"VCPU": 1}}}
    # The module waits only some seconds here. It waits longer for the allocations of a server.
    assert fake.time.now < 10


def test_releases_allocations_of_a_server_that_another_user_deleted(run: Run, fake: FakeCloud) -> None:
    gone = {"server_id": "4b0e1f5c-7d7a-4d3b-8b61-9a6f5a3c2d10", "migration_id": "c0a8f3d2-21f7-4b0e-9a77-3a5f6a4b1e22"}
    fake.allocations[gone["migration_id"]] = {"compute1": {"VCPU": 1}}
    migrations = [gone, {"server_id": "never moved", "migration_id": None}]
    options = {"state": "absent", "metadata": {"run": "1"}, "migrations": migrations}
    result = run(server_batch, **options, release_allocations=True)
    assert result["changed"]
    assert result["allocations_released"] == {gone["migration_id"]: {"compute1": {"VCPU": 1}}}
    assert fake.allocations == {}
    assert not run(server_batch, **options)["changed"]


def test_keeps_allocations_of_servers_that_exist(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("not selected")
    record = fake.add_migration(server, "running")
    fake.allocations[record["uuid"]] = {"compute2": {"VCPU": 1}}
    migrations = [{"server_id": server["id"], "migration_id": record["uuid"]}]
    before = {**fake.allocations}
    options = {"metadata": {"run": "1"}, "migrations": migrations, "release_allocations": True}
    assert not run(server_batch, state="absent", **options)["changed"]
    assert fake.allocations == before


def test_allocations_left_is_null_without_access_to_placement(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["member"]
    fake.add_server("one")
    assert run(server_batch, state="absent", servers=["one"])["allocations_left"] is None


def test_fails_when_servers_are_not_deleted_in_time(run: Run, fake: FakeCloud) -> None:
    fake.add_server("one")
    fake.add_server("two")
    fake.delete_seconds = 1000
    result = run(server_batch, state="absent", servers=["one", "two"], timeout=5, fails=True)
    assert result["failure"]["kind"] == "timeout"
    assert "one" in result["msg"]
    assert [one["task_state"] for one in result["servers"]] == ["deleting", "deleting"]


def fail_to_delete(fake: FakeCloud, server: dict[str, Any], until: float) -> None:
    """Let each deletion end in ERROR until this time.

    This happens on a host whose hypervisor does not respond.
    """
    fake.delete_seconds = 1000
    for second in range(int(until)):
        fake.at(second, lambda: server.update({"status": "ERROR", "OS-EXT-STS:task_state": None}))
    fake.at(until, lambda: setattr(fake, "delete_seconds", 1))


def test_repeats_a_deletion_that_ends_in_error(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("one")
    fail_to_delete(fake, server, until=25)
    result = run(server_batch, state="absent", servers=["one"])
    assert [one["status"] for one in result["servers"]] == ["DELETED"]
    assert 25 < fake.time.now < 40
    assert 3 <= fake.count("DELETE", server["id"]) <= 5


def test_gives_up_a_deletion_that_always_ends_in_error(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("one")
    fail_to_delete(fake, server, until=500)
    result = run(server_batch, state="absent", servers=["one"], fails=True)
    assert 60 <= fake.time.now < 70
    assert "ERROR" in result["msg"]


def test_deletes_other_servers_when_one_deletion_is_refused(run: Run, fake: FakeCloud) -> None:
    kept = fake.add_server("one", metadata={"run": "1"})
    fake.add_server("two", metadata={"run": "1"}, tenant_id="another")
    fake.servers[next(reversed(fake.servers))]["tenant_id"] = kept["tenant_id"]
    fake.fault("DELETE", kept["id"], status=409, body={"conflictingRequest": {"message": "Instance is locked"}})
    result = run(server_batch, state="absent", metadata={"run": "1"}, fails=True)
    assert result["failure"]["kind"] == "conflict"
    assert "Instance is locked. Unlock the server (`openstack server unlock`)" in result["msg"]
    assert [one["status"] for one in result["servers"]] == ["ACTIVE", "DELETED"]
    assert result["changed"]


def test_refused_deletion_reports_no_change(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("one")
    fake.fault("DELETE", server["id"], status=403, body={"forbidden": {"message": "Policy doesn't allow it"}})
    result = run(server_batch, state="absent", servers=["one"], fails=True)
    assert result["failure"]["kind"] == "permission"
    assert not result["changed"]
    assert [one["status"] for one in result["servers"]] == ["ACTIVE"]


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 503}, {"status": 504}, {"status": 429}])
def test_repeats_a_deletion_after_transient_faults(run: Run, fake: FakeCloud, fault: dict[str, Any]) -> None:
    fake.add_server("one")
    fake.fault("DELETE", "/servers/", times=2, **fault)
    result = run(server_batch, state="absent", servers=["one"])
    assert result["changed"]
    assert [one["status"] for one in result["servers"]] == ["DELETED"]
    assert fake.count("DELETE", "/servers/") == 3


def test_fails_if_all_responses_to_a_deletion_are_lost(run: Run, fake: FakeCloud) -> None:
    fake.add_server("one")
    fake.fault("DELETE", "/servers/", drop=True, times=999)
    result = run(server_batch, state="absent", servers=["one"], fails=True)
    assert result["failure"]["kind"] == "dropped"
    assert result["changed"]
    assert fake.time.now < 120


@pytest.mark.parametrize("names", [["one"], ["one", "two"]])
def test_waits_until_servers_with_the_status_deleted_no_longer_exist(
    run: Run, fake: FakeCloud, names: list[str]
) -> None:
    """Nova sets the status first. It deletes the server and its allocations afterwards."""
    fake.roles = ["member"]
    fake.delete_seconds = 20
    for server in [fake.add_server(name) for name in names]:
        fake.at(5, partial(server.update, {"status": "DELETED", "OS-EXT-STS:task_state": None}))
    run(server_batch, state="absent", servers=names)
    assert fake.servers == {}


@pytest.mark.parametrize("names", [["one"], ["one", "two"]])
def test_deletes_soft_deleted_servers(run: Run, fake: FakeCloud, names: list[str]) -> None:
    fake.keeps_deleted = True
    for name in names:
        fake.add_server(name)
    result = run(server_batch, state="absent", servers=names, release_allocations=True)
    assert fake.servers == {}
    assert fake.allocations == {}
    # Nova deleted the allocations. The module did not delete them.
    assert result["allocations_released"] == {}
    assert fake.time.now < 10


def test_fails_if_a_server_stays_soft_deleted(run: Run, fake: FakeCloud) -> None:
    fake.keeps_deleted = True
    fake.add_server("one")
    fake.fault("POST", "/action", status=202, times=999)
    result = run(server_batch, state="absent", servers=["one"], timeout=20, fails=True)
    assert "SOFT_DELETED" in result["msg"]
    assert list(fake.allocations)


def test_accepts_a_server_that_another_user_deletes(run: Run, fake: FakeCloud) -> None:
    fake.add_server("one")
    fake.fault("DELETE", "/servers/", status=404, body={"itemNotFound": {"message": "gone"}})
    fake.at(0.1, fake.servers.clear)
    fake.at(0.1, fake.allocations.clear)
    assert run(server_batch, state="absent", servers=["one"])["changed"]


def test_returns_reservation_if_the_api_fails_after_the_request(run: Run, fake: FakeCloud) -> None:
    fake.at(0.2, lambda: fake.fault("GET", "servers", status=503, times=99))
    result = run(server_batch, **PAIR, fails=True)
    assert result["reservation_id"]
    assert result["changed"]
    assert len(result["servers"]) == 2
    assert result["failure"]["http_status"] == 503


def test_returns_servers_if_the_api_fails_after_a_deletion(run: Run, fake: FakeCloud) -> None:
    fake.add_server("one")
    fake.at(0.2, lambda: fake.fault("GET", "servers", status=503, times=99))
    result = run(server_batch, state="absent", servers=["one"], fails=True)
    assert [one["name"] for one in result["servers"]] == ["one"]
    assert result["changed"]


def test_does_not_wait_for_a_server_that_another_user_stopped(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe-1", metadata={"run": "1"}, status="SHUTOFF")
    fake.add_server("probe-2", metadata={"run": "1"})
    result = run(server_batch, **PAIR, fails=True)
    assert "is in SHUTOFF: it must be ACTIVE" in result["msg"]
    assert fake.time.sleeps == []


def test_absent_by_reservation_deletes_several_servers(run: Run, fake: FakeCloud) -> None:
    for name in ("a", "b"):
        fake.add_server(name, reservation_id="r-mine")
    fake.add_server("c")
    result = run(server_batch, state="absent", reservation_id="r-mine", metadata={})
    assert [one["name"] for one in result["servers"]] == ["a", "b"]
