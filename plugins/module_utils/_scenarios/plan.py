# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that plan which scenarios run side by side, and which servers boot with one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import ANY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import ScenarioRun


@dataclass(frozen=True)
class Pool:
    """Scenarios with the same profile, whose servers boot with one request."""

    number: int
    runs: tuple[ScenarioRun, ...]

    @property
    def count(self) -> int:
        return sum(servers_of(run) for run in self.runs)


@dataclass(frozen=True)
class Wave:
    """Scenarios that run side by side, at most ``max_parallel`` at the same time."""

    runs: tuple[ScenarioRun, ...]
    pools: tuple[Pool, ...]

    def pool_of(self, run: ScenarioRun) -> Pool | None:
        return next((pool for pool in self.pools if run in pool.runs), None)


def servers_of(run: ScenarioRun) -> int:
    return int(run.scenario.boot["count"])


def shares_boot(run: ScenarioRun) -> bool:
    """Return whether the servers of the scenario can boot together with those of other scenarios.

    A scenario about servers of one request boots its own servers, because other servers of the request would change
    what it tests.
    """
    boot, devices = run.scenario.boot, run.profile.devices
    plain = boot["host"] == ANY and not boot["policy"] and not boot["own"] and boot["count"] == 1
    return plain and not devices.server_group_policy and not devices.ports


def plan(runs: Sequence[ScenarioRun], max_servers: int) -> list[Wave]:
    """Return the waves in which the scenarios run. A wave has at most ``max_servers`` servers, but at least a scenario.

    A disruptive scenario has a wave of its own, after all others.
    """
    groups: list[list[ScenarioRun]] = []
    servers = 0
    for run in (run for run in runs if not run.scenario.disruptive):
        if not groups or servers + servers_of(run) > max_servers:
            groups.append([])
            servers = 0
        groups[-1].append(run)
        servers += servers_of(run)
    groups += [[run] for run in runs if run.scenario.disruptive]
    return [Wave(tuple(group), tuple(_pools(group))) for group in groups]


def _pools(runs: Sequence[ScenarioRun]) -> list[Pool]:
    by_profile: dict[str, list[ScenarioRun]] = {}
    for run in runs:
        if shares_boot(run):
            by_profile.setdefault(run.profile.name, []).append(run)
    return [Pool(number, tuple(group)) for number, group in enumerate(by_profile.values(), 1)]
