# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.evaluation import (
    RULES,
    blockers_of,
    refusal,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAINTIES,
    MoveContext,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.pair_rules import (
    PAIR_RULES,
    against,
    against_each,
    hosts,
    pair_blockers,
)
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port

TRAIN, USSURI_OR_VICTORIA, WALLABY, XENA_OR_YOGA, ZED = (20, 20), (21, 22), (23, 23), (24, 25), (26, 26)
CARACAL, EPOXY, GAZPACHO, HIBISCUS = (29, 30), (31, 32), (33, 33), (34, 34)


def facts(
    specs: dict[str, str] | None = None,
    *,
    status: str = "ACTIVE",
    task: str | None = None,
    locked: bool = False,
    **more: Any,
) -> ServerFacts:
    server = {"status": status, "task_state": task, "locked": locked, "host": "compute1"}
    return ServerFacts(server, {"extra_specs": specs or {}, **more.pop("flavor", {})}, **more)


def found(server: ServerFacts, releases: tuple[int, int], move: str = "live", **more: Any) -> list[tuple[str, str]]:
    context = MoveContext(releases, **more)
    return [(blocker.reason, blocker.certainty) for blocker in blockers_of(server, context, move)]


def port(vnic_type: str = "normal", host: str | None = "compute1", **more: Any) -> dict[str, Any]:
    return {"ports": [Port("p1", "ACTIVE", host, vnic_type=vnic_type, **more)]}


def test_a_plain_server_has_no_blocker() -> None:
    server = facts(**port(), image={}, attachments={"v1": ["compute1"]}, shares=0)
    for releases in (TRAIN, USSURI_OR_VICTORIA, HIBISCUS):
        assert found(server, releases) == found(server, releases, "cold") == []


@pytest.mark.parametrize(
    ("server", "releases", "blockers"),
    [
        (facts(status="SUSPENDED"), HIBISCUS, [("status", "certain")]),
        (facts(task="rebooting"), HIBISCUS, [("task", "certain")]),
        (facts(status="BUILD"), HIBISCUS, [("task", "certain")]),
        # Nova refuses memory encryption since Train.
        (facts({"hw:mem_encryption": "true"}), (19, 19), []),
        (facts({"hw:mem_encryption": "true"}), TRAIN, [("memory_encryption", "certain")]),
        (facts({"hw:mem_encryption": "false"}), TRAIN, []),
        (facts(image={"hw_mem_encryption": True}), HIBISCUS, [("memory_encryption", "certain")]),
        # Nova refuses a virtual TPM since Victoria, which has the same microversion as Ussuri.
        (facts({"hw:tpm_version": "2.0"}), TRAIN, []),
        (facts({"hw:tpm_version": "2.0"}), USSURI_OR_VICTORIA, [("vtpm", "likely")]),
        (facts({"hw:tpm_version": "2.0"}), EPOXY, [("vtpm", "certain")]),
        (facts({"hw:tpm_version": "2.0"}), GAZPACHO, [("vtpm", "certain")]),
        (facts(image={"hw_tpm_version": "1.2"}), HIBISCUS, [("vtpm", "certain")]),
        (
            facts({"hw:tpm_version": "2.0", "hw:tpm_secret_security": "deployment"}),
            HIBISCUS,
            [("vtpm", "certain")],
        ),
        (facts({"hw:tpm_version": "2.0", "hw:tpm_secret_security": "host"}), EPOXY, [("vtpm", "certain")]),
        (facts({"hw:tpm_version": "2.0", "hw:tpm_secret_security": "host"}), GAZPACHO, [("vtpm", "unknown")]),
        (facts({"hw:tpm_version": "2.0", "hw:tpm_secret_security": "host"}), HIBISCUS, []),
        # PCI aliases can be live-migratable since 2025.1.
        (facts({"pci_passthrough:alias": "gpu:1"}), (19, 19), [("pci", "likely")]),
        (facts({"pci_passthrough:alias": "gpu:1"}), CARACAL, [("pci", "certain")]),
        (facts({"pci_passthrough:alias": "gpu:1"}), EPOXY, [("pci", "likely")]),
        # Nova moves persistent memory since Ussuri, if all compute services are new enough.
        (facts({"hw:pmem": "4GB"}), TRAIN, [("persistent_memory", "likely")]),
        (facts({"hw:pmem": "4GB"}), USSURI_OR_VICTORIA, [("persistent_memory", "unknown")]),
        (facts({"hw:pmem": "4GB"}), WALLABY, []),
        (facts({"resources:VGPU": "1"}), ZED, [("vgpu", "likely")]),
        (facts({"resources2:VGPU": "1"}), CARACAL, [("vgpu", "unknown")]),
        (facts({"accel:device_profile": "fpga"}), TRAIN, []),
        (facts({"accel:device_profile": "fpga"}), HIBISCUS, [("accelerator", "certain")]),
        (facts({"hw:cpu_policy": "dedicated"}), (19, 19), [("numa", "likely")]),
        (facts({"hw:cpu_policy": "dedicated"}), TRAIN, [("numa", "unknown")]),
        (facts(image={"hw_numa_nodes": "2"}), HIBISCUS, [("numa", "unknown")]),
        (facts({"hw:cpu_policy": "shared"}), TRAIN, []),
        (facts(shares=1), EPOXY, [("share", "certain")]),
        (facts(shares=1), HIBISCUS, [("share", "certain")]),
        # vDPA ports move since Zed, if all compute services are new enough.
        (facts(**port("vdpa")), WALLABY, [("vdpa", "certain")]),
        (facts(**port("vdpa")), XENA_OR_YOGA, [("vdpa", "certain")]),
        (facts(**port("vdpa")), ZED, [("vdpa", "unknown")]),
        (facts(**port("vdpa")), CARACAL, []),
        (facts(**port("accelerator-direct")), XENA_OR_YOGA, [("port_accelerator", "certain")]),
        (facts(**port("direct")), (19, 19), [("sriov", "likely")]),
        (facts(**port("direct")), HIBISCUS, [("sriov", "unknown")]),
        # What an earlier migration left behind
        (facts(**port(host="compute2")), HIBISCUS, [("port_binding", "likely")]),
        (facts(**port(migrating_to="compute3")), HIBISCUS, [("port_binding", "likely")]),
        (facts(attachments={"v1": ["compute1", "compute2"]}), HIBISCUS, [("volume_attachment", "likely")]),
        # A binding of a running migration is no remainder.
        (facts(task="migrating", **port(migrating_to="compute3")), HIBISCUS, [("task", "certain")]),
    ],
)
def test_blockers_of_a_live_migration(
    server: ServerFacts, releases: tuple[int, int], blockers: list[tuple[str, str]]
) -> None:
    assert found(server, releases) == blockers


