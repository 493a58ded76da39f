# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volumes, ports and server groups of a batch: their boot, their mark, their deletion, and invalid options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_preflight, server_batch

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

METADATA = {"run": "7"}
PAIR: dict[str, Any] = {"name": "probe", "count": 2, "image": "cirros", "flavor": "tiny", "metadata": METADATA}
ONE = {**PAIR, "count": 1}
KEPT = {"size": 3, "delete_on_termination": False}
ABSENT = {"state": "absent", "metadata": METADATA}


def boot_body(fake: FakeCloud) -> dict[str, Any]:
    body = next(seen.body for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/servers"))
    found: dict[str, Any] = body["server"]
    return found


def changes(fake: FakeCloud) -> list[str]:
    return [f"{seen.method} {seen.path}" for seen in fake.requests if seen.method != "GET" and "tok" not in seen.path]


# Boot


def test_boots_several_servers_from_volumes(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **PAIR, boot_volume={}, volumes=[{"size": 2, "type": "fast"}], config_drive=True)
    body = boot_body(fake)
    assert "imageRef" not in body
    assert body["config_drive"] is True
    assert [(device["boot_index"], device["source_type"]) for device in body["block_device_mapping_v2"]] == [
        (0, "image"),
        (-1, "blank"),
    ]
    assert [device["volume_size"] for device in body["block_device_mapping_v2"]] == [1, 2]
    assert [
        (volume["name"], volume["size_gib"], volume["type"], volume["bootable"]) for volume in result["volumes"]
    ] == [
        ("probe-1", 1, "__DEFAULT__", True),
        ("probe-1", 2, "fast", False),
        ("probe-2", 1, "__DEFAULT__", True),
        ("probe-2", 2, "fast", False),
    ]
    assert all(volume["metadata"] == METADATA for volume in fake.volumes.volumes.values())


def test_server_with_data_volume_boots_from_its_image(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **PAIR, volumes=[{"size": 2}])
    body = boot_body(fake)
    assert body["imageRef"] == body["block_device_mapping_v2"][0]["uuid"]
    assert body["block_device_mapping_v2"][0]["destination_type"] == "local"


def test_keeps_a_volume_only_after_the_volume_has_its_mark(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **PAIR, boot_volume={}, volumes=[KEPT])
    assert [device["delete_on_termination"] for device in boot_body(fake)["block_device_mapping_v2"]] == [True, True]
    kept = {volume["id"]: volume for volume in result["volumes"] if not volume["delete_on_termination"]}
    assert {volume["size_gib"] for volume in kept.values()} == {3}
    sent = changes(fake)
    for volume in kept:
        marked = next(number for number, one in enumerate(sent) if one.endswith(f"/volume/v3/volumes/{volume}"))
        excluded = next(number for number, one in enumerate(sent) if one.endswith(f"/os-volume_attachments/{volume}"))
        assert marked < excluded


def test_old_cloud_cannot_keep_volumes(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.79"
    result = run(server_batch, **PAIR, volumes=[KEPT], fails=True)
    assert result["failure"]["kind"] == "microversion"
    assert fake.count("POST", "/servers$") == 0


def test_user_who_may_not_change_volumes_can_boot(run: Run, fake: FakeCloud) -> None:
    fake.volumes.forbidden = True
    assert run(server_batch, **PAIR, boot_volume={})["volumes"] == []
    result = run(server_batch, **{**PAIR, "name": "other"}, volumes=[KEPT], fails=True)
    assert result["failure"]["kind"] == "permission"


@pytest.mark.parametrize("neutron", ["tags_at_creation", "no_tags_at_creation", "ignores_tags"])
def test_creates_ports_with_tags(run: Run, fake: FakeCloud, neutron: str) -> None:
    fake.ports.tag_creation = neutron != "no_tags_at_creation"
    fake.ports.ignores_tags = neutron == "ignores_tags"
    ports = [{"network": "private", "fixed_ip": "192.0.2.9", "vnic_type": "direct", "security_groups": ["ping"]}]
    result = run(server_batch, **ONE, ports=ports, networks=["private"], security_groups=["default"], tags=["mine"])
    created = next(
        seen.body["port"] for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/ports")
    )
    assert created["fixed_ips"] == [{"ip_address": "192.0.2.9"}]
    assert created["binding:vnic_type"] == "direct"
    assert len(created["security_groups"]) == 1
    assert [next(iter(network)) for network in boot_body(fake)["networks"]] == ["uuid", "port"]
    assert sorted(port["name"] for port in result["ports"]) == ["", "probe-port-1"]
    assert {tuple(port["tags"]) for port in fake.ports.ports.values()} == {("mine", "run=7")}


def test_creates_server_group_and_uses_it_again(run: Run, fake: FakeCloud) -> None:
    options = {**PAIR, "server_group_policy": "soft-anti-affinity"}
    result = run(server_batch, **options)
    assert result["server_group"]["name"] == "probe [run=7]"
    (broken, _good) = fake.servers.values()
    broken["status"] = "ERROR"
    again = run(server_batch, **options, replace=True)
    assert again["server_group"]["id"] == result["server_group"]["id"]


def test_refused_boot_leaves_no_port_and_no_group(run: Run, fake: FakeCloud) -> None:
    fake.fault("POST", "/servers$", status=403, body={"forbidden": {"message": "Quota exceeded for instances"}})
    before = len(fake.server_groups)
    run(server_batch, **ONE, ports=[{"network": "private"}], server_group_policy="affinity", fails=True)
    assert fake.count("POST", "/ports$") == 1
    assert not fake.ports.ports
    assert len(fake.server_groups) == before


# Deletion


def test_deletes_kept_volumes_ports_and_group_with_the_servers(run: Run, fake: FakeCloud) -> None:
    before = len(fake.server_groups)
    run(
        server_batch,
        **ONE,
        boot_volume={},
        volumes=[KEPT],
        ports=[{"network": "private"}],
        server_group_policy="affinity",
    )
    result = run(server_batch, **ABSENT)
    assert result["changed"]
    assert not fake.volumes.volumes
    assert not fake.ports.ports
    assert len(fake.server_groups) == before
    assert {volume["status"] for volume in result["volumes"]} == {"DELETED"}
    assert len(result["ports"]) == 1
    assert run(server_batch, **ABSENT)["changed"] is False


@pytest.mark.parametrize("by", ["servers", "reservation_id"])
def test_deletes_devices_of_named_servers(run: Run, fake: FakeCloud, by: str) -> None:
    batch = run(server_batch, **PAIR, volumes=[KEPT], server_group_policy="soft-affinity")
    selection = {"servers": [one["id"] for one in batch["servers"]], "reservation_id": batch["reservation_id"]}
    run(server_batch, state="absent", **{by: selection[by]})
    assert not fake.volumes.volumes
    assert [group["name"] for group in fake.server_groups] == ["apart"]


def test_keeps_group_while_another_server_is_a_member(run: Run, fake: FakeCloud) -> None:
    batch = run(server_batch, **PAIR, server_group_policy="soft-affinity")
    run(server_batch, state="absent", servers=[batch["servers"][0]["id"]])
    assert len(fake.server_groups) == 2


def test_deletes_devices_whose_servers_are_gone(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **ONE, volumes=[KEPT], ports=[{"network": "private"}], server_group_policy="affinity")
    for server in list(fake.servers.values()):
        fake._delete(server)  # another program deletes the server
    check = run(server_batch, **ABSENT, _ansible_check_mode=True, _ansible_diff=True)
    assert check["changed"]
    assert check["diff"]["before"].count("\n") == 3
    assert fake.volumes.volumes
    result = run(server_batch, **ABSENT)
    assert result["changed"]
    assert not fake.volumes.volumes
    assert not fake.ports.ports
    assert [group["name"] for group in fake.server_groups] == ["apart"]


def test_deletes_attachments_that_cinder_has_kept(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **PAIR, boot_volume={})
    fake.volumes.leaves_attachments = True
    result = run(server_batch, **ABSENT)
    assert not fake.volumes.volumes
    assert not fake.volumes.attachments
    assert {volume["status"] for volume in result["volumes"]} == {"DELETED"}
    assert fake.time.now > 10


def test_deletes_volumes_of_servers_that_leave_allocations(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **ONE, volumes=[KEPT])
    fake.leak_allocations = True
    result = run(server_batch, **ABSENT, fails=True)
    assert "Placement still has allocations" in result["msg"]
    assert not fake.volumes.volumes


def test_names_volume_that_cinder_cannot_delete(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **ONE, boot_volume={})
    fake.volumes.status_after_deletion = "error_deleting"
    result = run(server_batch, **ABSENT, fails=True)
    assert result["failure"]["kind"] == "orphaned"
    assert "error_deleting" in result["msg"]
    assert "The servers are deleted." in result["msg"]
    assert result["volumes"][0]["status"] == "error_deleting"
    assert result["servers"][0]["status"] == "DELETED"


def test_times_out_for_a_volume_that_stays(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **ONE, boot_volume={})
    fake.volumes.leaves_attachments = True
    fake.fault("DELETE", "/attachments/", status=409, body={"conflictingRequest": {"message": "in use"}}, times=99)
    result = run(server_batch, **ABSENT, timeout=30, fails=True)
    assert result["failure"]["kind"] == "timeout"
    assert "in use" in result["msg"]


def test_keeps_volumes_and_ports_of_the_user(run: Run, fake: FakeCloud) -> None:
    free = fake.ports.add_free(name="mine", network_id=fake.networks[0]["id"])
    run(server_batch, **ONE, ports=[{"port": "mine"}])
    (server,) = fake.servers.values()
    volume = fake.volumes.add(server)
    run(server_batch, **ABSENT)
    assert list(fake.ports.ports) == [free["id"]]
    assert free.get("tags", []) == []
    assert list(fake.volumes.volumes) == [volume["id"]]


def test_keeps_volume_that_another_server_uses(run: Run, fake: FakeCloud) -> None:
    other = fake.add_server("other")
    fake.volumes.add(other)["metadata"] = dict(METADATA)
    assert run(server_batch, **ABSENT)["changed"] is False
    assert fake.volumes.volumes


# Invalid options


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"boot_volume": {"type": "fats"}}, "not_found", "boot_volume: this cloud has no volume type named fats, or"),
        ({"volumes": [{"size": 1, "type": "fats"}]}, "not_found", "Did you mean fast?"),
        (
            {"boot_volume": {"size": 0}},
            "input",
            "boot_volume: size must be a whole number of GiB, at least 1, found 0.",
        ),
        (
            {"volumes": [{"size": 11}] * 11},
            "quota",
            "1 server needs volumes=11, but the project has free=10 of limit=10.",
        ),
        ({"volumes": [{"size": 1001}]}, "quota", "gigabytes=1001, but the project has free=1000"),
        ({"networks": ["privat"]}, "not_found", "Did you mean private?"),
        ({"ports": [{"network": "privat"}]}, "not_found", "ports: this cloud has no network named privat"),
        ({"ports": [{"port": "nowhere"}]}, "not_found", "ports: this cloud has no port named nowhere"),
        ({"ports": [{"port": "used"}]}, "input", "port used is in use by compute:nova"),
        ({"ports": [{"network": "private", "port": "used"}]}, "input", "for an existing port), found both."),
        ({"ports": [{"port": "used", "fixed_ip": "192.0.2.1"}]}, "input", "fixed_ip cannot be given with port"),
        ({"ports": [{"network": "private", "fixed_ip": "192.0.2.300"}]}, "input", "fixed_ip must be an IP address"),
        ({"ports": [{"network": "private", "fixed_ip": "198.51.100.1"}]}, "input", "no subnet for the address"),
        ({"ports": [{"network": "private", "fixed_ip": "192.0.2.77"}]}, "input", "192.0.2.77 is in use by port"),
        ({"ports": [{"network": "private"}], "networks": "auto"}, "input", "cannot be given with networks auto"),
        ({"ports": [{"network": "private"}], "count": 2}, "input", "ports cannot be given with count 2."),
        ({"ports": [{"network": "private"}], "metadata": {}}, "input", "metadata is needed with ports"),
        ({"volumes": [KEPT], "metadata": {}}, "input", "delete_on_termination=false"),
        ({"security_groups": ["ping"]}, "input", "security_groups needs a new port."),
        ({"security_groups": ["pong"], "networks": ["private"]}, "not_found", "Did you mean ping?"),
        ({"server_group": "aport"}, "not_found", "Did you mean apart?"),
        ({"server_group": "apart", "server_group_policy": "affinity"}, "input", "Remove one of them."),
        ({"networks": ["private"], "count": 101}, "quota", "101 servers need ports=101, but the project has free=100"),
    ],
)
def test_names_the_mistake_before_the_boot(
    run: Run, fake: FakeCloud, options: dict[str, Any], kind: str, words: str
) -> None:
    network = fake.networks[0]["id"]
    used = {"device_id": "d1", "device_owner": "compute:nova", "network_id": network}
    fake.ports.add_free(name="used", fixed_ips=[{"ip_address": "192.0.2.77"}], **used)
    result = run(server_batch, **{**ONE, **options}, fails=True)
    assert words in result["msg"]
    assert result["failure"]["kind"] == kind
    assert changes(fake) == []


