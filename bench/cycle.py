# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare three tools that check whether a server can be live-migrated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench import BenchRun, Tool
from ansible_collections.stackproof.migration.bench.bench_cloud import FLAVOR, IMAGE, OURS, PEERS, PLAYBOOKS, ROOT
from ansible_collections.stackproof.migration.bench.figures import rotated
from ansible_collections.stackproof.migration.bench.meter import measure
from ansible_collections.stackproof.migration.bench.tool_names import CLIENT, RALLY, ROLE

if TYPE_CHECKING:
    from pathlib import Path

OUR_AGENTS, CLIENT_AGENTS = ("stackproof.migration",), ("openstacksdk/",)
# The benchmark recognizes the requests of Rally by these user agents.
RALLY_AGENTS = ("rally ", "python-novaclient")
SCRIPTS = ROOT / "bench" / "peers"


def role(bench: BenchRun, name: str = ROLE) -> Tool:
    """Return the command that runs one cycle with the role migration_cycle."""
    # Earlier benchmarks also chose the destination in the role, so the results stay comparable.
    inputs = {"migration_cycle_report_dir": str(bench.scratch / "report"), "migration_cycle_target": "other"}
    command = (str(OURS / "ansible-playbook"), "regression.yml", "-e", json.dumps(inputs))
    return Tool(name, command, bench.cloud.environment(OURS), PLAYBOOKS, OUR_AGENTS)


def tools(bench: BenchRun) -> list[Tool]:
    names = {"BENCH_IMAGE": IMAGE, "BENCH_FLAVOR": FLAVOR}
    client = {**bench.cloud.environment(PEERS), **names}
    rally = ("rally", "--config-file", str(rally_conf(bench)), "task", "start", str(SCRIPTS / "rally.yaml"))
    return [
        role(bench),
        Tool(RALLY, rally, {**client, **bench.cloud.openrc()}, ROOT, RALLY_AGENTS),
        Tool(CLIENT, ("sh", str(SCRIPTS / "openstackclient-cycle.sh")), client, ROOT, CLIENT_AGENTS),
    ]


def rally_conf(bench: BenchRun) -> Path:
    path = bench.scratch / "rally.conf"
    path.write_text(f"[database]\nconnection = sqlite:///{bench.scratch}/rally.db\n", encoding="utf-8")
    return path


def prepare_rally(bench: BenchRun) -> None:
    """Create the database of Rally. This step is not measured, because a user does it only once."""
    rally = ("rally", "--config-file", str(rally_conf(bench)))
    environment = {**bench.cloud.environment(PEERS), **bench.cloud.openrc()}
    (bench.scratch / "rally.db").unlink(missing_ok=True)
    for arguments in (("db", "create"), ("env", "create", "--name", "bench", "--from-sysenv")):
        measure((*rally, *arguments), environment, ROOT, bench.scratch / "rally-prepare.log")


def run(bench: BenchRun) -> dict[str, list[dict[str, Any]]]:
    prepare_rally(bench)
    found: dict[str, list[dict[str, Any]]] = {}
    for number in range(bench.settings.runs):
        for tool in rotated(tools(bench), number):
            measured = bench.measure_tool(tool)
            found.setdefault(tool.name, []).append(measured)
            bench.report_progress(f"cycle {number + 1}/{bench.settings.runs}: {tool.name}, {measured['wall']:.1f} s")
    return found
