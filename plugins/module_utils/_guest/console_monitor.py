# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read the consoles of servers until their guests have counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    ConflictError,
    Failure,
    InputError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import CONSOLE
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, PollIntervals, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_continuity import (
    ConsoleCounts,
    ConsolePatterns,
    ConsoleReading,
    ContinuityResult,
    judge,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud, Response


@dataclass(frozen=True)
class ConsoleOptions:
    """Which consoles, and what is awaited on them."""

    servers: list[str]
    language: ConsolePatterns
    timeout: float
    all_projects: bool = False
    before: Mapping[str, ConsoleReading] | None = None
    # How many seconds a guest may have stood still since then
    longest_downtime: float | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any], language: ConsolePatterns) -> ConsoleOptions:
        """As the module's options say."""
        before = params["before"]
        known = None
        if before is not None:
            known = {str(given.get("server_id")): ConsoleReading.from_result(given) for given in before}
        longest = params["max_downtime"]
        if longest is not None and (longest < 0 or before is None):
            raise InputError("max_downtime must not be less than 0, and needs before.")
        return cls(params["servers"], language, params["timeout"], params["all_projects"], known, longest)


@dataclass
class MonitoredConsole:
    """One server's console."""

    server_id: str
    name: str
    then: ConsoleReading | None = None
    now: ConsoleReading | None = None
    judgement: ContinuityResult | None = None
    failure: Failure | None = None
    # Why its console could not be read
    refusal: str = field(default="")

    @property
    def good(self) -> bool:
        if self.now is None or self.now.words.last is None:
            return False
        return self.judgement is None or not self.judgement.problems

    @property
    def settled(self) -> bool:
        """Whether another look would tell nothing else: a pause that was too long does not get shorter."""
        return self.good or (self.judgement is not None and self.judgement.downtime_seconds is not None)

    @property
    def message(self) -> str:
        if self.now is None:
            return f"{self.name}: its console cannot be read. {self.refusal}".rstrip()
        count = self.now.words.last
        if self.judgement is None:
            if count is None:
                return f"{self.name}: nothing on its console looks like a guest that counts (count_pattern)."
            return f"{self.name}: the guest has counted to {count}."
        if self.judgement.problems:
            return f"{self.name}: the guest is not as it was: {'; '.join(self.judgement.problems)}."
        before = self.then.words.last if self.then else None
        return (
            f"{self.name}: the guest went on from {before} to {count}"
            f" and stood still for {self.judgement.downtime_seconds:.2f} s."
        )

    def as_result(self) -> dict[str, Any]:
        words = self.now.words if self.now else ConsoleCounts()
        return {
            "server_id": self.server_id,
            "server_name": self.name,
            "host_id": self.now.host_id if self.now else None,
            "boots": words.boots,
            "first_count": words.first,
            "count": words.last,
            "mismatches": words.mismatches,
            "boot": words.boot,
            "moment": self.now.moment if self.now else None,
            "counted_on": None if self.judgement is None else self.judgement.downtime_seconds is not None,
            "downtime_seconds": None if self.judgement is None else self.judgement.downtime_seconds,
            "message": self.message,
        }


class ConsoleMonitor:
    """Looks until every guest is as it should be, or time is up."""

    def __init__(self, cloud: Cloud, order: ConsoleOptions, pace: PollIntervals) -> None:
        self.cloud = cloud
        self.order = order
        self.pace = pace

    def run(self) -> Report:
        watched = self._find()
        deadline = Deadline(self.cloud.clock, self.order.timeout)
        self.cloud.deadline = deadline
        for _tick in Waiter(self.cloud.clock, deadline, self.pace):
            for one in watched:
                if not one.settled:
                    self._look(one)
            if all(one.settled for one in watched):
                break
        values: dict[str, Any] = {"changed": False, "consoles": [one.as_result() for one in watched]}
        bad = [one for one in watched if not one.good]
        if not bad:
            return Report(values)
        failure = bad[0].failure
        if failure is None or self.order.before is not None:
            # that of a guest who counted before nothing can be read any more says of the guest that it is not well
            failure = Failure("guest", bad[0].message, "compute")
        values |= {"msg": " ".join(one.message for one in bad), "failure": failure.as_result()}
        return Report(values, failed=True)

    def _find(self) -> list[MonitoredConsole]:
        watched = []
        for name, server in nova_servers.find_each(
            self.cloud, list(dict.fromkeys(self.order.servers)), all_projects=self.order.all_projects
        ).items():
            if server is None:
                raise NotFoundError(f"servers: there is no server {name} that this user can see.")
            one = MonitoredConsole(server["id"], server["name"])
            if self.order.before is not None:
                one.then = self.order.before.get(one.server_id)
                if one.then is None:
                    raise InputError(f"before: there is nothing of the server {one.name} ({one.server_id}).")
            watched.append(one)
        return watched

    def _look(self, one: MonitoredConsole) -> None:
        begun = 0.0

        def ask() -> Response:
            nonlocal begun
            # of the try that was answered, not of those before it
            begun = self.cloud.clock.monotonic()
            what = f"Reading the console of server {one.name} ({one.server_id})"
            body: dict[str, Any] = {"os-getConsoleOutput": {}}
            return self.cloud.send("POST", f"/servers/{one.server_id}/action", what, need=CONSOLE, json=body)

        try:
            answer = self.cloud.retry_idempotent(ask)
        except (ConflictError, NotFoundError) as error:
            # it is on its way between two hosts, or nothing has been written yet
            one.refusal, one.failure = error.failure.message, error.failure
            return
        # the console was read somewhere in between
        moment = (begun + self.cloud.clock.monotonic()) / 2
        server = nova_servers.read(self.cloud, one.server_id)
        if server is None:
            raise NotFoundError(f"{one.name}: the server {one.server_id} is gone.")
        words = ConsoleCounts.of(answer.body["output"], self.order.language)
        one.now = ConsoleReading(words, nova_servers.view(server)["host_id"], round(moment, 3))
        one.failure = None
        if one.then is not None:
            one.judgement = judge(one.then, one.now, self.order.language.period, self.order.longest_downtime)
