# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Data classes for the migrations that a report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import GOOD
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.copy_progress import CopySample, copy_samples
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timeline import Timeline, timeline
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import duration, lag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NOT_VISIBLE = "not visible"


@dataclass(frozen=True)
class Check:
    """One check of a migration, such as the status of its record.

    ``ok`` is None if the check could not read the value.
    """

    name: str
    expected: str
    found: str
    ok: bool | None


@dataclass(frozen=True)
class ConsumerAllocations:
    """The allocations of one server or migration, before and after the migration."""

    consumer: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class HostState:
    """The attachments of one volume, or the bindings of one port, before and after the migration."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class MigrationView:
    """The values of one migration that the report page shows."""

    anchor: str
    name: str
    server_id: str
    source: str
    destination: str
    outcome: str
    succeeded: bool
    kind: str
    message: str
    request_id: str
    migration_id: str
    duration: float | None
    lag: float | None
    checks: tuple[Check, ...]
    allocations: tuple[ConsumerAllocations, ...]
    volumes_and_ports: tuple[HostState, ...]
    copy_samples: tuple[CopySample, ...]
    timeline: Timeline | None

    def route(self) -> str:
        if self.source == self.destination == NOT_VISIBLE:
            return "hosts not visible"
        return f"{self.source} → {self.destination}"

    def passed_checks(self) -> int:
        return sum(check.ok is True for check in self.checks)

    def failed_checks(self) -> int:
        return sum(check.ok is False for check in self.checks)

    def checks_summary(self) -> str:
        """Return the number of successful checks, such as "5 of 6 checks agree, 1 disagree"."""
        unknown = len(self.checks) - self.passed_checks() - self.failed_checks()
        parts = [f"{self.passed_checks()} of {len(self.checks)} checks agree"]
        if self.failed_checks():
            parts.append(f"{self.failed_checks()} disagree")
        if unknown:
            parts.append(f"{unknown} not known")
        return ", ".join(parts)


def migration_view(
    migration: Mapping[str, Any],
    polls: Sequence[str],
    anchor: str,
    marks: int,
    guest: Mapping[str, Any] | None = None,
) -> MigrationView:
    outcome = str(migration.get("outcome") or "unknown")
    record = migration.get("record") or {}
    asked = migration.get("expected_host")
    source = migration.get("source") or record.get("source")
    # A user who sees no source sees no destination either.
    no_destination = NOT_VISIBLE if source is None and outcome in GOOD else "none"
    return MigrationView(
        anchor=anchor,
        name=str(migration.get("server_name") or migration.get("server_id") or "server"),
        server_id=str(migration.get("server_id") or ""),
        source=str(source or NOT_VISIBLE),
        destination=str(migration.get("destination") or (f"{asked} (requested)" if asked else no_destination)),
        outcome=outcome,
        succeeded=outcome in GOOD,
        kind=kind_of(outcome),
        message=str(migration.get("message") or ""),
        request_id=str(migration.get("request_id") or ""),
        migration_id=str(migration.get("migration_id") or ""),
        duration=duration(migration),
        lag=lag(migration),
        checks=tuple(_check(check) for check in migration.get("checks") or []),
        allocations=_consumer_allocations(migration),
        volumes_and_ports=(*_states(migration, "volume", "attachments"), *_states(migration, "port", "bindings")),
        copy_samples=copy_samples(migration),
        timeline=timeline(migration, polls, marks, guest),
    )


def kind_of(outcome: str) -> str:
    if outcome in GOOD or outcome == "passed":
        return "passed"
    if outcome in ("error", "unknown"):
        return "error"
    return outcome if outcome in ("inconclusive", "skipped") else "failed"


def value_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or value == "" else str(value)


def _check(check: Mapping[str, Any]) -> Check:
    def shown(value: Any) -> str:
        return "not known" if check.get("ok") is None and value is None else value_text(value)

    name = str(check["name"]).replace("_", " ")
    return Check(name, shown(check.get("expected")), shown(check.get("found")), check.get("ok"))


def _consumer_allocations(migration: Mapping[str, Any]) -> tuple[ConsumerAllocations, ...]:
    before, after = migration.get("allocations_before"), migration.get("allocations")
    if before is None and after is None:
        return ()
    after = after or {}
    return (
        ConsumerAllocations("server", allocation_lines(before), allocation_lines(after.get("server"))),
        # A migration that was not requested yet has no allocations.
        ConsumerAllocations("migration", ("none",), allocation_lines(after.get("migration"))),
    )


def _states(migration: Mapping[str, Any], resource: str, parts: str) -> Iterator[HostState]:
    """Yield the state of each volume with its attachments, or of each port with its bindings."""
    before, after = migration.get(f"{resource}_{parts}_before"), migration.get(f"{resource}_{parts}")
    ids = sorted({entry[f"{resource}_id"] for entry in (*(before or ()), *(after or ()))})
    for resource_id in ids:
        sides = (
            None if side is None else [entry for entry in side if entry[f"{resource}_id"] == resource_id]
            for side in (before, after)
        )
        yield HostState(f"{resource} {resource_id}", *(_state_lines(resource, side) for side in sides))


def _state_lines(resource: str, entries: Sequence[Mapping[str, Any]] | None) -> tuple[str, ...]:
    if entries is None:
        return (NOT_VISIBLE,)
    lines = []
    for entry in entries:
        where = f" on {entry['host']}" if entry.get("host") else ""
        number = f" ({entry['attachment_id']})" if entry.get("attachment_id") else ""
        lines.append(f"{entry['status'] or 'none'}{where}{number}")
    statuses = sorted({entry[f"{resource}_status"] for entry in entries if entry.get(f"{resource}_status")})
    return (*statuses, *lines) or ("none",)


def allocation_lines(allocations: Mapping[str, Mapping[str, Any]] | None) -> tuple[str, ...]:
    if allocations is None:
        return (NOT_VISIBLE,)
    lines = [
        f"{provider}: " + ", ".join(f"{amount} {resource}" for resource, amount in classes.items())
        for provider, classes in allocations.items()
    ]
    return tuple(lines) or ("none",)
