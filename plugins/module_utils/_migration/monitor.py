# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Monitor migrations to their end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, Failure
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Stopwatch, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration import conclude, evaluation, not_taken
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import checks_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.evaluation import Situation, Step
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import Conclusion, Ending
from ansible_collections.stackproof.migration.plugins.module_utils._migration.observer import Observer
from ansible_collections.stackproof.migration.plugins.module_utils._migration.poll_wait import (
    PollWait,
    Sleep,
    WaitForNotifications,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.progress import Progress
from ansible_collections.stackproof.migration.plugins.module_utils._migration.timeouts import (
    APPEARANCE_SECONDS,
    interval_of,
    queued_behind_ours,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.verification_queue import (
    VerificationQueue,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.progress_file import line_writer
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_actions import (
    confirm,
    intervene,
    reset_state,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import ACCEPTED, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.concurrency import ConcurrencyLimit
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import Check, Observation
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.wait_for_foreign_migrations import (
        ForeignMigrationWait,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.listener import Listener

# The shortest interval between two polls, in seconds.
SHORTEST_INTERVAL = 0.05
# A module returns these values if it fails before it monitors a migration.
NOTHING: dict[str, Any] = {"migrations": [], "polls": []}
# A module with the option ``notifications`` returns these values if it fails before it monitors a migration.
NOTHING_HEARD: dict[str, Any] = {**NOTHING, "notifications": None}


@dataclass(frozen=True)
class MigrationStarter:
    """Requests migrations, and limits the number of concurrent migrations."""

    request: Callable[[TrackedMigration], None]
    limit: ConcurrencyLimit
    host_wait: ForeignMigrationWait | None = None
    # Whether the module requests no more migrations after the first failed migration.
    stop_on_failure: bool = False


class MigrationMonitor:
    """Requests the migrations of one module call, and polls them until their outcomes are known."""

    def __init__(
        self,
        cloud: Cloud,
        tracked: list[TrackedMigration],
        options: MonitorOptions,
        starter: MigrationStarter | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.cloud = cloud
        self.tracked = tracked
        self.options = options
        self._starter = starter
        self._observer = Observer(cloud, tracked, read_progress=options.read_progress)
        self._watch = Stopwatch(cloud.clock)
        # A failed verification must stop the next requests, so completed migrations do not wait for each other then.
        stops = starter is not None and starter.stop_on_failure
        self._queue = VerificationQueue(cloud.clock, 0 if stops else options.verify_interval)
        self._poll_wait: PollWait = (
            Sleep(cloud.clock) if listener is None else WaitForNotifications(cloud.clock, listener, tracked)
        )
        self._progress = Progress(cloud.clock, line_writer(options.progress_file)) if options.progress_file else None
        # Warnings about migrations that nova-compute has not taken.
        self._not_taken: list[str] = []
        # The times of the polls, on the clock of the cloud.
        self.polls: list[datetime] = []
        for migration in tracked:
            if migration.open and migration.state.is_started:
                self._mark_started(migration)

    @property
    def _open(self) -> list[TrackedMigration]:
        return [migration for migration in self.tracked if migration.open and migration.state.is_started]

    @property
    def _under_way(self) -> list[TrackedMigration]:
        """Return the open migrations without the completed migrations that wait for their verification."""
        return [migration for migration in self._open if not migration.state.awaits_verification]

    @property
    def _waiting(self) -> list[TrackedMigration]:
        return [migration for migration in self.tracked if migration.open and not migration.state.is_started]

    @property
    def _blocked(self) -> list[TrackedMigration]:
        return [migration for migration in self._waiting if migration.state.blocked_by is not None]

    # The loop

    def run(self) -> None:
        """Monitor all migrations until their outcomes are known.

        If the cloud stops answering, the outcome of the open migrations is unknown.
        """
        try:
            self._run()
        except CloudError as error:
            self._conclude_unknown(error)

    def _run(self) -> None:
        intervals = self.options.pace.intervals()
        before = self._statuses()
        while any(migration.open for migration in self.tracked):
            self.start_next()
            before_poll = len(self._under_way)
            if self._open:
                self.poll_once()
            if len(self._under_way) < before_poll:
                # Use the free places before the next wait.
                self.start_next()
            self._show_progress()
            if not self._open and not self._blocked:
                # No migration is running, so request the next migrations without a wait.
                continue
            if before != (before := self._statuses()):
                # Nova often changes the status twice in a short time, so use the shortest interval after a change.
                intervals = self.options.pace.intervals()
            self._poll_wait.until_next_poll(
                self._interval(next(intervals)), self._next_deadline(), needs_polls=self._needs_polls()
            )

    def _interval(self, usual: float) -> float:
        ended = sum(1 for migration in self.tracked if migration.state.settle_deadline is not None)
        running = sum(1 for migration in self._open if migration.state.settle_deadline is None)
        return interval_of(usual, self.options.pace.cap, running, ended, self._watch.seconds)

    def _needs_polls(self) -> bool:
        """Return whether the module must poll because Nova sends no notification about the next change."""
        return bool(self._blocked) or any(migration.state.settle_deadline is not None for migration in self._under_way)

    def start(self) -> None:
        """Request each migration when its compute hosts are free, without waiting for its end."""
        try:
            self._start()
        except CloudError as error:
            self._conclude_unknown(error)

    def _start(self) -> None:
        intervals = self.options.pace.intervals()
        self.start_next()
        while self._waiting:
            self._show_progress()
            self.cloud.clock.sleep(min(next(intervals), self._next_deadline()))
            self.start_next()

    def predict(self) -> None:
        """Poll once in check mode, and set the outcome "predicted" for each open migration."""
        self.poll_once()
        for migration in self._open:
            message = f"{migration.plan.server_name}: would wait for the {migration.plan.kind.noun} {migration.key}."
            migration.conclude(conclude.predicted(message))

    def wait_for_records(self, seconds: float = APPEARANCE_SECONDS) -> None:
        """Wait until each requested migration has a record, but at most ``seconds`` seconds."""
        deadline = Deadline(self.cloud.clock, min(seconds, self.options.timeout))
        try:
            for _poll in Waiter(self.cloud.clock, deadline, self.options.pace):
                self._read_records(self._open)
                if all(migration.observation.record for migration in self._open):
                    return
        except CloudError as error:
            self._conclude_unknown(error)

    def _statuses(self) -> list[str | None]:
        return [migration.observation.status for migration in self.tracked]

    def _next_deadline(self) -> float:
        states = [migration.state for migration in self._under_way]
        ends = [
            end
            for migration in states
            if (end := migration.settle_deadline or migration.grace_deadline or migration.deadline) is not None
        ]
        ends += [
            migration.state.hold_deadline for migration in self._blocked if migration.state.hold_deadline is not None
        ]
        ends += [state.accepted_deadline for state in states if state.accepted_deadline is not None]
        left = [end.left for end in ends]
        if self._queue.seconds_left is not None:
            left.append(self._queue.seconds_left)
        return max(SHORTEST_INTERVAL, min(left))

    def _show_progress(self) -> None:
        if self._progress is not None:
            self._progress.update(self.tracked)

    # Starting

    def start_next(self) -> None:
        """Request waiting migrations until a limit is reached."""
        if self._starter is None:
            return
        if self._starter.stop_on_failure and any(
            migration.outcome not in outcomes.GOOD for migration in self.tracked if not migration.open
        ):
            self._call_off("another migration failed (on_failure)")
        for migration in self._next():
            self._mark_started(migration)
            self._starter.request(migration)

    def _next(self) -> list[TrackedMigration]:
        if self._starter is None:
            return []
        found = self._starter.limit.next(self._waiting, self._under_way)
        if self._starter.host_wait is None or not (found or self._blocked):
            return found
        # Check all waiting migrations, because each may wait only ``wait_for_hosts`` seconds for its hosts.
        return self._starter.limit.next(self._starter.host_wait.unblocked(self._waiting), self._under_way)

    def _mark_started(self, migration: TrackedMigration) -> None:
        migration.state.is_started = True
        migration.state.record_deadline = Deadline(self.cloud.clock, APPEARANCE_SECONDS)
        self._poll_wait.requested()
        self._run_clock(migration)

    def _run_clock(self, migration: TrackedMigration) -> None:
        migration.state.deadline = Deadline(self.cloud.clock, self.options.timeout)
        # Retry failed read requests until the last migration reaches its timeout.
        waits = self._starter.host_wait.seconds if self._starter and self._starter.host_wait else 0
        self.cloud.deadline = Deadline(self.cloud.clock, waits + self.options.timeout + 2 * self.options.settle_timeout)

    def _call_off(self, why: str) -> None:
        for migration in self._waiting:
            migration.conclude(conclude.not_started(migration.plan, why))

    def notifications(self) -> dict[str, Any] | None:
        """Return how the module used notifications. Return None if the option ``notifications`` is not set."""
        return self._poll_wait.result()

    @property
    def warnings(self) -> list[str]:
        """Return the warnings about migrations that wait too long, and about checks that the module could not make."""
        return [*self._not_taken, *self._observer.warnings]

    # Observe

    def poll_once(self) -> None:
        """Read the state of all open migrations once, and act on the new state."""
        self.polls.append(self.cloud.now())
        running = [migration for migration in self._open if not evaluation.is_final(self._situation(migration))]
        self._read_records(running)
        self._observer.read_progress(self._open)
        for migration in self._open:
            if evaluation.needs_confirmation(self._situation(migration)):
                self._confirm(migration)
        completed = self._completed(running)
        which = [migration for migration in self._under_way if evaluation.needs_server(self._situation(migration))]
        if completed:
            self._observer.read_ended(which, completed, events=self.options.all_events)
        else:
            self._observer.read_servers(which)
        self._conclude_ended(
            [migration for migration in self._under_way if migration.state.settle_deadline is not None], completed
        )
        for migration in queued_behind_ours(self._open):
            self._run_clock(migration)
        for migration in self._open:
            if migration.state.settle_deadline is None:
                self._act(migration, evaluation.step_before_end(self._situation(migration)))
        self._warn_not_taken()
        self._poll_wait.polled()

    def _completed(self, running: list[TrackedMigration]) -> list[TrackedMigration]:
        """Return the completed migrations that the module verifies at this poll."""
        if not self.options.verify:
            return []
        self._queue.add(one for one in running if one.open and evaluation.is_final(self._situation(one)))
        others = any(one.open and one.state.settle_deadline is None for one in self.tracked)
        return self._queue.take(others_continue=others)

    def _read_records(self, which: list[TrackedMigration]) -> None:
        self._observer.read_records(which)
        for migration in which:
            if migration.observation.record is not None:
                self._note_phase(migration, migration.plan.kind.phase(migration.observation.status))
                self._note_accepted(migration)

    def _note_accepted(self, migration: TrackedMigration) -> None:
        state, seconds = migration.state, self.options.warn_accepted_after
        if migration.observation.status != ACCEPTED or state.warned or not seconds:
            state.accepted_deadline = None
        elif state.accepted_deadline is None:
            state.accepted_deadline = Deadline(self.cloud.clock, seconds)

    def _warn_not_taken(self) -> None:
        """Warn once about each migration whose record keeps the status ``accepted``, together for each source host."""
        late: dict[str | None, list[TrackedMigration]] = {}
        for migration in self._open:
            deadline = migration.state.accepted_deadline
            if deadline is not None and deadline.over:
                late.setdefault(migration.plan.source_identity, []).append(migration)
        for first, *others in late.values():
            events = self._observer.events_if_visible(first)
            cause = not_taken.cause_of(first.plan, first.observation, events, first.request_id)
            seconds = self.options.warn_accepted_after
            self._not_taken.append(not_taken.warning_of(first.plan.server_name, len(others), seconds, cause))
            if self._progress is not None:
                self._progress.warn(self._not_taken[-1])
            for migration in (first, *others):
                migration.state.warned, migration.state.accepted_deadline = True, None

    def _note_phase(self, migration: TrackedMigration, phase: Phase) -> None:
        if phase is Phase.RUNNING:
            migration.state.settle_deadline = None
            migration.observe(volumes=None, ports=None)
        elif migration.state.settle_deadline is None:
            migration.state.settle_deadline = Deadline(self.cloud.clock, self.options.settle_timeout)
        if migration.probe is not None:
            (migration.probe.migration_continues if phase is Phase.RUNNING else migration.probe.migration_has_ended)()

    def _situation(self, migration: TrackedMigration) -> Situation:
        state = migration.state
        return Situation(
            plan=migration.plan,
            observation=self._observation_of(migration),
            key=migration.key,
            verify=self.options.verify,
            on_timeout=self.options.on_timeout,
            seconds_since_end=None if state.settle_deadline is None else state.settle_deadline.spent,
            settled=state.settle_deadline is not None and state.settle_deadline.over,
            volume_wait=self.options.volume_settle_timeout,
            port_wait=self.options.port_settle_timeout,
            stable_polls=state.stable_polls,
            may_appear=state.record_deadline is None or not state.record_deadline.over,
            timed_out=state.deadline is not None and state.deadline.over,
            grace_over=state.grace_deadline is not None and state.grace_deadline.over,
            intervened_with=state.intervened_with,
            confirmation_sent=state.confirmation_sent,
            server_agreed=state.server_agreed,
        )

    @staticmethod
    def _observation_of(migration: TrackedMigration) -> Observation:
        return (
            migration.observation
            if migration.probe is None
            else replace(migration.observation, reach=migration.probe.reach)
        )

    # Act

    def _conclude_ended(self, ended: list[TrackedMigration], completed: list[TrackedMigration]) -> None:
        """Set the outcome of each ended migration if its checks pass or the time for the checks has passed.

        This poll has already read the allocations of the migrations ``completed``.
        """
        checks: dict[str, list[Check]] = {}
        settling = []
        for migration in ended:
            if migration not in completed:
                # Forget the allocations of the previous poll, because they may be outdated.
                migration.observe(server_allocations=None, migration_allocations=None)
            situation = self._situation(migration)
            checks[migration.plan.server_id] = evaluation.checks_at(situation)
            migration.state.server_agreed = evaluation.server_agrees(situation, checks[migration.plan.server_id])
            if evaluation.needs_allocations(situation, checks[migration.plan.server_id]):
                settling.append(migration)
        self._observer.read_allocations([migration for migration in settling if migration not in completed])
        self._observer.read_volumes_and_ports(
            [one for one in settling if evaluation.needs_volumes(self._situation(one), checks[one.plan.server_id])],
            [one for one in settling if evaluation.needs_ports(self._situation(one), checks[one.plan.server_id])],
        )
        for migration in ended:
            situation = self._situation(migration)
            if migration in settling:
                checks[migration.plan.server_id] = evaluation.checks_at(situation)
            migration.state.stable_polls = evaluation.stable_polls(situation, checks[migration.plan.server_id])
            if evaluation.step_after_end(situation, migration.state.stable_polls) is Step.CONCLUDE:
                self._conclude(migration)

    def _act(self, migration: TrackedMigration, step: Step) -> None:
        match step:
            case Step.LOST:
                self._conclude(migration, lost=True)
            case Step.INTERVENE:
                self._start_grace(migration)
                self._intervene(migration)
            case Step.GIVE_UP:
                self._give_up(migration)
            case Step.WAIT:
                if self._situation(migration).timed_out:
                    self._start_grace(migration)

    def _start_grace(self, migration: TrackedMigration) -> None:
        migration.state.grace_deadline = migration.state.grace_deadline or Deadline(
            self.cloud.clock, self.options.settle_timeout
        )

    def _confirm(self, migration: TrackedMigration) -> None:
        try:
            migration.state.confirmation_sent = confirm(
                self.cloud,
                migration.plan.server_id,
                migration.plan.server_name,
                revert=migration.plan.kind.reverts,
            )
        except CloudError as error:
            self._give_up(migration, error.failure)
        migration.changed = migration.changed or migration.state.confirmation_sent

    def _intervene(self, migration: TrackedMigration) -> None:
        try:
            if migration.observation.record and intervene(
                self.cloud, self.options.on_timeout, migration.plan.server_id, migration.observation.record
            ):
                migration.state.intervened_with = self.options.on_timeout
        except CloudError as error:
            self._give_up(migration, error.failure)

    def _give_up(self, migration: TrackedMigration, failure: Failure | None = None) -> None:
        self._observer.read_servers([migration])
        self._conclude(migration, timed_out=True, failure=failure)

    # Conclude

    def _conclude(
        self,
        migration: TrackedMigration,
        *,
        timed_out: bool = False,
        lost: bool = False,
        failure: Failure | None = None,
    ) -> None:
        if migration.probe is not None:
            # Stop the network probe, so that the report and the checks use the same downtime.
            migration.probe.target.freeze()
        migration.observation = self._observation_of(migration)
        reset = False
        if self.options.reset_state and evaluation.may_be_reset(
            migration.plan, migration.observation, migration.state.intervened_with
        ):
            failure = self._reset(migration)
            reset = failure is None
        checks = checks_of(migration.plan, migration.observation, verify=self.options.verify)
        outcome = outcomes.outcome_of(migration.plan, migration.observation, checks, timed_out=timed_out)
        events, reason = self._observer.explain(migration, outcome, self.options)
        ending = Ending(
            plan=migration.plan,
            observation=migration.observation,
            checks=checks,
            outcome=outcome,
            request_id=migration.request_id,
            events=events,
            reason=reason,
            intervened_with=migration.state.intervened_with,
            state_reset=reset,
        )
        self._stamp(
            migration, conclude.lost(ending, migration.key) if lost else conclude.ended(ending, self.options, failure)
        )

    def _reset(self, migration: TrackedMigration) -> Failure | None:
        try:
            reset_state(self.cloud, migration.plan.server_id, migration.plan.server_name)
        except CloudError as error:
            return error.failure
        self._observer.read_servers([migration])
        return None

    def _stamp(self, migration: TrackedMigration, conclusion: Conclusion) -> None:
        now = self.cloud.now()
        probe = None if migration.probe is None else migration.probe.end(now, self.cloud.clock)
        migration.conclude(replace(conclusion, seconds=self._watch.seconds, at=now, probe=probe))

    def _conclude_unknown(self, error: CloudError) -> None:
        for migration in self._open:
            self._stamp(migration, conclude.unknown(migration.plan, migration.key, error.failure))
        self._call_off(f"the cloud does not answer. {error.failure.message}".rstrip("."))


def is_good(migration: TrackedMigration) -> bool:
    return migration.outcome in outcomes.GOOD


def summary(
    tracked: list[TrackedMigration],
    good: Callable[[TrackedMigration], bool] = is_good,
    *,
    polls: Iterable[datetime] = (),
) -> dict[str, Any]:
    """Return the module result with all migrations.

    If a migration did not succeed, the result also contains msg and failure.
    """
    bad = [migration.conclusion for migration in tracked if not good(migration) and migration.conclusion is not None]
    values: dict[str, Any] = {
        "migrations": [migration.as_result() for migration in tracked],
        "polls": [moment.isoformat(timespec="milliseconds") for moment in polls],
        "changed": any(migration.changed or migration.state.intervened_with for migration in tracked),
    }
    if bad:
        values["msg"] = " ".join(conclusion.message for conclusion in bad)
        failure = next((conclusion.failure for conclusion in bad if conclusion.failure is not None), None)
        values["failure"] = None if failure is None else failure.as_result()
    return values
