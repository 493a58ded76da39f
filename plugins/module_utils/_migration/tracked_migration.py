# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""One migration that is followed: what is asked, what was seen, what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import Failure, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._migration import checks as migration_checks
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import (
    IN_LINE,
    Phase,
    first_new,
    with_key,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, Kind
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import by_provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Held, Resources
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.server_probe import Probe


@dataclass
class Tracked:
    """A server's migration, from the request to the verdict."""

    server_id: str
    server_name: str
    kind: Kind = LIVE
    key: str | None = None
    # The records that were there before; of those from before that moment not all are known
    known: frozenset[str] = frozenset()
    not_before: str = ""
    request_id: str | None = None
    source: str | None = None
    source_host_id: str | None = None
    expected_host: str | None = None
    initial_status: str = "ACTIVE"
    # Whether that was seen, and is not what most servers are
    initial_known: bool = True
    project_id: str | None = None
    started: datetime | None = None
    changed: bool = False
    joined: bool = False
    # Whether it goes on, as far as we know; one that is yet to be asked for is not looked at.
    begun: bool = True

    record: dict[str, Any] | None = None
    server: dict[str, Any] | None = None
    # What the server held before, by provider
    held_before: dict[str, Resources] | None = None
    server_held: list[Held] | None = None
    migration_held: list[Held] | None = None
    checks: list[migration_checks.Check] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None
    outcome: str | None = None
    message: str = ""
    failure: Failure | None = None
    seconds: float | None = None
    concluded: datetime | None = None
    # Each status of the record, with the moment at which it was seen first
    history: list[dict[str, str]] = field(default_factory=list)
    # What was copied, each time that was looked at
    progress: list[dict[str, Any]] = field(default_factory=list)

    # The open migration of others that keeps it from being requested, for how long, and whether that ever was so
    held_up: dict[str, Any] | None = None
    patience: Deadline | None = None
    waited: bool = False

    # Whether it answers on the network, where that is asked
    probe: Probe | None = None
    probed: dict[str, Any] | None = None

    # How far it was followed
    deadline: Deadline | None = None
    appearance: Deadline | None = None
    settling: Deadline | None = None
    grace: Deadline | None = None
    calm_looks: int = 0
    stepped_in: str | None = None
    # Whether Nova was told that the server is well, after it had left it in ERROR
    reset: bool = False
    confirmation_sent: bool = False

    @classmethod
    def from_result(cls, given: Mapping[str, Any]) -> Tracked:
        """From what server_live_migrate returned, or a user wrote."""
        if given.get("outcome") == outcomes.UNCHANGED and given.get("server_id"):
            # There was nothing to do for this one, so there is nothing to wait for.
            return cls(
                server_id=str(given["server_id"]),
                server_name=str(given.get("server_name") or given["server_id"]),
                source=given.get("source"),
                expected_host=given.get("expected_host"),
                server=given.get("server"),
                outcome=outcomes.UNCHANGED,
                message=str(given.get("message", "")),
            )
        for name in ("server_id", "migration_id"):
            if not isinstance(given.get(name), (str, int)) or not str(given[name]):
                raise InputError(f"migrations: each needs {name}, found {dict(given)!r}.")
        source, host_id, expected = given.get("source"), given.get("source_host_id"), given.get("expected_host")
        return cls(
            server_id=str(given["server_id"]),
            server_name=str(given.get("server_name") or given["server_id"]),
            key=str(given["migration_id"]),
            request_id=given.get("request_id"),
            source=source,
            source_host_id=host_id,
            expected_host=expected,
            initial_status=given.get("initial_status") or "ACTIVE",
            initial_known=bool(given.get("initial_status")),
            project_id=given.get("project_id"),
            started=_moment(given.get("started")),
            held_before=given.get("allocations_before"),
            history=list(given.get("history") or []),
        )

    @property
    def open(self) -> bool:
        return self.outcome is None

    @property
    def in_line(self) -> bool:
        """Nova has not begun with it, because it moves only so many servers off a host at once."""
        return (self.record or {}).get("status") in IN_LINE

    @property
    def has_failed(self) -> bool:
        return self.record is not None and self.kind.phase(self.record["status"]) is Phase.FAILED

    @property
    def home(self) -> str | None:
        """What tells the host that it leaves from others, for whoever may not know its name, too."""
        return self.source or self.source_host_id

    @property
    def seen(self) -> migration_checks.Seen:
        return migration_checks.Seen(
            record=self.record,
            server=self.server,
            server_held=self.server_held,
            migration_held=self.migration_held,
            source=self.source,
            source_host_id=self.source_host_id,
            expected_host=self.expected_host,
            initial_status=self.initial_status,
            held_before=self.held_before,
            kind=self.kind,
            reach=self.probe.reach if self.probe else None,
        )

    def own(self, records: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """The record that is followed."""
        if self.key:
            return with_key(records, self.key)
        return first_new(records, self.server_id, self.known, self.kind.record_type, self.not_before)

    def remember(self, now: datetime) -> None:
        """Add to the history what the record says, where that is new."""
        status = (self.record or {}).get("status")
        if status and (not self.history or self.history[-1]["status"] != status):
            self.history.append({"status": str(status), "seen": now.isoformat(timespec="milliseconds")})

    def conclude(self, outcome: str, message: str, failure: Failure | None = None) -> None:
        self.outcome, self.message = outcome, message
        self.failure = failure or self.failure

    def as_result(self) -> dict[str, Any]:
        record = self.record or {}
        return {
            "server_id": self.server_id,
            "server_name": self.server_name,
            "migration_id": self.key,
            "migration_number": record.get("id"),
            "request_id": self.request_id,
            "source": self.source or record.get("source"),
            "source_host_id": self.source_host_id,
            "destination": record.get("destination"),
            "expected_host": self.expected_host,
            "initial_status": self.initial_status,
            "project_id": self.project_id,
            "status": record.get("status"),
            "started": self.started.strftime("%Y-%m-%dT%H:%M:%SZ") if self.started else None,
            "concluded": self.concluded.isoformat(timespec="milliseconds") if self.concluded else None,
            "changed": self.changed,
            "joined": self.joined,
            "on_timeout_action": self.stepped_in,
            "state_reset": self.reset,
            "record": self.record,
            "history": self.history,
            "progress": self.progress,
            "probe": self.probed,
            "server": self.server,
            "allocations_before": self.held_before,
            "allocations": {
                "server": None if self.server_held is None else by_provider(self.server_held),
                "migration": None if self.migration_held is None else by_provider(self.migration_held),
            },
            "events": self.events,
            "reason": self.reason,
            "outcome": self.outcome,
            "checks": self.checks,
            "message": self.message,
            "failure": None if self.failure is None else self.failure.as_result(),
            "seconds": self.seconds,
        }


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InputError(f"migrations: started must be a time in ISO 8601, found {text!r}.") from error