@pytest.mark.parametrize(
    ("server", "releases", "blockers"),
    [
        (facts({"hw:tpm_version": "2.0"}), HIBISCUS, []),
        (facts({"pci_passthrough:alias": "gpu:1"}), CARACAL, []),
        (facts({"accel:device_profile": "fpga"}), HIBISCUS, [("accelerator", "certain")]),
        (facts(**port("accelerator-direct-physical")), HIBISCUS, [("port_accelerator", "certain")]),
        (facts(shares=2), GAZPACHO, [("share", "certain")]),
        (facts(shares=2), HIBISCUS, [("share", "unknown")]),
        # Nova refuses the cold migration of vDPA ports up to Yoga.
        (facts(**port("vdpa")), WALLABY, [("vdpa", "certain")]),
        (facts(**port("vdpa")), XENA_OR_YOGA, [("vdpa", "certain")]),
        (facts(**port("vdpa")), ZED, []),
    ],
)
def test_blockers_of_a_cold_migration(
    server: ServerFacts, releases: tuple[int, int], blockers: list[tuple[str, str]]
) -> None:
    assert found(server, releases, "cold") == blockers


def test_a_lock_stops_a_manager_and_not_an_administrator() -> None:
    assert found(facts(locked=True), HIBISCUS, is_admin=True) == []
    assert found(facts(locked=True), HIBISCUS, is_admin=False) == [("locked", "certain")]


@pytest.mark.parametrize(
    ("from_volume", "flavor", "blocked"),
    [(False, {}, True), (True, {}, False), (True, {"swap": 512}, True), (True, {"ephemeral": 1}, True)],
)
def test_local_disks_block_a_migration_without_copy(from_volume: bool, flavor: dict[str, Any], blocked: bool) -> None:
    server = facts(from_volume=from_volume, flavor=flavor)
    assert found(server, HIBISCUS, block_migration="false") == ([("local_disk", "likely")] if blocked else [])
    assert found(server, HIBISCUS, block_migration="auto") == []


