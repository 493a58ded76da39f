# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_preflight

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def kinds(result: dict[str, Any]) -> list[str]:
    return [problem["kind"] for problem in result["problems"]]


def test_reports_no_problem_for_a_healthy_cloud(run: Run, fake: FakeCloud) -> None:
    fake.add_server("old", metadata={"stackproof_run": "abc"})
    fake.add_server("other")
    result = run(migration_preflight, count=2)
    assert not result["changed"]
    assert result["problems"] == []
    assert result["unknown"] == []
    assert result["usable_hosts"] == ["compute1", "compute2"]
    assert result["hypervisor_type"] == "QEMU"
    assert result["image"]["name"] == "cirros"
    assert result["image_chosen"]
    assert result["flavor"] == {"id": "1", "name": "tiny", "vcpus": 1, "ram_mib": 64, "disk_gib": 1}
    assert result["flavor_chosen"]
    assert result["microversion"] == {"min": "2.1", "max": "2.104"}
    assert result["project"]["name"] == "validation"
    assert [(one["name"], one["run_id"]) for one in result["orphaned_servers"]] == [("old", "abc")]
    assert result["quota"]["instances"] == {"limit": 10, "used": 0, "free": 10, "needed": 2}
    assert result["quota"]["cores"]["free"] is None
    assert "provider" not in result["hosts"][0]
    assert {seen.method for seen in fake.requests if "auth" not in seen.path} == {"GET"}


def test_lists_only_orphaned_servers_with_the_tags(run: Run, fake: FakeCloud) -> None:
    for name, tags in (("mine", ["cycle"]), ("other", [])):
        fake.add_server(name, metadata={"stackproof_run": "abc"}, tags=tags)
    fake.add_server("tagged", tags=["cycle"])
    result = run(migration_preflight, tags=["cycle"])
    assert [one["name"] for one in result["orphaned_servers"]] == ["mine"]
    assert [seen.query for seen in fake.requests if seen.path.endswith("/servers/detail")] == [{"tags": "cycle"}]


def test_cloud_without_cinder_has_no_orphaned_volumes(run: Run, fake: FakeCloud) -> None:
    fake.services_without = {"block-storage"}
    result = run(migration_preflight)
    assert (result["orphaned_resources"], result["unknown"]) == ([], [])


def test_uses_the_named_image_and_flavor(run: Run) -> None:
    result = run(migration_preflight, image="cirros", flavor="small")
    assert result["flavor"]["name"] == "small"
    assert not result["image_chosen"]
    assert not result["flavor_chosen"]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"image": "nowhere"}, "image", "no image named nowhere"),
        ({"flavor": "nowhere"}, "flavor", "no flavor named nowhere"),
        ({"host": "nowhere"}, "input", "There are: compute1, compute2"),
        ({"host": "compute3"}, "input", "host: this cloud has no compute host named compute3. Did you mean compute2?"),
        ({"source": "nowhere"}, "input", "source: this cloud has no compute host named nowhere"),
        ({"count": 11}, "quota", "11 servers need instances=11, but the project has free=10 of limit=10"),
        (
            {"availability_zone": "nvoa"},
            "input",
            "availability_zone: this cloud has no availability zone named nvoa. Did you mean nova?",
        ),
        ({"availability_zone": "nova:nowhere"}, "input", "availability_zone: this cloud has no compute host named"),
        ({"networks": ["privat"]}, "input", "networks: this cloud has no network named privat"),
        ({"networks": ["private"], "probe_network": "nowhere"}, "input", "no network named nowhere"),
        ({"probe_netns": "no-such-namespace"}, "input", "there is no network namespace 'no-such-namespace' (netns)."),
    ],
)
def test_reports_names_that_do_not_exist(run: Run, options: dict[str, Any], kind: str, words: str) -> None:
    result = run(migration_preflight, **options, fails=True)
    assert kinds(result) == [kind]
    assert words in result["msg"]
    assert result["failure"]["kind"] == kind
    quiet = run(migration_preflight, **options, fail_on_problems=False)
    assert quiet["problems"] == result["problems"]


