# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure commands in a cloud with many hosts and servers."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench import BenchRun, Tool
from ansible_collections.stackproof.migration.bench.bench_cloud import CLOUD, HOSTS, OURS, PLAYBOOKS, ROOT
from ansible_collections.stackproof.migration.bench.cycle import OUR_AGENTS
from ansible_collections.stackproof.migration.bench.multiply import Multiplier, reporting_up
from ansible_collections.stackproof.migration.bench.server_pool import ServerPool
from ansible_collections.stackproof.migration.bench.tool_names import AUDIT, COVERAGE_PLAN, READINESS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Each measured command except READINESS, AUDIT and COVERAGE_PLAN reads 10 servers, regardless of the number of servers
# in the cloud.
SERVERS = 10
PREFLIGHT, DECISIONS, PLAN, CYCLE = "preflight", "decisions for 10 servers", "drain plan for 10 servers", "full cycle"
# The number of hosts that the readiness report empties at the same time. It does not change the requests.
AT_ONCE = 10

# With each_host, the number of migrations is the number of hosts.
MOST_MOVES = 100_000


def module(bench: BenchRun, name: str, label: str, options: Mapping[str, Any], *, check: bool = False) -> Tool:
    command = (
        str(OURS / "ansible"),
        "localhost",
        "--module-name",
        f"stackproof.migration.{name}",
        "--args",
        json.dumps({"cloud": CLOUD, **options}),
        "--extra-vars",
        json.dumps({"ansible_python_interpreter": str(OURS / "python"), "ansible_connection": "local"}),
        *(["--check"] if check else []),
    )
    # The file ansible.cfg in this folder sets the path of the collection.
    return Tool(label, command, bench.cloud.environment(OURS), ROOT, OUR_AGENTS)


def playbook(bench: BenchRun, name: str, label: str, inputs: Mapping[str, Any], *, check: bool = False) -> Tool:
    command = (
        str(OURS / "ansible-playbook"),
        name,
        "--extra-vars",
        json.dumps(inputs),
        *(["--check"] if check else []),
    )
    return Tool(label, command, bench.cloud.environment(OURS), PLAYBOOKS, OUR_AGENTS)


def tools(bench: BenchRun, servers: Sequence[str]) -> list[Tool]:
    report = str(bench.scratch / "report")
    decisions = {"servers": [*servers], "all_projects": True}
    plan = {"host_drain_host": HOSTS[0], "host_drain_report_dir": report}
    return [
        module(bench, "migration_preflight", PREFLIGHT, {}),
        module(bench, "server_live_migrate", DECISIONS, decisions, check=True),
        playbook(bench, "drain.yml", PLAN, plan, check=True),
        module(bench, "migration_readiness_info", READINESS, {"at_once": AT_ONCE}),
        module(bench, "migration_audit_info", AUDIT, {}),
        module(bench, "migration_matrix_info", COVERAGE_PLAN, {"max_moves": MOST_MOVES}),
    ]


def cycle(bench: BenchRun) -> Tool:
    inputs = {"migration_cycle_report_dir": str(bench.scratch / "report"), "migration_cycle_target": "other"}
    return playbook(bench, "regression.yml", CYCLE, inputs)


def run(bench: BenchRun) -> list[dict[str, Any]]:
    """Measure each command of the benchmark in a small cloud and in a large cloud."""
    ServerPool(bench.nova).set_size(SERVERS)
    servers = ServerPool(bench.nova).on(HOSTS[0])
    hosts, copies = bench.settings.scale_hosts, bench.settings.scale_servers
    with contextlib.closing(Multiplier(bench.cloud.folder)) as multiplier:
        multiplier.remove()
        try:
            bench.report_progress(f"scale: adding {hosts} hosts to the databases")
            multiplier.add_hosts(HOSTS[0], hosts)
            found = measure_size(bench, multiplier, servers, hosts, 0)
            bench.report_progress(f"scale: adding {copies} servers to the databases")
            multiplier.add_servers(servers[0], copies, hosts)
            return found + measure_size(bench, multiplier, servers, hosts, copies)
        finally:
            multiplier.remove()


def measure_size(
    bench: BenchRun, multiplier: Multiplier, servers: Sequence[str], hosts: int, copies: int
) -> list[dict[str, Any]]:
    found = []
    for number in range(bench.settings.runs):
        with reporting_up(bench.cloud.folder):
            measured = [(tool, bench.measure_tool(tool, servers)) for tool in tools(bench, servers)]
        # The copied hosts run no nova-compute, so the scheduler must not choose them.
        multiplier.enable_hosts(enabled=False)
        with reporting_up(bench.cloud.folder):
            measured.append((tool := cycle(bench), bench.measure_tool(tool, servers)))
        multiplier.enable_hosts(enabled=True)
        for tool, values in measured:
            found.append(
                {**values, "command": tool.name, "hosts": len(HOSTS) + hosts, "servers": len(servers) + copies}
            )
            bench.report_progress(
                f"scale {number + 1}/{bench.settings.runs}: {tool.name} with {copies} other servers: "
                f"{values['wall']:.1f} s, {values['requests']} requests, {values['memory']:.0f} MB"
            )
    return found
