# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the drain of a host with the role, openstackclient, an Ansible loop, and Nova alone."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.access_log import count
from ansible_collections.stackproof.migration.bench.bench import BenchRun, Tool
from ansible_collections.stackproof.migration.bench.bench_cloud import HOSTS, OURS, PEERS, PLAYBOOKS, ROOT
from ansible_collections.stackproof.migration.bench.cycle import CLIENT_AGENTS, OUR_AGENTS, SCRIPTS
from ansible_collections.stackproof.migration.bench.figures import rotated
from ansible_collections.stackproof.migration.bench.nova_client import AGENT
from ansible_collections.stackproof.migration.bench.server_pool import ServerPool
from ansible_collections.stackproof.migration.bench.settings import DRAIN_COPY
from ansible_collections.stackproof.migration.bench.tool_names import CLIENT, FLOOR, LOOP, ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence

_POLL_SECONDS = 0.5
_LONGEST_SECONDS = 900.0


class DrainError(Exception):
    """A drain did not move all servers to another host."""


def role(bench: BenchRun, host: str, playbook: str = "drain.yml") -> Tool:
    inputs = {"host_drain_host": host, "host_drain_report_dir": str(bench.scratch / "report")}
    command = (str(OURS / "ansible-playbook"), playbook, "-e", json.dumps(inputs))
    return Tool(ROLE, command, bench.cloud.environment(OURS), PLAYBOOKS, OUR_AGENTS)


def loop(bench: BenchRun, servers: Sequence[str]) -> Tool:
    """Return the command that runs a playbook with a loop. The loop migrates one server at a time."""
    command = (
        str(OURS / "ansible-playbook"),
        str(SCRIPTS / "loop.yml"),
        "-e",
        json.dumps({"bench_servers": [*servers]}),
    )
    # The file ansible.cfg in this folder sets the path of the collection.
    return Tool(LOOP, command, bench.cloud.environment(OURS), ROOT, OUR_AGENTS)


def client(bench: BenchRun, host: str) -> Tool:
    """Return the command that runs openstackclient once for each server."""
    command = ("sh", str(SCRIPTS / "openstackclient-drain.sh"), host)
    return Tool(CLIENT, command, bench.cloud.environment(PEERS), ROOT, CLIENT_AGENTS)


def run(bench: BenchRun) -> dict[str, list[dict[str, Any]]]:
    pool = ServerPool(bench.nova, DRAIN_COPY)
    bench.report_progress(f"drain: booting {bench.settings.servers} servers")
    pool.set_size(bench.settings.servers)
    found: dict[str, list[dict[str, Any]]] = {}
    home = 0
    for number in range(bench.settings.runs):
        for name in rotated((ROLE, CLIENT, LOOP, FLOOR), number):
            measured = drain(bench, pool, name, HOSTS[home])
            found.setdefault(name, []).append(measured)
            if name != LOOP or measured["servers"] == bench.settings.servers:
                home = 1 - home
            bench.report_progress(
                f"drain {number + 1}/{bench.settings.runs}: {name}, {measured['servers']} servers, "
                f"{measured['wall']:.1f} s, of which Nova {measured['nova']:.1f} s"
            )
    return found


def drain(bench: BenchRun, pool: ServerPool, name: str, host: str) -> dict[str, Any]:
    """Drain a compute host, and return the measured values."""
    bench.nova.authenticate()
    pool.move_all_to(host)
    servers = pool.on(host)
    if name == LOOP:
        servers = servers[: bench.settings.loop_servers]
    measured = {
        ROLE: lambda: bench.measure_tool(role(bench, host), servers),
        CLIENT: lambda: bench.measure_tool(client(bench, host), servers),
        LOOP: lambda: bench.measure_tool(loop(bench, servers), servers),
        FLOOR: lambda: floor(bench, pool, host, servers),
    }[name]()
    if left := set(servers) & set(pool.on(host)):
        raise DrainError(f"{name}: {len(left)} of {len(servers)} servers are still on {host}.")
    measured["servers"] = len(servers)
    measured["nova"] = nova_seconds(bench, measured["started"], servers)
    if name == ROLE:
        bench.measure_tool(role(bench, host, "undrain.yml"))
    pool.open()
    return measured


def nova_seconds(bench: BenchRun, started: float, servers: Sequence[str]) -> float:
    """Return the seconds from the creation of the first migration record to the end of the last migration."""
    changes = [one for one in bench.status_log.since(started) if one.server in set(servers)]
    if not changes:
        raise DrainError("Nova has written no migration record.")
    return max(one.at for one in changes) - min(one.at for one in changes)


def floor(bench: BenchRun, pool: ServerPool, host: str, servers: Sequence[str]) -> dict[str, Any]:
    """Request all migrations with plain HTTP requests. Return how long Nova needs for the migrations."""
    pool.disable(host)
    mark, started, cpu = bench.logs.mark(), time.time(), time.process_time()
    bench.nova.migrate(servers)
    cpu = time.process_time() - cpu
    deadline = time.monotonic() + _LONGEST_SECONDS
    while len(completed := bench.status_log.completed_since(started)) < len(servers):
        if time.monotonic() > deadline:
            raise DrainError(
                f"Nova completed only {len(completed)} of {len(servers)} migrations in {_LONGEST_SECONDS:.0f} s."
            )
        time.sleep(_POLL_SECONDS)
    requests = count(bench.logs.since(mark), (AGENT,), servers)
    return {
        "started": started,
        "wall": max(completed.values()) - started,
        "cpu": cpu,
        "memory": None,
        "requests": requests.total,
        "named": requests.named,
    }
