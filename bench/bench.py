# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of the benchmark, and the measurement of one command."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.access_log import count
from ansible_collections.stackproof.migration.bench.meter import measure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from ansible_collections.stackproof.migration.bench.access_log import AccessLogs
    from ansible_collections.stackproof.migration.bench.bench_cloud import BenchCloud
    from ansible_collections.stackproof.migration.bench.nova_client import NovaClient
    from ansible_collections.stackproof.migration.bench.settings import Settings
    from ansible_collections.stackproof.migration.bench.status_log import StatusLog


@dataclasses.dataclass(frozen=True)
class Tool:
    """A program that the benchmark runs and measures."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    # The user agents that this program sends in its HTTP requests.
    agents: tuple[str, ...]


@dataclasses.dataclass
class BenchRun:
    settings: Settings
    cloud: BenchCloud
    nova: NovaClient
    status_log: StatusLog
    logs: AccessLogs
    scratch: Path
    started: float = dataclasses.field(default_factory=time.monotonic)

    def report_progress(self, text: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        print(f"{minutes:3d}:{seconds:02d}  {text}", flush=True)

    def measure_tool(self, tool: Tool, servers: Collection[str] = (), *, every_server: bool = False) -> dict[str, Any]:
        """Run the command of a tool in the benchmark, and return its duration, memory and requests.

        The value ``named`` is the number of requests that name one of ``servers`` or one of their migrations. With
        ``every_server``, it is the number for all servers that were migrated.
        """
        mark = self.logs.mark()
        log = self.scratch / f"{tool.name.replace(' ', '-')}.log"
        found = measure(tool.command, tool.environment, tool.folder, log)
        if every_server:
            servers = {one.server for one in self.status_log.since(found.started)}
        ids = {*servers, *self.status_log.migrations_since(found.started, servers)}
        requests = count(self.logs.since(mark), tool.agents, ids)
        return {
            "started": found.started,
            "wall": found.wall,
            "cpu": found.cpu,
            "memory": found.memory,
            "requests": requests.total,
            "named": requests.named,
        }