def test_zone_without_usable_hosts_is_a_problem_of_hosts(run: Run, fake: FakeCloud) -> None:
    fake.more_zones = ["az9"]
    result = run(migration_preflight, availability_zone="az9", fails=True)
    assert kinds(result) == ["hosts"]
    assert "in availability zone nova, not in az9" in result["msg"]


def test_accepts_zone_with_a_host(run: Run) -> None:
    result = run(migration_preflight, availability_zone="nova:compute1")
    assert (result["problems"], result["usable_hosts"]) == ([], ["compute1", "compute2"])


def test_zone_is_checked_without_access_to_hosts(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["manager", "member"]
    assert kinds(run(migration_preflight, availability_zone="nvoa", fails=True)) == ["input"]
    assert run(migration_preflight, availability_zone="nova")["problems"] == []


def test_probe_network_must_be_among_the_networks(run: Run, fake: FakeCloud) -> None:
    fake.networks.append({"id": "second", "name": "storage"})
    options = {"networks": ["private"], "probe_network": "storage"}
    result = run(migration_preflight, **options, fails=True)
    assert kinds(result) == ["input"]
    assert "the servers get no address on storage" in result["msg"]
    assert run(migration_preflight, networks="auto", probe_network="storage")["problems"] == []


def test_chooses_an_image_for_which_a_flavor_has_room(run: Run, fake: FakeCloud) -> None:
    """The image with the smallest disk may require more memory than every flavor has."""
    fake.images.append({**fake.images[0], "id": "hungry", "name": "hungry", "min_disk": 0, "min_ram": 4096})
    fake.images[0]["min_disk"] = 2
    result = run(migration_preflight)
    assert (result["image"]["name"], result["flavor"]["name"]) == ("cirros", "small")
    result = run(migration_preflight, flavor="small")
    assert result["image"]["name"] == "cirros"


def test_flavor_with_unknown_extra_specs_is_unconfirmed(run: Run, fake: FakeCloud) -> None:
    fake.flavors = [{**fake.flavors[0], "extra_specs": {"ssd": "true"}}]
    result = run(migration_preflight)
    assert result["flavor"]["name"] == "tiny"
    assert result["unknown"] == ["flavor tiny: the compute hosts might not meet its extra specs ssd"]


def test_refuses_a_flavor_that_is_too_small_for_the_image(run: Run, fake: FakeCloud) -> None:
    fake.images[0].update(min_disk=2, min_ram=100)
    result = run(migration_preflight, flavor="tiny", fails=True)
    assert "needs 2 GiB and 100 MiB" in result["msg"]


def test_reports_a_missing_image_and_a_missing_flavor(run: Run, fake: FakeCloud) -> None:
    fake.images[0]["min_disk"] = 1000
    assert kinds(run(migration_preflight, fails=True)) == ["flavor"]
    fake.images.clear()
    assert kinds(run(migration_preflight, fails=True)) == ["image"]


def test_refuses_a_named_image_that_is_not_active(run: Run, fake: FakeCloud) -> None:
    fake.images[0]["status"] = "queued"
    assert "cirros has status queued" in run(migration_preflight, image="cirros", fails=True)["msg"]


def test_reads_all_pages_of_images(run: Run, fake: FakeCloud) -> None:
    fake.images.append({**fake.images[0], "id": "second", "name": "less", "size": 1})
    fake.page_size = 1
    assert run(migration_preflight)["image"]["name"] == "less"


def test_rejects_an_image_of_another_architecture(run: Run, fake: FakeCloud) -> None:
    fake.images.append({**fake.images[0], "id": "arm", "name": "arm", "size": 512, "hw_architecture": "aarch64"})
    result = run(migration_preflight)
    assert (result["image"]["name"], result["hosts"][0]["architecture"]) == ("cirros", "x86_64")
    # an image that the user names is accepted
    assert run(migration_preflight, image="arm")["image"]["name"] == "arm"


def test_reports_why_images_were_rejected(run: Run, fake: FakeCloud) -> None:
    private = {"visibility": "private", "owner": "another"}
    fake.images = [
        {**fake.images[0], "id": "arm", "hw_architecture": "aarch64"},
        {**fake.images[0], "id": "snapshot", "size": 0, "bdm_v2": "True", "block_device_mapping": "[{}]"},
        *({**fake.images[0], **private, "id": f"private-{number}"} for number in range(2)),
    ]
    result = run(migration_preflight, fails=True)
    assert kinds(result) == ["image"]
    assert result["problems"][0]["message"] == (
        "image: no image can be chosen. Rejected images: 4 (1 for architecture aarch64, 2 private images of other"
        " projects, 1 snapshots of volumes). Upload an image, or set the option image."
        " The properties of a named image are not checked."
    )


def test_chooses_a_shared_image_only_when_it_was_accepted(run: Run, fake: FakeCloud) -> None:
    fake.images[0] |= {"visibility": "shared", "owner": "another"}
    assert "1 shared by another project and not accepted" in run(migration_preflight, fails=True)["msg"]
    fake.members[fake.images[0]["id"]] = "pending"
    assert kinds(run(migration_preflight, fails=True)) == ["image"]
    fake.members[fake.images[0]["id"]] = "accepted"
    assert run(migration_preflight)["image"]["name"] == "cirros"


def test_unconfirmed_architecture_is_unknown(run: Run, fake: FakeCloud) -> None:
    fake.images[0]["hw_architecture"] = "aarch64"
    fake.roles = ["manager", "member"]
    result = run(migration_preflight)
    assert result["unknown"][-1] == "image cirros: the compute hosts might not support its architecture aarch64"
    # The architecture is also unknown if the cloud reports no CPUs.
    fake.roles = ["admin"]
    for hypervisor in fake.hypervisors:
        del hypervisor["cpu_info"]
    result = run(migration_preflight)
    assert result["unknown"] == ["image cirros: the compute hosts might not support its architecture aarch64"]
    assert result["hosts"][0]["architecture"] is None


def test_one_usable_host_is_a_problem_of_hosts_only(run: Run, fake: FakeCloud) -> None:
    fake.images[0]["hw_architecture"] = "x86_64"
    fake.services[0]["state"] = "down"
    assert kinds(run(migration_preflight, fails=True)) == ["hosts"]


def test_refuses_an_ambiguous_image_name(run: Run, fake: FakeCloud) -> None:
    fake.images.append({**fake.images[0], "id": "second"})
    assert "2 resources have the name 'cirros'" in run(migration_preflight, image="cirros", fails=True)["msg"]


def test_reports_a_host_that_is_down(run: Run, fake: FakeCloud) -> None:
    fake.services[0]["state"] = "down"
    result = run(migration_preflight, host="compute1", fails=True)
    assert kinds(result) == ["hosts", "hosts"]
    assert "compute host compute1 cannot be used: its nova-compute service is down" in result["msg"]
    assert "there is 1 of 2 (compute1: its nova-compute service is down)" in result["msg"]


def test_full_host_is_a_problem_of_capacity(run: Run, fake: FakeCloud) -> None:
    fake.candidates = ["compute1"]
    result = run(migration_preflight, fails=True)
    assert kinds(result) == ["capacity"]
    assert "compute2: it has no room for the flavor" in result["msg"]


ROOMY = {"VCPU": 8, "MEMORY_MB": 7680, "DISK_GB": 40}


def test_spare_servers_reserves_room(run: Run, fake: FakeCloud) -> None:
    fake.free = {"compute1": ROOMY, "compute2": {**ROOMY, "MEMORY_MB": 127}}
    assert run(migration_preflight)["usable_hosts"] == ["compute1", "compute2"]
    result = run(migration_preflight, spare_servers=1, fails=True)
    assert kinds(result) == ["capacity"]
    why = "it has room for one server of the flavor, but not for 1 more (spare_servers)"
    assert result["hosts"][1]["obstacle"] == why
    assert (
        f"there is 1 of 2 (compute2: {why}). Choose a smaller flavor, or lower spare_servers (now 1)." in result["msg"]
    )
    fake.free["compute2"]["MEMORY_MB"] = 128
    assert run(migration_preflight, spare_servers=1)["problems"] == []
    assert kinds(run(migration_preflight, spare_servers=2, fails=True)) == ["capacity"]


def test_requests_candidates_for_a_single_server(run: Run, fake: FakeCloud) -> None:
    """With max_unit of 2 VCPU, Placement has no candidate for the resources of three servers together."""
    fake.max_unit = {"VCPU": 2}
    result = run(migration_preflight, spare_servers=2)
    assert result["usable_hosts"] == ["compute1", "compute2"]
    asked = [seen for seen in fake.requests if "allocation_candidates" in seen.path]
    assert [seen.query["resources"] for seen in asked] == ["DISK_GB:1,MEMORY_MB:64,VCPU:1"]


def test_lists_hosts_without_spare_room_as_unknown(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute3")
    fake.free = {"compute1": ROOMY, "compute2": ROOMY, "compute3": {**ROOMY, "VCPU": 1}}
    result = run(migration_preflight, spare_servers=1)
    assert result["usable_hosts"] == ["compute1", "compute2"]
    (unknown,) = result["unknown"]
    assert unknown == (
        "spare_servers: Nova's scheduler may choose a host that has no room for spare servers (compute3)"
    )
    assert run(migration_preflight, spare_servers=1, host="compute2")["unknown"] == []
    result = run(migration_preflight, spare_servers=1, host="compute3", fails=True)
    assert kinds(result) == ["capacity"]
    message = "compute host compute3 cannot be used: it has room for one server of the flavor, but not for 1"
    assert message in result["msg"]


def test_spare_servers_has_no_effect_without_placement(run: Run, fake: FakeCloud) -> None:
    fake.services_without = {"placement"}
    assert run(migration_preflight, spare_servers=5)["usable_hosts"] == ["compute1", "compute2"]


def test_reports_a_cloud_without_hosts(run: Run, fake: FakeCloud) -> None:
    fake.hypervisors, fake.services = [], []
    assert "there are 0 of 0." in run(migration_preflight, fails=True)["msg"]


def test_manager_may_not_list_hosts_and_has_no_problem(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["manager", "member"]
    result = run(migration_preflight)
    assert result["hosts"] is None
    assert result["usable_hosts"] is None
    assert len(result["unknown"]) == 2


def test_member_lacks_the_permission_to_migrate(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["member"]
    result = run(migration_preflight, fails=True)
    assert kinds(result) == ["permission"]
    assert result["image"]["name"] == "cirros"


def test_room_is_unknown_without_placement(run: Run, fake: FakeCloud) -> None:
    fake.services_without = {"placement"}
    result = run(migration_preflight)
    assert result["usable_hosts"] == ["compute1", "compute2"]
    assert result["unknown"][0].startswith("room on the compute hosts")


def test_reports_limits_that_cannot_be_read(run: Run, fake: FakeCloud) -> None:
    fake.fault("GET", "limits", status=404, body={"itemNotFound": {"message": "no"}})
    result = run(migration_preflight, fails=True)
    assert result["quota"] is None
    assert kinds(result) == ["service"]


def test_reports_a_cloud_with_old_microversions(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.58"
    assert run(migration_preflight)["problems"] == []
    fake.newest = "2.24"
    result = run(migration_preflight, fail_on_problems=False, fails=True)
    assert result["failure"]["kind"] == "microversion"
    assert result["problems"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"count": 0}, "count must be at least 1"),
        ({"spare_servers": -1}, "spare_servers must be at least 0, found -1"),
        ({"host": "a", "source": "a"}, "host and source are both a"),
        ({"networks": []}, "networks must be none, auto, or a list of names or ids, found []"),
        ({"api_timeout": 0}, "api_timeout must be greater than 0"),
    ],
)
def test_refuses_invalid_options_before_the_first_request(
    run: Run, fake: FakeCloud, options: dict[str, Any], words: str
) -> None:
    assert words in run(migration_preflight, **options, fails=True)["msg"]
    assert fake.requests == []


def test_blockers_of_the_servers(run: Run, fake: FakeCloud) -> None:
    assert run(migration_preflight)["blockers"] == []
    fake.flavors[0]["extra_specs"] = {"hw:tpm_version": "2.0"}
    found = run(migration_preflight, flavor=fake.flavors[0]["name"])["blockers"]
    assert [(one["reason"], one["certainty"]) for one in found] == [("vtpm", "certain")]
