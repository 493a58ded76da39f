# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how the requests and the memory of the modules grow with the number of servers in the cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench_cloud import HOSTS
from ansible_collections.stackproof.migration.bench.drain import drain
from ansible_collections.stackproof.migration.bench.server_pool import ServerPool
from ansible_collections.stackproof.migration.bench.settings import DRAIN_COPY
from ansible_collections.stackproof.migration.bench.tool_names import ROLE

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.bench.bench import BenchRun


def run(bench: BenchRun) -> list[dict[str, Any]]:
    pool = ServerPool(bench.nova, DRAIN_COPY)
    found: list[dict[str, Any]] = []
    for size in bench.settings.growth:
        bench.nova.authenticate()
        pool.set_size(size)
        for number in range(bench.settings.growth_runs):
            measured = drain(bench, pool, ROLE, HOSTS[number % 2])
            found.append(measured)
            bench.report_progress(
                f"growth {number + 1}/{bench.settings.growth_runs}: {size} servers, {measured['wall']:.1f} s, "
                f"{measured['requests']} requests, {measured['memory']:.0f} MB"
            )
    return found