def test_port_with_a_binding_that_prevents_migrations_is_refused(run: Run, fake: FakeCloud) -> None:
    network = fake.networks[0]["id"]
    # Neutron shows the bindings of ports with this owner only.
    port = fake.ports.add_free(name="stale", network_id=network, device_owner="compute:nova")
    fake.ports.bindings[port["id"]] = {"compute2": "INACTIVE"}
    result = run(server_batch, **{**ONE, "ports": [{"port": "stale"}]}, fails=True)
    assert "ports: port stale has an INACTIVE binding on compute2, which an earlier migration left." in result["msg"]
    assert f"DELETE /v2.0/ports/{port['id']}/bindings/compute2" in result["msg"]
    assert fake.count("POST", "/servers$") == 0


def test_boot_volume_must_hold_the_image(run: Run, fake: FakeCloud) -> None:
    fake.images[0]["min_disk"] = 5
    result = run(server_batch, **{**ONE, "flavor": "small"}, boot_volume={"size": 4}, fails=True)
    assert "a volume of 4 GiB is too small, because the image cirros needs 5 GiB" in result["msg"]
    assert run(server_batch, **ONE, boot_volume={})["volumes"][0]["size_gib"] == 5


def test_cloud_without_cinder(run: Run, fake: FakeCloud) -> None:
    fake.services_without = {"block-storage"}
    result = run(server_batch, **ONE, boot_volume={}, fails=True)
    assert "boot_volume: this cloud has no Block Storage service (Cinder)." in result["msg"]
    assert not run(server_batch, **ONE)["volumes"]
    assert run(server_batch, **ABSENT)["changed"]


