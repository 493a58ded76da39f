# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Monitor migrations to their end: observe, evaluate (pure, see evaluation.py), act."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, Failure
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Stopwatch, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration import conclude, evaluation
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import checks_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.evaluation import Situation, Step
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import Conclusion, Ending
from ansible_collections.stackproof.migration.plugins.module_utils._migration.observer import Observer
from ansible_collections.stackproof.migration.plugins.module_utils._migration.progress import Progress
from ansible_collections.stackproof.migration.plugins.module_utils._migration.timeouts import (
    APPEARANCE_SECONDS,
    queued_behind_ours,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.progress_file import appending_to
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_actions import (
    confirm,
    intervene,
    reset_state,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.concurrency import ConcurrencyLimit
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import Observation
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.wait_for_foreign_migrations import (
        ForeignMigrationWait,
    )

# At least so long between two polls: what is due at a deadline is due at the poll after it.
SHORTEST_INTERVAL = 0.05
# What a module returns that monitored nothing
NOTHING: dict[str, Any] = {"migrations": [], "polls": []}


@dataclass(frozen=True)
class MigrationStarter:
    """Requests migrations that wait."""

    ask: Callable[[TrackedMigration], None]
    limit: ConcurrencyLimit
    # Holds those up on whose hosts migrations of others are open
    host_wait: ForeignMigrationWait | None = None
    # Whether the rest is called off when one does not go well
    stops: bool = False


class MigrationMonitor:
    """Starts what waits, polls what is under way, and concludes each of the given migrations."""

    def __init__(
        self,
        cloud: Cloud,
        tracked: list[TrackedMigration],
        options: MonitorOptions,
        starter: MigrationStarter | None = None,
    ) -> None:
        self.cloud = cloud
        self.tracked = tracked
        self.options = options
        self._starter = starter
        self._observer = Observer(cloud, tracked, read_progress=options.read_progress)
        self._watch = Stopwatch(cloud.clock)
        self._progress = Progress(cloud.clock, appending_to(options.progress_file)) if options.progress_file else None
        # When the cloud was polled
        self.polls: list[datetime] = []
        for one in tracked:
            if one.open and one.state.begun:
                self._begin(one)

    @property
    def _open(self) -> list[TrackedMigration]:
        return [one for one in self.tracked if one.open and one.state.begun]

    @property
    def _waiting(self) -> list[TrackedMigration]:
        return [one for one in self.tracked if one.open and not one.state.begun]

    @property
    def _held_up(self) -> list[TrackedMigration]:
        return [one for one in self._waiting if one.state.held_up is not None]

    # The loop

    def run(self) -> None:
        """Until each has an outcome, also when the cloud stops answering."""
        try:
            self._run()
        except CloudError as error:
            self._conclude_unknown(error)

    def _run(self) -> None:
        intervals = self.options.pace.intervals()
        before = self._statuses()
        while any(one.open for one in self.tracked):
            self.start_next()
            if self._open:
                self.poll_once()
            self._show_progress()
            if not self._open and not self._held_up:
                # all have ended, or were refused: those that wait can start
                continue
            if before != (before := self._statuses()):
                # a status has changed: the next change comes soon
                intervals = self.options.pace.intervals()
            self.cloud.clock.sleep(min(next(intervals), self._next_deadline()))

    def start(self) -> None:
        """Request all, as soon as their compute hosts are free, without monitoring them."""
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
        """Poll once, and predict what would be waited for."""
        self.poll_once()
        for one in self._open:
            message = f"{one.plan.server_name}: would wait for the {one.plan.kind.noun} {one.key}."
            one.conclude(conclude.predicted(message))

    def wait_for_records(self, seconds: float = APPEARANCE_SECONDS) -> None:
        """Until each that was requested has its own record."""
        deadline = Deadline(self.cloud.clock, min(seconds, self.options.timeout))
        try:
            for _poll in Waiter(self.cloud.clock, deadline, self.options.pace):
                self._read_records(self._open)
                if all(one.seen.record for one in self._open):
                    return
        except CloudError as error:
            self._conclude_unknown(error)

    def _statuses(self) -> list[str | None]:
        return [one.seen.status for one in self.tracked]

    def _next_deadline(self) -> float:
        states = [one.state for one in self._open]
        ends = [end for one in states if (end := one.settling or one.grace or one.deadline) is not None]
        ends += [one.state.patience for one in self._held_up if one.state.patience is not None]
        return max(SHORTEST_INTERVAL, min(end.left for end in ends))

    def _show_progress(self) -> None:
        if self._progress is not None:
            self._progress.look(self.tracked)

    # Starting

    def start_next(self) -> None:
        """Request as many of those that wait as may be under way at once."""
        if self._starter is None:
            return
        if self._starter.stops and any(one.outcome not in outcomes.GOOD for one in self.tracked if not one.open):
            self._call_off("another one did not go well (on_failure)")
        for one in self._next():
            self._begin(one)
            self._starter.ask(one)

    def _next(self) -> list[TrackedMigration]:
        if self._starter is None:
            return []
        found = self._starter.limit.next(self._waiting, self._open)
        if self._starter.host_wait is None or not (found or self._held_up):
            return found
        # all that wait are looked at, also those beyond the limit: those that are held up together wait together
        return self._starter.limit.next(self._starter.host_wait.clear(self._waiting), self._open)

    def _begin(self, one: TrackedMigration) -> None:
        """Its time runs from now on, however long others have taken before."""
        one.state.begun = True
        one.state.appearance = Deadline(self.cloud.clock, APPEARANCE_SECONDS)
        self._run_clock(one)

    def _run_clock(self, one: TrackedMigration) -> None:
        one.state.deadline = Deadline(self.cloud.clock, self.options.timeout)
        # reads may be repeated until the last moment at which something is still waited for
        waits = self._starter.host_wait.seconds if self._starter and self._starter.host_wait else 0
        self.cloud.deadline = Deadline(self.cloud.clock, waits + self.options.timeout + 2 * self.options.settle_timeout)

    def _call_off(self, why: str) -> None:
        for one in self._waiting:
            one.conclude(conclude.not_started(one.plan, why))

    # Observe

    def poll_once(self) -> None:
        """Poll all that are under way, and do what follows for each."""
        self.polls.append(self.cloud.now())
        self._read_records([one for one in self._open if not evaluation.is_final(self._situation(one))])
        self._observer.read_progress(self._open)
        for one in self._open:
            if evaluation.needs_confirmation(self._situation(one)):
                self._confirm(one)
        self._observer.read_servers([one for one in self._open if evaluation.needs_server(self._situation(one))])
        self._conclude_ended([one for one in self._open if one.state.settling is not None])
        for one in queued_behind_ours(self._open):
            self._run_clock(one)
        for one in self._open:
            if one.state.settling is None:
                self._act(one, evaluation.step_before_end(self._situation(one)))

    def _read_records(self, which: list[TrackedMigration]) -> None:
        self._observer.read_records(which)
        for one in which:
            if one.seen.record is not None:
                self._note_phase(one, one.plan.kind.phase(one.seen.status))

    def _note_phase(self, one: TrackedMigration, phase: Phase) -> None:
        if phase is Phase.RUNNING:
            one.state.settling = None
        elif one.state.settling is None:
            one.state.settling = Deadline(self.cloud.clock, self.options.settle_timeout)
        if one.probe is not None:
            (one.probe.migration_goes_on if phase is Phase.RUNNING else one.probe.migration_has_ended)()

    def _situation(self, one: TrackedMigration) -> Situation:
        state = one.state
        return Situation(
            plan=one.plan,
            seen=self._seen(one),
            key=one.key,
            verify=self.options.verify,
            on_timeout=self.options.on_timeout,
            settling=None if state.settling is None else state.settling.spent,
            settled=state.settling is not None and state.settling.over,
            calm_polls=state.calm_polls,
            may_appear=state.appearance is None or not state.appearance.over,
            over_time=state.deadline is not None and state.deadline.over,
            grace_over=state.grace is not None and state.grace.over,
            intervened_with=state.intervened_with,
            confirmation_sent=state.confirmation_sent,
        )

    @staticmethod
    def _seen(one: TrackedMigration) -> Observation:
        return one.seen if one.probe is None else replace(one.seen, reach=one.probe.reach)

    # Act

    def _conclude_ended(self, settling: list[TrackedMigration]) -> None:
        """Those whose records have ended, once the rest agrees or the time to settle is over."""
        for one in settling:
            # what Placement said at the last poll need not be so any more
            one.observe(server_held=None, migration_held=None)
        due = [one for one in settling if evaluation.needs_allocations(self._situation(one))]
        self._observer.read_allocations(due)
        for one in settling:
            situation = self._situation(one)
            one.state.calm_polls = evaluation.calm_polls(situation)
            if evaluation.step_after_end(situation) is Step.CONCLUDE:
                self._conclude(one)

    def _act(self, one: TrackedMigration, step: Step) -> None:
        match step:
            case Step.LOST:
                self._conclude(one, lost=True)
            case Step.INTERVENE:
                self._start_grace(one)
                self._intervene(one)
            case Step.GIVE_UP:
                self._give_up(one)
            case Step.WAIT:
                if self._situation(one).over_time:
                    self._start_grace(one)

    def _start_grace(self, one: TrackedMigration) -> None:
        one.state.grace = one.state.grace or Deadline(self.cloud.clock, self.options.settle_timeout)

    def _confirm(self, one: TrackedMigration) -> None:
        try:
            one.state.confirmation_sent = confirm(self.cloud, one.plan.server_id, one.plan.server_name)
        except CloudError as error:
            self._give_up(one, error.failure)
        one.changed = one.changed or one.state.confirmation_sent

    def _intervene(self, one: TrackedMigration) -> None:
        try:
            if one.seen.record and intervene(self.cloud, self.options.on_timeout, one.plan.server_id, one.seen.record):
                one.state.intervened_with = self.options.on_timeout
        except CloudError as error:
            self._give_up(one, error.failure)

    def _give_up(self, one: TrackedMigration, failure: Failure | None = None) -> None:
        self._observer.read_servers([one])
        self._conclude(one, timed_out=True, failure=failure)

    # Conclude

    def _conclude(
        self,
        one: TrackedMigration,
        *,
        timed_out: bool = False,
        lost: bool = False,
        failure: Failure | None = None,
    ) -> None:
        if one.probe is not None:
            # what is told of it and what is judged are the same
            one.probe.target.freeze()
        one.seen = self._seen(one)
        reset = False
        if self.options.reset_state and evaluation.may_be_reset(one.plan, one.seen, one.state.intervened_with):
            failure = self._reset(one)
            reset = failure is None
        checks = checks_of(one.plan, one.seen, verify=self.options.verify)
        outcome = outcomes.outcome_of(one.plan, one.seen, checks, timed_out=timed_out)
        events, reason = self._observer.explain(one, outcome, self.options)
        ending = Ending(
            plan=one.plan,
            seen=one.seen,
            checks=checks,
            outcome=outcome,
            request_id=one.request_id,
            events=events,
            reason=reason,
            intervened_with=one.state.intervened_with,
            state_reset=reset,
        )
        self._stamp(one, conclude.lost(ending, one.key) if lost else conclude.ended(ending, self.options, failure))

    def _reset(self, one: TrackedMigration) -> Failure | None:
        try:
            reset_state(self.cloud, one.plan.server_id, one.plan.server_name)
        except CloudError as error:
            return error.failure
        self._observer.read_servers([one])
        return None

    def _stamp(self, one: TrackedMigration, conclusion: Conclusion) -> None:
        now = self.cloud.now()
        probe = None if one.probe is None else one.probe.end(now, self.cloud.clock)
        one.conclude(replace(conclusion, seconds=self._watch.seconds, at=now, probe=probe))

    def _conclude_unknown(self, error: CloudError) -> None:
        """What was requested goes on unobserved: it must still be told, with the ids to find it again."""
        for one in self._open:
            self._stamp(one, conclude.unknown(one.plan, one.key, error.failure))
        self._call_off(f"the cloud does not answer any more. {error.failure.message}".rstrip("."))


def is_good(one: TrackedMigration) -> bool:
    """Whether a migration ended as its caller wants."""
    return one.outcome in outcomes.GOOD


def summary(
    tracked: list[TrackedMigration],
    good: Callable[[TrackedMigration], bool] = is_good,
    *,
    polls: Iterable[datetime] = (),
) -> dict[str, Any]:
    """The keys that tell how all of them ended; with msg when one of them did not end well."""
    bad = [one.conclusion for one in tracked if not good(one) and one.conclusion is not None]
    values: dict[str, Any] = {
        "migrations": [one.as_result() for one in tracked],
        "polls": [tick.isoformat(timespec="milliseconds") for tick in polls],
        "changed": any(one.changed or one.state.intervened_with for one in tracked),
    }
    if bad:
        values["msg"] = " ".join(conclusion.message for conclusion in bad)
        failure = next((conclusion.failure for conclusion in bad if conclusion.failure is not None), None)
        values["failure"] = None if failure is None else failure.as_result()
    return values
