# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that plan which servers boot with one request, and how many servers exist at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import ALL, ANY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import ScenarioRun


@dataclass(frozen=True)
class Pool:
    """Scenarios with the same profile, whose servers boot with one request. Each scenario has one server."""

    number: int
    runs: tuple[ScenarioRun, ...]

    @property
    def places(self) -> int:
        return sum(places_of(run) for run in self.runs)


def servers_of(run: ScenarioRun) -> int:
    return int(run.scenario.boot["count"])


def places_of(run: ScenarioRun) -> int:
    """Return for how many servers of the scenario each host must have room.

    A resize can keep a server on its host. Until the confirmation, the host then has room for the server twice.
    """
    servers = servers_of(run)
    resized = [servers if step.options["servers"] == ALL else 1 for step in run.scenario.steps if step.name == "resize"]
    return servers + max(resized, default=0)


def shares_boot(run: ScenarioRun) -> bool:
    """Return whether the servers of the scenario can boot together with those of other scenarios.

    A scenario about servers of one request boots its own servers, because other servers of the request would change
    what it tests.
    """
    boot, devices = run.scenario.boot, run.profile.devices
    plain = boot["host"] == ANY and not boot["policy"] and not boot["own"] and boot["count"] == 1
    return plain and not devices.server_group_policy and not devices.ports


def plan(runs: Sequence[ScenarioRun], max_servers: int) -> list[Pool | ScenarioRun]:
    """Return the pools, and the scenarios that boot their own servers, in the order of their first scenarios.

    A pool has at most half of ``max_servers`` places, so that it can boot while scenarios of another pool run. A
    disruptive scenario is not in the plan, because it runs after all others.
    """
    planned = [run for run in runs if not run.scenario.disruptive]
    pools = [Pool(number, shared) for number, shared in enumerate(_shared(planned, max_servers // 2), 1)]
    by_first = {pool.runs[0].id: pool for pool in pools}
    later = {run.id for pool in pools for run in pool.runs[1:]}
    return [by_first.get(run.id, run) for run in planned if run.id not in later]


def _shared(runs: Sequence[ScenarioRun], most: int) -> Iterator[tuple[ScenarioRun, ...]]:
    """Yield the scenarios whose servers boot with one request. They have at most ``most`` places."""
    open_pools: dict[str, list[ScenarioRun]] = {}
    closed = []
    for run in (run for run in runs if shares_boot(run)):
        found = open_pools.setdefault(run.profile.name, [])
        if sum(map(places_of, found)) + places_of(run) > most:
            closed.append(found)
            found = open_pools[run.profile.name] = []
        found.append(run)
    yield from (tuple(found) for found in [*closed, *open_pools.values()] if len(found) > 1)
