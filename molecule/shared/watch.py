#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A witness: where servers are, again and again, by the SDK and without the collection.

watch.py FILE KEY VALUE   note the servers with this metadata into FILE until FILE.stop appears

Each look is one list, which Nova reads from its database at one moment. FILE holds how many looks there were, the hosts
of each server in their order, and each look in which servers shared a host.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import openstack

POLL_SECONDS = 0.3
PATIENCE_SECONDS = 900


def add(notes: dict[str, Any], hosts: dict[str, str]) -> None:
    """One look: the host of each server."""
    notes["looks"] += 1
    for server, host in hosts.items():
        seen = notes["hosts"].setdefault(server, [])
        if [host] != seen[-1:]:
            seen.append(host)
    if len(set(hosts.values())) < len(hosts):
        notes["shared"].append(hosts)


def look(cloud: Any, key: str, value: str) -> dict[str, str]:
    """The host of each server with this metadata, when it has one."""
    return {
        server.name: server.compute_host
        for server in cloud.compute.servers()
        if server.metadata.get(key) == value and server.compute_host
    }


def main() -> None:
    """Record observations until the stop file exists."""
    path, key, value = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    cloud = openstack.connect()
    stop = Path(f"{path}.stop")
    stop.unlink(missing_ok=True)
    notes: dict[str, Any] = {"looks": 0, "hosts": {}, "shared": []}
    end = time.monotonic() + PATIENCE_SECONDS
    while not stop.exists() and time.monotonic() < end:
        add(notes, look(cloud, key, value))
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(notes), encoding="utf-8")
        fresh.replace(path)
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
