# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure data classes and functions for the resource providers and allocations of Placement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Amounts by resource class, for example VCPU, MEMORY_MB (MiB) and DISK_GB (GiB).
Resources = dict[str, int]


@dataclass(frozen=True)
class Provider:
    """A resource provider. The root provider of a compute host has the name of the hypervisor."""

    uuid: str
    name: str
    root_uuid: str


@dataclass(frozen=True)
class Allocation:
    """The resources of one provider that are allocated to one consumer."""

    # Names of the provider, and of the root of its tree.
    provider: str
    root: str
    resources: Resources
    # Whether the provider shares its resources with another tree, as a storage pool does. In that tree, the same
    # consumer has allocations.
    shared: bool = False


@dataclass(frozen=True)
class HostAllocations:
    """The allocations of the provider tree of a compute host.

    The object also contains sharing providers, if no other host uses them.
    """

    # The root provider comes first, then its descendants, then the sharing providers.
    providers: tuple[Provider, ...]
    # Resources by uuid of the consumer, then by name of the provider.
    consumers: dict[str, dict[str, Resources]]


def by_provider(allocations: Iterable[Allocation]) -> dict[str, Resources]:
    """Return the allocated resources by name of the resource provider."""
    return {allocation.provider: allocation.resources for allocation in allocations}


def root_providers(allocations: Iterable[Allocation]) -> list[str]:
    """Return the sorted names of the root providers."""
    return sorted({allocation.root for allocation in allocations})


def unshared(allocations: Iterable[Allocation]) -> list[Allocation]:
    """Return the allocations that move with the server. Allocations of sharing providers do not move."""
    return [allocation for allocation in allocations if not allocation.shared]
