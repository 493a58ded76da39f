# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""All reads of migrations that are under way: records, servers, allocations, events. Each list is read once for all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration.evaluation import FAILURE_SECONDS
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import COMPLETED, FAILED, GOOD
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    instance_actions,
    migration_list,
    migration_progress,
    timestamps,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of, view
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )

# The clocks of Nova's hosts differ from each other and from ours.
CLOCK_MARGIN = timedelta(seconds=60)
# A server is switched over before its record says that it ended.
SWITCH_MARGIN = timedelta(seconds=15)


class Observer:
    """Reads what the cloud says of the given migrations, and replaces their observations."""

    def __init__(self, cloud: Cloud, tracked: Sequence[TrackedMigration], *, read_progress: bool) -> None:
        self.cloud = cloud
        # all are moved in the same way
        self._kind = tracked[0].plan.kind if tracked else LIVE
        self._placement = Placement(cloud)
        own = cloud.identity().project_id
        self._all_projects = any(one.plan.project_id not in (None, own) for one in tracked)
        self._reads_progress = read_progress
        self._next_progress = Deadline(cloud.clock, 0)

    def read_records(self, which: Sequence[TrackedMigration]) -> None:
        """The record of each; None where there is none: a record goes with its server."""
        if not which:
            return
        records = migration_list.of_servers(
            self.cloud,
            {one.plan.server_id: one.key for one in which},
            self._kind,
            since=self._since(which),
        )
        for one in which:
            found = one.own(records)
            one.observe(record=None if found is None else view(found))
            if found is not None:
                one.key = key_of(found)
                one.remember_status(self.cloud.now())

    def read_progress(self, which: Iterable[TrackedMigration]) -> None:
        """How much is copied, now and then. It is for administrators by default, and nothing depends on it."""
        if not self._reads_progress or not self._next_progress.over:
            return
        self._next_progress = Deadline(self.cloud.clock, migration_progress.EVERY_SECONDS)
        for one in which:
            if one.seen.status not in migration_progress.COPYING:
                continue
            try:
                found = migration_progress.read(self.cloud, one.plan.server_id, one.key)
            except CloudError:
                self._reads_progress = False
                return
            copied = found and migration_progress.view(found, self.cloud.now())
            if copied:
                one.progress.append(copied)

    def read_servers(self, which: Sequence[TrackedMigration]) -> None:
        """The server of each; None where it is gone."""
        if not which:
            return
        found = nova_servers.read_many(
            self.cloud,
            [one.plan.server_id for one in which],
            changed_since=min(self._changed(one) for one in which),
            all_projects=self._all_projects,
        )
        for one in which:
            server = found.get(one.plan.server_id)
            one.observe(server=None if server is None else nova_servers.view(server))

    def read_allocations(self, which: Sequence[TrackedMigration]) -> None:
        """What the server and the migration of each hold in Placement; None where this user may not read it."""
        migrations = {one.plan.server_id: (one.seen.record or {}).get("uuid") for one in which}
        held = self._placement.allocations_of([*migrations, *filter(None, migrations.values())])
        for one in which:
            uuid = migrations[one.plan.server_id]
            one.observe(
                server_held=None if held is None else held[one.plan.server_id],
                migration_held=None if held is None or uuid is None else held[uuid],
            )

    def explain(
        self, one: TrackedMigration, outcome: str, options: MonitorOptions
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Nova's events of the instance action, and the reason in them.

        After a failure the reason is waited for. That it cannot be read must not hide the outcome.
        """
        wants_reason = outcome == FAILED
        if outcome in GOOD and not options.all_events:
            return [], None
        settling = one.state.settling
        left = min(FAILURE_SECONDS, settling.left) if wants_reason and settling else 0
        events: list[dict[str, Any]] = []
        reason = None
        for _poll in Waiter(self.cloud.clock, Deadline(self.cloud.clock, left), options.pace):
            try:
                events = self._events(one)
            except CloudError:
                return [], None
            reason = instance_actions.reason_in(events)
            if reason is not None or not wants_reason:
                break
        return events, None if outcome == COMPLETED else reason

    def _events(self, one: TrackedMigration) -> list[dict[str, Any]]:
        """Finds the id of the request, where that is not known."""
        if one.request_id is None:
            actions = instance_actions.list_actions(self.cloud, one.plan.server_id)
            created = (one.seen.record or {}).get("created")
            one.request_id = instance_actions.action_of(actions, one.plan.kind.action, created)
        if one.request_id is None:
            return []
        return instance_actions.read_events(self.cloud, one.plan.server_id, one.request_id)

    def _changed(self, one: TrackedMigration) -> datetime:
        """Since when its server has changed for sure; a server that the list lacks is read by itself."""
        ended = timestamps.read_time((one.seen.record or {}).get("updated")) if one.state.settling else None
        return self._since([one]) if ended is None else ended - SWITCH_MARGIN

    def _since(self, which: Iterable[TrackedMigration]) -> datetime:
        moments = [moment for one in which if (moment := _start_of(one)) is not None]
        return min(moments, default=self.cloud.now()) - CLOCK_MARGIN


def _start_of(one: TrackedMigration) -> datetime | None:
    return one.started or timestamps.read_time((one.seen.record or {}).get("created"))
