#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator and the owners of servers do beside a drain, by the SDK and without the collection.

put STATUS ID        stop, pause or suspend a server, and wait until it is SHUTOFF, PAUSED or SUSPENDED
resume ID            resume a server, and wait until it is ACTIVE
host NAME            print what is on a host: its service, its servers, and who holds something of it in Placement
interrupt NAME CMD…  run a command, and press Ctrl-C once the host has a server less; print how the command ended
"""

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
ASK = {"SHUTOFF": "stop_server", "PAUSED": "pause_server", "SUSPENDED": "suspend_server", "ACTIVE": "resume_server"}


def put(cloud: Connection, status: str, server: str) -> None:
    """Have a server in that status."""
    getattr(cloud.compute, ASK[status])(server)
    cloud.compute.wait_for_server(
        cloud.compute.get_server(server), status=status, interval=0.5, wait=PATIENCE_SECONDS, failures=["ERROR"]
    )


def servers_on(cloud: Connection, host: str) -> dict[str, str]:
    """Statuses by name."""
    return {one.name: one.status for one in cloud.compute.servers(all_projects=True, compute_host=host)}


def on(cloud: Connection, host: str) -> dict[str, Any]:
    """All that is on a host."""
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
    """As with Ctrl-C in a terminal: all of the command's processes get the signal."""
    before = len(servers_on(cloud, host))
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True) as running:
        end = time.monotonic() + PATIENCE_SECONDS
        while len(servers_on(cloud, host)) == before and running.poll() is None and time.monotonic() < end:
            time.sleep(0.3)
        over_before = running.poll() is not None
        os.killpg(running.pid, signal.SIGINT)
        output = running.communicate()[0]
    return {"over_before": over_before, "returncode": running.returncode, "output": output, **on(cloud, host)}


def main() -> None:
    """Do as the command line says."""
    cloud = openstack.connect()
    match sys.argv[1:]:
        case ["put", status, server]:
            put(cloud, status, server)
        case ["resume", server]:
            put(cloud, "ACTIVE", server)
        case ["host", host]:
            print(json.dumps(on(cloud, host)))
        case ["interrupt", host, *command]:
            print(json.dumps(interrupt(cloud, host, command)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
