#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the servers and the allocations of one run as JSON. The script uses the SDK and not the collection."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

RUN_KEY = "stackproof_run"
POLL_SECONDS = 0.2
TIMEOUT_SECONDS = 300


def poll_servers(cloud: Connection, servers: dict[str, dict[str, Any]]) -> None:
    # Microversion 2.90 returns both the reservation id and the host of a server.
    response = cloud.compute.get("/servers/detail", microversion="2.90")
    openstack.exceptions.raise_from_response(response)
    for server in response.json()["servers"]:
        if RUN_KEY not in server["metadata"]:
            continue
        record = servers.setdefault(
            server["id"],
            {
                "id": server["id"],
                "run": server["metadata"][RUN_KEY],
                "reservation_id": server["OS-EXT-SRV-ATTR:reservation_id"],
                "hosts": [],
                "statuses": [],
            },
        )
        for key, value in (("hosts", server["OS-EXT-SRV-ATTR:host"]), ("statuses", server["status"])):
            if value is not None and [value] != record[key][-1:]:
                record[key].append(value)


def observe(cloud: Connection, file: Path) -> None:
    stop = Path(f"{file}.stop")
    stop.unlink(missing_ok=True)
    servers: dict[str, dict[str, Any]] = {}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not stop.exists() and time.monotonic() < deadline:
        poll_servers(cloud, servers)
        temporary = file.with_suffix(".new")
        temporary.write_text(json.dumps({"servers": servers}), encoding="utf-8")
        temporary.replace(file)
        time.sleep(POLL_SECONDS)


def orphans(cloud: Connection, run: str, consumers: list[str]) -> dict[str, Any]:
    allocations = {}
    for consumer in consumers:
        response = cloud.placement.get(f"/allocations/{consumer}", microversion="1.28")
        openstack.exceptions.raise_from_response(response)
        if found := response.json()["allocations"]:
            allocations[consumer] = found
    servers = [server.id for server in cloud.compute.servers() if server.metadata.get(RUN_KEY) == run]
    return {"servers": servers, "allocations": allocations}


def main() -> None:
    cloud = openstack.connect()
    if sys.argv[1] == "observe":
        observe(cloud, Path(sys.argv[2]))
    else:
        print(json.dumps(orphans(cloud, sys.argv[2], sys.argv[3:])))


if __name__ == "__main__":
    main()
