# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Run one scenario: boot its servers, make its steps, and judge it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Stopwatch
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.boots import (
    BootError,
    PoolBoot,
    boot_own,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    ERROR,
    INCONCLUSIVE,
    PASSED,
    KnownIssue,
    ScenarioRun,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.steps import STEPS
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.texts import step_text
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.verdict import (
    StepResult,
    check,
    judge_scenario,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.context import ScenarioContext

# A boot that fails for one of these reasons says nothing about migrations.
_NO_SERVERS = ("quota", "no_valid_host", "timeout", "server")


def result_of(
    run: ScenarioRun,
    outcome: str,
    reason: str,
    *,
    started: str = "",
    seconds: float = 0.0,
    steps: Sequence[StepResult] = (),
    issues: Sequence[KnownIssue] = (),
) -> dict[str, Any]:
    """Return the result of a scenario in the form of the module result. Times are in seconds."""
    scenario = run.scenario
    return {
        "id": run.id,
        "suite": scenario.suite,
        "name": scenario.name,
        "profile": run.profile.name,
        "title": scenario.title,
        "tests": scenario.tests,
        "tags": list(scenario.tags),
        "bugs": [bug.as_result() for bug in scenario.bugs],
        "expected_checks": list(scenario.checks),
        "outcome": outcome,
        "reason": reason,
        "started": started,
        "seconds": seconds,
        "steps": [step.as_result() for step in steps],
        "known_issues": [issue.as_result() for issue in issues],
    }


@dataclass
class ScenarioWork:
    """Makes the steps of one scenario in a thread."""

    context: ScenarioContext
    # The boot that the scenario shares with others. None if the scenario boots its own servers.
    shared: PoolBoot | None
    write: Callable[[str], None]
    _steps: list[StepResult] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        """Return the result of the scenario. No error leaves this method, so that other scenarios continue."""
        run, cloud = self.context.run, self.context.cloud
        self._steps = [StepResult(step.name, step_text(step)) for step in run.scenario.steps]
        watch, started = Stopwatch(cloud.clock), _text_of(cloud.now())
        for number, step in enumerate(self._steps):
            self._make(number, step)
            if step.outcome != PASSED:
                break
        facts = self.context.facts
        outcome, reason, issues = judge_scenario(
            run.scenario, self._steps, facts.versions, administrator=facts.administrator
        )
        return result_of(run, outcome, reason, started=started, seconds=watch.seconds, steps=self._steps, issues=issues)

    def _make(self, number: int, result: StepResult) -> None:
        cloud = self.context.cloud
        watch, result.started = Stopwatch(cloud.clock), _text_of(cloud.now())
        self.write(f"{self.context.run.id}: step {number + 1} of {len(self._steps)}: {result.text}")
        try:
            if number == 0:
                self._boot(result)
            else:
                step = self.context.run.scenario.steps[number]
                STEPS[step.name](self.context, step.options, result)
        except CloudError as error:
            result.outcome, result.reason = _outcome_of(error), error.failure.message
        except Exception as error:  # noqa: BLE001  # an unexpected error in one scenario must not end the others
            result.outcome = ERROR
            result.reason = f"Internal error: {type(error).__name__}: {error}. {_where(error)}"
        finally:
            cloud.deadline = None
            result.seconds = watch.seconds

    def _boot(self, result: StepResult) -> None:
        context = self.context
        count = int(context.run.scenario.boot["count"])
        context.adopt(boot_own(context) if self.shared is None else [self.shared.server_of(context.run)])
        result.checks.append(check("servers", count, len(context.servers)))
        result.outcome = PASSED


def _outcome_of(error: CloudError) -> str:
    if isinstance(error, BootError) and error.failure.kind in _NO_SERVERS:
        return INCONCLUSIVE
    return ERROR


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"Report this as a bug ({frame.filename.rpartition('/')[2]}, line {frame.lineno})."


def _text_of(moment: Any) -> str:
    return str(moment.isoformat(timespec="milliseconds"))
