# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The plan, the last poll and the outcome of each migration that a module monitors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.conclude import unchanged
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
    Conclusion,
    MigrationPlan,
    Observation,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.volume_and_port_entries import (
    attachment_entries,
    attachments_in,
    port_entries,
    ports_in,
    volume_entries,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import first_new, with_key
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import by_provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.server_probe import Probe


@dataclass
class MonitorState:
    """The deadlines and flags that the monitor keeps for one migration."""

    # Whether Nova has received a request for this migration.
    is_started: bool = True
    # If Nova has created no migration record at this time, the request is lost.
    record_deadline: Deadline | None = None
    # The deadline of this migration, which the option ``timeout`` sets.
    deadline: Deadline | None = None
    # After the migration has ended, its checks must pass before this deadline (settle_timeout).
    settle_deadline: Deadline | None = None
    # Whether the migration has completed, and the module verifies it later together with others.
    awaits_verification: bool = False
    # After an abort or a forced completion, the migration must end before this deadline.
    grace_deadline: Deadline | None = None
    stable_polls: int = 0
    intervened_with: str | None = None
    confirmation_sent: bool = False
    # Whether a poll after the end of a completed migration found the expected values of the server.
    server_agreed: bool = False
    # At this time, the module warns that the record still has the status ``accepted``.
    accepted_deadline: Deadline | None = None
    warned: bool = False
    # The migration of another user that must end first, or None.
    blocked_by: dict[str, Any] | None = None
    # The time until which this migration waits for foreign migrations (option wait_for_hosts).
    hold_deadline: Deadline | None = None
    # Whether this migration ever waited for a migration of another user.
    was_blocked: bool = False


@dataclass
class TrackedMigration:
    """One migration that a module monitors, with its plan, its last poll and its outcome."""

    plan: MigrationPlan
    # The values from the last poll of this migration.
    observation: Observation = field(default_factory=Observation)
    conclusion: Conclusion | None = None
    state: MonitorState = field(default_factory=MonitorState)
    # The uuid of the migration record. Before microversion 2.59, this is the number of the record.
    key: str | None = None
    # The id of the request that started the migration.
    request_id: str | None = None
    # The time of the migration request on the clock of the cloud.
    started: datetime | None = None
    changed: bool = False
    # Whether the migration was already running before the module started.
    joined: bool = False
    # Each status of the migration record, with the time at which a poll first found the status.
    history: list[dict[str, str]] = field(default_factory=list)
    # The progress of the memory copy at each poll.
    progress: list[dict[str, Any]] = field(default_factory=list)
    # The network probe of the server. None means that the module does not probe the server.
    probe: Probe | None = None

    @classmethod
    def from_result(cls, given: Mapping[str, Any]) -> TrackedMigration:
        """Create the object from an entry of the option ``migrations``.

        Raise InputError if ``server_id`` or ``migration_id`` is missing.
        """
        if given.get("outcome") == outcomes.UNCHANGED and given.get("server_id"):
            # The server needed no migration, so there is no migration to wait for.
            return cls(
                MigrationPlan(
                    server_id=str(given["server_id"]),
                    server_name=str(given.get("server_name") or given["server_id"]),
                    source=given.get("source"),
                    expected_host=given.get("expected_host"),
                ),
                Observation(server=given.get("server")),
                unchanged(str(given.get("message", ""))),
            )
        for name in ("server_id", "migration_id"):
            if not isinstance(given.get(name), (str, int)) or not str(given[name]):
                raise InputError(f"migrations: each entry needs {name}, found {dict(given)!r}.")
        return cls(
            MigrationPlan(
                server_id=str(given["server_id"]),
                server_name=str(given.get("server_name") or given["server_id"]),
                source=given.get("source"),
                source_host_id=given.get("source_host_id"),
                expected_host=given.get("expected_host"),
                initial_status=given.get("initial_status") or "ACTIVE",
                initial_known=bool(given.get("initial_status")),
                project_id=given.get("project_id"),
                allocations_before=given.get("allocations_before"),
                attachments_before=attachments_in(given.get("volume_attachments_before")),
                ports_before=ports_in(given.get("port_bindings_before")),
            ),
            key=str(given["migration_id"]),
            request_id=given.get("request_id"),
            started=_moment(given.get("started")),
            history=list(given.get("history") or []),
        )

    @property
    def open(self) -> bool:
        return self.conclusion is None

    @property
    def outcome(self) -> str | None:
        return None if self.conclusion is None else self.conclusion.outcome

    def own_record(self, records: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """Return the migration record of this migration.

        If the key is unknown, return the first new migration record of the server.
        """
        if self.key:
            return with_key(records, self.key)
        plan = self.plan
        return first_new(records, plan.server_id, plan.known, plan.kind.record_type, plan.not_before)

    def replan(self, **changes: Any) -> None:
        """Change values of the migration plan, for example the source host."""
        self.plan = replace(self.plan, **changes)

    def observe(self, **changes: Any) -> None:
        """Update the stored values of the last poll."""
        self.observation = replace(self.observation, **changes)

    def remember_status(self, now: datetime) -> None:
        """Add the status of the migration record to the history if the status has changed."""
        status = self.observation.status
        if status and (not self.history or self.history[-1]["status"] != status):
            self.history.append({"status": str(status), "seen": now.isoformat(timespec="milliseconds")})

    def conclude(self, conclusion: Conclusion) -> None:
        """Store the conclusion, which ends the monitoring of this migration."""
        self.conclusion = conclusion
        if conclusion.outcome == outcomes.REFUSED and conclusion.failure is not None:
            self.request_id = self.request_id or conclusion.failure.request_id

    def as_result(self) -> dict[str, Any]:
        """Return the migration as an entry of the return value ``migrations``."""
        plan, observation, state = self.plan, self.observation, self.state
        record = observation.record or {}
        end = self.conclusion or Conclusion("", "")
        return {
            "server_id": plan.server_id,
            "server_name": plan.server_name,
            "migration_id": self.key,
            "migration_number": record.get("id"),
            "request_id": self.request_id,
            "source": plan.source or record.get("source"),
            "source_host_id": plan.source_host_id,
            "destination": record.get("destination"),
            "expected_host": plan.expected_host,
            "initial_status": plan.initial_status,
            "project_id": plan.project_id,
            "status": record.get("status"),
            "started": self.started.strftime("%Y-%m-%dT%H:%M:%SZ") if self.started else None,
            "concluded": end.at.isoformat(timespec="milliseconds") if end.at else None,
            "changed": self.changed,
            "joined": self.joined,
            "on_timeout_action": state.intervened_with,
            "state_reset": end.state_reset,
            "record": observation.record,
            "history": self.history,
            "progress": self.progress,
            "probe": end.probe,
            "server": observation.server,
            "volume_attachments_before": attachment_entries(plan.attachments_before),
            "volume_attachments": volume_entries(observation.volumes),
            "port_bindings_before": port_entries(plan.ports_before),
            "port_bindings": port_entries(observation.ports),
            "allocations_before": plan.allocations_before,
            "allocations": {
                "server": None
                if observation.server_allocations is None
                else by_provider(observation.server_allocations),
                "migration": None
                if observation.migration_allocations is None
                else by_provider(observation.migration_allocations),
            },
            "events": end.events,
            "reason": end.reason,
            "outcome": self.outcome,
            "checks": end.checks,
            "message": end.message,
            "failure": None if end.failure is None else end.failure.as_result(),
            "seconds": end.seconds,
        }


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InputError(f"migrations: started must be a time in ISO 8601, found {text!r}.") from error
