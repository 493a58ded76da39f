#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios do to servers, and look at, by the SDK and without the collection.

lock ID     lock a server
unlock ID   unlock it
pause ID    pause a server, and wait until it is
stop ID     stop a server, and wait until it is SHUTOFF
make NAME   make a key pair and an anti-affinity server group of this name
unmake NAME remove both
left        print servers of the cases that still exist, and unknown consumers in Placement
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

MARK = "molecule_run"
# The private key is not needed: the guests have no network.
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f molecule"


def read(client: Any, path: str, microversion: str) -> dict[str, Any]:
    """A GET whose failure ends the program."""
    answer = client.get(path, microversion=microversion)
    openstack.exceptions.raise_from_response(answer)
    return dict(answer.json())


def left(cloud: Connection) -> dict[str, list[str]]:
    """Return the servers of the cases in all projects, and the unknown consumers in Placement."""
    consumers: set[str] = set()
    for provider in read(cloud.placement, "/resource_providers", "1.28")["resource_providers"]:
        consumers |= set(
            read(cloud.placement, f"/resource_providers/{provider['uuid']}/allocations", "1.28")["allocations"]
        )
    # read after the consumers: who is in neither list now is none any more
    servers = list(cloud.compute.servers(all_projects=True))
    known = {server.id for server in servers}
    known |= {record["uuid"] for record in read(cloud.compute, "/os-migrations", "2.59")["migrations"]}
    return {
        "servers": sorted(server.id for server in servers if MARK in server.metadata),
        "allocations": sorted(consumers - known),
    }


def main() -> None:
    """Do as the command line says."""
    cloud = openstack.connect()
    match sys.argv[1:]:
        case ["lock", server]:
            cloud.compute.lock_server(server)
        case ["unlock", server]:
            cloud.compute.unlock_server(server)
        case ["pause", server]:
            cloud.compute.pause_server(server)
            cloud.compute.wait_for_server(cloud.compute.get_server(server), status="PAUSED", interval=0.5, wait=60)
        case ["stop", server]:
            cloud.compute.stop_server(server)
            cloud.compute.wait_for_server(cloud.compute.get_server(server), status="SHUTOFF", interval=0.5, wait=60)
        case ["make", name]:
            cloud.compute.create_keypair(name=name, type="ssh", public_key=PUBLIC_KEY)
            cloud.compute.create_server_group(name=name, policy="anti-affinity")
        case ["unmake", name]:
            cloud.compute.delete_keypair(name, ignore_missing=True)
            group = cloud.compute.find_server_group(name)
            if group is not None:
                cloud.compute.delete_server_group(group)
        case ["left"]:
            print(json.dumps(left(cloud)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
