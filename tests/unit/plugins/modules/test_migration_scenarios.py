# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module migration_scenarios, run against the fake cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.lookup.scenario_catalogue import FILES
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import RUN_KEY
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.disabled_hosts import reason_of
from ansible_collections.stackproof.migration.plugins.modules import migration_scenarios
from ansible_collections.stackproof.migration.plugins.plugin_utils._catalogue.files import read_catalogue
from ansible_collections.stackproof.migration.tests.unit.plugins.nova_answers import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

CATALOGUE = read_catalogue([FILES])
SCENARIOS = [f"{one['suite']}/{one['name']}" for one in CATALOGUE["scenarios"]]
# The fake cloud has no scheduler that knows the rules of server groups.
NEEDS_NOVA = ("concurrent-instances/anti-affinity",)
RUN_ID = "scenarios-1"
CHANGES = ("POST", "PUT", "DELETE")


def run(fake: FakeCloud, *names: str, check: bool = False, **options: Any) -> Report:
    defaults = {name: spec.get("default") for name, spec in migration_scenarios.MODULE.argument_spec.items()}
    chosen = [one for one in CATALOGUE["scenarios"] if f"{one['suite']}/{one['name']}" in names]
    params = {
        **defaults,
        **fake.params,
        "scenarios": chosen,
        "profiles": CATALOGUE["profiles"],
        "image": "cirros",
        "flavor": "tiny",
        "metadata": {RUN_KEY: RUN_ID},
        "tags": ["stackproof.migration"],
        "max_parallel": 1,
        **options,
    }
    return migration_scenarios.MODULE.run(params, fake.time.clock, check_mode=check)


def outcomes(report: Report) -> dict[str, tuple[str, str]]:
    return {one["id"]: (one["outcome"], one["reason"]) for one in report.values["scenarios"]}


@pytest.fixture
def three(fake: FakeCloud) -> FakeCloud:
    fake.add_host("compute3")
    return fake


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in NEEDS_NOVA])
def test_scenario_passes_and_leaves_nothing(three: FakeCloud, name: str) -> None:
    three.networks[0] |= {"subnets": ["1"], "project_id": PROJECT}
    report = run(three, name, same_host_resize=True, allow_disruptive=True)
    ((outcome, reason),) = outcomes(report).values()
    assert (outcome, reason) == ("passed", ""), report.values.get("msg")
    assert not report.failed
    assert report.values["changed"]
    assert three.servers == {}
    assert three.ports.ports == {}
    assert {service["status"] for service in three.services} == {"enabled"}
    assert [len(three.flavors), len(three.images), len(three.server_groups)] == [2, 1, 1]
    (found,) = report.values["scenarios"]
    assert {step["outcome"] for step in found["steps"]} == {"passed"}


def test_pauses_before_the_migration_and_unpauses_after_it(three: FakeCloud) -> None:
    run(three, "live-migration/paused")
    actions = [next(iter(one.body)) for one in three.requests if one.method == "POST" and one.path.endswith("/action")]
    assert actions == ["pause", "os-migrateLive", "unpause"]


def test_resizes_to_a_private_flavor_with_more_memory(three: FakeCloud) -> None:
    report = run(three, "live-migration/after-confirmed-resize")
    step = report.values["scenarios"][0]["steps"][1]
    amounts = {"VCPU": 1, "MEMORY_MB": 128}
    assert step["checks"][-1] == {"name": "allocation_amounts", "expected": amounts, "found": amounts, "ok": True}
    created = next(one.body["flavor"] for one in three.requests if "flavor" in (one.body or {}))
    assert (created["ram"], created["os-flavor-access:is_public"]) == (128, False)


def test_a_resize_may_keep_the_server_on_its_host(three: FakeCloud) -> None:
    """With allow_resize_to_same_host, the scheduler may choose the present host."""

    def stay(server: dict[str, Any], record: dict[str, Any]) -> None:
        record["wanted"] = server["host"]
        three.resize(server, record)

    three.on_cold_migrate = stay
    report = run(three, "live-migration/after-confirmed-resize")
    assert outcomes(report) == {"live-migration/after-confirmed-resize": ("passed", "")}
    resize, migration = report.values["scenarios"][0]["steps"][1:]
    assert "kept" in resize["reason"]
    assert migration["migrations"][0]["destination"] != migration["migrations"][0]["source"]


