# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.resources import (
    resource_request,
)


@pytest.mark.parametrize(
    ("held", "flavor", "from_volume", "text"),
    [
        ({"VCPU": 1, "MEMORY_MB": 64}, {}, False, "MEMORY_MB=64, VCPU=1"),
        ({"VCPU": 1}, {"extra_specs": {"trait:CUSTOM_SSD": "required"}}, False, "VCPU=1 with traits CUSTOM_SSD"),
        (
            {"VCPU": 1},
            {"extra_specs": {"trait:A": "required", "trait:B": "forbidden", "hw:cpu_policy": "shared"}},
            False,
            "VCPU=1 with traits A, not B",
        ),
        # This server has no allocation.
        (
            None,
            {"vcpus": 2, "ram": 512, "disk": 1, "ephemeral": 2, "swap": 1025},
            False,
            "DISK_GB=5, MEMORY_MB=512, VCPU=2",
        ),
        ({}, {"vcpus": 2, "ram": 512, "disk": 1, "swap": ""}, True, "MEMORY_MB=512, VCPU=2"),
    ],
)
def test_resource_request(held: Any, flavor: dict[str, Any], from_volume: bool, text: str) -> None:
    assert str(resource_request(held, flavor, from_volume=from_volume)) == text


@pytest.mark.parametrize(
    ("extra_specs", "from_volume", "disk"),
    [
        # The disk is on a shared resource provider, so the host holds no disk.
        ({}, False, {"DISK_GB": 5}),
        ({}, True, {}),
        ({"resources:DISK_GB": "0"}, False, {}),
    ],
)
def test_resource_request_contains_a_disk_that_the_host_does_not_hold(
    extra_specs: dict[str, str], from_volume: bool, disk: dict[str, int]
) -> None:
    flavor = {"vcpus": 1, "ram": 64, "disk": 5, "extra_specs": extra_specs}
    request = resource_request({"PCPU": 1, "MEMORY_MB": 64}, flavor, from_volume=from_volume)
    assert request is not None
    assert dict(request.resources) == {"PCPU": 1, "MEMORY_MB": 64} | disk


def test_resource_request_is_unknown_without_allocation_and_flavor() -> None:
    assert resource_request(None, {}, from_volume=False) is None
