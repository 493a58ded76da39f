# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images and the flavors. Standard input holds JSON; see ``make_resources`` in ``work.py``.

Run again it adds what is missing and changes nothing else.
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

# The property of an image that tells our disks from each other, and from a user's own.
MARK = "stackproof_disk"
MIB = 1024 * 1024
LEAST_RAM = 64
IMAGE_BYTES = MIB
PAGES_PER_MIB = 256
# The PC's timer, from which the guest takes its time, counts down from this at this many counts a second.
TIMER_START, TIMER_HERTZ = 65536, 1193182
# Where guest.S has its two numbers, and where in the guest's memory the region begins into which it writes.
PARAMETERS, REGION = 432, MIB
PROPERTIES = {
    "hw_disk_bus": "virtio",
    "hw_machine_type": "pc",
    # The guest writes on the serial console only, and a virtual PC without a screen boots faster.
    "hw_video_model": "none",
    # Seconds. The guest does not react to a request to shut down, for which Nova waits 60 s by default.
    "os_shutdown_timeout": "2",
}


def disk_of(guest: bytes, memory: int, dirty_rate: float) -> bytes:
    """A raw disk with this boot sector, set to write into ``memory`` MiB, ``dirty_rate`` MiB of them each second."""
    pages = round(dirty_rate * PAGES_PER_MIB * TIMER_START / TIMER_HERTZ)
    parameters = struct.pack("<II", REGION + memory * MIB, pages)
    sector = guest[:PARAMETERS] + parameters + guest[PARAMETERS + len(parameters) :]
    return sector + bytes(IMAGE_BYTES - len(sector))


def ensure_image(cloud: Connection, guest: bytes, wanted: dict[str, Any]) -> None:
    """An active public image of this name, with this very disk.

    Made anew are one whose upload was interrupted, and one of ours that has another disk. A user's own image stays.
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
    """A public flavor of this name; sizes in MiB and GiB, as Nova counts them."""
    if cloud.compute.find_flavor(wanted["name"]) is None:
        cloud.compute.create_flavor(**wanted)


def main(order: dict[str, Any]) -> None:
    """Bring about all that the order names."""
    cloud = openstack.connect(auth=order["auth"], region_name=order["region"], identity_api_version="3")
    guest = bytes.fromhex(order["guest"])
    for wanted in order["guests"]:
        ensure_image(cloud, guest, wanted)
    for flavor in order["flavors"]:
        ensure_flavor(cloud, flavor)


if __name__ == "__main__":
    main(json.load(sys.stdin))
