# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Functions and data classes for the report page of one migration cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report import headlines
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import (
    NOT_VISIBLE,
    MigrationView,
    allocation_lines,
    kind_of,
    migration_view,
    value_text,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations_page import (
    MARKS,
    MigrationsPage,
    durations,
    migrations_shown,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_date_time,
    format_seconds,
    seconds_between,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import Advice

# If a reason is longer, the page shows only its first sentence.
MAX_REASON_LENGTH = 400
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Host:
    """The state of a compute host before or after the migration."""

    name: str
    state: str
    usable: bool
    obstacle: str
    zone: str
    servers: str
    free: str


@dataclass(frozen=True)
class Server:
    """One server, with its host and status before and after the migration."""

    name: str
    id: str
    before: tuple[str, str]
    after: tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One step and its outcome."""

    name: str
    outcome: str
    kind: str
    seconds: str
    reason: str


@dataclass(frozen=True)
class StepDuration:
    """The duration of one step in seconds and in percent of the whole run."""

    name: str
    seconds: str
    share: float


@dataclass(frozen=True)
class OrphanedAllocation:
    """Allocations in Placement that Nova did not delete."""

    consumer: str
    what: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class Page(MigrationsPage):
    """The report of a cycle."""

    outcome: str
    kind: str
    label: str
    title: str
    lead: str
    rest: str
    advice: tuple[Advice, ...]
    key_facts: Facts
    control: MigrationView | None
    control_reason: str
    hosts: tuple[tuple[str, tuple[Host, ...]], ...]
    servers: tuple[Server, ...]
    steps: tuple[Step, ...]
    step_durations: tuple[StepDuration, ...]
    cloud: Facts
    inputs: Facts
    requests: Facts
    deleted: tuple[str, ...]
    orphaned_allocations: tuple[OrphanedAllocation, ...]
    allocations_visible: bool
    run_id: str
    collection: str

    def changed_nothing(self) -> bool:
        """Return whether the run changed nothing in the cloud.

        A run changes nothing if it boots no server and deletes no server.
        """
        return not (self.servers or self.requests or self.deleted or self.orphaned_allocations)

    def has_section(self, anchor: str) -> bool:
        """Return whether the page has a section that links can refer to."""
        absent = {
            "inputs": not self.inputs,
            "hosts": not self.hosts and self.changed_nothing(),
            "control": not (self.control or self.control_reason),
            **dict.fromkeys(("servers", "requests", "cleanup"), self.changed_nothing()),
        }
        return bool(anchor) and not absent.get(anchor, False)

    def drawn_migrations(self) -> tuple[MigrationView, ...]:
        return (*self.migration_views, self.control) if self.control else self.migration_views


def page(evidence: Mapping[str, Any]) -> Page:
    outcome = str(evidence["outcome"])
    polls, migrations = evidence.get("polls") or [], evidence.get("migrations") or []
    guests = {guest["server_id"]: guest for guest in evidence.get("guests") or []}
    migration_views = migrations_shown(migrations, polls, guests)
    control = evidence.get("control") or {}
    first, rest = headlines.split_first_sentence(str(evidence.get("reason") or ""))
    cleanup = evidence.get("cleanup") or {}
    return Page(
        outcome=outcome,
        kind=kind_of(outcome),
        label=headlines.label(outcome),
        title=headlines.title(outcome, str(evidence.get("failed_step") or "")),
        lead=first or _migrations_summary(migration_views),
        rest=rest,
        advice=tuple(headlines.advice_for(evidence)),
        key_facts=_key_facts(evidence, migration_views),
        migration_views=migration_views,
        control=migration_view(control["migration"], polls, "control-migration", MARKS)
        if control.get("migration")
        else None,
        control_reason=str(control.get("reason") or ""),
        histogram=durations(migration_views),
        hosts=_hosts(evidence.get("hosts") or {}),
        servers=tuple(_server(found) for found in evidence.get("servers") or []),
        steps=tuple(_step(found) for found in evidence.get("steps") or []),
        step_durations=_step_durations(evidence.get("seconds") or {}),
        cloud=_cloud(evidence),
        inputs=tuple((name, value_text(value)) for name, value in (evidence.get("inputs") or {}).items()),
        requests=tuple(
            (str(request.get("what")), value_text(request.get("request_id")))
            for request in evidence.get("requests") or []
        ),
        deleted=tuple(map(str, cleanup.get("deleted") or [])),
        orphaned_allocations=tuple(_orphaned_allocations(cleanup)),
        allocations_visible=cleanup.get("allocations_left") is not None,
        run_id=str(evidence.get("run_id") or ""),
        collection=str(evidence.get("collection") or ""),
    )


def _migrations_summary(views: Sequence[MigrationView]) -> str:
    if not views:
        return "No server was migrated."
    if len(views) == 1:
        (view,) = views
        return f"1 server was live-migrated, {view.route()}; {view.checks_summary()}."
    succeeded = sum(view.succeeded for view in views)
    checks = sum(len(view.checks) for view in views)
    passed = sum(view.passed_checks() for view in views)
    return f"{succeeded} of {len(views)} servers were live-migrated; {passed} of {checks} checks agree."


def _key_facts(evidence: Mapping[str, Any], migration_views: Sequence[MigrationView]) -> Facts:
    total = (evidence.get("seconds") or {}).get("total")
    if total is None:
        total = seconds_between(evidence.get("started"), evidence.get("ended"))
    facts = [
        ("Cloud", value_text((evidence.get("cloud") or {}).get("name") or "not known")),
        ("Started", format_date_time(evidence.get("started"))),
        ("Duration", format_seconds(total)),
    ]
    if evidence.get("failed_step"):
        facts.append(("Failed in" if evidence["outcome"] == "failed" else "Stopped in", str(evidence["failed_step"])))
    if migration_views:
        facts.append(
            ("Completed", f"{sum(found.succeeded for found in migration_views)} of {len(migration_views)} migrations")
        )
    return tuple(facts)


def _hosts(hosts: Mapping[str, Any]) -> tuple[tuple[str, tuple[Host, ...]], ...]:
    named = (("Before the migration", hosts.get("before")), ("After the migration", hosts.get("after")))
    return tuple((when, tuple(_host(found) for found in there)) for when, there in named if there is not None)


def _host(host: Mapping[str, Any]) -> Host:
    free = (
        (host.get("free_vcpus"), "VCPU"),
        (host.get("free_ram_mib"), "MiB RAM"),
        (host.get("free_disk_gib"), "GiB disk"),
    )
    return Host(
        name=str(host.get("name")),
        state=", ".join(str(host[key]) for key in ("state", "status") if host.get(key)) or NOT_VISIBLE,
        usable=bool(host.get("usable")),
        obstacle=str(host.get("obstacle") or ""),
        zone=value_text(host.get("availability_zone")),
        servers=NOT_VISIBLE if host.get("servers") is None else str(host["servers"]),
        free=", ".join(f"{amount} {what}" for amount, what in free if amount is not None) or NOT_VISIBLE,
    )


def _server(server: Mapping[str, Any]) -> Server:
    return Server(
        str(server.get("name")),
        str(server.get("id")),
        _host_and_status(server.get("before")),
        _host_and_status(server.get("after")),
    )


def _host_and_status(server: Mapping[str, Any] | None) -> tuple[str, str]:
    if server is None:
        return "not known", "not known"
    state = str(server.get("status") or "not known")
    if server.get("task_state"):
        state += f" ({server['task_state']})"
    return str(server.get("host") or NOT_VISIBLE), state


def _step(step: Mapping[str, Any]) -> Step:
    outcome, seconds = str(step.get("outcome")), step.get("seconds")
    took = "" if seconds is None else format_seconds(seconds)
    return Step(str(step.get("name")), outcome, kind_of(outcome), took, _shortened(str(step.get("reason") or "")))


def _shortened(reason: str) -> str:
    """Return a failure reason, or only its first sentence if the reason is long."""
    if reason.startswith("Not reached"):
        return "Not reached."
    return reason if len(reason) <= MAX_REASON_LENGTH else f"{headlines.split_first_sentence(reason)[0]} …"


def _step_durations(seconds: Mapping[str, float]) -> tuple[StepDuration, ...]:
    whole = seconds.get("total") or sum(seconds.values()) or 1.0
    return tuple(
        StepDuration(name, format_seconds(took), round(min(100.0, 100 * took / whole), 1))
        for name, took in seconds.items()
        if name != "total"
    )


def _cloud(evidence: Mapping[str, Any]) -> Facts:
    cloud = evidence.get("cloud") or {}
    image, flavor = evidence.get("image") or {}, evidence.get("flavor") or {}
    range_ = cloud.get("microversion") or {}
    size = ", ".join(
        f"{flavor[key]} {unit}"
        for key, unit in (("vcpus", "VCPU"), ("ram_mib", "MiB RAM"), ("disk_gib", "GiB disk"))
        if flavor.get(key) is not None
    )
    facts = (
        ("Name", cloud.get("name")),
        ("Release, from its microversions", cloud.get("release")),
        ("Compute API", f"{range_.get('min')} to {range_.get('max')}" if range_ else None),
        ("Hypervisor", cloud.get("hypervisor_type")),
        ("User", (cloud.get("user") or {}).get("name")),
        ("Project", (cloud.get("project") or {}).get("name")),
        ("Roles", ", ".join(map(str, cloud.get("roles") or [])) or None),
        ("Image", image.get("name")),
        ("Flavor", f"{flavor.get('name')} ({size})" if size else flavor.get("name")),
    )
    return tuple((name, str(value) if value else "not known") for name, value in facts)


def _orphaned_allocations(cleanup: Mapping[str, Any]) -> list[OrphanedAllocation]:
    found = [
        OrphanedAllocation(consumer, allocation_lines(allocations), "remaining")
        for consumer, allocations in (cleanup.get("allocations_left") or {}).items()
    ]
    found += [
        OrphanedAllocation(consumer, allocation_lines(allocations), "released by this run")
        for consumer, allocations in (cleanup.get("allocations_released") or {}).items()
    ]
    return found
