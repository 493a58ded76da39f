#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A witness for the molecule scenarios: what is in the cloud, by the SDK, without the collection.

observe FILE           note servers of runs into FILE until FILE.stop appears
orphaned_servers RUN ID...    print the run's servers, and what Placement holds for these consumers
"""

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
PATIENCE_SECONDS = 300


def look(cloud: Connection, servers: dict[str, dict[str, Any]]) -> None:
    """Add what is there now to what was seen before."""
    # the newest microversion, and not the SDK's choice, tells reservation and host together
    answer = cloud.compute.get("/servers/detail", microversion="2.90")
    openstack.exceptions.raise_from_response(answer)
    for server in answer.json()["servers"]:
        if RUN_KEY not in server["metadata"]:
            continue
        seen = servers.setdefault(
            server["id"],
            {
                "id": server["id"],
                "run": server["metadata"][RUN_KEY],
                "reservation_id": server["OS-EXT-SRV-ATTR:reservation_id"],
                "hosts": [],
                "statuses": [],
            },
        )
        for what, value in (("hosts", server["OS-EXT-SRV-ATTR:host"]), ("statuses", server["status"])):
            if value is not None and [value] != seen[what][-1:]:
                seen[what].append(value)


def observe(cloud: Connection, notes: Path) -> None:
    """Look again and again."""
    stop = Path(f"{notes}.stop")
    stop.unlink(missing_ok=True)
    servers: dict[str, dict[str, Any]] = {}
    end = time.monotonic() + PATIENCE_SECONDS
    while not stop.exists() and time.monotonic() < end:
        look(cloud, servers)
        fresh = notes.with_suffix(".new")
        fresh.write_text(json.dumps({"servers": servers}), encoding="utf-8")
        fresh.replace(notes)
        time.sleep(POLL_SECONDS)


def orphaned_servers(cloud: Connection, run: str, consumers: list[str]) -> dict[str, Any]:
    """What is still there."""
    allocations = {}
    for consumer in consumers:
        answer = cloud.placement.get(f"/allocations/{consumer}", microversion="1.28")
        openstack.exceptions.raise_from_response(answer)
        if held := answer.json()["allocations"]:
            allocations[consumer] = held
    servers = [server.id for server in cloud.compute.servers() if server.metadata.get(RUN_KEY) == run]
    return {"servers": servers, "allocations": allocations}


def main() -> None:
    """Do as the command line says."""
    cloud = openstack.connect()
    if sys.argv[1] == "observe":
        observe(cloud, Path(sys.argv[2]))
    else:
        print(json.dumps(orphaned_servers(cloud, sys.argv[2], sys.argv[3:])))


if __name__ == "__main__":
    main()
