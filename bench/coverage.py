# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare three tools that test live migration on every compute host of a cloud."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.stackproof.migration.bench.bench import BenchRun, Tool
from ansible_collections.stackproof.migration.bench.bench_cloud import (
    FLAVOR,
    IMAGE,
    OURS,
    PEERS,
    PLAYBOOKS,
    ROOT,
    host_names,
)
from ansible_collections.stackproof.migration.bench.cycle import (
    CLIENT_AGENTS,
    OUR_AGENTS,
    RALLY_AGENTS,
    SCRIPTS,
    prepare_rally,
    rally_conf,
)
from ansible_collections.stackproof.migration.bench.cycle import role as cycle
from ansible_collections.stackproof.migration.bench.figures import rotated
from ansible_collections.stackproof.migration.bench.tool_names import CLIENT, CYCLE, RALLY, ROLE

MAX_PARALLEL = 5


def tools(bench: BenchRun) -> list[Tool]:
    names = {"BENCH_IMAGE": IMAGE, "BENCH_FLAVOR": FLAVOR}
    client = {**bench.cloud.environment(PEERS), **names}
    inputs = {
        "regression_coverage": "each_host",
        "regression_max_parallel": MAX_PARALLEL,
        "migration_coverage_report_dir": str(bench.scratch / "report"),
    }
    role = (str(OURS / "ansible-playbook"), "regression.yml", "-e", json.dumps(inputs))
    # Rally lets Nova's scheduler choose the hosts. It makes as many migrations as the cloud has hosts.
    rally_inputs = json.dumps({"times": bench.settings.coverage_hosts, "concurrency": MAX_PARALLEL})
    task = ("task", "start", str(SCRIPTS / "rally-coverage.yaml.j2"), "--task-args", rally_inputs)
    rally = ("rally", "--config-file", str(rally_conf(bench)), *task)
    shell = ("sh", str(SCRIPTS / "openstackclient-coverage.sh"), *host_names(bench.settings.coverage_hosts))
    return [
        Tool(ROLE, role, bench.cloud.environment(OURS), PLAYBOOKS, OUR_AGENTS),
        cycle(bench, CYCLE),
        Tool(RALLY, rally, {**client, **bench.cloud.openrc()}, ROOT, RALLY_AGENTS),
        Tool(CLIENT, shell, client, ROOT, CLIENT_AGENTS),
    ]


def run(bench: BenchRun) -> dict[str, list[dict[str, Any]]]:
    """Measure the tools in a cloud with more hosts than the other parts of the benchmark use."""
    hosts = bench.settings.coverage_hosts
    bench.report_progress(f"coverage: starting {hosts} hosts")
    bench.cloud.start(local_cloud_hosts=hosts)
    try:
        prepare_rally(bench)
        found: dict[str, list[dict[str, Any]]] = {}
        for number in range(bench.settings.runs):
            for tool in rotated(tools(bench), number):
                measured = bench.measure_tool(tool, every_server=True)
                pairs = bench.status_log.completed_pairs_since(measured["started"])
                measured |= {
                    "hosts": hosts,
                    "moves": len(pairs),
                    "sources": len({source for source, _destination in pairs}),
                    "destinations": len({destination for _source, destination in pairs}),
                }
                found.setdefault(tool.name, []).append(measured)
                bench.report_progress(
                    f"coverage {number + 1}/{bench.settings.runs}: {tool.name}, {measured['wall']:.1f} s,"
                    f" {measured['moves']} migrations, {measured['requests']} requests"
                )
        return found
    finally:
        bench.cloud.start()
