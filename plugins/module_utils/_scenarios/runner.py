# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Run scenarios side by side, and delete everything that they have created."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, Failure
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline
from ansible_collections.stackproof.migration.plugins.module_utils._module.progress_file import line_writer
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_owner import RUN_KEY, is_abandoned
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.applicability import why_not_applicable
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.boots import PoolBoot
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.context import ScenarioContext
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.facts_reader import (
    FactsReader,
    devices_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import NOT_APPLICABLE, ScenarioRun
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.plan import plan
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.resources import (
    OwnResources,
    RunOptions,
    delete_marked,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.scenario_work import (
    ScenarioWork,
    result_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.schedule import Schedule
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot import BatchRequest
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete import (
    BatchDeletion,
    Selection,
    delete_servers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import BootDevices
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.applicability import CloudFacts
    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import Profile

# The scenario would run, but the module runs in check mode.
PLANNED = "planned"
NOTHING: dict[str, Any] = {
    "scenarios": [],
    "hosts": [],
    "versions": None,
    "microversion": None,
    "networks": [],
    "deleted": [],
}


@dataclass
class ScenarioRunner:
    """Runs scenarios on one cloud."""

    cloud: Cloud
    options: RunOptions
    check_mode: bool = False
    _results: dict[str, dict[str, Any]] = field(default_factory=dict)
    _deleted: list[str] = field(default_factory=list)
    _failure: Failure | None = None

    def __post_init__(self) -> None:
        self._write = line_writer(self.options.progress_file) if self.options.progress_file else _ignore
        self._own = OwnResources(self.cloud, self.options)
        self._reader = FactsReader(self.cloud, self.options)

    def run(self, runs: Sequence[ScenarioRun]) -> Report:
        """Run the scenarios. The report contains their results in the same order."""
        if not self.check_mode:
            now = datetime.now(UTC)
            self._deleted += delete_marked(self.cloud, lambda mark: is_abandoned(mark, now))
        facts = self._reader.read({run.profile.name: run.profile for run in runs}.values())
        applicable = []
        for run in runs:
            why = why_not_applicable(run, facts)
            if why is None:
                applicable.append(run)
            else:
                self._results[run.id] = result_of(run, NOT_APPLICABLE, why)
        failure = None
        if self.check_mode:
            self._results |= {run.id: result_of(run, PLANNED, "") for run in applicable}
        else:
            failure = self._run_all(applicable, {run.id: number for number, run in enumerate(runs, 1)}, facts)
        values = self._values(runs, facts)
        return Report(values) if failure is None else Report.failure(failure, values)

    def _values(self, runs: Sequence[ScenarioRun], facts: CloudFacts) -> dict[str, Any]:
        usable = [{"name": name, "usable": True, "reason": None} for name in facts.hosts]
        others = [{"name": name, "usable": False, "reason": why} for name, why in facts.unusable.items()]
        return {
            "changed": not self.check_mode and any(self._results[run.id]["steps"] for run in runs),
            "scenarios": [self._results[run.id] for run in runs],
            "hosts": usable + others,
            "versions": list(facts.versions),
            "microversion": facts.newest,
            "networks": list(facts.networks),
            "deleted": self._deleted,
        }

    def _run_all(self, runs: Sequence[ScenarioRun], numbers: Mapping[str, int], facts: CloudFacts) -> Failure | None:
        """Run the scenarios, and delete everything that they have created. Return the failure of the deletion."""
        contexts = {run.id: self._context(run, numbers[run.id], facts) for run in runs}
        schedule = Schedule(plan(runs, facts.max_servers), facts.max_servers)
        try:
            call_concurrently(self._calls(schedule, contexts), self.options.max_parallel)
            for run in runs:
                if run.scenario.disruptive:
                    self._run_scenario(ScenarioWork(contexts[run.id], None, self._write))
                    self._keep_failure(self.delete())
        finally:
            self._keep_failure(self.delete())
        return self._failure

    def _calls(self, schedule: Schedule, contexts: Mapping[str, ScenarioContext]) -> Iterator[Callable[[], None]]:
        boots: dict[int, PoolBoot] = {}
        while (start := schedule.next()) is not None:
            pool, run = start.pool, start.run
            if run is not None:
                boot = None if pool is None else boots[pool.number]
                yield self._scenario(ScenarioWork(contexts[run.id], boot, self._write), schedule)
            elif pool is not None:
                boots[pool.number] = PoolBoot(pool)
                yield self._pool_boot(boots[pool.number], contexts[pool.runs[0].id], schedule)

    def _pool_boot(self, boot: PoolBoot, context: ScenarioContext, schedule: Schedule) -> Callable[[], None]:
        count = len(boot.pool.runs)
        request = BatchRequest(
            name=f"{self.options.name}-{self.options.run_id}-p{boot.pool.number}",
            count=count,
            image=str(context.image["id"]),
            flavor=str(context.flavor["id"]),
            devices=context.devices,
            metadata={**context.run.profile.metadata, **self.options.mark},
            tags=self.options.tags,
        )

        def work() -> None:
            self._write(f"boot {count} servers with one request, for {count} scenarios")
            try:
                boot.run(self.cloud.for_thread(), request, self.options)
            finally:
                schedule.booted(boot.pool)

        return work

    def _devices(self, profile: Profile, facts: CloudFacts) -> BootDevices:
        devices = devices_of(profile, facts.networks)
        assert devices is not None  # noqa: S101  # a profile without its networks is not applicable
        return devices

    def _context(self, run: ScenarioRun, number: int, facts: CloudFacts) -> ScenarioContext:
        return ScenarioContext(
            cloud=self.cloud.for_thread(),
            run=run,
            number=number,
            options=self.options,
            facts=facts,
            own=self._own,
            image=self._reader.images[run.profile.name],
            flavor=self._reader.flavors[run.profile.name],
            devices=self._devices(run.profile, facts),
        )

    def _scenario(self, scenario: ScenarioWork, schedule: Schedule) -> Callable[[], None]:
        def work() -> None:
            try:
                self._run_scenario(scenario)
            finally:
                schedule.ended(scenario.context.run)

        return work

    def _run_scenario(self, scenario: ScenarioWork) -> None:
        run = scenario.context.run
        result = self._results[run.id] = scenario.run()
        reason = f": {result['reason']}" if result["reason"] else ""
        self._write(f"{run.id}: {result['outcome']} after {result['seconds']:.0f} s{reason}")
        self._delete_servers(scenario.context)

    def _delete_servers(self, context: ScenarioContext) -> None:
        """Delete the servers of a scenario, so that other scenarios have room.

        The deletion at the end of the run repeats what fails here, except the release of allocations.
        """
        cloud, servers = context.cloud, context.servers
        cloud.deadline = deadline = Deadline(cloud.clock, self.options.delete_timeout)
        with contextlib.suppress(CloudError):
            deletion = delete_servers(cloud, servers, deadline, self.options.pace, release_allocations=True)
            self._deleted += [f"server {server['name']}" for server in servers if server not in deletion.remaining]
            if not deletion.remaining:
                self._keep_failure(deletion.failure)

    def _keep_failure(self, failure: Failure | None) -> None:
        self._failure = self._failure or failure

    def delete(self) -> Failure | None:
        """Delete everything that this run has created, and enable the services that it has disabled."""
        try:
            found = delete_run(self.cloud, self.options, self.options.run_id)
        except CloudError as error:
            return error.failure
        self._deleted += found.values["deleted"]
        return Failure(**found.values["failure"]) if found.failed else None


def delete_run(cloud: Cloud, options: RunOptions, run_id: str, *, check_mode: bool = False) -> Report:
    """Delete everything that a run has created, and enable the compute services that it has disabled."""
    selection = Selection(metadata={RUN_KEY: run_id}, tags=options.tags)
    deletion = BatchDeletion(
        cloud, selection, options.delete_timeout, options.pace, check_mode, release_allocations=True
    )
    report = deletion.run()
    cloud.deadline = None
    servers = [f"server {server['name']}" for server in report.values["servers"]]
    others = delete_marked(cloud, lambda mark: mark.get(RUN_KEY) == run_id, check_mode=check_mode)
    report.values["deleted"] = servers + others
    return report


def delete_runs(cloud: Cloud, options: RunOptions, run_ids: Sequence[str], *, check_mode: bool) -> Report:
    """Delete everything of these runs, and the flavors, images and disabled services of runs that were killed."""
    deleted: list[str] = []
    failure = None
    for run_id in run_ids:
        report = delete_run(cloud, options, run_id, check_mode=check_mode)
        deleted += report.values["deleted"]
        failure = failure or report.values.get("failure")
    now = datetime.now(UTC)
    deleted += delete_marked(cloud, lambda mark: is_abandoned(mark, now), check_mode=check_mode)
    values = {**NOTHING, "changed": bool(deleted), "deleted": deleted}
    return Report(values) if failure is None else Report.failure(Failure(**failure), values)


def _ignore(_text: str) -> None:
    """Show no progress."""