def test_the_most_certain_blocker_is_first() -> None:
    server = facts({"hw:numa_nodes": "1", "pci_passthrough:alias": "gpu:1", "hw:tpm_version": "2.0"})
    blockers = blockers_of(server, MoveContext(HIBISCUS), "live")
    assert [blocker.certainty for blocker in blockers] == ["certain", "likely", "unknown"]
    first = refusal(blockers)
    assert first is not None
    assert first.reason == "vtpm"
    assert refusal(blockers[1:]) is None


def test_each_rule_names_its_source_in_nova() -> None:
    for rule in RULES:
        assert rule.source.startswith("nova.")
        assert rule.until is None or rule.until >= rule.since
    assert all(rule.source.startswith("nova.") for rule in PAIR_RULES)
    assert len(CERTAINTIES) == 3


# Pairs of hosts

CPU = {"arch": "x86_64", "vendor": "Intel", "model": "Nehalem", "features": ["aes", "avx"]}


def host(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "hypervisor_type": "QEMU", "hypervisor_version": 8000000, "cpu_info": CPU, **more}


@pytest.mark.parametrize(
    ("target", "blockers"),
    [
        ({}, []),
        ({"hypervisor_version": 9000000}, []),
        ({"hypervisor_version": 7002000}, [("hypervisor_version", "likely")]),
        ({"hypervisor_type": "ironic"}, [("hypervisor_type", "certain")]),
        ({"cpu_info": {**CPU, "features": ["aes"]}}, [("cpu", "likely")]),
        ({"cpu_info": {**CPU, "features": ["aes", "avx", "avx2"]}}, []),
        ({"cpu_info": {**CPU, "vendor": "AMD"}}, [("cpu", "likely")]),
        ({"cpu_info": {**CPU, "arch": "aarch64"}}, [("cpu", "likely")]),
        # Without libvirt's list of CPU models, two models cannot be compared.
        ({"cpu_info": {**CPU, "model": "Broadwell"}}, [("cpu", "unknown")]),
        ({"cpu_info": {}}, []),
    ],
)
def test_pairs_of_hosts(target: dict[str, Any], blockers: list[tuple[str, str]]) -> None:
    judged = pair_blockers(host("compute1"), host("compute2", **target), MoveContext(HIBISCUS))
    assert [(one.reason, one.certainty) for one in judged] == blockers


def test_an_older_hypervisor_is_certain_before_yoga() -> None:
    judged = pair_blockers(host("compute1"), host("compute2", hypervisor_version=1), MoveContext(WALLABY))
    assert [one.certainty for one in judged] == ["certain"]


def test_reasons_against_each_host() -> None:
    merged = [{**host(name), "provider": f"rp-{name}"} for name in ("compute1", "compute2", "compute3")]
    hypervisors: list[dict[str, Any]] = [
        {"id": "rp-compute1", "cpu_info": CPU},
        {"id": "rp-compute2", "cpu_info": {**CPU, "features": []}},
        # Nova returns an empty text for some hypervisors.
        {"id": "rp-compute3", "cpu_info": ""},
    ]
    judged = against("compute1", hosts(merged, hypervisors), MoveContext(HIBISCUS))
    assert {name: [one.reason for one in each] for name, each in judged.items()} == {
        "compute2": ["cpu"],
        "compute3": [],
    }
    assert against("unknown", {}, MoveContext(HIBISCUS)) == {}


def test_reasons_against_each_source() -> None:
    old = {"hypervisor_version": 1}
    found = {"a": host("a"), "b": host("b"), "c": host("c", **old)}
    each = against_each(["a", "b", "c"], found, MoveContext(HIBISCUS))
    # A newer hypervisor is no reason, so the oldest host is not in the result.
    assert sorted(each) == ["a", "b"]
    assert {name: [one.reason for one in blockers] for name, blockers in each["a"].items()} == {
        "b": [],
        "c": ["hypervisor_version"],
    }
    assert against_each(["a", "b"], {"a": host("a"), "b": host("b")}, MoveContext(HIBISCUS)) == {}
