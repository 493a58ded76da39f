# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the time from the end of a migration in Nova to the end of the module."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench_cloud import CLOUD, HOSTS, OURS, ROOT
from ansible_collections.stackproof.migration.bench.cycle import OUR_AGENTS
from ansible_collections.stackproof.migration.bench.figures import rotated
from ansible_collections.stackproof.migration.bench.meter import measure
from ansible_collections.stackproof.migration.bench.server_pool import COPY, ServerPool
from ansible_collections.stackproof.migration.bench.settings import LAG_COPIES
from ansible_collections.stackproof.migration.bench.tool_names import NOTIFICATIONS, POLLS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.bench.access_log import Request
    from ansible_collections.stackproof.migration.bench.bench import BenchRun

MODULE = "ansible_collections.stackproof.migration.plugins.modules.server_live_migrate"
# Each test run copies 0.17 s longer, so that the copies end at different times between two polls.
_STEP = 0.17


def run(bench: BenchRun) -> list[dict[str, Any]]:
    """Measure how late the module notices the end of a migration, with polls and with notifications."""
    pool = ServerPool(bench.nova, LAG_COPIES[0])
    pool.set_size(1)
    (server,) = pool.on(HOSTS[0])
    found: list[dict[str, Any]] = []
    for number in range(bench.settings.runs):
        for copy in LAG_COPIES:
            bench.nova.set_metadata(server, {COPY: f"{copy + number * _STEP:.2f}"})
            for way in rotated((POLLS, NOTIFICATIONS), number):
                measured = {"copy": copy, "way": way, **follow(bench, server, way)}
                found.append(measured)
                bench.report_progress(
                    f"lag {number + 1}/{bench.settings.runs}, {way}: the copy took {copy:.0f} s,"
                    f" and the module returned {measured['lag']:.2f} s after the migration."
                )
    return found


def follow(bench: BenchRun, server: str, way: str) -> dict[str, Any]:
    """Live-migrate one server, and measure how long the module server_live_migrate runs."""
    order = bench.scratch / "order.json"
    options = {"notifications": bench.cloud.notifications} if way == NOTIFICATIONS else {}
    arguments = {"ANSIBLE_MODULE_ARGS": {"cloud": CLOUD, "servers": [server], **options}}
    order.write_text(json.dumps(arguments), encoding="utf-8")
    log = bench.scratch / "lag.log"
    environment = {**bench.cloud.environment(OURS), "PYTHONPATH": str(ROOT / "playbooks" / "collections")}
    mark = bench.logs.mark()
    call = measure((str(OURS / "python"), "-m", MODULE, str(order)), environment, ROOT, log)
    completed = bench.status_log.completed_since(call.started)[server]
    result = json.loads(log.read_text(encoding="utf-8"))
    (migration,) = result["migrations"]
    known = datetime.fromisoformat(migration["concluded"]).timestamp()
    return {
        "lag": call.ended - completed,
        "known": known - completed,
        "wall": call.wall,
        "cpu": call.cpu,
        "requests": requests_after_start(bench.logs.since(mark)),
        "state": (result["notifications"] or {}).get("state"),
    }


def requests_after_start(requests: Iterable[Request]) -> int:
    """Return the number of requests that the module sent while it followed one migration.

    Placement has a log of its own. The requests in this log count from the first request for a resource
    provider.
    """
    own = [one for one in requests if one.agent.startswith(OUR_AGENTS)]
    found = 0
    for service, starts in (("nova", "/action"), ("placement", "/resource_providers/")):
        of_service = [one for one in own if one.service == service]
        first = next(number for number, one in enumerate(of_service) if starts in one.target)
        found += len(of_service) - first - 1
    return found
