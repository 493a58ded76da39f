# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the images and flavors.

Standard input is the JSON that ``make_resources`` in ``work.py`` writes. A second run creates missing images and
flavors. It also replaces each image of the role whose disk has changed.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

# This image property contains a hash of the disk. Images that a user has uploaded do not have this property.
MARK = "stackproof_disk"
MIB = 1024 * 1024
LEAST_RAM = 64
IMAGE_BYTES = MIB
PAGES_PER_MIB = 256
# The guest measures time with the timer of a PC. The timer starts at TIMER_START and counts down TIMER_HERTZ times per
# second.
TIMER_START, TIMER_HERTZ = 65536, 1193182
# These values are the offset of the two numbers in the boot sector (see guest.S), and the address of the memory into
# which the guest writes.
PARAMETERS, REGION = 432, MIB
PROPERTIES = {
    "hw_disk_bus": "virtio",
    "hw_machine_type": "pc",
    # The guest writes only to the serial console. A virtual PC without a screen boots faster.
    "hw_video_model": "none",
    # The unit is seconds. The guest ignores a request to shut down. By default Nova waits 60 s for the shutdown.
    "os_shutdown_timeout": "2",
}


def disk_of(guest: bytes, memory: int, dirty_rate: float) -> bytes:
    """Return a raw disk with this boot sector. Its guest writes into ``memory`` MiB at ``dirty_rate`` MiB/s."""
    pages = round(dirty_rate * PAGES_PER_MIB * TIMER_START / TIMER_HERTZ)
    parameters = struct.pack("<II", REGION + memory * MIB, pages)
    sector = guest[:PARAMETERS] + parameters + guest[PARAMETERS + len(parameters) :]
    return sector + bytes(IMAGE_BYTES - len(sector))


def ensure_image(cloud: Connection, guest: bytes, wanted: dict[str, Any]) -> None:
    """Create a public image with this name and disk, unless it exists.

    If the upload of the image was interrupted, the image is replaced. If the image belongs to this role and has another
    disk, it is replaced too. An active image that a user has uploaded with this name is kept.
    """
    disk = disk_of(guest, wanted["memory"], wanted["dirty_rate"])
    mark = hashlib.sha256(disk).hexdigest()[:20]
    for image in cloud.image.images(name=wanted["image"]):
        theirs = MARK not in image.properties and image.size != IMAGE_BYTES
        if image.status == "active" and (theirs or image.properties.get(MARK) == mark):
            return
        cloud.delete_image(image.id)
    cloud.image.create_image(
        name=wanted["image"],
        data=disk,
        disk_format="raw",
        container_format="bare",
        visibility="public",
        min_ram=max(LEAST_RAM, wanted["memory"] + 2),
        properties={**PROPERTIES, MARK: mark},
    )


def ensure_flavor(cloud: Connection, wanted: dict[str, Any]) -> None:
    """Create a public flavor with this name, unless it exists. Memory is in MiB, disk in GiB."""
    if cloud.compute.find_flavor(wanted["name"]) is None:
        cloud.compute.create_flavor(**wanted)


def main(order: dict[str, Any]) -> None:
    """Create all images and flavors of the order."""
    cloud = openstack.connect(auth=order["auth"], region_name=order["region"], identity_api_version="3")
    guest = bytes.fromhex(order["guest"])
    for wanted in order["guests"]:
        ensure_image(cloud, guest, wanted)
    for flavor in order["flavors"]:
        ensure_flavor(cloud, flavor)


if __name__ == "__main__":
    main(json.load(sys.stdin))
