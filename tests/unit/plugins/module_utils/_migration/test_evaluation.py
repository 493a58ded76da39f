# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration import evaluation
from ansible_collections.stackproof.migration.plugins.module_utils._migration.evaluation import Situation, Step
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan, Observation
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import COLD, LIVE
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation
from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import Reach

PLAN = MigrationPlan("id", "probe", source="compute1", expected_host="compute2")
RECORD = {
    "id": 7,
    "uuid": "5d3b",
    "type": "live-migration",
    "status": "completed",
    "source": "compute1",
    "destination": "compute2",
    "source_node": "compute1",
    "destination_node": "compute2",
}
SERVER = {
    "id": "id",
    "status": "ACTIVE",
    "task_state": None,
    "host": "compute2",
    "host_id": "h2",
    "power_state": "running",
}
ENDED = Observation(RECORD, SERVER)
ON_THE_WAY = {**SERVER, "task_state": "migrating", "status": "MIGRATING", "host": "compute1"}
SILENT = Reach("192.0.2.1 (icmp)", answers=False, silent=2.0, longest=2.0, possible=2.0)


def situation(status: str | None = "completed", server: dict[str, Any] | None = SERVER, **more: Any) -> Situation:
    record = None if status is None else {**RECORD, "status": status}
    observed = {
        name: more.pop(name) for name in ("server_allocations", "migration_allocations", "reach") if name in more
    }
    return Situation(**{"plan": PLAN, "observation": Observation(record, server, **observed), "key": "5d3b", **more})


# Tests while the status of the record is not final


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (situation("running"), Step.WAIT),
        (situation("running", timed_out=True), Step.GIVE_UP),
        (situation("running", timed_out=True, on_timeout="abort"), Step.INTERVENE),
        (situation("running", timed_out=True, on_timeout="abort", intervened_with="abort"), Step.WAIT),
        (situation("running", timed_out=True, on_timeout="abort", grace_over=True), Step.GIVE_UP),
        # No migration record exists yet. Therefore there is nothing to abort.
        (situation(None, key=None, timed_out=True, on_timeout="abort"), Step.WAIT),
        (situation(None, key=None), Step.WAIT),
        # The server is in status MIGRATING. Therefore its record can still appear.
        (situation(None, ON_THE_WAY, key=None, may_appear=False), Step.WAIT),
        (situation(None, key=None, may_appear=False), Step.LOST),
        # Nova deletes the migration record when it deletes the server.
        (situation(None, None, key=None), Step.LOST),
        (situation(None), Step.LOST),
    ],
)
def test_step_while_record_has_not_ended(now: Situation, step: Step) -> None:
    assert evaluation.step_before_end(now) is step


# Tests after the status of the record became final


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (situation(seconds_since_end=0.0), Step.CONCLUDE),
        # Nova can set the record to completed before it updates the server.
        (situation(server=ON_THE_WAY, seconds_since_end=0.0), Step.WAIT),
        (situation(server=ON_THE_WAY, seconds_since_end=30.0, settled=True), Step.CONCLUDE),
        (situation(server=ON_THE_WAY, seconds_since_end=0.0, verify=False), Step.CONCLUDE),
        # Nova updates Placement last.
        (situation(seconds_since_end=0.0, server_allocations=[Allocation("compute1", "compute1", {})]), Step.WAIT),
        (
            situation(
                seconds_since_end=0.0,
                server_allocations=[Allocation("compute2", "compute2", {})],
                migration_allocations=[],
            ),
            Step.CONCLUDE,
        ),
        # The status of a failed record can change again. The module waits for two equal polls, or for some seconds.
        (situation("error", {**SERVER, "host": "compute1"}, seconds_since_end=0.0), Step.WAIT),
        (situation("error", {**SERVER, "host": "compute1"}, seconds_since_end=0.5, stable_polls=1), Step.CONCLUDE),
        (situation("error", {**SERVER, "status": "ERROR"}, seconds_since_end=1.9), Step.WAIT),
        (situation("error", {**SERVER, "status": "ERROR"}, seconds_since_end=2.0), Step.CONCLUDE),
        (situation("error", {**ON_THE_WAY, "task_state": "migrating"}, seconds_since_end=2.0), Step.WAIT),
        # The probe waits until the server answers.
        (situation(seconds_since_end=1.0, reach=SILENT), Step.WAIT),
        (situation(seconds_since_end=30.0, settled=True, reach=SILENT), Step.CONCLUDE),
        (situation(seconds_since_end=1.0, reach=replace(SILENT, answers=True)), Step.CONCLUDE),
        (situation(seconds_since_end=1.0, reach=replace(SILENT, answers=None)), Step.CONCLUDE),
    ],
)
def test_step_after_record_has_ended(now: Situation, step: Step) -> None:
    polls = evaluation.stable_polls(now, evaluation.checks_at(now))
    assert evaluation.step_after_end(now, polls) is step


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (situation(seconds_since_end=0.0), True),
        (situation(server=ON_THE_WAY, seconds_since_end=0.0), False),
        (situation(server=ON_THE_WAY, seconds_since_end=30.0, settled=True), True),
        (situation(seconds_since_end=0.0, verify=False), False),
    ],
)
def test_reads_placement_when_other_checks_pass(now: Situation, expected: bool) -> None:
    assert evaluation.needs_allocations(now, evaluation.checks_at(now)) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (situation(seconds_since_end=0.0), True),
        (situation(server=ON_THE_WAY, seconds_since_end=0.0), False),
        # A failed record can change again, and then the server changes, too.
        (situation("error", {**SERVER, "host": "compute1"}, seconds_since_end=1.0), False),
    ],
)
def test_server_agrees_when_its_checks_pass_after_completion(now: Situation, expected: bool) -> None:
    assert evaluation.server_agrees(now, evaluation.checks_at(now)) is expected


