# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the requests of a drain whose servers have volumes and ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench_cloud import HOSTS, IMAGE, NETWORK
from ansible_collections.stackproof.migration.bench.drain import drain
from ansible_collections.stackproof.migration.bench.server_pool import ServerPool
from ansible_collections.stackproof.migration.bench.settings import DRAIN_COPY
from ansible_collections.stackproof.migration.bench.tool_names import ROLE

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.bench.bench import BenchRun


def devices(bench: BenchRun) -> dict[str, Any]:
    """Return the part of a boot request for a boot volume, a data volume and a port."""
    usual = {"destination_type": "volume", "volume_size": 1, "delete_on_termination": True}
    boot = {**usual, "source_type": "image", "uuid": bench.nova.image(IMAGE), "boot_index": 0}
    data = {**usual, "source_type": "blank", "boot_index": -1}
    return {
        "imageRef": "",
        "block_device_mapping_v2": [boot, data],
        "networks": [{"uuid": bench.nova.network(NETWORK)}],
    }


def run(bench: BenchRun) -> list[dict[str, Any]]:
    """Drain the servers there and back. No server was migrated before the first drain."""
    bench.cloud.start(local_cloud_volumes="fake", local_cloud_networks="flat")
    bench.nova.authenticate()
    pool = ServerPool(bench.nova, DRAIN_COPY, devices(bench))
    size = bench.settings.volume_servers
    bench.report_progress(f"volumes: booting {size} servers")
    pool.set_size(size)
    found: list[dict[str, Any]] = []
    for number in range(1 + bench.settings.runs):
        found.append({**drain(bench, pool, ROLE, HOSTS[number % 2]), "migrated": number > 0})
        bench.report_progress(
            f"volumes {number + 1}/{1 + bench.settings.runs}: {size} servers, {found[-1]['wall']:.1f} s, "
            f"{found[-1]['requests'] / size:.2f} requests per server"
        )
    return found
