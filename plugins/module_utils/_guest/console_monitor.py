# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read the consoles of servers until each guest prints a new number."""

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
    DISK_CHECKS,
    ConsoleCounts,
    ConsolePatterns,
    ConsoleReading,
    ContinuityResult,
    compare,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud, Response


@dataclass(frozen=True)
class ConsoleOptions:
    """The options of the module server_console_info."""

    servers: list[str]
    patterns: ConsolePatterns
    timeout: float
    all_projects: bool = False
    before: Mapping[str, ConsoleReading] | None = None
    # The longest accepted downtime between two readings of the console, in seconds.
    max_downtime: float | None = None
    # The number of blocks that a guest must verify on its data disks after the first reading.
    disk_checks: int = DISK_CHECKS

    @classmethod
    def of(cls, params: Mapping[str, Any], patterns: ConsolePatterns) -> ConsoleOptions:
        """Return the options from the module parameters. Raise InputError when an option is not valid."""
        before = params["before"]
        known = None
        if before is not None:
            known = {str(given.get("server_id")): ConsoleReading.from_result(given) for given in before}
        max_downtime = params["max_downtime"]
        if max_downtime is not None and (max_downtime < 0 or before is None):
            raise InputError(
                "max_downtime must be at least 0, and requires the option 'before'. Set 'before' to an"
                " earlier result of this module."
            )
        if params["disk_checks"] < 0:
            raise InputError(f"disk_checks must be at least 0, found {params['disk_checks']}.")
        return cls(
            params["servers"],
            patterns,
            params["timeout"],
            params["all_projects"],
            known,
            max_downtime,
            params["disk_checks"],
        )


@dataclass
class MonitoredConsole:
    """The console log of a server, and the values of the counter that the guest prints on its console."""

    server_id: str
    name: str
    disk_checks: int
    earlier: ConsoleReading | None = None
    now: ConsoleReading | None = None
    # The number of blocks on its data disks that the guest had verified at the first reading
    first_verified: int | None = None
    continuity: ContinuityResult | None = None
    failure: Failure | None = None
    # The reason why the module cannot read the console.
    refusal: str = field(default="")

    @property
    def good(self) -> bool:
        if self.now is None or self.now.counts.last is None or self.now.counts.damage is not None:
            return False
        if self.continuity is None:
            return True
        return not self.continuity.problems and self.blocks_to_verify == 0

    @property
    def blocks_to_verify(self) -> int:
        """Return how many blocks of its data disks the guest must still verify."""
        if self.earlier is None or self.earlier.counts.verified is None or self.now is None:
            return 0
        if self.now.counts.verified is None or self.first_verified is None:
            return 0
        return max(0, self.first_verified + self.disk_checks - self.now.counts.verified)

    @property
    def settled(self) -> bool:
        """Return whether the module needs no further reading of the server's console."""
        if self.now is not None and self.now.counts.damage is not None:
            return True
        if self.blocks_to_verify:
            return False
        return self.good or (self.continuity is not None and self.continuity.downtime_seconds is not None)

    @property
    def message(self) -> str:
        if self.now is None:
            return f"{self.name}: the console cannot be read. {self.refusal}".rstrip()
        count = self.now.counts.last
        if self.continuity is None:
            if self.now.counts.damage is not None:
                return f"{self.name}: the data disk of the guest is damaged: block {self.now.counts.damage}."
            if count is None:
                return f"{self.name}: no line on its console matches count_pattern."
            return f"{self.name}: the counter of the guest is {count}."
        return self._continuity_message(self.now.counts, self.continuity)

    def _continuity_message(self, counts: ConsoleCounts, continuity: ContinuityResult) -> str:
        if continuity.problems:
            return f"{self.name}: the guest did not continue: {'; '.join(continuity.problems)}."
        if self.blocks_to_verify:
            verified = self.disk_checks - self.blocks_to_verify
            return (
                f"{self.name}: the guest has verified only {verified} of {self.disk_checks} blocks of its data disks."
            )
        before = self.earlier.counts.last if self.earlier else None
        disk = "" if counts.verified is None else f" Its data disk is intact ({counts.verified} blocks verified)."
        return (
            f"{self.name}: the guest continued from {before} to {counts.last}"
            f" with a downtime of {continuity.downtime_seconds:.2f} s.{disk}"
        )

    def as_result(self) -> dict[str, Any]:
        counts = self.now.counts if self.now else ConsoleCounts()
        return {
            "server_id": self.server_id,
            "server_name": self.name,
            "host_id": self.now.host_id if self.now else None,
            "boots": counts.boots,
            "first_count": counts.first,
            "count": counts.last,
            "mismatches": counts.mismatches,
            "boot": counts.boot,
            "disk_verified": counts.verified,
            "disk_damage": counts.damage,
            "moment": self.now.moment if self.now else None,
            "counted_on": None if self.continuity is None else self.continuity.downtime_seconds is not None,
            "downtime_seconds": None if self.continuity is None else self.continuity.downtime_seconds,
            "message": self.message,
        }