@pytest.mark.parametrize(
    ("now", "record", "server"),
    [
        (situation("running"), False, False),
        (situation(None, key=None), False, True),
        (situation("completed", seconds_since_end=0.0), True, True),
        (situation("cancelled", seconds_since_end=0.0), True, True),
        (situation("error", seconds_since_end=0.0), False, True),
        # The checks of the server passed at an earlier poll, so only its allocations can still change.
        (situation("completed", seconds_since_end=1.0, server_agreed=True), True, False),
    ],
)
def test_reads_record_until_final_and_server_after_end(now: Situation, record: bool, server: bool) -> None:
    assert (evaluation.is_final(now), evaluation.needs_server(now)) == (record, server)


@pytest.mark.parametrize(
    ("kind", "status", "sent", "expected"),
    [
        (COLD, "finished", False, True),
        (COLD, "finished", True, False),
        (COLD, "post-migrating", False, False),
        (LIVE, "finished", False, False),
    ],
)
def test_confirms_finished_cold_migration_once(kind: Any, status: str, sent: bool, expected: bool) -> None:
    now = replace(situation(status, confirmation_sent=sent), plan=replace(PLAN, kind=kind))
    assert evaluation.needs_confirmation(now) is expected


# Tests after an abort

IN_ERROR = {**SERVER, "status": "ERROR", "host": "compute1", "host_id": "h1"}


@pytest.mark.parametrize(
    ("plan", "server", "intervened_with", "left", "reset"),
    [
        (PLAN, IN_ERROR, "abort", True, True),
        (PLAN, IN_ERROR, None, False, False),
        (PLAN, IN_ERROR, "force_complete", False, False),
        (PLAN, {**IN_ERROR, "task_state": "migrating"}, "abort", False, False),
        (PLAN, {**IN_ERROR, "host": "compute2"}, "abort", False, False),
        (PLAN, {**IN_ERROR, "power_state": "crashed"}, "abort", True, False),
        (replace(PLAN, initial_status="PAUSED"), IN_ERROR, "abort", True, False),
        (replace(PLAN, initial_known=False), IN_ERROR, "abort", True, False),
        # Without host names, an unchanged hostId shows that the server is on its source host.
        (replace(PLAN, source=None, source_host_id="h1"), {**IN_ERROR, "host": None}, "abort", True, True),
        (replace(PLAN, source=None, source_host_id="h9"), {**IN_ERROR, "host": None}, "abort", False, False),
    ],
)
def test_resets_only_running_servers_that_were_active(
    plan: MigrationPlan, server: dict[str, Any], intervened_with: str | None, left: bool, reset: bool
) -> None:
    record = {**RECORD, "status": "error", "source": None} if plan.source is None else {**RECORD, "status": "error"}
    observation = Observation(record, server)
    assert evaluation.is_left_in_error(plan, observation, intervened_with) is left
    assert evaluation.may_be_reset(plan, observation, intervened_with) is reset
