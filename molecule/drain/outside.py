#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change servers and compute hosts of the cloud for the tests. The script uses the SDK and not the collection."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

PATIENCE_SECONDS = 60
CHILD = "c0ffee00-0000-4000-8000-00000000c41d"
ORPHAN = "0badc0de-0000-4000-8000-000000000001"
DEVICE = "CUSTOM_MOLECULE_DEVICE"
ASK = {"SHUTOFF": "stop_server", "PAUSED": "pause_server", "SUSPENDED": "suspend_server", "ACTIVE": "resume_server"}

USAGE = """\
put STATUS ID        stop, pause or suspend a server, and wait until it is SHUTOFF, PAUSED or SUSPENDED
resume ID            resume a server, and wait until it is ACTIVE
host NAME            print the service, the servers and the consumers of the resource provider of a host
interrupt NAME CMD…  run a command, interrupt it as Ctrl-C does when a server has left the host, and print its result
service NAME ACTION  enable, disable or force down ("down", "up") the compute service of a host
orphan NAME [remove] allocate a resource of a child provider of the host for a consumer that Nova does not know
zone NAME HOST       create an availability zone that contains only this host; without HOST remove the zone
"""


def put(cloud: Connection, status: str, server: str) -> None:
    """Change the status of a server, and wait until Nova has completed the change of status."""
    getattr(cloud.compute, ASK[status])(server)
    cloud.compute.wait_for_server(
        cloud.compute.get_server(server), status=status, interval=0.5, wait=PATIENCE_SECONDS, failures=["ERROR"]
    )


def servers_on(cloud: Connection, host: str) -> dict[str, str]:
    return {one.name: one.status for one in cloud.compute.servers(all_projects=True, compute_host=host)}


def on(cloud: Connection, host: str) -> dict[str, Any]:
    (service,) = cloud.compute.services(binary="nova-compute", host=host)
    (provider,) = cloud.placement.resource_providers(name=host)
    answer = cloud.placement.get(f"/resource_providers/{provider.id}/allocations", microversion="1.28")
    openstack.exceptions.raise_from_response(answer)
    return {
        "status": service.status,
        "reason": service.disabled_reason,
        "servers": servers_on(cloud, host),
        "consumers": sorted(answer.json()["allocations"]),
    }


def interrupt(cloud: Connection, host: str, command: list[str]) -> dict[str, Any]:
    """Start a command, and send SIGINT to it when a server has left the host."""
    before = len(servers_on(cloud, host))
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True) as running:
        end = time.monotonic() + PATIENCE_SECONDS
        while len(servers_on(cloud, host)) == before and running.poll() is None and time.monotonic() < end:
            time.sleep(0.3)
        over_before = running.poll() is not None
        os.killpg(running.pid, signal.SIGINT)
        output = running.communicate()[0]
    return {"over_before": over_before, "returncode": running.returncode, "output": output, **on(cloud, host)}


def change_service(cloud: Connection, host: str, action: str) -> None:
    body = {
        "enable": {"status": "enabled"},
        "disable": {"status": "disabled", "disabled_reason": "molecule"},
        "down": {"forced_down": True},
        "up": {"forced_down": False},
    }[action]
    (service,) = cloud.compute.services(binary="nova-compute", host=host)
    require(cloud.compute.put(f"/os-services/{service.id}", json=body, microversion="2.53"))


def orphan(cloud: Connection, host: str, *, remove: bool) -> None:
    """Create or remove an allocation in a child resource provider of the host."""
    placement = cloud.placement
    if remove:
        require(placement.delete(f"/allocations/{ORPHAN}", microversion="1.29"))
        require(placement.delete(f"/resource_providers/{CHILD}", microversion="1.29"))
        return
    (root,) = placement.resource_providers(name=host)
    child = {"uuid": CHILD, "name": f"{host}_0000:2f:00.0", "parent_provider_uuid": root.id}
    allocation = {
        "allocations": {CHILD: {"resources": {DEVICE: 1}}},
        "project_id": cloud.current_project_id,
        "user_id": cloud.current_user_id,
        "consumer_generation": None,
    }
    inventory = {"resource_provider_generation": 0, "inventories": {DEVICE: {"total": 4}}}
    require(placement.put(f"/resource_classes/{DEVICE}", microversion="1.29"))
    require(placement.post("/resource_providers", json=child, microversion="1.29"))
    require(placement.put(f"/resource_providers/{CHILD}/inventories", json=inventory, microversion="1.29"))
    require(placement.put(f"/allocations/{ORPHAN}", json=allocation, microversion="1.29"))


def zone(cloud: Connection, name: str, host: str | None) -> None:
    """Create or remove an availability zone that contains one compute host without servers."""
    if host is not None:
        aggregate = cloud.compute.create_aggregate(name=name, availability_zone=name)
        cloud.compute.add_host_to_aggregate(aggregate, host)
        return
    for aggregate in cloud.compute.aggregates():
        if aggregate.name == name:
            for member in aggregate.hosts:
                cloud.compute.remove_host_from_aggregate(aggregate, member)
            cloud.compute.delete_aggregate(aggregate)


def require(answer: Any) -> None:
    openstack.exceptions.raise_from_response(answer)


def main() -> None:
    cloud = openstack.connect()
    match sys.argv[1:]:
        case ["put", status, server]:
            put(cloud, status, server)
        case ["resume", server]:
            put(cloud, "ACTIVE", server)
        case ["host", host]:
            print(json.dumps(on(cloud, host)))
        case ["service", host, action]:
            change_service(cloud, host, action)
        case ["orphan", host, *rest]:
            orphan(cloud, host, remove=bool(rest))
        case ["zone", name, *hosts]:
            zone(cloud, name, hosts[0] if hosts else None)
        case ["interrupt", host, *command]:
            print(json.dumps(interrupt(cloud, host, command)))
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main()