def test_allocations_of_the_old_flavor_are_red(three: FakeCloud) -> None:
    def keep(server: dict[str, Any], record: dict[str, Any]) -> None:
        record.pop("resources")
        three.resize(server, record)

    three.on_cold_migrate = keep
    ((outcome, reason),) = outcomes(run(three, "live-migration/after-confirmed-resize")).values()
    assert outcome == "failed"
    assert "allocation_amounts" in reason


def test_a_server_that_is_never_paused_is_red(three: FakeCloud) -> None:
    three.fault("POST", "/action", status=409, body={"conflictingRequest": {"message": "Cannot 'pause' instance"}})
    ((outcome, reason),) = outcomes(run(three, "live-migration/paused")).values()
    assert outcome == "error"
    assert "Cannot 'pause' instance" in reason


def test_attached_port_is_marked_and_deleted(three: FakeCloud) -> None:
    three.networks[0] |= {"subnets": ["1"], "project_id": PROJECT}
    run(three, "networks/second-port")
    created = next(one.body["port"] for one in three.requests if one.method == "POST" and one.path.endswith("/ports"))
    assert f"{RUN_KEY}={RUN_ID}" in created["tags"]
    attached = next(one.body for one in three.requests if one.path.endswith("/os-interface"))
    assert attached["interfaceAttachment"].keys() == {"port_id"}


def test_private_flavor_is_a_copy_that_only_the_project_uses(three: FakeCloud) -> None:
    three.flavors[0] |= {"extra_specs": {"hw:cpu_policy": "shared"}, "swap": 512}
    run(three, "live-migration/flavor-deleted")
    created = next(
        one.body["flavor"] for one in three.requests if one.path.endswith("/flavors") and one.method == "POST"
    )
    assert (created["ram"], created["swap"], created["os-flavor-access:is_public"]) == (64, 512, False)
    assert RUN_ID in created["description"]
    assert three.count("POST", "/os-extra_specs") == 1
    assert [flavor["name"] for flavor in three.flavors] == ["tiny", "small"]


def test_private_image_has_the_same_content_and_properties(three: FakeCloud) -> None:
    three.images[0] |= {"hw_disk_bus": "virtio", "os_glance_importing_to_stores": "", "disk_format": "raw"}
    run(three, "live-migration/image-deleted")
    created = next(one.body for one in three.requests if one.method == "POST" and one.path.endswith("/images"))
    assert (created["hw_disk_bus"], created["visibility"], created[RUN_KEY]) == ("virtio", "private", RUN_ID)
    assert "os_glance_importing_to_stores" not in created
    assert b"content" in [three.contents[key] for key in three.contents]
    assert len(set(three.contents.values())) == 1
    assert [image["name"] for image in three.images] == ["cirros"]


def test_next_run_deletes_flavors_and_images_of_a_killed_run(three: FakeCloud) -> None:
    mark = {RUN_KEY: "killed", "stackproof_run_until": "2000-01-01T00:00:00+00:00"}
    private = {"os-flavor-access:is_public": False, "description": json.dumps(mark)}
    three.flavors.append({"id": "3", "name": "left", "ram": 1, "vcpus": 1, "disk": 1, **private})
    three.flavors.append({"id": "4", "name": "other", "ram": 1, "vcpus": 1, "disk": 1, "description": "of a user"})
    three.images.append({"id": "9", "name": "left", "status": "active", "size": 1, **mark})
    three.services[0] |= {"status": "disabled", "disabled_reason": reason_of(mark)}
    report = run(three, state="absent")
    assert report.values["deleted"] == ["flavor 3", "image 9", "compute service compute1"]
    assert [flavor["name"] for flavor in three.flavors] == ["tiny", "small", "other"]
    assert three.services[0]["status"] == "enabled"


def test_plain_servers_boot_with_one_request(three: FakeCloud) -> None:
    names = ("live-migration/there-and-back", "cold-migration/named-host-confirmed")
    assert set(outcomes(run(three, *names)).values()) == {("passed", "")}
    boots = [one.body["server"]["min_count"] for one in three.requests if "min_count" in str(one.body)]
    assert boots == [2]


