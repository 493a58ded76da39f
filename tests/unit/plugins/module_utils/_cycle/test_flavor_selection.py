# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle import flavor_selection
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_requirements import flavor_fits_image

GIB = 1024**3


def image(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "status": "active", "size": GIB, "min_disk": 0, "min_ram": 0, **more}


def flavor(name: str, ram: int = 64, vcpus: int = 1, disk: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "ram": ram, "vcpus": vcpus, "disk": disk, **more}


@pytest.mark.parametrize(
    ("flavors", "chosen"),
    [
        ([], None),
        ([flavor("b", ram=128, disk=5), flavor("a", ram=64, disk=5)], "a"),
        ([flavor("few", disk=2), flavor("enough", ram=512, disk=3)], "enough"),
        ([flavor("weak", ram=32, disk=3)], None),
        # These extra specs require special hosts or the rights of an administrator.
        ([flavor("zero", disk=0)], None),
        ([flavor("off", disk=3, **{"OS-FLV-DISABLED:disabled": True})], None),
        *(
            ([flavor("special", disk=3, extra_specs={key: value})], None)
            for key, value in {
                "hw:numa_nodes": "2",
                "hw:cpu_policy": "dedicated",
                "hw:mem_page_size": "1GB",
                "pci_passthrough:alias": "gpu:1",
                "resources:VGPU": "1",
                "resources1:CUSTOM_FPGA": "1",
                "trait:HW_CPU_X86_AVX512F": "required",
                "trait:CUSTOM_OLD": "forbidden",
                "accel:device_profile": "fpga",
                "capabilities:cpu_info:arch": "aarch64",
                "aggregate_instance_extra_specs:ssd": "true",
                "os:secure_boot": "required",
                "hw:tpm_version": "2.0",
                "hw:pmem": "6GB",
            }.items()
        ),
        ([flavor("shared", disk=3, extra_specs={"hw:cpu_policy": "shared"}), flavor("b", ram=512, disk=3)], "shared"),
        ([flavor("cores", disk=3, extra_specs={"hw:cpu_max_sockets": "2"}), flavor("b", ram=512, disk=3)], "cores"),
        # A host aggregate may require this extra spec.
        ([flavor("a", disk=3, extra_specs={"ssd": "true"}), flavor("b", ram=512, disk=3)], "b"),
        ([flavor("a", disk=3, extra_specs={"ssd": "true"})], "a"),
        ([flavor("plain", disk=3, extra_specs={"quota:vif_outbound_average": "1"})], "plain"),
    ],
)
def test_chooses_the_smallest_flavor_that_every_host_serves(flavors: list[dict[str, Any]], chosen: str | None) -> None:
    found = flavor_selection.choose_flavor(flavors, image("three", size=3 * GIB, min_ram=64)).flavor
    assert (None if found is None else found["name"]) == chosen


def test_counts_rejected_flavors_by_reason() -> None:
    flavors = [flavor("few"), flavor("zero", disk=0), flavor("numa", disk=9, extra_specs={"hw:numa_nodes": "2"})]
    assert flavor_selection.choose_flavor(flavors, image("three", size=3 * GIB)).rejections() == (
        "Rejected flavors: 3 (1 too small for the image, 1 with a 0 GiB root disk,"
        " 1 with extra specs for special hosts)."
    )
    assert flavor_selection.choose_flavor([], image("three")).rejections() == ""


def test_flavor_without_root_disk_size_fits_any_image() -> None:
    assert flavor_fits_image(flavor("zero", disk=0), image("three", size=3 * GIB))


def test_resources_include_ephemeral_disk_and_swap() -> None:
    full = flavor("full", disk=2, swap=1500, **{"OS-FLV-EXT-DATA:ephemeral": 3})
    assert flavor_selection.resources_of(full) == {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 7}
    assert flavor_selection.resources_of(flavor("zero", disk=0, swap="")) == {"VCPU": 1, "MEMORY_MB": 64}
