# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: all that the report shows, whatever of the evidence there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report import headlines
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import (
    NOT_VISIBLE,
    Move,
    holdings,
    kind_of,
    move,
    words,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations_page import (
    MARKS,
    MigrationsPage,
    durations,
    migrations_shown,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    between,
    day_and_time,
    in_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import Advice

# A step with a longer reason, in characters, tells of many migrations.
LONG = 400
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Host:
    """One compute host, as it was at one moment."""

    name: str
    state: str
    usable: bool
    obstacle: str
    zone: str
    servers: str
    free: str


@dataclass(frozen=True)
class Server:
    """One server, before and after."""

    name: str
    id: str
    before: tuple[str, str]
    after: tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One step and what became of it."""

    name: str
    outcome: str
    kind: str
    seconds: str
    reason: str


@dataclass(frozen=True)
class Time:
    """How long something took, and its part of the whole in percent."""

    name: str
    seconds: str
    share: float


@dataclass(frozen=True)
class Orphan:
    """What Placement still held for a consumer."""

    consumer: str
    what: tuple[str, ...]
    fate: str


@dataclass(frozen=True)
class Page(MigrationsPage):
    """The whole report."""

    outcome: str
    kind: str
    label: str
    title: str
    lead: str
    rest: str
    advice: tuple[Advice, ...]
    key_facts: Facts
    control: Move | None
    control_reason: str
    hosts: tuple[tuple[str, tuple[Host, ...]], ...]
    servers: tuple[Server, ...]
    steps: tuple[Step, ...]
    times: tuple[Time, ...]
    cloud: Facts
    inputs: Facts
    requests: Facts
    deleted: tuple[str, ...]
    orphaned_servers: tuple[Orphan, ...]
    left_known: bool
    run_id: str
    collection: str

    def drawn_migrations(self) -> tuple[Move, ...]:
        return (*self.moves, self.control) if self.control else self.moves


def page(evidence: Mapping[str, Any]) -> Page:
    outcome = str(evidence["outcome"])
    polls, migrations = evidence.get("polls") or [], evidence.get("migrations") or []
    guests = {guest["server_id"]: guest for guest in evidence.get("guests") or []}
    moves = migrations_shown(migrations, polls, guests)
    control = evidence.get("control") or {}
    first, rest = headlines.sentences(str(evidence.get("reason") or ""))
    cleanup = evidence.get("cleanup") or {}
    return Page(
        outcome=outcome,
        kind=kind_of(outcome),
        label=headlines.label(outcome),
        title=headlines.title(outcome, str(evidence.get("failed_step") or "")),
        lead=first or _in_short(moves),
        rest=rest,
        advice=tuple(headlines.what_to_look_at(evidence)),
        key_facts=_key_facts(evidence, moves),
        moves=moves,
        control=move(control["migration"], polls, "control-migration", MARKS) if control.get("migration") else None,
        control_reason=str(control.get("reason") or ""),
        histogram=durations(moves),
        hosts=_hosts(evidence.get("hosts") or {}),
        servers=tuple(_server(found) for found in evidence.get("servers") or []),
        steps=tuple(_step(found) for found in evidence.get("steps") or []),
        times=_times(evidence.get("seconds") or {}),
        cloud=_cloud(evidence),
        inputs=tuple((name, words(value)) for name, value in (evidence.get("inputs") or {}).items()),
        requests=tuple((str(one.get("what")), words(one.get("request_id"))) for one in evidence.get("requests") or []),
        deleted=tuple(map(str, cleanup.get("deleted") or [])),
        orphaned_servers=tuple(_orphaned_servers(cleanup)),
        left_known=cleanup.get("allocations_left") is not None,
        run_id=str(evidence.get("run_id") or ""),
        collection=str(evidence.get("collection") or ""),
    )


def _in_short(moves: Sequence[Move]) -> str:
    """What there is to say when there is no reason to give."""
    if not moves:
        return "No server was migrated."
    good = sum(found.good for found in moves)
    if len(moves) == 1:
        return f"One server was live-migrated, {moves[0].source} → {moves[0].destination}; {moves[0].verdict()}."
    checks = sum(len(found.checks) for found in moves)
    agree = sum(found.agreeing() for found in moves)
    return f"{good} of {len(moves)} servers were live-migrated; {agree} of {checks} checks agree."


def _key_facts(evidence: Mapping[str, Any], moves: Sequence[Move]) -> Facts:
    total = (evidence.get("seconds") or {}).get("total")
    if total is None:
        total = between(evidence.get("started"), evidence.get("ended"))
    facts = [
        ("Cloud", words((evidence.get("cloud") or {}).get("name") or "not named")),
        ("Began", day_and_time(evidence.get("started"))),
        ("Took", in_words(total)),
    ]
    if evidence.get("failed_step"):
        facts.append(("Failed in" if evidence["outcome"] == "failed" else "Stopped in", str(evidence["failed_step"])))
    if moves:
        facts.append(("Completed", f"{sum(found.good for found in moves)} of {len(moves)} migrations"))
    return tuple(facts)


def _hosts(hosts: Mapping[str, Any]) -> tuple[tuple[str, tuple[Host, ...]], ...]:
    named = (("Before the migration", hosts.get("before")), ("After it", hosts.get("after")))
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
        zone=words(host.get("availability_zone")),
        servers=NOT_VISIBLE if host.get("servers") is None else str(host["servers"]),
        free=", ".join(f"{amount} {what}" for amount, what in free if amount is not None) or NOT_VISIBLE,
    )


def _server(server: Mapping[str, Any]) -> Server:
    return Server(
        str(server.get("name")), str(server.get("id")), _place(server.get("before")), _place(server.get("after"))
    )


def _place(server: Mapping[str, Any] | None) -> tuple[str, str]:
    if server is None:
        return "not known", "not known"
    state = str(server.get("status") or "not known")
    if server.get("task_state"):
        state += f" ({server['task_state']})"
    return str(server.get("host") or NOT_VISIBLE), state


def _step(step: Mapping[str, Any]) -> Step:
    outcome, seconds = str(step.get("outcome")), step.get("seconds")
    took = "" if seconds is None else in_words(seconds)
    return Step(str(step.get("name")), outcome, kind_of(outcome), took, _shortened(str(step.get("reason") or "")))


def _shortened(reason: str) -> str:
    """What was not reached says nothing new; of many migrations' reasons the first will do."""
    if reason.startswith("Not reached"):
        return "Not reached."
    return reason if len(reason) <= LONG else f"{headlines.sentences(reason)[0]} …"


def _times(seconds: Mapping[str, float]) -> tuple[Time, ...]:
    whole = seconds.get("total") or sum(seconds.values()) or 1.0
    return tuple(
        Time(name, in_words(took), round(min(100.0, 100 * took / whole), 1))
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
        ("Release, as its API tells", cloud.get("release")),
        ("Compute API", f"{range_.get('min')} to {range_.get('max')}" if range_ else None),
        ("Hypervisor", cloud.get("hypervisor_type")),
        ("User", (cloud.get("user") or {}).get("name")),
        ("Project", (cloud.get("project") or {}).get("name")),
        ("Roles", ", ".join(map(str, cloud.get("roles") or [])) or None),
        ("Image", image.get("name")),
        ("Flavor", f"{flavor.get('name')} ({size})" if size else flavor.get("name")),
    )
    return tuple((name, str(value) if value else "not known") for name, value in facts)


def _orphaned_servers(cleanup: Mapping[str, Any]) -> list[Orphan]:
    found = [
        Orphan(consumer, holdings(held), "still there")
        for consumer, held in (cleanup.get("allocations_left") or {}).items()
    ]
    found += [
        Orphan(consumer, holdings(held), "released by this run")
        for consumer, held in (cleanup.get("allocations_released") or {}).items()
    ]
    return found