# Preflight


def preflight(run: Run, **options: Any) -> dict[str, Any]:
    return run(migration_preflight, fail_on_problems=False, **options)


def test_flavors_without_root_disk_need_a_boot_volume(run: Run, fake: FakeCloud) -> None:
    for flavor in fake.flavors:
        flavor["disk"] = 0
    (problem,) = preflight(run)["problems"]
    assert "set boot_volume to boot from a volume" in problem["message"]
    found = preflight(run, boot_volume={})
    assert found["problems"] == []
    assert found["flavor"]["name"] == "tiny"


def test_advice_for_a_flavor_without_root_disk(run: Run, fake: FakeCloud) -> None:
    message = "Only volume-backed servers are allowed for flavors with zero disk. "
    fake.fault("POST", "/servers$", status=403, body={"forbidden": {"message": message}})
    result = run(server_batch, **ONE, fails=True)
    assert result["msg"].endswith(
        "zero disk. Set boot_volume to boot from a volume, or choose a flavor with a root disk."
    )


def test_boot_volume_needs_no_disk_of_the_hosts(run: Run, fake: FakeCloud) -> None:
    fake.free = {host: {"VCPU": 8, "MEMORY_MB": 7680, "DISK_GB": 0} for host in fake.hosts}
    assert [problem["kind"] for problem in preflight(run)["problems"]] == ["capacity"]
    assert preflight(run, boot_volume={"size": 1})["problems"] == []


