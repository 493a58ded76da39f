#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change test servers with openstacksdk, for example lock or stop a server."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

RUN_KEY = "molecule_run"
# This public SSH key is an example. The tests never log in to a server.
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f molecule"

USAGE = """\
lock ID       lock a server
unlock ID     unlock a server
pause ID      pause a server, and wait until it is PAUSED
stop ID       stop a server, and wait until it is SHUTOFF
create NAME   create a key pair and an anti-affinity server group of this name
delete NAME   delete the key pair and the server group of this name
orphans       print servers of the scenario, and consumers of allocations that are neither a server nor a migration
"""


def read(client: Any, path: str, microversion: str) -> dict[str, Any]:
    response = client.get(path, microversion=microversion)
    openstack.exceptions.raise_from_response(response)
    return dict(response.json())


def orphans(cloud: Connection) -> dict[str, list[str]]:
    """Return the ids of all remaining servers, and of allocations without a server or a migration."""
    consumers: set[str] = set()
    for provider in read(cloud.placement, "/resource_providers", "1.28")["resource_providers"]:
        consumers |= set(
            read(cloud.placement, f"/resource_providers/{provider['uuid']}/allocations", "1.28")["allocations"]
        )
    servers = list(cloud.compute.servers(all_projects=True))
    known = {server.id for server in servers}
    known |= {record["uuid"] for record in read(cloud.compute, "/os-migrations", "2.59")["migrations"]}
    return {
        "servers": sorted(server.id for server in servers if RUN_KEY in server.metadata),
        "allocations": sorted(consumers - known),
    }


def main() -> None:
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
        case ["create", name]:
            cloud.compute.create_keypair(name=name, type="ssh", public_key=PUBLIC_KEY)
            cloud.compute.create_server_group(name=name, policy="anti-affinity")
        case ["delete", name]:
            cloud.compute.delete_keypair(name, ignore_missing=True)
            group = cloud.compute.find_server_group(name)
            if group is not None:
                cloud.compute.delete_server_group(group)
        case ["orphans"]:
            print(json.dumps(orphans(cloud)))
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main()