class ConsoleMonitor:
    """Reads the consoles until each guest has printed a new counter value, or until the timeout."""

    def __init__(self, cloud: Cloud, order: ConsoleOptions, pace: PollIntervals) -> None:
        self.cloud = cloud
        self.order = order
        self.pace = pace

    def run(self) -> Report:
        watched = self._find()
        deadline = Deadline(self.cloud.clock, self.order.timeout)
        self.cloud.deadline = deadline
        for _tick in Waiter(self.cloud.clock, deadline, self.pace):
            for console in watched:
                if not console.settled:
                    self._read(console)
            if all(console.settled for console in watched):
                break
        values: dict[str, Any] = {"changed": False, "consoles": [console.as_result() for console in watched]}
        bad = [console for console in watched if not console.good]
        if not bad:
            return Report(values)
        failure = bad[0].failure
        if failure is None or self.order.before is not None:
            # A guest that stopped printing its counter has failed.
            failure = Failure("guest", bad[0].message, "compute")
        values |= {"msg": " ".join(console.message for console in bad), "failure": failure.as_result()}
        return Report(values, failed=True)

    def _find(self) -> list[MonitoredConsole]:
        watched = []
        for name, server in nova_servers.find_each(
            self.cloud, list(dict.fromkeys(self.order.servers)), all_projects=self.order.all_projects
        ).items():
            if server is None:
                raise NotFoundError(f"servers: there is no server {name} that this user can see.")
            console = MonitoredConsole(server["id"], server["name"], self.order.disk_checks)
            if self.order.before is not None:
                console.earlier = self.order.before.get(console.server_id)
                if console.earlier is None:
                    missing = f"{console.name} ({console.server_id})"
                    raise InputError(f'The option "before" has no entry for the server {missing}.')
            watched.append(console)
        return watched

    def _read(self, console: MonitoredConsole) -> None:
        begun = 0.0

        def ask() -> Response:
            nonlocal begun
            # A retry of the request starts the time measurement again.
            begun = self.cloud.clock.monotonic()
            what = f"Reading the console of server {console.name} ({console.server_id})"
            body: dict[str, Any] = {"os-getConsoleOutput": {}}
            return self.cloud.send("POST", f"/servers/{console.server_id}/action", what, need=CONSOLE, json=body)

        try:
            answer = self.cloud.retry_idempotent(ask)
        except (ConflictError, NotFoundError) as error:
            # Nova returns no console during a migration, or before the server has a console log.
            console.refusal, console.failure = error.failure.message, error.failure
            return
        # Nova reads the console between request and answer, so assume the middle of this interval.
        moment = (begun + self.cloud.clock.monotonic()) / 2
        server = nova_servers.read(self.cloud, console.server_id)
        if server is None:
            raise NotFoundError(f"{console.name}: the server {console.server_id} no longer exists.")
        counts = ConsoleCounts.of(answer.body["output"], self.order.patterns)
        console.now = ConsoleReading(counts, nova_servers.view(server)["host_id"], round(moment, 3))
        console.failure = None
        if console.first_verified is None:
            console.first_verified = counts.verified
        if console.earlier is not None:
            console.continuity = compare(
                console.earlier, console.now, self.order.patterns.period, self.order.max_downtime
            )