def test_chooses_an_image_for_the_boot_volume(run: Run, fake: FakeCloud) -> None:
    fake.images[0]["min_disk"] = 9
    assert "too large for the boot volume" in preflight(run, boot_volume={"size": 8})["problems"][0]["message"]
    assert preflight(run, boot_volume={"size": 9})["problems"] == []


def test_preflight_lists_all_mistakes(run: Run) -> None:
    options = {"boot_volume": {"type": "fats"}, "networks": ["privat"], "security_groups": ["pong"]}
    assert [problem["kind"] for problem in preflight(run, **options)["problems"]] == ["input", "input", "input"]


def test_preflight_continues_if_quotas_are_hidden(run: Run, fake: FakeCloud) -> None:
    fake.volumes.forbidden = True
    fake.ports.quota = None
    found = preflight(run, volumes=[{"size": 1}], networks=["private"])
    assert found["problems"] == []
    assert any("quota of volumes" in text for text in found["unknown"])


@pytest.mark.parametrize(("policy", "problems"), [("anti-affinity", ["capacity"]), ("affinity", ["input"])])
def test_policy_of_the_group_must_allow_the_migration(run: Run, policy: str, problems: list[str]) -> None:
    found = preflight(run, count=2, server_group_policy=policy)
    assert [problem["kind"] for problem in found["problems"]] == problems
    assert preflight(run, count=1, server_group_policy=policy)["problems"] == []
    assert preflight(run, count=2, server_group_policy=f"soft-{policy}")["problems"] == []


def test_finds_orphaned_resources(run: Run, fake: FakeCloud) -> None:
    run(server_batch, **ONE, volumes=[KEPT], ports=[{"network": "private"}], server_group_policy="affinity", tags=["t"])
    options = {"metadata_key": "run", "tags": ["t"]}
    assert preflight(run, **options)["orphaned_resources"] == []
    for server in list(fake.servers.values()):
        fake._delete(server)  # another program deletes the server
    found = preflight(run, **options)["orphaned_resources"]
    assert [(one["kind"], one["run_id"], one["metadata"]["run"]) for one in found] == [
        ("volume", "7", "7"),
        ("port", "7", "7"),
        ("server group", "7", "7"),
    ]
