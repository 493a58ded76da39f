# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: the smallest flavor that fits an image, and what a flavor asks of a host."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.image_selection import needed_disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Flavors with these want special hosts: no choice for somebody who did not ask.
_SPECIAL = ("pci_passthrough", "resources", "trait", "hw:", "capabilities", "aggregate_instance_extra_specs", "accel")


def fits(flavor: Mapping[str, Any], image: Mapping[str, Any]) -> bool:
    """Whether the image boots with the flavor. A disk of 0 takes whatever the image needs."""
    disk, ram = int(flavor["disk"]), int(flavor["ram"])
    return (disk == 0 or disk >= needed_disk(image)) and ram >= int(image.get("min_ram") or 0)


def is_plain(flavor: Mapping[str, Any]) -> bool:
    """Whether any user can boot it on any host; servers with a disk of 0 are for administrators by default."""
    special = [key for key in flavor.get("extra_specs") or {} if key.startswith(_SPECIAL)]
    return flavor["disk"] > 0 and not flavor.get("OS-FLV-DISABLED:disabled") and not special


def smallest_flavor(flavors: Iterable[Mapping[str, Any]], image: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The plain flavor that asks for least and has room for the image."""
    usable = [flavor for flavor in flavors if is_plain(flavor) and fits(flavor, image)]
    return min(
        usable, key=lambda flavor: (flavor["ram"], flavor["vcpus"], flavor["disk"], str(flavor["id"])), default=None
    )


def resources_of(flavor: Mapping[str, Any]) -> dict[str, int]:
    """What Placement is asked for."""
    disk = flavor["disk"] + flavor.get("OS-FLV-EXT-DATA:ephemeral", 0) + math.ceil(int(flavor.get("swap") or 0) / 1024)
    wanted = {"VCPU": flavor["vcpus"], "MEMORY_MB": flavor["ram"], "DISK_GB": disk}
    return {name: amount for name, amount in wanted.items() if amount}


def image_view(image: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": image["id"],
        "name": image.get("name"),
        "min_disk_gib": needed_disk(image),
        "min_ram_mib": int(image.get("min_ram") or 0),
    }


def flavor_view(flavor: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": flavor["id"],
        "name": flavor.get("name"),
        "vcpus": flavor["vcpus"],
        "ram_mib": flavor["ram"],
        "disk_gib": flavor["disk"],
    }
