# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes and pure functions for the resource providers and allocations of Placement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# The amount of each resource class, such as VCPU, MEMORY_MB (MiB) and DISK_GB (GiB).
Resources = dict[str, int]


@dataclass(frozen=True)
class Provider:
    """A resource provider. The root provider of a compute host has the name of the hypervisor."""

    uuid: str
    name: str
    root_uuid: str


@dataclass(frozen=True)
class Allocation:
    """The resources that a server or a migration uses from one resource provider."""

    provider: str
    root: str
    resources: Resources
    # Whether several compute hosts share the resource provider, such as a storage pool.
    shared: bool = False


@dataclass(frozen=True)
class HostAllocations:
    """The allocations of a compute host and of its nested resource providers."""

    # The root resource provider is the first element.
    providers: tuple[Provider, ...]
    # The used resources, by the uuid of the consumer and the name of the resource provider.
    consumers: dict[str, dict[str, Resources]]


@dataclass(frozen=True)
class ProviderAllocations:
    """The allocations on one resource provider."""

    provider: Provider
    # The used resources, by the uuid of the consumer.
    consumers: dict[str, Resources]


@dataclass(frozen=True)
class ConsumerState:
    """The allocations of a consumer, with the values that Placement needs to replace them."""

    consumer: str
    # The used resources, by the uuid of the resource provider.
    resources: dict[str, Resources]
    # Placement refuses a change if another client has changed the consumer since this generation.
    generation: int | None
    project_id: str | None
    user_id: str | None
    # For example INSTANCE or MIGRATION. None before Placement 1.38.
    type: str | None


def by_provider(allocations: Iterable[Allocation]) -> dict[str, Resources]:
    """Return the allocated resources by the name of the resource provider."""
    return {allocation.provider: allocation.resources for allocation in allocations}


def root_providers(allocations: Iterable[Allocation]) -> list[str]:
    """Return the sorted names of the root resource providers of these allocations."""
    return sorted({allocation.root for allocation in allocations})


def unshared(allocations: Iterable[Allocation]) -> list[Allocation]:
    """Return the allocations without the allocations of shared storage."""
    return [allocation for allocation in allocations if not allocation.shared]
