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
    constraints: image_selection.ImageConstraints, *images: dict[str, Any], accepted: tuple[str, ...] = ()
) -> str | None:
    found = image_selection.choose_image(images, constraints, lambda one: one["id"] in accepted).image
    return None if found is None else str(found["name"])


@pytest.mark.parametrize(
    ("images", "name"),
    [
        ([], None),
        ([image("big", size=3 * GIB), image("small")], "small"),
        ([image("sparse", size=1, virtual_size=9 * GIB), image("dense", size=2 * GIB)], "dense"),
        ([image("hungry", min_ram=512), image("modest", size=GIB)], "modest"),
        # If several images have the same size, the choice is always the same.
        ([image("b"), image("a")], "a"),
    ],
)
def test_chooses_the_smallest_image(images: list[dict[str, Any]], name: str | None) -> None:
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
        ({"trait:HW_CPU_X86_AVX512F": "required"}, "with properties for special hosts"),
        ({"hw_cpu_policy": "dedicated"}, "with properties for special hosts"),
        ({"hw_numa_nodes": "2"}, "with properties for special hosts"),
        ({"hw_mem_page_size": "large"}, "with properties for special hosts"),
        ({"hw_mem_encryption": "True"}, "with properties for special hosts"),
        ({"trait:HW_CPU_X86_AVX": "forbidden"}, "with properties for special hosts"),
        ({"container_format": "docker"}, "in an unbootable container format"),
        ({"container_format": "compressed"}, "in an unbootable container format"),
        ({"os_encrypt_format": "GPG"}, "encrypted"),
        ({"cinder_encryption_key_id": "5b2f"}, "encrypted"),
        ({"hw_tpm_version": "2.0"}, "with properties for special hosts"),
        ({"os_secure_boot": "required"}, "with properties for special hosts"),
    ],
)
def test_rejects_and_counts_unsuitable_images(more: dict[str, Any], why: str) -> None:
    small = image("small", **{"size": 1, **more})
    assert chosen(HOSTS, small, image("usual")) == "usual"
    found = image_selection.choose_image([small, {**small, "id": "second"}], HOSTS)
    assert found.image is None
    assert found.rejections() == f"Rejected images: 2 (2 {why})."


@pytest.mark.parametrize(
    "more",
    [
        {"hw_architecture": "x86_64"},
        {"architecture": "AMD64"},
        {"img_hv_type": "qemu"},
        {"hw_vm_mode": "hvm"},
        {"block_device_mapping": "[]", "bdm_v2": "False"},
        {"os_type": "linux", "os_distro": "debian"},
        {"disk_format": "raw", "container_format": "bare", "kernel_id": ""},
        {"disk_format": "qcow2"},
        {"owner": OWN, "visibility": "private"},
        {"owner": OWN, "visibility": "shared"},
        {"owner": OWN, "visibility": "community"},
    ],
)
def test_ignores_properties_that_every_host_supports(more: dict[str, Any]) -> None:
    assert chosen(HOSTS, image("small", size=1, **more), image("usual", size=2)) == "small"


@pytest.mark.parametrize(
    "more",
    [
        {"hw_disk_bus": "scsi"},
        {"hw_video_model": "qxl"},
        {"img_signature": "x"},
        {"img_signature_hash_method": "SHA-256"},
        {"disk_format": "iso"},
        {"disk_format": "vmdk"},
        {"kernel_id": "5b2f", "ramdisk_id": "6c3a"},
        {"hw_cpu_policy": "shared"},
        {"os_secure_boot": "optional", "hw_firmware_type": "uefi"},
        {"image_type": "snapshot", "owner": OWN, "visibility": "private"},
        # Some QEMU hosts support these properties. Other hosts do not support them.
        {"img_hv_type": "kvm"},
    ],
)
def test_ranks_images_with_doubtful_properties_last(more: dict[str, Any]) -> None:
    special = image("special", size=1, **more)
    assert chosen(HOSTS, special, image("usual", size=2 * GIB)) == "usual"
    assert chosen(HOSTS, special) == "special"


