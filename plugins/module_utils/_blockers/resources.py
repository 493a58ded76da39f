# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Calculate the resources that a server needs, from its allocations and its flavor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources

_DISK = "DISK_GB"
# An extra spec with this prefix overrides an amount of the flavor in Placement.
_RESOURCE_PREFIX = "resources:"
_DISK_OVERRIDE = f"{_RESOURCE_PREFIX}{_DISK}"
_TRAIT_PREFIX = "trait:"
_AGGREGATE_PREFIX = "aggregate_instance_extra_specs:"
_MIB_PER_GIB = 1024


@dataclass(frozen=True)
class ResourceRequest:
    """The resources and traits that a server requires. Placement searches for compute hosts that have them."""

    resources: tuple[tuple[str, int], ...]
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = ", ".join(f"{name}={amount}" for name, amount in self.resources)
        traits = [*self.required, *(f"not {name}" for name in self.forbidden)]
        return f"{text} with traits {', '.join(traits)}" if traits else text


def resource_request(held: Resources | None, flavor: Mapping[str, Any], *, from_volume: bool) -> ResourceRequest | None:
    """Return the resources and traits that a server needs, or None if its resources are unknown.

    ``held`` contains the resources that are allocated on the host. Without ``held``, use the resources of the flavor.
    If ``held`` contains no disk, add the disk of the flavor, because the disk may be on shared storage.
    """
    of_flavor = _resources_of_flavor(flavor, from_volume=from_volume)
    resources = _with_disk(held, of_flavor, flavor) if held else of_flavor
    if not resources:
        return None
    traits = {
        key.removeprefix(_TRAIT_PREFIX): str(value)
        for key, value in (flavor.get("extra_specs") or {}).items()
        if key.startswith(_TRAIT_PREFIX)
    }
    return ResourceRequest(
        tuple(sorted(resources.items())),
        tuple(sorted(name for name, value in traits.items() if value == "required")),
        tuple(sorted(name for name, value in traits.items() if value == "forbidden")),
    )


def _with_disk(held: Resources, of_flavor: Resources, flavor: Mapping[str, Any]) -> Resources:
    overridden = _DISK_OVERRIDE in (flavor.get("extra_specs") or {})
    if _DISK in held or _DISK not in of_flavor or overridden:
        return held
    return {**held, _DISK: of_flavor[_DISK]}


def _resources_of_flavor(flavor: Mapping[str, Any], *, from_volume: bool) -> Resources:
    """Return what Nova requests from Placement for a flavor.

    The source is nova.scheduler.utils.ResourceRequest. An extra spec such as resources:VCPU replaces an amount, and
    dedicated CPUs are of the class PCPU.
    """
    if flavor.get("vcpus") is None or flavor.get("ram") is None:
        return {}
    specs = flavor.get("extra_specs") or {}
    root = 0 if from_volume else int(flavor.get("disk") or 0)
    swap = -(-int(flavor.get("swap") or 0) // _MIB_PER_GIB)
    disk = root + int(flavor.get("ephemeral") or 0) + swap
    cpus = "PCPU" if specs.get("hw:cpu_policy") == "dedicated" else "VCPU"
    resources = {cpus: int(flavor["vcpus"]), "MEMORY_MB": int(flavor["ram"]), _DISK: disk}
    for key, value in specs.items():
        if key.startswith(_RESOURCE_PREFIX) and str(value).isdigit():
            resources[key.removeprefix(_RESOURCE_PREFIX)] = int(value)
    return {name: amount for name, amount in resources.items() if amount}


def aggregate_hosts(flavor: Mapping[str, Any], aggregates: Iterable[Mapping[str, Any]]) -> frozenset[str] | None:
    """Return the compute hosts of the aggregates that the flavor names, or None if it names no aggregate."""
    wanted = {
        key.removeprefix(_AGGREGATE_PREFIX): str(value)
        for key, value in (flavor.get("extra_specs") or {}).items()
        if key.startswith(_AGGREGATE_PREFIX)
    }
    if not wanted:
        return None
    hosts_of = [
        {
            host
            for aggregate in aggregates
            if str((aggregate.get("metadata") or {}).get(key)) == value
            for host in aggregate.get("hosts") or []
        }
        for key, value in wanted.items()
    ]
    return frozenset(set.intersection(*hosts_of))


def names_aggregates(flavor: Mapping[str, Any]) -> bool:
    """Return whether the extra specs of a flavor name a host aggregate."""
    return any(key.startswith(_AGGREGATE_PREFIX) for key in flavor.get("extra_specs") or {})


def total(by_provider: Mapping[str, Resources]) -> Resources:
    """Return the sum of the resources of several providers."""
    found: Resources = {}
    for resources in by_provider.values():
        for name, amount in resources.items():
            found[name] = found.get(name, 0) + amount
    return found
