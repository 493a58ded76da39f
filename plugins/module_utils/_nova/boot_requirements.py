# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that check the networks, the flavor and the image of a boot request.

The function ``_validate_flavor_image`` in ``nova.compute.api`` does the same checks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIB = 1024**3


def parse_networks(networks: Any) -> str | list[str]:
    """Return the value of the option ``networks``. Raise InputError for an invalid value.

    Valid values are none, auto, and a list of names or ids.
    """
    if networks in ("none", "auto"):
        return str(networks)
    if isinstance(networks, list) and networks and all(isinstance(name, str) and name for name in networks):
        return [str(name) for name in networks]
    raise InputError(f"networks must be none, auto, or a list of names or ids, found {networks!r}.")


def required_disk_gib(image: Mapping[str, Any]) -> int:
    """Return the smallest root disk for this image, in GiB."""
    size = image.get("virtual_size") or image.get("size") or 0
    return max(int(image.get("min_disk") or 0), math.ceil(size / _GIB))


def required_ram_mib(image: Mapping[str, Any]) -> int:
    """Return the smallest amount of memory that a flavor needs for this image, in MiB."""
    return int(image.get("min_ram") or 0)


def flavor_fits_image(flavor: Mapping[str, Any], image: Mapping[str, Any], *, boot_volume: bool = False) -> bool:
    """Return whether the flavor has enough disk and memory for the image.

    A root disk of 0 GiB is always large enough. With a boot volume, the root disk of the flavor is not used.
    """
    disk, ram = int(flavor["disk"]), int(flavor["ram"])
    has_disk = boot_volume or disk == 0 or disk >= required_disk_gib(image)
    return has_disk and ram >= required_ram_mib(image)


def flavor_too_small(flavor: Mapping[str, Any], image: Mapping[str, Any]) -> str:
    """Return the message about a flavor that is too small for the image."""
    return (
        f"flavor: {flavor.get('name') or flavor['id']} has {flavor['disk']} GiB of disk and {flavor['ram']} MiB of"
        f" memory, but the image {image.get('name') or image['id']} needs {required_disk_gib(image)} GiB and"
        f" {required_ram_mib(image)} MiB. Choose a larger flavor or a smaller image."
    )


def image_not_active(image: Mapping[str, Any], name: str) -> str:
    """Return the message about an image that is not active."""
    return f"image: {name} has status {image.get('status')}, but only an active image can be booted."
