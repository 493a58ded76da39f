# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle import flavor_selection

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
        # What asks for special hosts, or is for administrators, nobody chooses by accident
        ([flavor("zero", disk=0)], None),
        ([flavor("off", disk=3, **{"OS-FLV-DISABLED:disabled": True})], None),
        ([flavor("numa", disk=3, extra_specs={"hw:numa_nodes": "2"})], None),
        ([flavor("plain", disk=3, extra_specs={"quota:vif_outbound_average": "1"})], "plain"),
    ],
)
def test_smallest_flavor(flavors: list[dict[str, Any]], chosen: str | None) -> None:
    found = flavor_selection.smallest_flavor(flavors, image("three", size=3 * GIB, min_ram=64))
    assert (None if found is None else found["name"]) == chosen


def test_named_flavor_without_disk_takes_any_image() -> None:
    assert flavor_selection.fits(flavor("zero", disk=0), image("three", size=3 * GIB))


def test_resources_count_ephemeral_and_swap() -> None:
    full = flavor("full", disk=2, swap=1500, **{"OS-FLV-EXT-DATA:ephemeral": 3})
    assert flavor_selection.resources_of(full) == {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 7}
    assert flavor_selection.resources_of(flavor("zero", disk=0, swap="")) == {"VCPU": 1, "MEMORY_MB": 64}
