# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the smallest flavor that the compute hosts can provide."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.image_selection import NEUTRAL_VALUES
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_requirements import (
    flavor_fits_image,
    required_disk_gib,
    required_ram_mib,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Some extra specs need special hosts, for example hosts with a PCI device or a trait.
_BINDING_PREFIXES = (
    "accel:",
    "aggregate_instance_extra_specs",
    "capabilities",
    "pci_passthrough",
    "resources",
    "trait",
)
# Flavor extra specs with these prefixes need special hosts, unless the value is in NEUTRAL_VALUES.
_BINDING_UNLESS_NEUTRAL = (
    "hw:cpu_",
    "hw:emulator_threads_policy",
    "hw:locked_memory",
    "hw:maxphysaddr",
    "hw:mem_encryption",
    "hw:mem_page_size",
    "hw:numa",
    "hw:pci_numa",
    "hw:pmem",
    "hw:tpm",
    "hw:vif_",
    "hw:viommu",
    "hw:ephemeral_encryption",
    "os:secure_boot",
)
# Flavor extra specs with these names need no special host, because every compute host can emulate a CPU topology.
_TOPOLOGY = ("hw:cpu_cores", "hw:cpu_max_", "hw:cpu_sockets", "hw:cpu_threads")
# Every compute host supports quotas, random number generators and CPU topologies.
_HARMLESS_PREFIXES = ("hw_rng:", "quota:", *_TOPOLOGY)


ZERO_DISK = "with a 0 GiB root disk"


@dataclass
class FlavorChoice:
    """The flavor that the module chose, and the reasons against other flavors."""

    flavor: dict[str, Any] | None = None
    rejected: Counter[str] = field(default_factory=Counter)

    def rejections(self) -> str:
        """Return a sentence about the rejected flavors. The sentence is empty when no flavor was rejected."""
        if not self.rejected:
            return ""
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.rejected.items()))
        return f"Rejected flavors: {self.rejected.total()} ({reasons})."


def rejection_reason(flavor: Mapping[str, Any], *, boot_volume: bool = False) -> str | None:
    """Return why the flavor cannot be used, or None if it can be used."""
    if flavor.get("OS-FLV-DISABLED:disabled"):
        return "disabled"
    if not flavor["disk"] and not boot_volume:
        # By default, only administrators may use flavors with a root disk of 0 GiB for servers without a boot volume.
        return ZERO_DISK
    if any(_requires_special_host(key, value) for key, value in (flavor.get("extra_specs") or {}).items()):
        return "with extra specs for special hosts"
    return None


def unconfirmed_extra_specs(flavor: Mapping[str, Any]) -> list[str]:
    """Return the extra specs that some hosts might not meet."""
    return sorted(
        key
        for key, value in (flavor.get("extra_specs") or {}).items()
        if not key.startswith(_HARMLESS_PREFIXES) and not _is_neutral(key, value)
    )


def choose_flavor(
    flavors: Iterable[Mapping[str, Any]], image: Mapping[str, Any], *, boot_volume: bool = False
) -> FlavorChoice:
    """Return the smallest flavor that fits the image.

    With a boot volume, the flavor needs no room for the image on its root disk.
    """
    choice = FlavorChoice()
    candidates = []
    for flavor in flavors:
        reason = rejection_reason(flavor, boot_volume=boot_volume)
        if reason is None and not flavor_fits_image(flavor, image, boot_volume=boot_volume):
            reason = "too small for the image"
        if reason is None:
            candidates.append(flavor)
        else:
            choice.rejected[reason] += 1
    smallest = min(candidates, key=_rank, default=None)
    choice.flavor = None if smallest is None else dict(smallest)
    return choice


def _rank(flavor: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        bool(unconfirmed_extra_specs(flavor)),
        *(flavor["ram"], flavor["vcpus"], flavor["disk"]),
        str(flavor["id"]),
    )


def _requires_special_host(key: str, value: Any) -> bool:
    if key.startswith(_BINDING_PREFIXES):
        return True
    return key.startswith(_BINDING_UNLESS_NEUTRAL) and not key.startswith(_TOPOLOGY) and not _is_neutral(key, value)


def _is_neutral(key: str, value: Any) -> bool:
    return key.startswith(_BINDING_UNLESS_NEUTRAL) and str(value).strip().lower() in NEUTRAL_VALUES


def resources_of(flavor: Mapping[str, Any], *, boot_volume: bool = False) -> dict[str, int]:
    """Return the resources that Placement allocates for a server of the flavor.

    A boot volume needs no disk of the compute host.
    """
    root = 0 if boot_volume else flavor["disk"]
    disk = root + flavor.get("OS-FLV-EXT-DATA:ephemeral", 0) + math.ceil(int(flavor.get("swap") or 0) / 1024)
    resources = {"VCPU": flavor["vcpus"], "MEMORY_MB": flavor["ram"], "DISK_GB": disk}
    return {name: amount for name, amount in resources.items() if amount}


def image_view(image: Mapping[str, Any]) -> dict[str, Any]:
    """Return an image in the format of the module result."""
    return {
        "id": image["id"],
        "name": image.get("name"),
        "min_disk_gib": required_disk_gib(image),
        "min_ram_mib": required_ram_mib(image),
    }


def flavor_view(flavor: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flavor in the format of the module result."""
    return {
        "id": flavor["id"],
        "name": flavor.get("name"),
        "vcpus": flavor["vcpus"],
        "ram_mib": flavor["ram"],
        "disk_gib": flavor["disk"],
    }
