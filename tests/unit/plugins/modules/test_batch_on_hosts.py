# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With hosts, server_batch boots one server on each of several compute hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import server_batch

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

HOSTS = ["compute3", "compute1", "compute2"]
RING: dict[str, Any] = {
    "name": "ring",
    "hosts": HOSTS,
    "image": "cirros",
    "flavor": "tiny",
    "metadata": {"run": "1"},
}


@pytest.fixture(autouse=True)
def _third_host(fake: FakeCloud) -> None:
    fake.add_host("compute3")


def boots(fake: FakeCloud) -> list[dict[str, Any]]:
    return [seen.body["server"] for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/servers")]


def test_boots_one_server_on_each_host(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **RING)
    assert result["changed"]
    assert [(one["name"], one["host"], one["status"]) for one in result["servers"]] == [
        ("ring-1", "compute3", "ACTIVE"),
        ("ring-2", "compute1", "ACTIVE"),
        ("ring-3", "compute2", "ACTIVE"),
    ]
    ids = [one["id"] for one in result["servers"]]
    assert [(one["host"], one["server_id"], one["reason"]) for one in result["hosts"]] == [
        (host, server_id, None) for host, server_id in zip(HOSTS, ids, strict=True)
    ]
    assert all(one["request_id"].startswith("req-") for one in result["hosts"])
    # After the first request, the module sends the others at the same time.
    assert sorted((one["name"], one["host"], one["max_count"]) for one in boots(fake)) == [
        ("ring-1", "compute3", 1),
        ("ring-2", "compute1", 1),
        ("ring-3", "compute2", 1),
    ]
    assert (result["reservation_id"], result["request_id"]) == (None, None)
    assert "never-show-this" not in str(result)
    # The module waits for all servers together: each boot needs 1 s.
    assert fake.time.now < 2


def test_other_batches_have_no_hosts(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **{**RING, "hosts": None})
    assert result["hosts"] == []
    assert [one["name"] for one in result["servers"]] == ["ring"]
    assert boots(fake)[0].get("host") is None


def test_single_host_and_repeated_host(run: Run) -> None:
    result = run(server_batch, **{**RING, "hosts": ["compute2"], "count": 1})
    assert [(one["name"], one["host"]) for one in result["servers"]] == [("ring-1", "compute2")]
    result = run(server_batch, **{**RING, "name": "twice", "hosts": ["compute2", "compute2"]})
    assert [(one["name"], one["host"]) for one in result["servers"]] == [
        ("twice-1", "compute2"),
        ("twice-2", "compute2"),
    ]


def test_second_run_changes_nothing(run: Run, fake: FakeCloud) -> None:
    first = run(server_batch, **RING)
    # The servers of a batch may move.
    fake.servers[first["hosts"][0]["server_id"]]["host"] = "compute1"
    second = run(server_batch, **RING)
    assert not second["changed"]
    assert [one["server_id"] for one in second["hosts"]] == [one["server_id"] for one in first["hosts"]]
    assert len(boots(fake)) == 3


def test_host_that_nova_refuses_does_not_affect_the_others(run: Run, fake: FakeCloud) -> None:
    fault = {"badRequest": {"message": "The host is not allowed.", "code": 400}}
    fake.fault("POST", "/servers$", status=400, body=fault)
    result = run(server_batch, **RING)
    refused, *others = result["hosts"]
    assert (refused["host"], refused["server_id"]) == ("compute3", None)
    assert "Booting the server ring-1 on the host compute3" in refused["reason"]
    assert "The host is not allowed." in refused["reason"]
    assert [one["reason"] for one in others] == [None, None]
    assert [one["name"] for one in result["servers"]] == ["ring-2", "ring-3"]
    assert "1 server is not ACTIVE (requested=3), on compute3." in str(result["warnings"])


def test_server_in_error_does_not_affect_the_others(run: Run, fake: FakeCloud) -> None:
    fake.full_hosts = {"compute1"}
    ring = {**RING, "hosts": [*HOSTS, "compute1"]}
    result = run(server_batch, **ring)
    broken = result["hosts"][1]
    assert broken["server_id"] is not None
    assert "Server ring-2" in broken["reason"]
    assert "No valid host was found." in broken["reason"]
    assert [one["status"] for one in result["servers"]] == ["ACTIVE", "ERROR", "ACTIVE", "ERROR"]
    assert "2 servers are not ACTIVE (requested=4), on compute1." in str(result["warnings"])
    again = run(server_batch, **ring, fails=True)
    assert "requested=4 missing=2 broken=2" in again["msg"]
    assert "No valid host was found." in again["hosts"][1]["reason"]


def test_replace_boots_the_missing_server_on_its_host(run: Run, fake: FakeCloud) -> None:
    fake.full_hosts = {"compute1"}
    first = run(server_batch, **RING)
    fake.full_hosts = set()
    second = run(server_batch, **RING, replace=True)
    assert second["changed"]
    assert [(one["name"], one["host"], one["status"]) for one in second["servers"]] == [
        ("ring-1", "compute3", "ACTIVE"),
        ("ring-2", "compute1", "ACTIVE"),
        ("ring-3", "compute2", "ACTIVE"),
    ]
    assert second["hosts"][0]["server_id"] == first["hosts"][0]["server_id"]
    assert second["hosts"][1]["server_id"] != first["hosts"][1]["server_id"]
    *before, last = [one["name"] for one in boots(fake)]
    assert (sorted(before), last) == (["ring-1", "ring-2", "ring-3"], "ring-2")


def test_fails_if_no_server_is_active(run: Run, fake: FakeCloud) -> None:
    fake.boot_status = "ERROR"
    result = run(server_batch, **RING, fails=True)
    assert result["changed"]
    assert result["failure"]["kind"] == "no_valid_host"
    assert result["msg"].startswith("None of the 3 servers is ACTIVE. Server ring-1 (")
    assert all("No valid host was found." in one["reason"] for one in result["hosts"])


def test_all_refused_requests_change_nothing(run: Run, fake: FakeCloud) -> None:
    message = "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances"
    fake.fault("POST", "/servers$", status=403, body={"forbidden": {"message": message}}, times=3)
    result = run(server_batch, **RING, server_group_policy="anti-affinity", fails=True)
    assert not result["changed"]
    assert result["failure"]["kind"] == "quota"
    assert [one["server_id"] for one in result["hosts"]] == [None] * 3
    assert fake.count("DELETE", "/os-server-groups/") == 1


def test_refuses_a_user_who_is_no_administrator(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["member", "reader"]
    result = run(server_batch, **RING, fails=True)
    assert not result["changed"]
    assert result["failure"]["kind"] == "permission"
    assert "compute:servers:create:requested_destination" in result["msg"]
    assert "requires by default the role admin" in result["msg"]
    assert "Without hosts, Nova's scheduler chooses the host of each server." in result["msg"]
    assert all("the role admin" in one["reason"] for one in result["hosts"])
    # The other requests would fail for the same reason.
    assert len(boots(fake)) == 1


def test_refuses_a_cloud_that_is_too_old(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.73"
    result = run(server_batch, **RING, fails=True)
    assert result["failure"]["kind"] == "microversion"
    assert "booting servers on named hosts" in result["msg"]
    assert "2.74 is required" in result["msg"]
    assert boots(fake) == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_suggests_the_name_of_a_misspelt_host(run: Run, fake: FakeCloud, *, check_mode: bool) -> None:
    options = {**RING, "hosts": ["compute1", "compte2"], "_ansible_check_mode": check_mode}
    result = run(server_batch, **options, server_group_policy="anti-affinity", fails=True)
    assert "hosts: this cloud has no compute host named compte2. Did you mean compute2?" in result["msg"]
    assert [one["server_id"] for one in result["hosts"]] == []
    assert not any(seen.method == "POST" and "/compute/" in seen.path for seen in fake.requests)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hosts": []}, "hosts must name at least one compute host"),
        ({"hosts": ["compute1", " "]}, "no name may be empty"),
        ({"count": 2}, "hosts and count contradict each other: hosts=3 count=2."),
        ({"count": 0}, "count must be at least 1"),
        ({"availability_zone": "nova:compute1"}, "hosts and availability_zone both name a compute host"),
        ({"name": "n" * 254}, "name must have at most 253 characters, found 254"),
        ({"ports": [{"network": "private"}]}, "ports cannot be given with count 3"),
        ({"state": "absent", "image": None, "flavor": None}, "hosts cannot be given with state absent"),
    ],
)
def test_refuses_invalid_options_before_the_first_request(
    run: Run, fake: FakeCloud, options: dict[str, Any], message: str
) -> None:
    assert message in run(server_batch, **{**RING, **options}, fails=True)["msg"]
    assert fake.requests == []


def test_zone_of_the_hosts_is_allowed(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **RING, availability_zone="nova")
    assert {one["availability_zone"] for one in boots(fake)} == {"nova"}


def test_check_mode_boots_nothing(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **RING, _ansible_check_mode=True, _ansible_diff=True)
    assert result["changed"]
    assert result["diff"]["after"] == "ring-1 (new) ACTIVE\nring-2 (new) ACTIVE\nring-3 (new) ACTIVE\n"
    assert result["hosts"] == [{"host": host, "server_id": None, "request_id": None, "reason": None} for host in HOSTS]
    assert boots(fake) == []


def test_adopts_a_server_whose_answer_was_lost(run: Run, fake: FakeCloud) -> None:
    fake.fault("POST", "/servers$", drop=True, after=True)
    result = run(server_batch, **RING)
    assert [one["reason"] for one in result["hosts"]] == [None] * 3
    assert [one["server_id"] for one in result["hosts"]] == [one["id"] for one in result["servers"]]
    assert result["hosts"][0]["request_id"] is None
    assert (len(fake.servers), len(boots(fake))) == (3, 3)


def test_reports_a_lost_request_that_booted_no_server(run: Run, fake: FakeCloud) -> None:
    fake.fault("POST", "/servers$", drop=True)
    result = run(server_batch, **RING)
    assert "the connection to the compute service ended without an answer" in result["hosts"][0]["reason"]
    assert [one["reason"] for one in result["hosts"][1:]] == [None, None]
    assert len(boots(fake)) == 3


def test_timeout_names_the_server_that_is_not_active(run: Run, fake: FakeCloud) -> None:
    fake.boot_seconds = 1000
    result = run(server_batch, **RING, timeout=20, fails=True)
    assert result["changed"]
    assert result["failure"]["kind"] == "timeout"
    assert "the server is in BUILD/spawning" in result["hosts"][0]["reason"]
    assert len(result["servers"]) == 3


def test_refuses_a_batch_that_was_booted_without_hosts(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **{**RING, "hosts": None})
    result = run(server_batch, **{**RING, "hosts": ["compute1"]}, fails=True)
    assert "found ring, expected ring-1." in result["msg"]
    assert len(boots(fake)) == 1


def test_deletes_the_servers_by_their_metadata(run: Run, fake: FakeCloud) -> None:
    fake.full_hosts = {"compute1"}
    run(server_batch, **RING)
    result = run(server_batch, state="absent", metadata=RING["metadata"])
    assert sorted(one["name"] for one in result["servers"]) == ["ring-1", "ring-2", "ring-3"]
    assert fake.servers == {}


def test_marks_the_volumes_of_all_servers(run: Run, fake: FakeCloud) -> None:
    fake.full_hosts = {"compute1"}
    result = run(server_batch, **RING, boot_volume={"size": 1})
    assert [one["name"] for one in result["volumes"]] == ["ring-1", "ring-2", "ring-3"]


def test_keeps_only_the_volumes_of_active_servers(run: Run, fake: FakeCloud) -> None:
    fake.full_hosts = {"compute1"}
    result = run(server_batch, **RING, boot_volume={"size": 1, "delete_on_termination": False})
    kept = {one["server_id"] for one in result["volumes"] if not one["delete_on_termination"]}
    assert kept == {result["hosts"][0]["server_id"], result["hosts"][2]["server_id"]}


def test_returns_servers_if_the_api_fails_after_the_requests(run: Run, fake: FakeCloud) -> None:
    fake.at(0.2, lambda: fake.fault("GET", "servers", status=503, times=99))
    result = run(server_batch, **RING, fails=True)
    assert result["changed"]
    assert result["failure"]["http_status"] == 503
    assert [one["server_id"] for one in result["hosts"]] == [one["id"] for one in result["servers"]]


@pytest.mark.parametrize("option", [{"ports": [{"network": "private"}]}, {"server_group_policy": "anti-affinity"}])
def test_discards_devices_that_cannot_be_created(run: Run, fake: FakeCloud, option: dict[str, Any]) -> None:
    fake.fault("POST", "(ports|os-server-groups)$", status=409, body={"conflictingRequest": {"message": "No more."}})
    result = run(server_batch, **{**RING, "hosts": ["compute1"]}, **option, fails=True)
    assert not result["changed"]
    assert "No more." in result["msg"]
    assert result["hosts"] == [{"host": "compute1", "server_id": None, "request_id": None, "reason": None}]
    assert boots(fake) == []
