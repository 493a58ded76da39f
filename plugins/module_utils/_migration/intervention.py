# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Abort live migrations or force them to complete, and monitor them to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration import conclude
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import agree
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import MigrationMonitor, summary
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )

# An action succeeds if the migration ends with one of these outcomes.
_GOOD = {
    "abort": frozenset({outcomes.CANCELLED, outcomes.COMPLETED, outcomes.FAILED}) | outcomes.GOOD,
    "force_complete": outcomes.GOOD,
}


class Intervention:
    """The requests that abort running migrations or force them to complete."""

    def __init__(
        self, cloud: Cloud, tracked: list[TrackedMigration], action: str, options: MonitorOptions, *, wait: bool
    ) -> None:
        self.cloud = cloud
        self.tracked = tracked
        self.action = action
        self.wait = wait
        self._before: str | None = None
        self._options = options
        self._monitor = MigrationMonitor(cloud, tracked, self._options)

    def run(self) -> Report:
        self._poll()
        if self.wait:
            self._monitor.run()
        else:
            self._request()
        return self._report()

    def predict(self) -> Report:
        """Poll once, and return the results that check mode predicts."""
        self._poll()
        for migration in self.tracked:
            if (
                migration.observation.record is not None
                and migration.plan.kind.phase(migration.observation.status) is Phase.RUNNING
            ):
                migration.changed = True
                message = f"{migration.plan.server_name}: would {self.action} the migration {migration.key}."
                migration.conclude(conclude.predicted(message))
        self._monitor.predict()
        return self._report()

    def _poll(self) -> None:
        self._monitor.wait_for_records(0)
        self._before = self._diff_lines()

    def _request(self) -> None:
        for _poll in Waiter(
            self.cloud.clock, Deadline(self.cloud.clock, self._options.settle_timeout), self._options.pace
        ):
            self._monitor.poll_once()
            for migration in self.tracked:
                if migration.open and migration.state.intervened_with:
                    message = f"{migration.plan.server_name}: Nova accepted {self.action} for {migration.key}."
                    migration.conclude(conclude.requested(message))
            if not any(migration.open for migration in self.tracked):
                return

    def _diff_lines(self) -> str:
        return "".join(
            f"{migration.plan.server_name} migration {migration.key} {migration.observation.status}\n"
            for migration in self.tracked
        )

    def _is_as_wanted(self, migration: TrackedMigration) -> bool:
        failed = migration.state.intervened_with and migration.outcome == outcomes.FAILED
        if failed and (migration.observation.server or {}).get("status") == "ERROR":
            # Nova 34 may leave a server in ERROR after an abort. An operator must reset the state of the server.
            return False
        if migration.conclusion is not None and migration.conclusion.state_reset:
            # After a reset of the server state, the check ``status`` may fail.
            return agree(check for check in migration.conclusion.checks if check["name"] != "status")
        return migration.outcome in _GOOD[self.action]

    def _report(self) -> Report:
        for migration in self.tracked:
            migration.changed = migration.changed or migration.state.intervened_with is not None
        values = summary(self.tracked, self._is_as_wanted, polls=self._monitor.polls)
        values["diff"] = {"before": self._before, "after": self._diff_lines()}
        quicker = [migration.plan.server_name for migration in self.tracked if migration.outcome == outcomes.COMPLETED]
        warnings = []
        if self.action == "abort" and quicker:
            warnings.append(f"The migrations of these servers completed before the abort: {', '.join(quicker)}.")
        return Report(values, failed="msg" in values, warnings=warnings)
