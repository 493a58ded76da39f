# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image and the flavors. Standard input holds JSON; see ``make_resources`` in ``work.py``.

Run again it adds what is missing and changes nothing else.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

IMAGE_BYTES = 1024 * 1024
SECTOR = 512


def blank_disk() -> bytes:
    """A raw disk with one valid partition entry: Glance refuses a boot sector without one."""
    sectors = IMAGE_BYTES // SECTOR
    # status, CHS of the first sector, type Linux, CHS of the last, first sector, number of sectors
    entry = struct.pack("<B3sB3sII", 0, b"\x00\x02\x00", 0x83, b"\x00\x00\x00", 1, sectors - 1)
    boot_sector = bytes(446) + entry + bytes(48) + b"\x55\xaa"
    return boot_sector + bytes(IMAGE_BYTES - SECTOR)


def ensure_image(cloud: Connection, name: str) -> None:
    """An active public image of this name. One whose upload was interrupted is made anew."""
    for image in cloud.image.images(name=name):
        if image.status == "active":
            return
        cloud.delete_image(image.id)
    cloud.image.create_image(
        name=name, data=blank_disk(), disk_format="raw", container_format="bare", visibility="public", min_ram=64
    )


def ensure_flavor(cloud: Connection, wanted: dict[str, Any]) -> None:
    """A public flavor of this name; sizes in MiB and GiB, as Nova counts them."""
    if cloud.compute.find_flavor(wanted["name"]) is None:
        cloud.compute.create_flavor(**wanted)


def main(order: dict[str, Any]) -> None:
    """Bring about all that the order names."""
    cloud = openstack.connect(auth=order["auth"], region_name=order["region"], identity_api_version="3")
    ensure_image(cloud, order["image_name"])
    for flavor in order["flavors"]:
        ensure_flavor(cloud, flavor)


if __name__ == "__main__":
    main(json.load(sys.stdin))
