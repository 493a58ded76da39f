# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the missing images, flavors and networks of the local cloud.

Standard input is the JSON that ``create_resources`` writes. The script replaces an existing image if its disk is
different.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import struct
import sys
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

# The property stackproof_disk of an image contains a hash of its disk.
HASH_PROPERTY = "stackproof_disk"
MIB = 1024 * 1024
MINIMUM_RAM = 64
IMAGE_BYTES = MIB
PAGES_PER_MIB = 256
# The PC timer counts down from TIMER_START, TIMER_HERTZ times per second.
TIMER_START, TIMER_HERTZ = 65536, 1193182
# The source files boot.S and guest.c contain the same values.
PARAMETERS, REGION = 432, MIB
PROPERTIES = {
    "hw_disk_bus": "virtio",
    "hw_machine_type": "pc",
    # The server has no screen, so that it boots faster.
    "hw_video_model": "none",
    # The guest ignores a shutdown request. Without this value, Nova waits 60 s for the guest.
    "os_shutdown_timeout": "2",
}


def make_disk(guest: bytes, memory: int, dirty_rate: float) -> bytes:
    """Return a disk image whose guest writes to its own memory.

    ``memory`` is in MiB, and ``dirty_rate`` is in MiB per second.
    """
    pages = round(dirty_rate * PAGES_PER_MIB * TIMER_START / TIMER_HERTZ)
    parameters = struct.pack("<II", REGION + memory * MIB, pages)
    content = guest[:PARAMETERS] + parameters + guest[PARAMETERS + len(parameters) :]
    return content + bytes(IMAGE_BYTES - len(content))


def ensure_image(cloud: Connection, guest: bytes, settings: dict[str, Any]) -> None:
    """Create the public image of the local cloud.

    Replace an old image of the role, but keep an image that a user has uploaded.
    """
    disk = make_disk(guest, settings["memory"], settings["dirty_rate"])
    disk_hash = hashlib.sha256(disk).hexdigest()[:20]
    for image in cloud.image.images(name=settings["image"]):
        uploaded_by_user = HASH_PROPERTY not in image.properties and image.size != IMAGE_BYTES
        if image.status == "active" and (uploaded_by_user or image.properties.get(HASH_PROPERTY) == disk_hash):
            return
        cloud.delete_image(image.id)
    cloud.image.create_image(
        name=settings["image"],
        data=disk,
        disk_format="raw",
        container_format="bare",
        visibility="public",
        min_ram=max(MINIMUM_RAM, settings["memory"] + 2),
        properties={**PROPERTIES, HASH_PROPERTY: disk_hash},
    )


def ensure_flavor(cloud: Connection, flavor: dict[str, Any]) -> None:
    """Create a public flavor if it does not exist. Memory is in MiB, disk in GiB."""
    if cloud.compute.find_flavor(flavor["name"]) is None:
        cloud.compute.create_flavor(**flavor)


def ensure_network(cloud: Connection, network: dict[str, Any], subnet: dict[str, Any]) -> None:
    """Create a network if it does not exist, and its subnet."""
    found = cloud.network.find_network(network["name"]) or cloud.network.create_network(**network)
    if not found.subnet_ids:
        cloud.network.create_subnet(network_id=found.id, **subnet)


def allow_ping(cloud: Connection) -> None:
    """Let the default security groups allow ICMP, those of future projects included."""
    wanted = {"IPv4": "icmp", "IPv6": "ipv6-icmp"}
    templates = {(rule.ether_type, rule.protocol) for rule in cloud.network.default_security_group_rules()}
    for ether_type, protocol in wanted.items():
        rule = {"direction": "ingress", "ether_type": ether_type, "protocol": protocol}
        if (ether_type, protocol) not in templates:
            cloud.network.create_default_security_group_rule(
                **rule, used_in_default_sg=True, used_in_non_default_sg=False
            )
        for group in cloud.network.security_groups(name="default"):
            # Neutron refuses a second rule of the same kind, which an earlier start with OVN has created.
            with contextlib.suppress(openstack.exceptions.ConflictException):
                cloud.network.create_security_group_rule(security_group_id=group.id, **rule)


def main(order: dict[str, Any]) -> None:
    cloud = openstack.connect(auth=order["auth"], region_name=order["region"], identity_api_version="3")
    guest = bytes.fromhex(order["guest"])
    for settings in order["guests"]:
        ensure_image(cloud, guest, settings)
    for flavor in order["flavors"]:
        ensure_flavor(cloud, flavor)
    if order["networks"]:
        networks = order["networks"]
        ensure_network(cloud, networks["network"], networks["subnet"])
        if networks["allow_ping"]:
            allow_ping(cloud)


if __name__ == "__main__":
    main(json.load(sys.stdin))
