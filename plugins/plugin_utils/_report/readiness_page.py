# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions and data classes for the page about readiness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import render
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_date_time,
    format_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Facts = tuple[tuple[str, str], ...]

_KINDS = {"ready": "passed", "doubtful": "inconclusive", "blocked": "failed", "error": "error"}
_TITLES = {
    "ready": "All hosts can be emptied",
    "doubtful": "Some hosts are doubtful",
    "blocked": "Some hosts cannot be emptied",
    "error": "The cloud was not read",
}
_ANSWERS = {
    "yes": ("passed", "yes"),
    "doubtful": ("inconclusive", "doubtful"),
    "no": ("failed", "no"),
    "unknown": ("skipped", "unknown"),
}
_CERTAINTIES = {"certain": "failed", "likely": "inconclusive", "unknown": "skipped"}
# A table is sorted with the worst value first.
_ORDER = ("no", "doubtful", "unknown", "yes")


@dataclass(frozen=True)
class Answer:
    """Whether a host can be emptied, as a coloured label."""

    kind: str
    label: str
    order: int


@dataclass(frozen=True)
class HostRow:
    """One row in the table of hosts."""

    name: str
    zone: str
    service: str
    servers: int
    alone: Answer
    together: Answer
    batch: int
    blocked: int
    reasons: str


@dataclass(frozen=True)
class ServerRow:
    """One row in the table of blocked servers: one blocker of a server."""

    name: str
    server_id: str
    project: str
    host: str
    status: str
    reason: str
    kind: str
    certainty: str
    detail: str
    remedy: str


@dataclass(frozen=True)
class ProjectRow:
    """One row in the table of projects."""

    project: str
    servers: int
    reasons: str


@dataclass(frozen=True)
class ZoneRow:
    """One row in the table of availability zones."""

    zone: str
    hosts: str
    free: str


@dataclass(frozen=True)
class ReadinessPage:
    """The readiness report."""

    kind: str
    label: str
    title: str
    lead: str
    key_facts: Facts
    at_once: int
    hosts: tuple[HostRow, ...]
    servers: tuple[ServerRow, ...]
    projects: tuple[ProjectRow, ...]
    zones: tuple[ZoneRow, ...]
    unknown: tuple[str, ...]
    run_id: str
    collection: str


def html(report: Mapping[str, Any]) -> str:
    """Return the report as one HTML file."""
    return render("readiness.html.j2", page(report))


def page(report: Mapping[str, Any]) -> ReadinessPage:
    """Return all values that the page shows."""
    outcome = str(report["outcome"])
    return ReadinessPage(
        kind=_KINDS[outcome],
        label=outcome.capitalize(),
        title=_TITLES[outcome],
        lead=str(report["reason"]) or "No rule speaks against the move of any server.",
        key_facts=_key_facts(report),
        at_once=int(report["at_once"] or 1),
        hosts=tuple(
            sorted(map(_host, report["hosts"]), key=lambda row: (row.together.order, row.alone.order, row.name))
        ),
        servers=tuple(row for server in report["servers"] for row in _servers(server)),
        projects=tuple(
            ProjectRow(str(one["project_id"]), int(one["servers"]), _named(one["reasons"]))
            for one in report["projects"]
        ),
        zones=tuple(_zone(zone) for zone in report["zones"]),
        unknown=tuple(map(str, report["unknown"])),
        run_id=str(report["run_id"]),
        collection=str(report["collection"]),
    )


def _key_facts(report: Mapping[str, Any]) -> Facts:
    found = [("Cloud", str(report["cloud"] or "not known")), ("Hosts", str(len(report["hosts"])))]
    if report["totals"]:
        for name, key in (("Alone", "alone"), ("Together", "together")):
            counts = report["totals"][key]
            found.append((name, ", ".join(f"{counts[answer]} {answer}" for answer in _ORDER if counts[answer])))
    found += [("Read at", format_date_time(report["ended"])), ("Duration", format_seconds(report["seconds"]))]
    return tuple(found)


def _answer(value: str) -> Answer:
    kind, label = _ANSWERS[value]
    return Answer(kind, label, _ORDER.index(value))


def _host(host: Mapping[str, Any]) -> HostRow:
    return HostRow(
        name=str(host["host"]),
        zone=str(host["zone"] or ""),
        service=f"{host['status']}, {host['state']}",
        servers=int(host["servers"]),
        alone=_answer(host["can_be_emptied"]),
        together=_answer(host["can_be_emptied_together"]),
        batch=int(host["batch"]),
        blocked=int(host["blocked_servers"]),
        reasons=_named(host["reasons"]),
    )


def _servers(server: Mapping[str, Any]) -> Iterable[ServerRow]:
    for blocker in server["blockers"]:
        yield ServerRow(
            name=str(server["name"] or ""),
            server_id=str(server["id"]),
            project=str(server["project_id"] or ""),
            host=str(server["host"]),
            status=str(server["status"]),
            reason=str(blocker["reason"]),
            kind=_CERTAINTIES[blocker["certainty"]],
            certainty=str(blocker["certainty"]),
            detail=str(blocker["detail"]),
            remedy=str(blocker["remedy"]),
        )


def _zone(zone: Mapping[str, Any]) -> ZoneRow:
    free = ", ".join(f"{name} {amount}" for name, amount in zone["free"].items()) or "not known"
    return ZoneRow(str(zone["zone"]), f"{zone['usable_hosts']} of {zone['hosts']}", free)


def _named(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in reasons.items())
