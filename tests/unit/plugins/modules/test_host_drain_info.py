# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import (
    compute_service,
    host_drain_info,
    server_cold_migrate,
    server_live_migrate,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def methods(result: dict[str, Any], key: str = "servers") -> dict[str, str]:
    return {entry["name"]: entry["move_method"] for entry in result[key]}


def servers_by_name(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in result["servers"]}


def test_each_server_has_move_method_and_room(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web")
    fake.add_server("archive", status="SHUTOFF", tenant_id="another project")
    fake.add_server("sleeper", status="SUSPENDED")
    fake.add_server("elsewhere", host="compute2")
    result = run(host_drain_info, host="compute1")
    assert methods(result) == {"archive": "cold", "sleeper": "none", "web": "live"}
    assert result["move_methods"] == {"cold": 1, "none": 1, "live": 1}
    # a server that cannot be moved needs no destination
    assert {entry["name"]: entry["room"] for entry in result["servers"]} == {
        "archive": True,
        "sleeper": None,
        "web": True,
    }
    assert servers_by_name(result)["web"]["destinations"] == ["compute2"]
    assert result["problems"] == []
    assert result["cloud"] == {"auth_url": f"{fake.url}/identity/v3", "region": "RegionOne"}
    assert result["targets"] == ["compute2"]
    assert [one["kind"] for one in result["consumers"]] == ["server"] * 3
    assert result["empty"] is False
    assert result["service"]["status"] == "enabled"
    # the module sends one request for all servers with the same resources
    assert fake.count("GET", "/allocation_candidates") == 1


def test_room_is_computed_for_all_servers_together(run: Run, fake: FakeCloud) -> None:
    for number in range(3):
        fake.add_server(f"web-{number}")
    fake.free = {"compute2": {"VCPU": 2, "MEMORY_MB": 7680, "DISK_GB": 40}}
    rooms = [entry["room"] for entry in run(host_drain_info, host="compute1")["servers"]]
    assert sorted(rooms) == [False, True, True]


def test_computes_room_for_servers_with_and_without_a_root_disk(run: Run, fake: FakeCloud) -> None:
    fake.add_server("of-an-image")
    volume = fake.add_server("of-a-volume")
    del fake.allocations[volume["id"]]["compute1"]["DISK_GB"]
    result = run(host_drain_info, host="compute1")
    assert {entry["name"]: entry["room"] for entry in result["servers"]} == {"of-an-image": True, "of-a-volume": True}


def test_lists_hosts_that_cannot_take_servers(run: Run, fake: FakeCloud) -> None:
    fake.services[1] |= {"status": "disabled", "disabled_reason": "fan"}
    fake.add_server("web")
    result = run(host_drain_info, host="compute1")
    assert result["targets"] == []
    assert result["unusable"] == [{"name": "compute2", "obstacle": "its nova-compute service is disabled (fan)"}]
    assert result["servers"][0]["room"] is False


def test_empty_needs_no_servers_and_no_allocations(run: Run, fake: FakeCloud) -> None:
    assert run(host_drain_info, host="compute1")["empty"] is True
    server = fake.add_server("web", host="compute2")
    record = fake.add_migration(server, "completed", source_compute="compute1", dest_compute="compute2")
    fake.allocations[record["uuid"]] = {"compute1": {"VCPU": 1}}
    fake.allocations["nobody"] = {"compute1": {"VCPU": 1}}
    # This server runs on another host, but holds resources of this host.
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


def test_empty_is_unknown_without_placement(run: Run, fake: FakeCloud) -> None:
    fake.services_without = {"placement"}
    result = run(host_drain_info, host="compute1")
    assert (result["consumers"], result["empty"]) == (None, None)
    assert result["unknown"][0].startswith("Placement cannot be read: ")
    fake.add_server("web")
    result = run(host_drain_info, host="compute1")
    assert result["empty"] is False
    assert result["servers"][0]["room"] is None
    assert result["servers"][0]["destinations"] == ["compute2"]


def test_empty_is_unknown_without_hypervisor(run: Run, fake: FakeCloud) -> None:
    del fake.hypervisors[0]
    result = run(host_drain_info, host="compute1")
    assert (result["consumers"], result["empty"]) == (None, None)
    assert result["unknown"] == ["The resource provider is unknown, because Nova lists no hypervisor for compute1."]


@pytest.mark.parametrize("provider", ["compute1_0000:2f:00.0", "pool"])
def test_not_empty_with_allocation_on_child_or_sharing_provider(run: Run, fake: FakeCloud, provider: str) -> None:
    fake.child_providers = ["compute1_0000:2f:00.0"]
    fake.sharing_providers = {"pool": ["compute1"]}
    fake.allocations["orphan"] = {provider: {"CUSTOM_GPU": 1}}
    result = run(host_drain_info, host="compute1")
    assert result["empty"] is False
    assert result["consumers"] == [
        {
            "consumer": "orphan",
            "kind": "unknown",
            "server_id": None,
            "resources": {"CUSTOM_GPU": 1},
            "providers": {provider: {"CUSTOM_GPU": 1}},
        }
    ]


def test_ignores_allocation_on_a_pool_of_several_hosts(run: Run, fake: FakeCloud) -> None:
    fake.sharing_providers = {"pool": ["compute1", "compute2"]}
    fake.allocations["orphan"] = {"pool": {"DISK_GB": 1}}
    assert run(host_drain_info, host="compute1")["empty"] is True


# The plan


@pytest.mark.parametrize(
    ("service", "obstacle"),
    [
        ({"state": "down"}, "The compute service of compute1 is down."),
        ({"state": "down", "forced_down": True}, "The compute service of compute1 is forced down."),
    ],
)
def test_refuses_a_host_that_is_down(run: Run, fake: FakeCloud, service: dict[str, Any], obstacle: str) -> None:
    fake.services[0] |= service
    assert run(host_drain_info, host="compute1")["problems"] == []
    fake.add_server("web")
    result = run(host_drain_info, host="compute1")
    assert result["source_obstacle"].startswith(obstacle)
    assert result["problems"] == [{"kind": "source", "message": result["source_obstacle"]}]


def test_refuses_a_host_in_a_cell_that_does_not_answer(run: Run, fake: FakeCloud) -> None:
    fake.services[0] = {"binary": "nova-compute", "host": "compute1", "status": "UNKNOWN"}
    result = run(host_drain_info, host="compute1")
    assert result["empty"] is None
    assert result["problems"][0]["message"].startswith("The cell of compute1 does not answer")


@pytest.mark.parametrize(
    ("target", "break_it", "obstacle"),
    [
        ("compute1", lambda _fake: None, "The target must not be the drained host compute1."),
        ("compute9", lambda _fake: None, "There is no compute host compute9 (target)."),
        (
            "compute2",
            lambda fake: fake.services[1].update(status="disabled", disabled_reason="fan"),
            "The target compute2 cannot take servers: its nova-compute service is disabled (fan).",
        ),
        (
            "compute2",
            lambda fake: fake.services[1].update(state="down"),
            "The target compute2 cannot take servers: its nova-compute service is down.",
        ),
        (
            "compute2",
            lambda fake: fake.services[1].update(forced_down=True),
            "The target compute2 cannot take servers: its nova-compute service is forced down.",
        ),
        (
            "compute2",
            lambda fake: fake.hypervisors[1].update(hypervisor_type="VMware"),
            "The target compute2 cannot take servers: its hypervisor type is VMware, but the other hosts have QEMU.",
        ),
        (
            "compute2",
            lambda fake: fake.services[1].update(status="UNKNOWN", id=None),
            "The target compute2 cannot take servers: ",
        ),
    ],
)
def test_refuses_target_that_cannot_take_servers(
    run: Run, fake: FakeCloud, target: str, break_it: Any, obstacle: str
) -> None:
    fake.add_host("compute3")
    break_it(fake)
    # The module also refuses the target for an empty host. Therefore the role changes nothing.
    assert [one["kind"] for one in run(host_drain_info, host="compute1", target=target)["problems"]] == ["target"]
    fake.add_server("web")
    result = run(host_drain_info, host="compute1", target=target)
    assert result["target_obstacle"].startswith(obstacle)
    assert result["problems"] == [{"kind": "target", "message": result["target_obstacle"]}]
    assert result["servers"][0]["destination_obstacle"] == f"the target {target} cannot take servers"


def test_refuses_target_without_room(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute3")
    for number in range(3):
        fake.add_server(f"web-{number}")
    fake.free = {"compute2": {"VCPU": 1, "MEMORY_MB": 7680, "DISK_GB": 40}}
    assert run(host_drain_info, host="compute1")["problems"] == []
    (problem,) = run(host_drain_info, host="compute1", target="compute2")["problems"]
    assert problem["message"].startswith("The target cannot take 2 of 3 servers: ")


def test_refuses_target_in_another_zone(run: Run, fake: FakeCloud) -> None:
    fake.services[1]["zone"] = "zb"
    fake.add_server("web", pinned_availability_zone="nova")
    (problem,) = run(host_drain_info, host="compute1", target="compute2")["problems"]
    assert "web: it is bound to availability zone nova, but compute2 is in another zone" in problem["message"]


def test_accepts_target_that_can_take_all(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web")
    result = run(host_drain_info, host="compute1", target="compute2")
    assert (result["target_obstacle"], result["problems"]) == (None, [])


def test_cold_migration_to_a_target_needs_its_microversion(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.55"
    fake.add_server("archive", status="SHUTOFF")
    assert methods(run(host_drain_info, host="compute1")) == {"archive": "cold"}
    result = run(host_drain_info, host="compute1", target="compute2")
    assert methods(result) == {"archive": "none"}
    assert "microversion 2.56" in result["servers"][0]["obstacle"]


def test_no_host_can_take_servers(run: Run, fake: FakeCloud) -> None:
    fake.services[1]["state"] = "down"
    assert run(host_drain_info, host="compute1")["problems"] == []
    fake.add_server("web")
    (problem,) = run(host_drain_info, host="compute1")["problems"]
    assert problem == {
        "kind": "hosts",
        "message": (
            "No other compute host can take servers: compute2: its nova-compute service is down. Enable or start a"
            " compute host."
        ),
    }


def test_server_bound_to_a_zone_of_one_host(run: Run, fake: FakeCloud) -> None:
    fake.services[0]["zone"] = "za"
    fake.add_server("bound", pinned_availability_zone="za")
    fake.add_server("free", pinned_availability_zone=None)
    result = run(host_drain_info, host="compute1")
    found = servers_by_name(result)
    assert found["bound"]["destination_obstacle"] == (
        "it is bound to availability zone za, but compute2 is in another zone"
    )
    assert (found["bound"]["room"], found["bound"]["destinations"]) == (False, [])
    assert found["free"]["destinations"] == ["compute2"]
    assert result["problems"] == []


def test_unknown_zone_is_noted_if_zones_differ(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.95"
    fake.add_server("web", **{"OS-EXT-AZ:availability_zone": "nova"})
    note = "the availability zone of the server (microversion 2.96)"
    assert note not in run(host_drain_info, host="compute1")["servers"][0]["unknown"]
    fake.services[1]["zone"] = "zb"
    assert note in run(host_drain_info, host="compute1")["servers"][0]["unknown"]


@pytest.mark.parametrize("page_size", [1000, 1])
def test_members_of_an_anti_affinity_group_stay_on_different_hosts(run: Run, fake: FakeCloud, page_size: int) -> None:
    fake.page_size = page_size
    fake.add_host("compute3")
    web = fake.add_server("web", server_groups=["g"])
    other = fake.add_server("other", host="compute3")
    group = {"id": "g", "name": "apart", "policy": "anti-affinity", "members": [web["id"], other["id"]]}
    fake.server_groups = [{"id": "f", "members": []}, group]
    result = run(host_drain_info, host="compute1")
    assert result["servers"][0]["destinations"] == ["compute2"]


def test_only_member_of_an_affinity_group_cannot_leave(run: Run, fake: FakeCloud) -> None:
    web = fake.add_server("web")
    fake.server_groups = [{"id": "g", "name": "together", "policy": "affinity", "members": [web["id"]]}]
    result = run(host_drain_info, host="compute1")
    assert "its server group together has the policy affinity" in result["servers"][0]["destination_obstacle"]


def test_traits_of_the_flavor_are_requested_once(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute3")
    fake.traits = {"compute3": ["CUSTOM_SSD"]}
    flavor = {"extra_specs": {"trait:CUSTOM_SSD": "required"}}
    for number in range(3):
        fake.add_server(f"web-{number}", flavor=flavor)
    result = run(host_drain_info, host="compute1")
    assert [entry["destinations"] for entry in result["servers"]] == [["compute3"]] * 3
    assert [one.query["required"] for one in fake.requests if "candidates" in one.path] == ["CUSTOM_SSD"]


def test_trait_that_placement_does_not_know(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web", flavor={"extra_specs": {"trait:CUSTOM_X": "required"}})
    result = run(host_drain_info, host="compute1")
    assert result["servers"][0]["destination_obstacle"].endswith("with traits CUSTOM_X on compute2")
    assert any("No such trait" in text for text in result["unknown"])


def test_aggregates_of_the_flavor_are_noted(run: Run, fake: FakeCloud) -> None:
    fake.aggregates = [{"metadata": {"ssd": "true"}, "hosts": ["compute1"]}]
    fake.add_server("web", flavor={"extra_specs": {"aggregate_instance_extra_specs:ssd": "true"}})
    (note,) = run(host_drain_info, host="compute1")["servers"][0]["unknown"]
    assert "the aggregates of the flavor (hosts: none)" in note


def test_old_placement_leaves_room_unknown(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web")
    fake.fault(
        "GET", "/allocation_candidates", status=406, body={"errors": [{"status": 406, "title": "Not Acceptable"}]}
    )
    result = run(host_drain_info, host="compute1")
    assert result["servers"][0]["room"] is None
    note = "Room is unknown: Placement does not offer microversion 1.29 (OpenStack Rocky or newer)."
    assert note in result["unknown"]


def test_no_prediction_if_not_requested(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web")
    result = run(host_drain_info, host="compute1", predict=False)
    assert (result["servers"][0]["destinations"], result["servers"][0]["room"]) == (None, None)
    assert fake.count("GET", "/allocation_candidates|os-server-groups") == 0


def test_requests_depend_only_on_the_servers_of_the_host(run: Run, fake: FakeCloud) -> None:
    for number in range(5):
        fake.add_server(f"web-{number}")
    run(host_drain_info, host="compute1")
    requests = len(fake.requests)
    for number in range(200):
        fake.add_server(f"other-{number}", host="compute2")
    run(host_drain_info, host="compute1")
    assert len(fake.requests) == 2 * requests


def test_refuses_to_bring_servers_back_to_a_host_that_is_down(run: Run, fake: FakeCloud) -> None:
    run(compute_service, host="compute1", state="disabled", timestamp=True)
    fake.time.clock.sleep(2)
    fake.add_server("web")
    run(server_live_migrate, servers=["web"])
    # A disabled host is no obstacle, because the role enables this host first.
    result = run(host_drain_info, host="compute1", moved=True)
    assert (result["moved"][0]["destinations"], result["problems"]) == (["compute1"], [])
    fake.services[0]["state"] = "down"
    (problem,) = run(host_drain_info, host="compute1", moved=True)["problems"]
    assert problem["message"].startswith("Servers cannot be brought back: the compute service of compute1 is not up.")


# Servers and records


def test_waits_for_servers_in_a_task(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("web", **{"OS-EXT-STS:task_state": "rebooting"})
    assert methods(run(host_drain_info, host="compute1")) == {"web": "none"}
    fake.at(5, lambda: server.update({"OS-EXT-STS:task_state": None}))
    assert methods(run(host_drain_info, host="compute1", timeout=30)) == {"web": "live"}
    assert fake.time.now < 10


def test_joins_open_cold_migration(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("archive", status="RESIZE", **{"OS-EXT-STS:task_state": "resize_migrating"})
    assert methods(run(host_drain_info, host="compute1")) == {"archive": "none"}
    fake.add_migration(server, "migrating", migration_type="migration")
    assert methods(run(host_drain_info, host="compute1")) == {"archive": "cold"}


def test_host_with_unconfirmed_migrations_is_not_empty(run: Run, fake: FakeCloud) -> None:
    run(compute_service, host="compute1", state="disabled", timestamp=True)
    fake.time.clock.sleep(5)
    ours = fake.add_server("ours", host="compute2", status="VERIFY_RESIZE")
    theirs = fake.add_server("theirs", host="compute2", status="VERIFY_RESIZE")
    gone = fake.add_server("gone", host="compute2")
    for server, kind in ((ours, "migration"), (theirs, "resize"), (gone, "migration")):
        record = fake.add_migration(server, "finished", migration_type=kind)
        record |= {"source_compute": "compute1", "dest_compute": "compute2"}
    del fake.servers[gone["id"]]
    result = run(host_drain_info, host="compute1")
    assert methods(result) == {"ours": "confirm", "theirs": "none"}
    assert result["empty"] is False


def test_lists_servers_that_were_moved_away(run: Run, fake: FakeCloud) -> None:
    before = fake.add_server("before")
    run(server_live_migrate, servers=["before"], host="compute2")
    fake.migrations[0]["created_at"] = "2026-03-01T10:00:00.000000"
    run(compute_service, host="compute1", state="disabled", timestamp=True)
    fake.time.clock.sleep(2)
    for name, status in (("web", "ACTIVE"), ("archive", "SHUTOFF"), ("back", "ACTIVE"), ("gone", "ACTIVE")):
        fake.add_server(name, status=status)
    run(server_live_migrate, servers=["web", "back", "gone"])
    run(server_cold_migrate, servers=["archive"])
    run(server_live_migrate, servers=["back"], host="compute1")
    gone = next(server["id"] for server in fake.servers.values() if server["name"] == "gone")
    del fake.servers[gone]
    result = run(host_drain_info, host="compute1", moved=True)
    assert methods(result, "moved") == {"web": "live", "archive": "cold", None: "none"}
    assert [one["obstacle"] for one in result["moved"] if one["id"] == gone] == ["The server does not exist any more."]
    # the option since replaces the timestamp
    long_ago = run(host_drain_info, host="compute1", moved=True, since="2026-01-01T00:00:00Z")
    assert before["id"] in [one["id"] for one in long_ago["moved"]]


def test_refuses_unknown_start_of_the_drain(run: Run) -> None:
    result = run(host_drain_info, host="compute1", moved=True, fails=True)
    assert "the disabled reason of the compute service of compute1 has no timestamp" in result["msg"]
    assert result["empty"] is None


def test_refuses_start_of_the_drain_in_the_future(run: Run) -> None:
    result = run(host_drain_info, host="compute1", moved=True, since="2999-01-01T00:00:00Z", fails=True)
    assert result["msg"].startswith("since must not be in the future, found 2999-01-01T00:00:00Z.")


def test_refuses_wrong_inputs(run: Run) -> None:
    assert "host must not be empty" in run(host_drain_info, host="", fails=True)["msg"]
    assert "since must be a time" in run(host_drain_info, host="compute1", since="monday", fails=True)["msg"]
    assert "timeout must not be less" in run(host_drain_info, host="compute1", timeout=-1, fails=True)["msg"]
    assert "There are: compute1, compute2" in run(host_drain_info, host="compute9", fails=True)["msg"]


def test_names_a_binding_that_prevents_the_migration(run: Run, fake: FakeCloud) -> None:
    cut_off, healthy = fake.add_server("cut-off"), fake.add_server("healthy")
    fake.add_server("without-ports")
    port = fake.ports.add(cut_off)
    fake.ports.add(healthy)
    fake.ports.prepare(cut_off, "compute2")
    fake.add_migration(cut_off, "error")
    servers = servers_by_name(run(host_drain_info, host="compute1"))
    assert servers["cut-off"]["destinations"] == []
    assert f"The port {port['id']} has an INACTIVE binding on compute2" in servers["cut-off"]["destination_obstacle"]
    assert servers["healthy"]["destinations"] == servers["without-ports"]["destinations"] == ["compute2"]
    # One list of the ports, one list of the ports with a binding on another host, and the bindings of this port
    assert (fake.count("GET", "/ports$"), fake.count("GET", "/bindings$")) == (2, 1)


def test_reads_no_bindings_without_prediction(run: Run, fake: FakeCloud) -> None:
    fake.ports.add(fake.add_server())
    run(host_drain_info, host="compute1", predict=False)
    assert fake.count("GET", "/ports") == 0


def test_bindings_of_a_server_in_a_live_migration_are_not_stale(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("moving", **{"OS-EXT-STS:task_state": "migrating"})
    fake.ports.add(server)
    fake.ports.prepare(server, "compute2")
    (entry,) = run(host_drain_info, host="compute1")["servers"]
    assert entry["destination_obstacle"] is None
