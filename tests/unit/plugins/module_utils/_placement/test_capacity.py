# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._placement import capacity
from ansible_collections.stackproof.migration.plugins.module_utils._placement.capacity import fit

SMALL = {"VCPU": 1, "MEMORY_MB": 1024}
LARGE = {"VCPU": 4, "MEMORY_MB": 4096}


def test_all_servers_must_fit_together() -> None:
    wanted = {"a": SMALL, "b": SMALL, "c": LARGE}
    both = {name: ["h2", "h3"] for name in wanted}
    assert fit(wanted, both, {"h2": {"VCPU": 4, "MEMORY_MB": 4096}, "h3": {"VCPU": 2, "MEMORY_MB": 2048}}) == {
        "a",
        "b",
        "c",
    }
    # Each server fits if it is the only server.
    assert fit(wanted, both, {"h2": {"VCPU": 4, "MEMORY_MB": 4096}, "h3": {"VCPU": 1, "MEMORY_MB": 1024}}) == {"b", "c"}


def test_counts_only_candidates() -> None:
    assert fit({"a": SMALL}, {"a": []}, {"h2": LARGE}) == set()
    assert fit({"a": SMALL}, {"a": ["h3"]}, {"h2": LARGE}) == set()


def test_checks_every_resource() -> None:
    assert fit({"a": {**SMALL, "VGPU": 1}}, {"a": ["h2"]}, {"h2": LARGE}) == set()


CPUS, DISK = {"VCPU": 1}, {"DISK_GB": 10}


@pytest.mark.parametrize(
    ("candidates", "free", "found"),
    [
        ([], {}, 0),
        ([{"host": CPUS}], {"host": {"VCPU": 9}}, 5),
        ([{"host": CPUS}], {"host": {"VCPU": 3}}, 3),
        ([{"host": {**CPUS, **DISK}}], {"host": {"VCPU": 9, "DISK_GB": 29}}, 2),
        # The host has several NUMA cells. Each cell has some room.
        ([{"cell1": CPUS}, {"cell2": CPUS}], {"cell1": {"VCPU": 1}, "cell2": {"VCPU": 2}}, 3),
        # Several hosts share this disk.
        ([{"host": CPUS, "pool": DISK}], {"host": {"VCPU": 9}, "pool": {"DISK_GB": 20}}, 2),
        ([{"host": CPUS, "pool": DISK}], {"host": {"VCPU": 9}}, 0),
    ],
)
def test_counts_servers_that_fit(candidates: list[dict[str, Any]], free: dict[str, Any], found: int) -> None:
    assert capacity.servers_that_fit(candidates, free, 5) == found
    assert capacity.servers_that_fit(candidates, free, 1) == min(found, 1)
