#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot, show and delete a server with a boot volume and a data volume, with the SDK and not with the collection."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

USAGE = """\
boot NAME      boot a server with two volumes of 1 GiB, and show it
show NAME      print the server, and its attachments in Nova and in Cinder
detach NAME    detach the data volume, wait until it is available, and delete it
delete NAME    delete the server, and wait until its volumes are deleted
services       print the types of the services in the catalog
"""
TIMEOUT_SECONDS = 120
# Since this version of the API, Cinder has attachments.
ATTACHMENTS = {"OpenStack-API-Version": "volume 3.27"}


def boot(cloud: Connection, name: str) -> None:
    image = cloud.image.find_image("local-cloud", ignore_missing=False)
    flavor = cloud.compute.find_flavor("local.tiny", ignore_missing=False)
    volume = {"destination_type": "volume", "volume_size": 1, "delete_on_termination": True}
    server = cloud.compute.create_server(
        name=name,
        flavor_id=flavor.id,
        networks="none",
        metadata={"stackproof_fake_migration_seconds": "1"},
        block_device_mapping_v2=[
            {**volume, "boot_index": 0, "source_type": "image", "uuid": image.id},
            {**volume, "boot_index": -1, "source_type": "blank"},
        ],
    )
    cloud.compute.wait_for_server(server, interval=1, wait=TIMEOUT_SECONDS)


def show(cloud: Connection, name: str) -> dict[str, Any]:
    server = cloud.compute.get_server(cloud.compute.find_server(name, ignore_missing=False))
    in_nova = list(cloud.compute.volume_attachments(server))
    listing = f"/attachments/detail?all_tenants=1&instance_id={server.id}"
    volumes = [cloud.block_storage.get_volume(attachment.volume_id) for attachment in in_nova]
    return {
        "id": server.id,
        "host": server.compute_host,
        "attachments": sorted(attachment.attachment_id for attachment in in_nova),
        "cinder": cloud.block_storage.get(listing, headers=ATTACHMENTS).json()["attachments"],
        "volumes": [
            {"status": volume.status, "hosts": [attachment["host_name"] for attachment in volume.attachments]}
            for volume in volumes
        ],
    }


def detach(cloud: Connection, name: str) -> None:
    server = cloud.compute.find_server(name, ignore_missing=False)
    volumes = [cloud.block_storage.get_volume(found.volume_id) for found in cloud.compute.volume_attachments(server)]
    (data,) = [volume for volume in volumes if not volume.is_bootable]
    cloud.compute.delete_volume_attachment(server, data)
    cloud.block_storage.wait_for_status(data, "available", interval=1, wait=TIMEOUT_SECONDS)
    cloud.block_storage.delete_volume(data)


def delete(cloud: Connection, name: str) -> None:
    server = cloud.compute.find_server(name)
    if server is None:
        return
    volumes = {attachment.volume_id for attachment in cloud.compute.volume_attachments(server)}
    cloud.compute.delete_server(server)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while left := volumes & {volume.id for volume in cloud.block_storage.volumes(details=False)}:
        if time.monotonic() > deadline:
            sys.exit(f"Volumes were not deleted: {sorted(left)}")
        time.sleep(1)


def main() -> None:
    cloud = openstack.connect(compute_default_microversion="2.89")
    match sys.argv[1:]:
        case ["boot", name]:
            boot(cloud, name)
            print(json.dumps(show(cloud, name)))
        case ["show", name]:
            print(json.dumps(show(cloud, name)))
        case ["detach", name]:
            detach(cloud, name)
        case ["delete", name]:
            delete(cloud, name)
        case ["services"]:
            print(json.dumps(sorted(service.type for service in cloud.identity.services())))
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main()
