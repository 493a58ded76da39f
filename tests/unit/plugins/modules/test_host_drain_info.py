# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.modules import (
    compute_service,
    host_drain_info,
    server_cold_migrate,
    server_live_migrate,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def hows(result: dict[str, Any], key: str = "servers") -> dict[str, str]:
    return {entry["name"]: entry["how"] for entry in result[key]}


def test_each_server_has_its_way_and_its_room(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web")
    fake.add_server("archive", status="SHUTOFF", tenant_id="another project")
    fake.add_server("sleeper", status="SUSPENDED")
    fake.add_server("elsewhere", host="compute2")
    result = run(host_drain_info, host="compute1")
    assert hows(result) == {"archive": "cold", "sleeper": "none", "web": "live"}
    assert result["ways"] == {"cold": 1, "none": 1, "live": 1}
    assert [entry["room"] for entry in result["servers"]] == [True, True, True]
    assert result["targets"] == ["compute2"]
    assert [one["kind"] for one in result["consumers"]] == ["server"] * 3
    assert result["empty"] is False
    assert result["service"]["status"] == "enabled"
    # one question to Placement for all of one shape
    assert fake.count("GET", "/allocation_candidates") == 1


def test_room_is_for_all_together(run: Run, fake: FakeCloud) -> None:
    for number in range(3):
        fake.add_server(f"web-{number}")
    fake.free = {"compute2": {"VCPU": 2, "MEMORY_MB": 7680, "DISK_GB": 40}}
    rooms = [entry["room"] for entry in run(host_drain_info, host="compute1")["servers"]]
    assert sorted(rooms) == [False, True, True]


def test_room_for_servers_with_and_without_a_disk_of_their_own(run: Run, fake: FakeCloud) -> None:
    fake.add_server("of-an-image")
    volume = fake.add_server("of-a-volume")
    del fake.allocations[volume["id"]]["compute1"]["DISK_GB"]
    result = run(host_drain_info, host="compute1")
    assert {entry["name"]: entry["room"] for entry in result["servers"]} == {"of-an-image": True, "of-a-volume": True}


def test_hosts_that_cannot_take_servers_are_told(run: Run, fake: FakeCloud) -> None:
    fake.services[1] |= {"status": "disabled", "disabled_reason": "fan"}
    fake.add_server("web")
    result = run(host_drain_info, host="compute1")
    assert result["targets"] == []
    assert result["unusable"] == [{"name": "compute2", "obstacle": "its nova-compute service is disabled (fan)"}]
    assert result["servers"][0]["room"] is False


def test_empty_by_servers_and_by_placement(run: Run, fake: FakeCloud) -> None:
    assert run(host_drain_info, host="compute1")["empty"] is True
    server = fake.add_server("web", host="compute2")
    record = fake.add_migration(server, "completed", source_compute="compute1", dest_compute="compute2")
    fake.allocations[record["uuid"]] = {"compute1": {"VCPU": 1}}
    fake.allocations["nobody"] = {"compute1": {"VCPU": 1}}
    # on its way here, perhaps: it holds something of this host, and stands on another
    arriving = fake.add_server("arriving", host="compute2")
    fake.allocations[arriving["id"]]["compute1"] = {"VCPU": 1}
    result = run(host_drain_info, host="compute1")
    assert result["empty"] is False
    found = {one["consumer"]: (one["kind"], one["server_id"]) for one in result["consumers"]}
    assert found == {
        record["uuid"]: ("migration", server["id"]),
        "nobody": ("unknown", None),
        arriving["id"]: ("server", arriving["id"]),
    }


def test_without_placement_the_servers_decide(run: Run, fake: FakeCloud) -> None:
    fake.services_without = {"placement"}
    result = run(host_drain_info, host="compute1")
    assert result["consumers"] is None
    assert result["empty"] is True
    fake.add_server("web")
    result = run(host_drain_info, host="compute1")
    assert result["empty"] is False
    assert result["servers"][0]["room"] is None


def test_waits_for_what_is_busy(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("web", **{"OS-EXT-STS:task_state": "rebooting"})
    assert hows(run(host_drain_info, host="compute1")) == {"web": "none"}
    fake.at(5, lambda: server.update({"OS-EXT-STS:task_state": None}))
    assert hows(run(host_drain_info, host="compute1", timeout=30)) == {"web": "live"}
    assert fake.time.now < 10


def test_cold_migration_under_way_is_joined(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("archive", status="RESIZE", **{"OS-EXT-STS:task_state": "resize_migrating"})
    assert hows(run(host_drain_info, host="compute1")) == {"archive": "none"}
    fake.add_migration(server, "migrating", migration_type="migration")
    assert hows(run(host_drain_info, host="compute1")) == {"archive": "cold"}


def test_what_waits_for_its_confirmation_keeps_the_host(run: Run, fake: FakeCloud) -> None:
    run(compute_service, host="compute1", state="disabled", stamp=True)
    fake.time.clock.sleep(5)
    ours = fake.add_server("ours", host="compute2", status="VERIFY_RESIZE")
    theirs = fake.add_server("theirs", host="compute2", status="VERIFY_RESIZE")
    gone = fake.add_server("gone", host="compute2")
    for server, kind in ((ours, "migration"), (theirs, "resize"), (gone, "migration")):
        record = fake.add_migration(server, "finished", migration_type=kind)
        record |= {"source_compute": "compute1", "dest_compute": "compute2"}
    del fake.servers[gone["id"]]
    result = run(host_drain_info, host="compute1")
    assert hows(result) == {"ours": "confirm", "theirs": "none"}
    assert result["empty"] is False


def test_what_was_moved_away_comes_back(run: Run, fake: FakeCloud) -> None:
    before = fake.add_server("before")
    run(server_live_migrate, servers=["before"], host="compute2")
    fake.migrations[0]["created_at"] = "2026-03-01T10:00:00.000000"
    run(compute_service, host="compute1", state="disabled", stamp=True)
    fake.time.clock.sleep(2)
    for name, status in (("web", "ACTIVE"), ("archive", "SHUTOFF"), ("back", "ACTIVE"), ("gone", "ACTIVE")):
        fake.add_server(name, status=status)
    run(server_live_migrate, servers=["web", "back", "gone"])
    run(server_cold_migrate, servers=["archive"])
    run(server_live_migrate, servers=["back"], host="compute1")
    gone = next(server["id"] for server in fake.servers.values() if server["name"] == "gone")
    del fake.servers[gone]
    result = run(host_drain_info, host="compute1", moved=True)
    assert hows(result, "moved") == {"web": "live", "archive": "cold", None: "none"}
    assert [one["obstacle"] for one in result["moved"] if one["id"] == gone] == ["it is gone"]
    # by a moment of one's own
    long_ago = run(host_drain_info, host="compute1", moved=True, since="2026-01-01T00:00:00Z")
    assert before["id"] in [one["id"] for one in long_ago["moved"]]


def test_since_when_must_be_known(run: Run) -> None:
    result = run(host_drain_info, host="compute1", moved=True, fails=True)
    assert "does not say since when it is disabled" in result["msg"]
    assert result["empty"] is None


def test_wrong_inputs_are_told(run: Run) -> None:
    assert "host must not be empty" in run(host_drain_info, host="", fails=True)["msg"]
    assert "since must be a time" in run(host_drain_info, host="compute1", since="monday", fails=True)["msg"]
    assert "timeout must not be less" in run(host_drain_info, host="compute1", timeout=-1, fails=True)["msg"]
    assert "There are: compute1, compute2" in run(host_drain_info, host="compute9", fails=True)["msg"]
