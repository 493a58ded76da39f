# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how long a module still runs after Nova has completed a migration."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench_cloud import CLOUD, HOSTS, OURS, ROOT
from ansible_collections.stackproof.migration.bench.meter import measure
from ansible_collections.stackproof.migration.bench.server_pool import COPY, ServerPool
from ansible_collections.stackproof.migration.bench.settings import LAG_COPIES

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.bench.bench import BenchRun

MODULE = "ansible_collections.stackproof.migration.plugins.modules.server_live_migrate"
# In each run, the memory copy takes 0.17 s longer, so it ends at another time after a poll.
_STEP = 0.17


def run(bench: BenchRun) -> list[dict[str, Any]]:
    pool = ServerPool(bench.nova, LAG_COPIES[0])
    pool.set_size(1)
    (server,) = pool.on(HOSTS[0])
    found: list[dict[str, Any]] = []
    for number in range(bench.settings.runs):
        for copy in LAG_COPIES:
            bench.nova.set_metadata(server, {COPY: f"{copy + number * _STEP:.2f}"})
            measured = {"copy": copy, **follow(bench, server)}
            found.append(measured)
            bench.report_progress(
                f"lag {number + 1}/{bench.settings.runs}: the copy took {copy:.0f} s,"
                f" and the module returned {measured['lag']:.2f} s after the migration."
            )
    return found


def follow(bench: BenchRun, server: str) -> dict[str, Any]:
    """Live-migrate one server, and measure how long the module server_live_migrate runs."""
    order = bench.scratch / "order.json"
    order.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {"cloud": CLOUD, "servers": [server]}}), encoding="utf-8")
    log = bench.scratch / "lag.log"
    environment = {**bench.cloud.environment(OURS), "PYTHONPATH": str(ROOT / "playbooks" / "collections")}
    call = measure((str(OURS / "python"), "-m", MODULE, str(order)), environment, ROOT, log)
    completed = bench.status_log.completed_since(call.started)[server]
    (migration,) = json.loads(log.read_text(encoding="utf-8"))["migrations"]
    known = datetime.fromisoformat(migration["concluded"]).timestamp()
    return {"lag": call.ended - completed, "known": known - completed, "wall": call.wall, "cpu": call.cpu}