def test_failed_migration_is_red_and_later_steps_are_skipped(three: FakeCloud) -> None:
    three.on_migrate = three.fail
    report = run(three, "live-migration/there-and-back")
    ((outcome, reason),) = outcomes(report).values()
    assert outcome == "failed"
    assert "No valid host" in reason
    assert [step["outcome"] for step in report.values["scenarios"][0]["steps"]] == ["passed", "failed", "skipped"]
    # A red scenario is a result, and no failure of the module.
    assert not report.failed
    assert three.servers == {}


def test_says_what_is_missing(fake: FakeCloud) -> None:
    found = outcomes(run(fake, "concurrent-instances/anti-affinity", "cold-migration/from-disabled-host"))
    assert [outcome for outcome, _reason in found.values()] == ["not_applicable"] * 2
    assert "needs 3 usable compute hosts, found 2" in found["concurrent-instances/anti-affinity"][1]
    assert not [one for one in fake.requests if one.method in CHANGES and "/servers" in one.path]


def test_project_manager_runs_what_needs_no_names_of_hosts(three: FakeCloud) -> None:
    three.roles = ["manager", "member", "reader"]
    names = ("concurrent-instances/one-of-several", "live-migration/there-and-back")
    found = outcomes(run(three, *names))
    outcome, reason = found["concurrent-instances/one-of-several"]
    assert outcome == "passed"
    hidden = "server_allocations, migration_allocations"
    assert reason == f"Without the role admin, these checks were not possible: {hidden}."
    assert found["live-migration/there-and-back"][0] == "not_applicable"
    assert three.servers == {}


def test_check_mode_plans(three: FakeCloud) -> None:
    report = run(three, "live-migration/there-and-back", check=True)
    assert outcomes(report) == {"live-migration/there-and-back": ("planned", "")}
    assert not report.values["changed"]
    assert three.servers == {}


def test_boot_without_room_gives_no_answer(three: FakeCloud) -> None:
    three.fault("POST", "/servers", status=403, body={"forbidden": {"message": "Quota exceeded for instances"}})
    ((outcome, reason),) = outcomes(run(three, "concurrent-instances/one-of-several")).values()
    assert outcome == "inconclusive"
    assert "Quota" in reason


def test_deletes_what_a_run_has_left(three: FakeCloud) -> None:
    three.add_server("left", metadata={RUN_KEY: "old"}, tags=["stackproof.migration"])
    three.add_server("other")
    report = run(three, state="absent", run_ids=["old"])
    assert report.values["deleted"] == ["server left"]
    assert [server["name"] for server in three.servers.values()] == ["other"]
    assert not run(three, state="absent", run_ids=["old"]).values["changed"]


def test_writes_the_progress(three: FakeCloud, tmp_path: Path) -> None:
    path = tmp_path / "progress"
    run(three, "live-migration/there-and-back", "cold-migration/named-host-confirmed", progress_file=str(path))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "boot 2 servers with one request, for 2 scenarios"
    assert "live-migration/there-and-back: step 2 of 3: live-migrate to another named host" in lines
    assert lines[-1].startswith("cold-migration/named-host-confirmed: passed after")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metadata": {}}, "metadata must have the key stackproof_run"),
        ({"max_parallel": 0}, "max_parallel must be at least 1, found 0."),
        (
            {"runs": [{"scenario": "live-migration/there-and-bak", "profile": "default"}]},
            "Did you mean live-migration/",
        ),
        ({"runs": [{"scenario": "live-migration/there-and-back", "profile": "prt"}]}, "Did you mean port?"),
        ({"scenarios": [{"suite": "x"}]}, "title is missing"),
        ({"profiles": [{"name": "x", "flavr": 1}]}, "Did you mean flavor?"),
    ],
)
def test_refuses_mistakes_before_the_first_request(three: FakeCloud, options: dict[str, Any], message: str) -> None:
    report = run(three, "live-migration/there-and-back", **options)
    assert report.failed
    assert message in report.values["msg"]
    assert three.requests == []
