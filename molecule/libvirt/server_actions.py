#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stop, resize or cold-migrate a server, and print its status before and after as JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.compute.v2._proxy import Proxy as Compute

TIMEOUT_SECONDS = 120
POLL_SECONDS = 0.5


def describe(server: Any) -> dict[str, str]:
    return {"status": server.status, "host": server.compute_host, "flavor": server.flavor["name"]}


def wait_for(compute: Compute, server_id: str, *statuses: str) -> dict[str, str]:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        server = compute.get_server(server_id)
        if server.status in statuses and server.task_state is None:
            return describe(server)
        if time.monotonic() > deadline or server.status == "ERROR":
            msg = f"server {server_id}: status={server.status} task_state={server.task_state} fault={server.fault}"
            raise TimeoutError(msg)
        time.sleep(POLL_SECONDS)


def main(action: str, server_id: str, *arguments: str) -> None:
    compute = openstack.connect().compute
    before = describe(compute.get_server(server_id))
    moved = None
    if action == "stop":
        compute.stop_server(server_id)
        after = wait_for(compute, server_id, "SHUTOFF")
    else:
        if action == "resize":
            compute.resize_server(server_id, compute.find_flavor(arguments[0]).id)
        else:
            compute.migrate_server(server_id)
        moved = wait_for(compute, server_id, "VERIFY_RESIZE")
        finish = compute.confirm_server_resize if arguments[-1] == "confirm" else compute.revert_server_resize
        finish(server_id)
        after = wait_for(compute, server_id, "ACTIVE", "SHUTOFF")
    print(json.dumps({"before": before, "moved": moved, "after": after}))


if __name__ == "__main__":
    main(*sys.argv[1:])
