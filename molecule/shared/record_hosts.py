#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record the compute host of each server with the metadata KEY=VALUE.

usage: record_hosts.py FILE KEY VALUE

The script polls the servers with openstacksdk until the file FILE.stop exists.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import openstack

POLL_SECONDS = 0.3
TIMEOUT_SECONDS = 900


def add_poll(record: dict[str, Any], hosts: dict[str, str]) -> None:
    record["polls"] += 1
    for server, host in hosts.items():
        known = record["hosts"].setdefault(server, [])
        if [host] != known[-1:]:
            known.append(host)
    if len(set(hosts.values())) < len(hosts):
        record["shared"].append(hosts)


def poll_hosts(cloud: Any, key: str, value: str) -> dict[str, str]:
    return {
        server.name: server.compute_host
        for server in cloud.compute.servers()
        if server.metadata.get(key) == value and server.compute_host
    }


def main() -> None:
    path, key, value = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    cloud = openstack.connect()
    stop = Path(f"{path}.stop")
    stop.unlink(missing_ok=True)
    record: dict[str, Any] = {"polls": 0, "hosts": {}, "shared": []}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not stop.exists() and time.monotonic() < deadline:
        add_poll(record, poll_hosts(cloud, key, value))
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(record), encoding="utf-8")
        temporary.replace(path)
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
