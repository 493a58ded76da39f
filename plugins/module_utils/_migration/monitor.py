# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Follow migrations to their end, then judge them. One list of records a tick, for all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, Failure
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Stopwatch, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration import checks as migration_checks
from ansible_collections.stackproof.migration.plugins.module_utils._migration import messages
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.progress import Progress
from ansible_collections.stackproof.migration.plugins.module_utils._module.progress_file import appending_to
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    instance_actions,
    migration_list,
    migration_progress,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_actions import (
    confirm,
    reset_state,
    step_in,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase, key_of, view
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, UNCONFIRMED
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import Manner, Starter
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import Tracked

# A failure is told so long after Nova has left the server alone: by then its record is the last one.
FAILURE_SECONDS = 2.0
# Nova creates the record within a second of the request; much later means that the request got lost.
APPEARANCE_SECONDS = 30.0
# Clocks of Nova's hosts differ, and so may ours.
CLOCK_MARGIN = timedelta(seconds=60)
# A server is switched over before its record says that it ended.
SWITCH_MARGIN = timedelta(seconds=15)
# What decides whether the cloud has settled; the record's own words will not change any more.
_RECORD_CHECKS = frozenset({"type", "source", "destination", "status"})
# Nor does a pause that was too long get any shorter.
_LASTING_CHECKS = _RECORD_CHECKS | {"pause"}
# What is checked whether the rest is to be or not: it was asked for by options of its own.
_UNCONDITIONAL_CHECKS = _RECORD_CHECKS.union(migration_checks.REACH_CHECKS)

# What a module returns that never came to follow anything.
NOTHING: dict[str, Any] = {"migrations": [], "ticks": []}


class Follower:
    """Follows all that are open among the given, and concludes each."""

    def __init__(self, cloud: Cloud, tracked: list[Tracked], manner: Manner, starter: Starter | None = None) -> None:
        self.cloud = cloud
        self.tracked = tracked
        # All are moved in the same way.
        self._kind = tracked[0].kind if tracked else LIVE
        self.manner = manner
        self._starter = starter
        self._placement = Placement(cloud)
        self._watch = Stopwatch(cloud.clock)
        self._progress = Progress(cloud.clock, appending_to(manner.progress_file)) if manner.progress_file else None
        self._next_copy = Deadline(cloud.clock, 0)
        self._reads_copies = manner.read_progress
        # When the cloud was looked at
        self.ticks: list[datetime] = []
        for one in tracked:
            if one.open and one.begun:
                self._set_going(one)
        own = cloud.identity().project_id
        self._all_projects = any(one.project_id not in (None, own) for one in tracked)

    @property
    def _open(self) -> list[Tracked]:
        return [one for one in self.tracked if one.open and one.begun]

    @property
    def _waiting(self) -> list[Tracked]:
        return [one for one in self.tracked if one.open and not one.begun]

    @property
    def _held_up(self) -> list[Tracked]:
        return [one for one in self._waiting if one.held_up is not None]

    def _set_going(self, one: Tracked) -> None:
        """Its time runs from now on, however long others have taken before."""
        one.begun = True
        one.appearance = Deadline(self.cloud.clock, APPEARANCE_SECONDS)
        self._run_clock(one)

    def begin(self) -> None:
        """Ask for as many of those that wait as may go on at once."""
        if self._starter is None:
            return
        if self._starter.stops and any(one.outcome not in outcomes.GOOD for one in self.tracked if not one.open):
            self._call_off("another one did not go well (on_failure)")
        for one in self._next():
            self._set_going(one)
            self._starter.ask(one)

    def _next(self) -> list[Tracked]:
        """Those that may be asked for now."""
        if self._starter is None:
            return []
        found = self._starter.lanes.next(self._waiting, self._open)
        if self._starter.host_wait is None or not (found or self._held_up):
            return found
        # All that wait are looked at, with a free lane or without: those that are held up together wait together.
        return self._starter.lanes.next(self._starter.host_wait.clear(self._waiting), self._open)

    def start(self) -> None:
        """Ask for all, as soon as their hosts are free, without following them."""
        try:
            self._start()
        except CloudError as error:
            self._lose_sight(error)

    def _start(self) -> None:
        intervals = self.manner.pace.intervals()
        self.begin()
        while self._waiting:
            self._show()
            self.cloud.clock.sleep(min(next(intervals), self._next_end()))
            self.begin()

    def _show(self) -> None:
        if self._progress is not None:
            self._progress.look(self.tracked)

    def _stop_clocks(self) -> None:
        """While Nova is busy with others of ours on the same host, the time of those in its queue does not run."""
        busy = {one.home for one in self._open if one.record is not None and not one.in_line}
        for one in self._open:
            if one.in_line and one.home in busy:
                self._run_clock(one)

    def _run_clock(self, one: Tracked) -> None:
        one.deadline = Deadline(self.cloud.clock, self.manner.timeout)
        # Reads may be repeated until the last moment at which something is still waited for.
        waits = self._starter.host_wait.seconds if self._starter and self._starter.host_wait else 0
        self.cloud.deadline = Deadline(self.cloud.clock, waits + self.manner.timeout + 2 * self.manner.settle_timeout)

    def _call_off(self, why: str) -> None:
        for one in self._waiting:
            one.conclude(outcomes.NOT_STARTED, f"{one.server_name}: not started, because {why}.")

    def run(self) -> None:
        """Until each has an outcome, be it that the cloud has stopped to answer."""
        try:
            self._follow()
        except CloudError as error:
            self._lose_sight(error)

    def _lose_sight(self, error: CloudError) -> None:
        """What was begun goes on unseen: it must still be told, with the ids to find it again."""
        for one in self._open:
            message = f"{one.server_name}: what became of the {one.kind.noun} {one.key or ''} is not known."
            one.conclude(outcomes.UNKNOWN, f"{message} {error.failure.message}", error.failure)
            self._stamp(one)
        self._call_off(f"the cloud does not answer any more. {error.failure.message}".rstrip("."))

    def _follow(self) -> None:
        intervals = self.manner.pace.intervals()
        before = self._statuses()
        while any(one.open for one in self.tracked):
            self.begin()
            if self._open:
                self.tick()
            self._show()
            if not self._open and not self._held_up:
                # all have ended, or were refused: there is room for those that wait
                continue
            if before != (before := self._statuses()):
                # Something moves: what follows comes soon.
                intervals = self.manner.pace.intervals()
            self.cloud.clock.sleep(min(next(intervals), self._next_end()))

    def look(self) -> None:
        """Once, without waiting: what goes on is left open, with outcome predicted."""
        self.tick()
        for one in self._open:
            message = f"{one.server_name}: would wait for the {one.kind.noun} {one.key}."
            one.conclude(outcomes.PREDICTED, message)

    def appear(self, seconds: float = APPEARANCE_SECONDS) -> None:
        """Until each has its own record."""
        deadline = Deadline(self.cloud.clock, min(seconds, self.manner.timeout))
        try:
            for _tick in Waiter(self.cloud.clock, deadline, self.manner.pace):
                self._read_records(self._open)
                if all(one.record for one in self._open):
                    return
        except CloudError as error:
            self._lose_sight(error)

    def _statuses(self) -> list[str | None]:
        return [(one.record or {}).get("status") for one in self.tracked]

    def _next_end(self) -> float:
        ends = [end for one in self._open if (end := one.settling or one.grace or one.deadline) is not None]
        ends += [one.patience for one in self._held_up if one.patience is not None]
        # At least a moment: what is due at an end is due at the look after it.
        return max(0.05, min(end.left for end in ends))

    def tick(self) -> None:
        """One look at all that are open, and what follows from it."""
        self.ticks.append(self.cloud.now())
        self._read_records([one for one in self._open if not self._ended_well(one)])
        if self._reads_copies and self._next_copy.over:
            self._next_copy = Deadline(self.cloud.clock, migration_progress.EVERY_SECONDS)
            self._read_copies(
                [one for one in self._open if (one.record or {}).get("status") in migration_progress.COPYING]
            )
        for one in self._open:
            if one.kind.wants_confirmation and (one.record or {}).get("status") == UNCONFIRMED:
                self._confirm(one)
        missing = [one for one in self._open if one.record is None]
        self._read_servers([one for one in self._open if one.settling or one.record is None])
        for one in missing:
            self._look_for_loss(one)
        self._settle([one for one in self._open if one.settling is not None])
        self._stop_clocks()
        for one in self._open:
            if one.settling is None and one.deadline is not None and one.deadline.over:
                self._over_time(one)

    @staticmethod
    def _ended_well(one: Tracked) -> bool:
        # An error may still become failed, and so is read again; completed and cancelled stay.
        if one.settling is None or one.record is None:
            return False
        return one.kind.phase(one.record["status"]) is not Phase.FAILED

    # Reading

    def _changed(self, one: Tracked) -> datetime:
        """Since when its server has changed for sure; what the list then lacks is asked for by itself."""
        ended = instance_actions.read_time((one.record or {}).get("updated")) if one.settling else None
        return self._since([one]) if ended is None else ended - SWITCH_MARGIN

    def _since(self, which: list[Tracked]) -> datetime:
        moments = [moment for one in which if (moment := self._start_of(one)) is not None]
        return min(moments, default=self.cloud.now()) - CLOCK_MARGIN

    @staticmethod
    def _start_of(one: Tracked) -> datetime | None:
        return one.started or instance_actions.read_time((one.record or {}).get("created"))

    def _read_records(self, which: list[Tracked]) -> None:
        if not which:
            return
        records = migration_list.of_servers(
            self.cloud,
            {one.server_id for one in which},
            self._kind,
            keys={one.key for one in which if one.key is not None},
            since=self._since(which),
        )
        for one in which:
            found = one.own(records)
            if found is None:
                # A record goes with its server.
                one.record = None
                continue
            one.key, one.record = key_of(found), view(found)
            one.remember(self.cloud.now())
            self._enter(one, one.kind.phase(one.record["status"]))

    def _read_copies(self, which: list[Tracked]) -> None:
        for one in which:
            try:
                found = migration_progress.read(self.cloud, one.server_id, one.key)
            except CloudError:
                # It is for administrators by default; and it is a nicety, for which nothing else may wait or end.
                self._reads_copies = False
                return
            copy = found and migration_progress.view(found, self.cloud.now())
            if copy:
                one.progress.append(copy)

    def _enter(self, one: Tracked, phase: Phase) -> None:
        if phase is Phase.RUNNING:
            one.settling = None
        elif one.settling is None:
            one.settling = Deadline(self.cloud.clock, self.manner.settle_timeout)
        if one.probe is not None:
            (one.probe.migration_goes_on if phase is Phase.RUNNING else one.probe.migration_has_ended)()

    def _read_servers(self, which: list[Tracked]) -> None:
        if not which:
            return
        found = nova_servers.read_many(
            self.cloud,
            [one.server_id for one in which],
            changed_since=min(self._changed(one) for one in which),
            all_projects=self._all_projects,
        )
        for one in which:
            server = found.get(one.server_id)
            one.server = None if server is None else nova_servers.view(server)

    def _read_allocations(self, which: list[Tracked]) -> None:
        migrations = {one.server_id: (one.record or {}).get("uuid") for one in which}
        held = self._placement.held_by([*migrations, *filter(None, migrations.values())])
        for one in which:
            uuid = migrations[one.server_id]
            one.server_held = None if held is None else held[one.server_id]
            one.migration_held = None if held is None or uuid is None else held[uuid]

    # Judging

    def _settle(self, settling: list[Tracked]) -> None:
        for one in settling:
            # what Placement said at the last look may not be so any more
            one.server_held = one.migration_held = None
            one.checks = migration_checks.checks_of(one.seen)
        # Placement is asked only once the rest agrees: it is the last to be written.
        due = [one for one in settling if self.manner.verify and (self._is_last(one) or self._calm(one))]
        self._read_allocations(due)
        for one in due:
            one.checks = migration_checks.checks_of(one.seen)
        for one in settling:
            one.calm_looks = one.calm_looks + 1 if self._calm(one) else 0
            # A failure is looked at twice: its record may change after the server has come to rest.
            over = self._is_last(one) or one.calm_looks > (1 if one.has_failed else 0)
            # others have been concluded meanwhile, which takes its time
            if over and not self._is_awaited(one):
                self._conclude(one)

    def _is_last(self, one: Tracked) -> bool:
        if one.settling is None:
            return not self.manner.verify
        if one.settling.over or not self.manner.verify:
            return True
        # Nova writes the error first and rolls back afterwards; what it has left alone will not change any more.
        at_rest = one.server is None or one.server["task_state"] is None
        return one.has_failed and at_rest and one.settling.spent >= FAILURE_SECONDS

    @staticmethod
    def _is_awaited(one: Tracked) -> bool:
        """Its server is to answer again, for which there is time."""
        if one.probe is None or one.settling is None or one.settling.over:
            return False
        return one.probe.reach.there is False

    @staticmethod
    def _calm(one: Tracked) -> bool:
        return all(check["ok"] is not False for check in one.checks if check["name"] not in _LASTING_CHECKS)

    def _conclude(self, one: Tracked, *, timed_out: bool = False, failure: Failure | None = None) -> None:
        if one.probe is not None:
            # what is told of it and what is judged are the same
            one.probe.target.freeze()
        if not one.checks or one.probe is not None:
            one.checks = migration_checks.checks_of(one.seen)
        if self.manner.reset_state and messages.may_be_reset(one):
            failure = self._reset(one)
        if not self.manner.verify:
            one.checks = [check for check in one.checks if check["name"] in _UNCONDITIONAL_CHECKS]
        outcome = outcomes.outcome_of(one.seen, one.checks, timed_out=timed_out)
        self._explain(one, outcome)
        message = messages.message_of(one, outcome, self.manner)
        if outcome not in outcomes.GOOD and failure is None:
            failure = Failure(_kind_of(outcome, one.reason), message, "compute", None, one.request_id)
        elif failure is not None:
            message += f" {failure.message}"
        one.conclude(outcome, message, failure)
        self._stamp(one)

    def _reset(self, one: Tracked) -> Failure | None:
        try:
            reset_state(self.cloud, one.server_id, one.server_name)
        except CloudError as error:
            return error.failure
        one.reset = True
        self._look_again(one)
        return None

    def _look_again(self, one: Tracked) -> None:
        self._read_servers([one])
        one.checks = migration_checks.checks_of(one.seen)

    def _stamp(self, one: Tracked) -> None:
        one.seconds, one.concluded = self._watch.seconds, self.cloud.now()
        if one.probe is not None:
            one.probed = one.probe.end(one.concluded)

    def _explain(self, one: Tracked, outcome: str) -> None:
        wants_reason = outcome == outcomes.FAILED
        if outcome in outcomes.GOOD and not self.manner.all_events:
            return
        left = min(FAILURE_SECONDS, one.settling.left) if wants_reason and one.settling else 0
        bound = Deadline(self.cloud.clock, left)
        for _tick in Waiter(self.cloud.clock, bound, self.manner.pace):
            try:
                self._read_events(one)
            except CloudError as error:
                # The outcome is known; that its reason cannot be read must not hide it.
                one.reason = None
                one.events = []
                one.failure = one.failure or (error.failure if wants_reason else None)
                return
            if one.reason is not None or not wants_reason:
                break
        if outcome == outcomes.COMPLETED:
            one.reason = None

    def _read_events(self, one: Tracked) -> None:
        if one.request_id is None:
            created = (one.record or {}).get("created")
            one.request_id = instance_actions.action_of(
                instance_actions.list_actions(self.cloud, one.server_id), one.kind.action, created
            )
        if one.request_id is None:
            return
        one.events = instance_actions.read_events(self.cloud, one.server_id, one.request_id)
        one.reason = instance_actions.reason_in(one.events)

    # When it does not go as it should

    def _look_for_loss(self, one: Tracked) -> None:
        """No record: the server is gone, or the request was lost on its way."""
        if one.server is None:
            message = f"{one.server_name}: the server {one.server_id} is gone, and its migration with it."
        elif one.key is not None:
            message = f"{one.server_name}: there is no migration record {one.key} of server {one.server_id}."
        elif one.appearance is not None and one.appearance.over and one.server["task_state"] is None:
            message = f"{one.server_name}: Nova accepted the request, but no migration record has appeared."
        else:
            return
        self._conclude(one)
        one.message = " ".join([message, *([f"Nova's reason: {one.reason}"] if one.reason else [])])
        one.failure = Failure("not_found", one.message, "compute", None, one.request_id)

    def _confirm(self, one: Tracked) -> None:
        # Nova says finished until the source has done its part: once is enough.
        if one.confirmation_sent:
            return
        try:
            one.confirmation_sent = confirm(self.cloud, one.server_id, one.server_name)
        except CloudError as error:
            self._give_up(one, error.failure)
        one.changed = one.changed or one.confirmation_sent

    def _over_time(self, one: Tracked) -> None:
        if self.manner.on_timeout == "fail":
            self._give_up(one)
            return
        if one.grace is None:
            one.grace = Deadline(self.cloud.clock, self.manner.settle_timeout)
        elif one.grace.over:
            self._give_up(one)
            return
        if one.stepped_in is None and one.record is not None:
            try:
                if step_in(self.cloud, self.manner.on_timeout, one.server_id, one.record):
                    one.stepped_in = self.manner.on_timeout
            except CloudError as error:
                self._give_up(one, error.failure)

    def _give_up(self, one: Tracked, failure: Failure | None = None) -> None:
        self._look_again(one)
        self._conclude(one, timed_out=True, failure=failure)


def _kind_of(outcome: str, reason: str | None) -> str:
    if reason and "no valid host" in reason.lower():
        return "no_valid_host"
    return outcome


def is_good(one: Tracked) -> bool:
    """Whether a migration ended as whoever asked for it wants."""
    return one.outcome in outcomes.GOOD


def summary(
    tracked: list[Tracked], good: Callable[[Tracked], bool] = is_good, *, ticks: Iterable[datetime] = ()
) -> dict[str, Any]:
    """The keys that say how all of them ended; with msg when one of them did not end well."""
    bad = [one for one in tracked if not good(one)]
    values: dict[str, Any] = {
        "migrations": [one.as_result() for one in tracked],
        "ticks": [tick.isoformat(timespec="milliseconds") for tick in ticks],
        "changed": any(one.changed or one.stepped_in for one in tracked),
    }
    if bad:
        values["msg"] = " ".join(one.message for one in bad)
        failure = next((one.failure for one in bad if one.failure is not None), None)
        values["failure"] = None if failure is None else failure.as_result()
    return values
