# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers import facts_reader
from ansible_collections.stackproof.migration.plugins.modules import migration_readiness_info
from ansible_collections.stackproof.migration.tests.samples.devices import DEVICES, Device

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

TPM = {"flavor": {"original_name": "tpm", "ram": 64, "vcpus": 1, "disk": 1, "extra_specs": {"hw:tpm_version": "2.0"}}}


def run(fake: FakeCloud, **options: Any) -> dict[str, Any]:
    defaults = {name: spec.get("default") for name, spec in migration_readiness_info.MODULE.argument_spec.items()}
    params = {**defaults, **fake.params, **options}
    return migration_readiness_info.MODULE.run(params, fake.time.clock, check_mode=False).values


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {host["host"]: host["can_be_emptied"] for host in found["hosts"]}


def test_healthy_cloud_has_no_finding(fake: FakeCloud) -> None:
    fake.add_server("web", "compute1")
    found = run(fake)
    assert verdicts(found) == {"compute1": "yes", "compute2": "yes"}
    assert (found["servers"], found["projects"]) == ([], [])
    assert found["totals"]["together"] == {"yes": 2, "unknown": 0, "doubtful": 0, "no": 0}


def test_blocked_server_with_its_reason(fake: FakeCloud) -> None:
    fake.add_server("web", "compute1", **TPM)
    found = run(fake)
    assert verdicts(found) == {"compute1": "no", "compute2": "yes"}
    (server,) = found["servers"]
    assert (server["name"], server["move_method"], server["destinations"]) == ("web", "none", None)
    assert [(one["reason"], one["certainty"]) for one in server["blockers"]] == [("vtpm", "certain")]
    assert found["projects"][0]["reasons"] == {"vtpm": 1}


def test_servers_with_volumes(fake: FakeCloud) -> None:
    healthy, left = fake.add_server("healthy", "compute1"), fake.add_server("left", "compute1")
    fake.volumes.add(healthy)
    fake.volumes.add(left)
    assert run(fake)["servers"] == []
    # An earlier migration left an attachment on another host.
    fake.volumes.prepare(left, "compute2")
    (server,) = run(fake)["servers"]
    assert (server["name"], [one["reason"] for one in server["blockers"]]) == ("left", ["volume_attachment"])


def test_file_share_is_a_blocker(fake: FakeCloud) -> None:
    web = fake.add_server("web", "compute1")
    fake.add_server("database", "compute1")
    # Without Manila in the catalog, no server has file shares.
    assert run(fake)["servers"] == []
    assert fake.count("GET", "/shares$") == 0
    fake.manila = {web["id"]: ["share-1", "share-2"]}
    found = run(fake)
    assert fake.count("GET", "/shares$") == 2
    (server,) = found["servers"]
    (blocker,) = server["blockers"]
    assert (server["name"], blocker["reason"], blocker["certainty"]) == ("web", "share", "certain")
    assert blocker["detail"].startswith("The server has 2 file shares")


def test_file_shares_that_are_unknown(fake: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.manila = {}
    for number in range(3):
        fake.add_server(f"web-{number}", "compute1")
    fake.fault("GET", "/shares", status=403, body={"forbidden": {"message": "Policy does not allow it"}}, times=9)
    found = run(fake)
    assert found["servers"] == []
    assert any("file shares" in text and "Policy does not allow it" in text for text in found["unknown"])
    monkeypatch.setattr(facts_reader, "_MOST_READ", 2)
    before = fake.count("GET", "/shares$")
    assert any("more than 2 servers" in text for text in run(fake)["unknown"])
    assert fake.count("GET", "/shares$") == before


def test_servers_of_a_host_that_is_down(fake: FakeCloud) -> None:
    fake.add_server("web", "compute1")
    fake.services[0]["state"] = "down"
    found = run(fake)
    assert verdicts(found) == {"compute1": "no", "compute2": "yes"}
    assert found["servers"][0]["blockers"][0]["reason"] == "host_down"
    assert found["zones"][0]["usable_hosts"] == 1


def test_room_for_a_batch(fake: FakeCloud) -> None:
    fake.add_host("compute3")
    for name in ("compute1", "compute2"):
        fake.add_server(f"on-{name}", name)
    fake.free = {name: {"VCPU": 1, "MEMORY_MB": 4096, "DISK_GB": 40} for name in fake.hosts}
    found = run(fake, at_once=2)
    assert verdicts(found) == {"compute1": "yes", "compute2": "yes", "compute3": "yes"}
    assert [host["batch"] for host in found["hosts"]] == [1, 1, 2]
    assert found["totals"]["together"]["doubtful"] > 0


def test_only_the_selected_hosts(fake: FakeCloud) -> None:
    fake.aggregates = [{"id": 7, "name": "rack-7", "hosts": ["compute2"], "metadata": {}}]
    fake.add_server("web", "compute1", **TPM)
    assert verdicts(run(fake, hosts=["compute1"])) == {"compute1": "no"}
    found = run(fake, aggregate="rack-7")
    assert (verdicts(found), found["servers"]) == ({"compute2": "yes"}, [])
    assert len(verdicts(run(fake, availability_zone="nova"))) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hosts": ["compute11"]}, "hosts: there is no compute host compute11. Did you mean compute1"),
        ({"aggregate": "rack-8"}, "aggregate: there is no host aggregate rack-8. Did you mean rack-7?"),
        ({"availability_zone": "nowa"}, "availability_zone: no compute host is in the zone nowa. Did you mean nova?"),
        ({"at_once": 0}, "at_once must be at least 1, found 0."),
    ],
)
def test_wrong_options(fake: FakeCloud, options: dict[str, Any], message: str) -> None:
    fake.aggregates = [{"id": 7, "name": "rack-7", "hosts": ["compute2"], "metadata": {}}]
    found = run(fake, **options)
    assert message in found["msg"]
    assert found["hosts"] == []


def test_a_user_without_permission_gets_the_reason(fake: FakeCloud) -> None:
    fake.roles = ["reader"]
    found = run(fake)
    assert found["failure"]["kind"] == "permission"


def test_anti_affinity_group_without_a_free_host(fake: FakeCloud) -> None:
    members = [fake.add_server(f"db-{name}", name)["id"] for name in fake.hosts]
    fake.server_groups = [
        {"id": "g1", "name": "apart", "policy": "anti-affinity", "members": members, "rules": {}},
    ]
    found = run(fake)
    assert {one["blockers"][0]["reason"] for one in found["servers"]} == {"server_group"}
    assert set(verdicts(found).values()) == {"doubtful"}


def test_requests_do_not_grow_with_the_servers(fake: FakeCloud) -> None:
    fake.add_server("first", "compute1")
    run(fake)
    first = len(fake.requests)
    for number in range(40):
        fake.add_server(f"more-{number}", "compute2")
    run(fake)
    assert len(fake.requests) - first == first
    assert not [seen for seen in fake.requests if seen.method not in ("GET", "POST")]


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
def test_devices_that_the_local_cloud_does_not_have(fake: FakeCloud, device: Device) -> None:
    fake.newest = "2.104"
    server_id = device.add_to(fake)
    found = {one["id"]: [(b["reason"], b["certainty"]) for b in one["blockers"]] for one in run(fake)["servers"]}
    assert found == ({server_id: [*device.blockers]} if device.blockers else {})
