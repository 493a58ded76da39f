# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation, HostAllocations
from ansible_collections.stackproof.migration.tests.unit.plugins.nova_answers import id_of

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

CPU, DISK, GPU = {"VCPU": 1}, {"DISK_GB": 1}, {"CUSTOM_GPU": 1}


def read_host(cloud: Cloud, host: str = "compute1") -> HostAllocations:
    found = Placement(cloud).host_allocations(id_of("provider", host))
    assert found is not None
    return found


def provider_names(found: HostAllocations) -> list[str]:
    return [provider.name for provider in found.providers]


def test_host_allocations_include_child_providers(fake: FakeCloud, cloud: Cloud) -> None:
    fake.child_providers = ["compute1_gpu", "compute2_gpu"]
    fake.allocations = {
        "server": {"compute1": CPU, "compute1_gpu": GPU},
        "orphan": {"compute1_gpu": GPU},
        "elsewhere": {"compute2": CPU, "compute2_gpu": GPU},
    }
    found = read_host(cloud)
    assert provider_names(found) == ["compute1", "compute1_gpu"]
    assert found.consumers == {"server": {"compute1": CPU, "compute1_gpu": GPU}, "orphan": {"compute1_gpu": GPU}}


def test_host_allocations_include_sharing_provider_of_only_this_host(fake: FakeCloud, cloud: Cloud) -> None:
    fake.child_providers = ["compute1_gpu"]
    fake.sharing_providers = {"pool": ["compute1", "compute1_gpu"]}
    fake.allocations = {"orphan": {"pool": DISK}}
    found = read_host(cloud)
    assert provider_names(found) == ["compute1", "compute1_gpu", "pool"]
    assert found.consumers == {"orphan": {"pool": DISK}}


def test_host_allocations_exclude_sharing_provider_of_several_hosts(fake: FakeCloud, cloud: Cloud) -> None:
    fake.sharing_providers = {"pool": ["compute1", "compute2"]}
    fake.allocations = {"server": {"compute1": CPU, "pool": DISK}, "elsewhere": {"compute2": CPU, "pool": DISK}}
    found = read_host(cloud)
    assert provider_names(found) == ["compute1"]
    assert found.consumers == {"server": {"compute1": CPU}}


def test_host_allocations_of_unknown_root_are_an_error(cloud: Cloud) -> None:
    with pytest.raises(NotFoundError, match=f"Placement has no resource provider {id_of('provider', 'compute9')}"):
        Placement(cloud).host_allocations(id_of("provider", "compute9"))


def test_host_allocations_are_none_without_access_to_placement(fake: FakeCloud, cloud: Cloud) -> None:
    fake.roles = ["member"]
    placement = Placement(cloud)
    assert placement.host_allocations(id_of("provider", "compute1")) is None
    assert placement.hidden is not None


def test_requests_for_a_host_do_not_grow_with_the_cloud(fake: FakeCloud, cloud: Cloud) -> None:
    read_host(cloud)
    small = fake.count("GET", "placement/")
    for number in range(3, 40):
        fake.add_host(f"compute{number}")
    fake.requests.clear()
    read_host(cloud)
    assert fake.count("GET", "placement/") <= small


@pytest.mark.parametrize(
    ("sharing_with", "shared"), [(["compute1", "compute2"], True), (["compute1"], False), ([], False)]
)
def test_sharing_provider_needs_a_common_aggregate(
    fake: FakeCloud, cloud: Cloud, sharing_with: list[str], shared: bool
) -> None:
    fake.sharing_providers = {"pool": sharing_with}
    fake.allocations = {"server": {"compute2": CPU, "pool": DISK}}
    assert Placement(cloud).allocations_of(["server"]) == {
        "server": [Allocation("compute2", "compute2", CPU), Allocation("pool", "pool", DISK, shared)]
    }


def test_another_compute_host_is_no_sharing_provider(fake: FakeCloud, cloud: Cloud) -> None:
    fake.sharing_providers = {"pool": ["compute1", "compute2"]}
    fake.allocations = {"server": {"compute1": CPU, "compute2": CPU}}
    allocations = Placement(cloud).allocations_of(["server"])
    assert allocations is not None
    assert [allocation.shared for allocation in allocations["server"]] == [False, False]


def test_sharing_is_read_once_for_all_consumers(fake: FakeCloud, cloud: Cloud) -> None:
    fake.sharing_providers = {"pool": ["compute2"]}
    fake.allocations = {name: {"compute2": CPU, "pool": DISK} for name in ("a", "b", "c")}
    assert Placement(cloud).allocations_of(["a", "b", "c"]) is not None
    assert fake.count("GET", "/traits") == 2
    assert fake.count("GET", "/aggregates") == 1


@pytest.mark.parametrize(("hosts", "listed"), [(3, 1), (40, 0)])
def test_lists_all_providers_only_in_a_cloud_with_fewer_hosts_than_consumers(
    fake: FakeCloud, cloud: Cloud, hosts: int, listed: int
) -> None:
    for number in range(3, hosts + 1):
        fake.add_host(f"compute{number}")
    consumers = [f"consumer-{number}" for number in range(8)]
    fake.allocations = {consumer: {"compute1": CPU} for consumer in consumers}
    allocations = Placement(cloud).allocations_of(consumers)
    assert allocations == {consumer: [Allocation("compute1", "compute1", CPU)] for consumer in consumers}
    assert fake.count("GET", "placement/resource_providers$") == listed
    assert fake.count("GET", "placement/allocations/") == (0 if listed else 8)
    # One page of hypervisors is enough. It shows that the cloud has more hosts than consumers.
    assert fake.count("GET", "os-hypervisors") == 1
