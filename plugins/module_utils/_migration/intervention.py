# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Abort live migrations or force them to complete, and see them to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import Follower, summary
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import Manner
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import Tracked

# Which ends are what was asked for. To abort means that it goes on no more, whoever was quicker.
_GOOD = {
    "abort": frozenset({outcomes.CANCELLED, outcomes.COMPLETED, outcomes.FAILED}) | outcomes.GOOD,
    "force_complete": outcomes.GOOD,
}


class Intervention:
    """One action on several migrations."""

    def __init__(self, cloud: Cloud, tracked: list[Tracked], action: str, manner: Manner, *, wait: bool) -> None:
        self.cloud = cloud
        self.tracked = tracked
        self.action = action
        self.wait = wait
        self._before: str | None = None
        self._manner = manner
        self._follower = Follower(cloud, tracked, self._manner)

    def run(self) -> Report:
        self._look()
        if self.wait:
            self._follower.run()
        else:
            self._request()
        return self._report()

    def predict(self) -> Report:
        """Check mode: look once."""
        self._look()
        for one in self.tracked:
            if one.record is not None and one.kind.phase(one.record["status"]) is Phase.RUNNING:
                one.changed = True
                one.conclude(outcomes.PREDICTED, f"{one.server_name}: would {self.action} the migration {one.key}.")
        self._follower.look()
        return self._report()

    def _look(self) -> None:
        self._follower.appear(0)
        self._before = self._lines()

    def _request(self) -> None:
        for _tick in Waiter(
            self.cloud.clock, Deadline(self.cloud.clock, self._manner.settle_timeout), self._manner.pace
        ):
            self._follower.tick()
            for one in self.tracked:
                if one.open and one.stepped_in:
                    one.conclude(outcomes.REQUESTED, f"{one.server_name}: {self.action} of {one.key} was accepted.")
            if not any(one.open for one in self.tracked):
                return

    def _lines(self) -> str:
        return "".join(
            f"{one.server_name} migration {one.key} {(one.record or {}).get('status')}\n" for one in self.tracked
        )

    def _is_as_wanted(self, one: Tracked) -> bool:
        if one.stepped_in and one.outcome == outcomes.FAILED and (one.server or {}).get("status") == "ERROR":
            # Nova 34 does this to a running copy that is aborted: the guest is well, and the server must be reset.
            return False
        if one.reset:
            # told that it is well, it must be so in all that can be seen
            return all(check["ok"] is not False for check in one.checks if check["name"] != "status")
        return one.outcome in _GOOD[self.action]

    def _report(self) -> Report:
        for one in self.tracked:
            one.changed = one.changed or one.stepped_in is not None
        values = summary(self.tracked, self._is_as_wanted, ticks=self._follower.ticks)
        values["diff"] = {"before": self._before, "after": self._lines()}
        quicker = [one.server_name for one in self.tracked if one.outcome == outcomes.COMPLETED]
        warnings = []
        if self.action == "abort" and quicker:
            warnings.append(f"Not aborted, because they had completed before: {', '.join(quicker)}.")
        return Report(values, failed="msg" in values, warnings=warnings)