def test_ranks_images_with_unconfirmed_requirements_last() -> None:
    arm = image("arm", size=1, hw_architecture="aarch64")
    assert chosen(UNSEEN, arm, image("usual")) == "usual"
    assert chosen(UNSEEN, arm, image("stated", hw_architecture="x86_64")) == "stated"
    assert chosen(UNSEEN, image("kvm", size=1, img_hv_type="kvm"), image("usual")) == "usual"
    assert chosen(UNSEEN, arm) == "arm"
    assert image_selection.unconfirmed_requirements(arm, UNSEEN) == ["architecture aarch64"]
    assert image_selection.unconfirmed_requirements(image("kvm", img_hv_type="kvm"), HOSTS) == ["hypervisor type kvm"]
    assert (
        image_selection.unconfirmed_requirements(image("stated", hw_architecture="x86_64", img_hv_type="qemu"), HOSTS)
        == []
    )


def test_image_without_architecture_is_unconfirmed_on_hosts_of_several_architectures() -> None:
    mixed = image_selection.ImageConstraints(OWN, ("x86_64", "x86_64", "aarch64", "aarch64"), ("QEMU",) * 4)
    unstated, stated = image("unstated", size=1), image("stated", hw_architecture="aarch64")
    assert chosen(mixed, unstated, stated) == "stated"
    assert chosen(mixed, unstated) == "unstated"
    assert image_selection.unconfirmed_requirements(unstated, mixed) == ["architecture (the image names none)"]


@pytest.mark.parametrize(
    ("types", "disk_format", "unconfirmed"),
    [
        (("QEMU",), "vmdk", True),
        (("VMware vCenter Server",), "vmdk", False),
        (("VMware vCenter Server",), "qcow2", True),
        (("fake",), "raw", False),
        (("fake",), "iso", True),
        (None, "qcow2", False),
        (None, "vhd", True),
    ],
)
def test_disk_format_is_confirmed_by_the_hypervisor_type(
    types: tuple[str, ...] | None, disk_format: str, *, unconfirmed: bool
) -> None:
    constraints = image_selection.ImageConstraints(OWN, None, types)
    requirements = image_selection.unconfirmed_requirements(image("a", disk_format=disk_format), constraints)
    assert requirements == ([f"disk format {disk_format}"] if unconfirmed else [])


def test_image_must_fit_a_flavor_unless_none_does() -> None:
    flavors = ({"id": "1", "ram": 64, "disk": 1},)
    constraints = image_selection.ImageConstraints(OWN, flavors=flavors)
    hungry, large = image("hungry", size=1, min_ram=65), image("large", size=2 * GIB)
    assert chosen(constraints, hungry, large, image("fits")) == "fits"
    assert chosen(constraints, hungry, large) == "hungry"


@pytest.mark.parametrize(
    ("architectures", "name"),
    [
        (("aarch64", "aarch64"), "arm"),
        (("x86_64", "aarch64"), None),
        (("x86_64", "x86_64", "aarch64", "aarch64"), "arm"),
        # A host that does not report its architecture may have the required architecture.
        (("aarch64", None), "arm"),
        (("x86_64", None), None),
        # Another check reports that there are too few hosts.
        (("aarch64",), "arm"),
        ((), "arm"),
    ],
)
def test_requires_two_hosts_of_the_architecture(architectures: tuple[str | None, ...], name: str | None) -> None:
    constraints = image_selection.ImageConstraints(OWN, architectures, ("QEMU",) * len(architectures))
    assert chosen(constraints, image("arm", hw_architecture="aarch64")) == name


def test_reads_the_member_status_only_without_other_images() -> None:
    asked: list[str] = []

    def accepted(one: Any) -> bool:
        asked.append(one["id"])
        return bool(one["id"] == "accepted")

    shared = [image(name, size=1, visibility="shared") for name in ("a-pending", "accepted", "other")]
    assert image_selection.choose_image([*shared, image("public")], HOSTS, accepted).image == image("public")
    assert asked == []
    found = image_selection.choose_image(shared, HOSTS, accepted)
    assert (found.image or {})["id"] == "accepted"
    assert asked == ["a-pending", "accepted"]
    assert image_selection.choose_image(shared[:1], HOSTS, accepted).rejections() == (
        "Rejected images: 1 (1 shared by another project and not accepted)."
    )
