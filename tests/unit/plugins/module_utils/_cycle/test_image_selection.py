# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle import image_selection

GIB = 1024**3
OWN, FOREIGN = "own", "foreign"
HOSTS = image_selection.ImageConstraints(OWN, ("x86_64", "x86_64"), ("QEMU", "QEMU"))
UNSEEN = image_selection.ImageConstraints(OWN)


def image(name: str, **more: Any) -> dict[str, Any]:
    usual = {"status": "active", "visibility": "public", "owner": FOREIGN, "size": GIB, "min_disk": 0, "min_ram": 0}
    return {"id": name, "name": name, **usual, **more}


def chosen(
    around: image_selection.ImageConstraints, *images: dict[str, Any], accepted: tuple[str, ...] = ()
) -> str | None:
    found = image_selection.choose(images, around, lambda one: one["id"] in accepted).image
    return None if found is None else str(found["name"])


@pytest.mark.parametrize(
    ("images", "name"),
    [
        ([], None),
        ([image("big", size=3 * GIB), image("small")], "small"),
        ([image("sparse", size=1, virtual_size=9 * GIB), image("dense", size=2 * GIB)], "dense"),
        ([image("hungry", min_ram=512), image("modest", size=GIB)], "modest"),
        # all else equal, always the same
        ([image("b"), image("a")], "a"),
    ],
)
def test_the_smallest(images: list[dict[str, Any]], name: str | None) -> None:
    assert chosen(HOSTS, *images) == name


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"status": "queued"}, "not active"),
        ({"os_hidden": True}, "hidden"),
        ({"disk_format": "aki"}, "kernels or ramdisks"),
        ({"container_format": "ari"}, "kernels or ramdisks"),
        ({"size": 0}, "without data"),
        ({"size": None}, "without data"),
        ({"size": 0, "bdm_v2": "True"}, "snapshots of volumes"),
        ({"block_device_mapping": '[{"source_type": "snapshot"}]'}, "snapshots of volumes"),
        ({"block_device_mapping": "not JSON"}, "snapshots of volumes"),
        ({"visibility": "private"}, "private images of other projects"),
        ({"visibility": "community"}, "community images of other projects"),
        ({"hw_architecture": "aarch64"}, "for architecture aarch64"),
        ({"architecture": "arm64"}, "for architecture aarch64"),
        ({"hw_architecture": "i386"}, "for architecture i686"),
        ({"img_hv_type": "vmware"}, "for hypervisors of type vmware"),
        ({"hypervisor_type": "ironic"}, "for hypervisors of type ironic"),
        ({"hw_vm_mode": "xen"}, "for VM mode xen"),
        ({"vm_mode": "exe"}, "for VM mode exe"),
        ({"img_hv_requested_version": ">=9.0"}, "for a hypervisor version"),
        ({"hypervisor_version_requires": "<5"}, "for a hypervisor version"),
        ({"trait:HW_CPU_X86_AVX512F": "required"}, "bound to special hosts by their properties"),
        ({"hw_cpu_policy": "dedicated"}, "bound to special hosts by their properties"),
        ({"hw_numa_nodes": "2"}, "bound to special hosts by their properties"),
        ({"hw_mem_page_size": "large"}, "bound to special hosts by their properties"),
        ({"hw_mem_encryption": "True"}, "bound to special hosts by their properties"),
        ({"hw_tpm_version": "2.0"}, "bound to special hosts by their properties"),
        ({"os_secure_boot": "required"}, "bound to special hosts by their properties"),
    ],
)
def test_never_chosen_and_told(more: dict[str, Any], why: str) -> None:
    small = image("small", **{"size": 1, **more})
    assert chosen(HOSTS, small, image("usual")) == "usual"
    found = image_selection.choose([small, {**small, "id": "second"}], HOSTS)
    assert found.image is None
    assert found.in_words() == f"2 were passed over: 2 {why}."


@pytest.mark.parametrize(
    "more",
    [
        {"hw_architecture": "x86_64"},
        {"architecture": "AMD64"},
        {"img_hv_type": "qemu"},
        {"hw_vm_mode": "hvm"},
        {"block_device_mapping": "[]", "bdm_v2": "False"},
        {"os_type": "linux", "os_distro": "debian"},
        {"owner": OWN, "visibility": "private"},
        {"owner": OWN, "visibility": "shared"},
        {"owner": OWN, "visibility": "community"},
    ],
)
def test_what_is_as_good_as_any(more: dict[str, Any]) -> None:
    assert chosen(HOSTS, image("small", size=1, **more), image("usual", size=2)) == "small"


@pytest.mark.parametrize(
    "more",
    [
        {"hw_disk_bus": "scsi"},
        {"hw_video_model": "qxl"},
        {"img_signature": "x"},
        {"hw_cpu_policy": "shared"},
        {"os_secure_boot": "optional", "hw_firmware_type": "uefi"},
        {"image_type": "snapshot", "owner": OWN, "visibility": "private"},
        # a QEMU host may run it or not
        {"img_hv_type": "kvm"},
    ],
)
def test_chosen_where_there_is_no_other(more: dict[str, Any]) -> None:
    special = image("special", size=1, **more)
    assert chosen(HOSTS, special, image("usual", size=2 * GIB)) == "usual"
    assert chosen(HOSTS, special) == "special"


def test_what_no_host_is_known_to_offer_is_chosen_last_and_told() -> None:
    arm = image("arm", size=1, hw_architecture="aarch64")
    assert chosen(UNSEEN, arm, image("usual")) == "usual"
    assert chosen(UNSEEN, arm, image("stated", hw_architecture="x86_64")) == "stated"
    assert chosen(UNSEEN, image("kvm", size=1, img_hv_type="kvm"), image("usual")) == "usual"
    assert chosen(UNSEEN, arm) == "arm"
    assert image_selection.unconfirmed(arm, UNSEEN) == ["architecture aarch64"]
    assert image_selection.unconfirmed(image("kvm", img_hv_type="kvm"), HOSTS) == ["hypervisor type kvm"]
    assert image_selection.unconfirmed(image("stated", hw_architecture="x86_64", img_hv_type="qemu"), HOSTS) == []


@pytest.mark.parametrize(
    ("architectures", "name"),
    [
        (("aarch64", "aarch64"), "arm"),
        (("x86_64", "aarch64"), None),
        (("x86_64", "x86_64", "aarch64", "aarch64"), "arm"),
        # a host that does not tell may be of it
        (("aarch64", None), "arm"),
        (("x86_64", None), None),
        # that there are too few hosts is another problem
        (("aarch64",), "arm"),
        ((), "arm"),
    ],
)
def test_two_hosts_of_the_architecture(architectures: tuple[str | None, ...], name: str | None) -> None:
    around = image_selection.ImageConstraints(OWN, architectures, ("QEMU",) * len(architectures))
    assert chosen(around, image("arm", hw_architecture="aarch64")) == name


def test_shared_images_are_asked_about_only_when_nothing_else_is_left() -> None:
    asked: list[str] = []

    def accepted(one: Any) -> bool:
        asked.append(one["id"])
        return bool(one["id"] == "accepted")

    shared = [image(name, size=1, visibility="shared") for name in ("a-pending", "accepted", "other")]
    assert image_selection.choose([*shared, image("public")], HOSTS, accepted).image == image("public")
    assert asked == []
    found = image_selection.choose(shared, HOSTS, accepted)
    assert (found.image or {})["id"] == "accepted"
    assert asked == ["a-pending", "accepted"]
    assert image_selection.choose(shared[:1], HOSTS, accepted).in_words() == (
        "1 were passed over: 1 shared by another project and not accepted."
    )
