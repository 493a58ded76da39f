# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The state of one scenario while it runs, and the hosts to which its servers move."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import GuestError
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import (
    ALL,
    FIRST,
    ONE_HOST,
    ORIGIN,
    SCHEDULER,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_continuity import ConsoleReading
    from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import BootDevices
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.applicability import CloudFacts
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import ScenarioRun
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.resources import (
        OwnResources,
        RunOptions,
    )

Server = dict[str, Any]


@dataclass
class ScenarioContext:
    """What the steps of one scenario share."""

    cloud: Cloud
    run: ScenarioRun
    # The number of the scenario in the run, which spreads the scenarios over the hosts.
    number: int
    options: RunOptions
    facts: CloudFacts
    own: OwnResources
    image: dict[str, Any]
    flavor: dict[str, Any]
    devices: BootDevices
    servers: list[Server] = field(default_factory=list)
    # The host on which each server has booted, by server id.
    origins: dict[str, str] = field(default_factory=dict)
    server_group: str | None = None
    # The private flavor and image of the scenario.
    own_ids: dict[str, str] = field(default_factory=dict)
    readings: dict[str, ConsoleReading] = field(default_factory=dict)

    @property
    def batch_name(self) -> str:
        return f"{self.options.name}-{self.options.run_id}-{self.number}"

    def adopt(self, servers: Sequence[Server]) -> None:
        """Use servers that have booted."""
        self.servers = list(servers)
        self.origins = {server["id"]: server["host"] for server in servers}

    def chosen(self, which: str) -> list[Server]:
        """Return the servers that a step concerns."""
        if which == ALL:
            return self.servers
        return self.servers[:1] if which == FIRST else self.servers[-1:]

    def refresh(self) -> None:
        """Read the servers again."""
        now = {server["id"]: nova_servers.read(self.cloud, server["id"]) for server in self.servers}
        self.servers = [nova_servers.view(found) for found in now.values() if found is not None]

    def destinations(self, servers: Sequence[Server], to: str) -> dict[str, str]:
        """Return the named destinations by server id. The result is empty if the scheduler chooses the hosts."""
        if to == SCHEDULER:
            return {}
        if to == ORIGIN:
            return {
                server["id"]: self.origins[server["id"]]
                if self.origins[server["id"]] != server["host"]
                else self._another(server, position)
                for position, server in enumerate(servers)
            }
        if to == ONE_HOST:
            used = Counter(server["host"] for server in self.servers)
            host = min(self._rotated(), key=lambda name: used[name])
            return {server["id"]: host for server in servers if server["host"] != host}
        return {server["id"]: self._another(server, position) for position, server in enumerate(servers)}

    def boot_host(self) -> str:
        return self._rotated()[0]

    def _rotated(self, offset: int = 0) -> list[str]:
        """Return the usable hosts, starting with a different host for each scenario."""
        hosts = self.facts.hosts
        start = (self.number + offset) % len(hosts)
        return [*hosts[start:], *hosts[:start]]

    def _another(self, server: Server, position: int) -> str:
        found = next((host for host in self._rotated(position) if host != server["host"]), None)
        if found is None:
            raise GuestError(f"{server['name']}: there is no usable compute host other than {server['host']}.")
        return found
