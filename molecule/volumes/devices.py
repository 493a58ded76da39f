#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill a run of the playbook, and show the devices of runs. The script uses the SDK and not the collection."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openstack.connection import Connection

USAGE = """\
kill attached|kept FILE COMMAND...   run COMMAND with its output in FILE, and kill it when the servers of its run have
                                     volumes, or when Nova no longer deletes a volume with its server
show                                 print the volumes, ports and server groups of the project
delete-servers                       delete the servers of runs, and wait until they no longer exist
create-port NAME                     create a port, and print its id
delete-port NAME                     delete a port
"""
RUN_KEY = "stackproof_run"
TIMEOUT_SECONDS = 120
POLL_SECONDS = 0.1


def servers(cloud: Connection) -> list[dict[str, Any]]:
    response = cloud.compute.get("/servers/detail", microversion="2.90")
    openstack.exceptions.raise_from_response(response)
    return [server for server in response.json()["servers"] if RUN_KEY in server["metadata"]]


def reached(cloud: Connection, state: str) -> bool:
    volumes = [volume for server in servers(cloud) for volume in server["os-extended-volumes:volumes_attached"]]
    if state == "kept":
        return any(not volume["delete_on_termination"] for volume in volumes)
    return bool(volumes)


def descendants(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text(encoding="ascii").split():
                yield from descendants(int(child))


def kill(cloud: Connection, state: str, output: str, command: list[str]) -> None:
    with Path(output).open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not reached(cloud, state):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"The run did not reach the state {state}: {Path(output).read_text(encoding='utf-8')}")
        time.sleep(POLL_SECONDS)
    # Ansible runs a task in a child process, which would continue after the death of its parent.
    process.send_signal(signal.SIGSTOP)
    for pid in list(descendants(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def show(cloud: Connection) -> dict[str, Any]:
    return {
        "servers": [server["name"] for server in servers(cloud)],
        "volumes": [
            {"name": volume.name, "status": volume.status, "metadata": volume.metadata}
            for volume in cloud.block_storage.volumes()
        ],
        "ports": [
            {"name": port.name, "tags": port.tags, "device_id": port.device_id} for port in cloud.network.ports()
        ],
        "server_groups": [group.name for group in cloud.compute.server_groups()],
    }


def delete_servers(cloud: Connection) -> None:
    for server in servers(cloud):
        cloud.compute.delete_server(server["id"])
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while servers(cloud):
        if time.monotonic() > deadline:
            sys.exit("The servers were not deleted.")
        time.sleep(POLL_SECONDS)


def create_port(cloud: Connection, name: str) -> str:
    network = cloud.network.find_network("local-cloud", ignore_missing=False)
    return str(cloud.network.create_port(network_id=network.id, name=name).id)


def main() -> None:
    cloud = openstack.connect()
    match sys.argv[1:]:
        case ["kill", state, output, *command]:
            kill(cloud, state, output, command)
        case ["show"]:
            print(json.dumps(show(cloud)))
        case ["delete-servers"]:
            delete_servers(cloud)
        case ["create-port", name]:
            print(create_port(cloud, name))
        case ["delete-port", name]:
            cloud.network.delete_port(cloud.network.find_port(name, ignore_missing=False))
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main()
