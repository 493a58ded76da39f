# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions and data classes for the page about one drained host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain import move_method, outcome
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import GOOD
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import headlines
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain import has_failed, succeeded
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import render
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations_page import (
    MigrationsPage,
    durations,
    migrations_shown,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import (
    format_date_time,
    format_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    Facts = tuple[tuple[str, str], ...]

_TITLES = {
    outcome.DRAINED: "{host} is drained",
    outcome.NOT_DRAINED: "{host} is not drained",
    outcome.UNDRAINED: "{host} takes servers again",
    outcome.NOT_UNDRAINED: "Some servers are not back on {host}",
    outcome.PLANNED: "Plan for {host}",
}
_METHODS = {
    move_method.BY_LIVE_MIGRATION: "live migration",
    move_method.BY_COLD_MIGRATION: "cold migration",
    move_method.BY_CONFIRMATION: "confirmation of a cold migration",
    move_method.NOT_AT_ALL: "cannot be moved",
}
_ROOM = {True: "yes", False: "no", None: "not known"}


@dataclass(frozen=True)
class Server:
    """A server that this run did not move away from the drained host."""

    name: str
    server_id: str
    method: str
    reason: str


@dataclass(frozen=True)
class PlannedMove:
    """The planned move method of a server."""

    name: str
    server_id: str
    method: str
    movable: bool
    room: str
    zone: str
    obstacle: str


@dataclass(frozen=True)
class DrainPage(MigrationsPage):
    """The report of a drain."""

    kind: str
    label: str
    title: str
    lead: str
    rest: str
    key_facts: Facts
    remaining: tuple[Server, ...]
    departed: tuple[Server, ...]
    plan: tuple[PlannedMove, ...]
    service: Facts
    requests: Facts
    # Whether the folder contains a bug report.
    bug_report: bool
    run_id: str
    collection: str


def html(drain: Mapping[str, Any]) -> str:
    """Return the report of a drain as one HTML file."""
    return render("drain.html.j2", page(drain))


def page(drain: Mapping[str, Any]) -> DrainPage:
    migration_views = migrations_shown(drain["migrations"])
    first, rest = headlines.split_first_sentence(drain["reason"])
    return DrainPage(
        migration_views=migration_views,
        histogram=durations(migration_views),
        kind="passed" if succeeded(drain) else "error" if drain["outcome"] == outcome.ERROR else "failed",
        label=str(drain["outcome"]).replace("_", " ").capitalize(),
        title=title_of(drain),
        lead=first or _lead(drain),
        rest=rest,
        key_facts=_key_facts(drain),
        remaining=tuple(_server(server) for server in drain["left"]),
        departed=tuple(_server(server) for server in drain["gone"]),
        plan=tuple(_planned_move(server) for server in drain["plan"]),
        service=_service(drain),
        requests=tuple(
            (str(migration.get("server_name") or migration["server_id"]), str(migration["request_id"]))
            for migration in drain["migrations"]
            if migration.get("request_id")
        ),
        bug_report=has_failed(drain),
        run_id=str(drain["run_id"]),
        collection=str(drain["collection"]),
    )


def title_of(drain: Mapping[str, Any]) -> str:
    """Return the title of the report about a drain."""
    return _TITLES.get(drain["outcome"], "The run on {host} stopped with an error").format(host=drain["host"])


def _lead(drain: Mapping[str, Any]) -> str:
    if drain["outcome"] == outcome.PLANNED:
        fixed = sum(server.get("move_method") == move_method.NOT_AT_ALL for server in drain["plan"])
        rest = f", {fixed} cannot be moved" if fixed else ""
        return f"{_counted(len(drain['plan']) - fixed)} would be moved{rest}."
    number = len(drain["moved"])
    if not number:
        return "No server was moved."
    destinations = sorted({str(server["destination"]) for server in drain["moved"] if server.get("destination")})
    where = f" to {', '.join(destinations)}" if destinations else ""
    return f"{_counted(number)} {'was' if number == 1 else 'were'} moved{where}."


def _counted(number: int) -> str:
    return f"{number} server{'' if number == 1 else 's'}"


def _key_facts(drain: Mapping[str, Any]) -> Facts:
    migrations = drain["migrations"]
    facts = [("Host", str(drain["host"]))]
    if drain["cloud"]:
        facts.append(("Cloud", str(drain["cloud"])))
    facts += [("Started", format_date_time(drain["started"])), ("Duration", format_seconds(drain["seconds"]))]
    if migrations:
        completed = sum(migration["outcome"] in GOOD for migration in migrations)
        facts.append(("Completed", f"{completed} of {len(migrations)} migrations"))
    if drain["left"]:
        facts.append(("Remaining", str(len(drain["left"]))))
    return tuple(facts)


def _service(drain: Mapping[str, Any]) -> Facts:
    service = drain["service"]
    facts = (
        ("Status", service.get("status")),
        ("State", service.get("state")),
        ("Reason for the disabled status", service.get("disabled_reason")),
        ("Drained since", format_date_time(drain["since"]) if drain["since"] else None),
    )
    return tuple((name, str(value)) for name, value in facts if value)


def _server(server: Mapping[str, Any]) -> Server:
    return Server(
        name=str(server.get("server_name") or ("" if server.get("server_id") else "Allocation without a server")),
        server_id=str(server.get("server_id") or ""),
        method=_METHODS.get(str(server.get("move_method")), str(server.get("move_method") or "")),
        reason=str(server.get("reason") or ""),
    )


def _planned_move(server: Mapping[str, Any]) -> PlannedMove:
    return PlannedMove(
        name=str(server.get("name") or ""),
        server_id=str(server["id"]),
        method=_METHODS.get(str(server.get("move_method")), str(server.get("move_method") or "not known")),
        movable=server.get("move_method") != move_method.NOT_AT_ALL,
        room=_ROOM[server.get("room")],
        zone=str(server.get("availability_zone") or "not known"),
        obstacle=str(server.get("obstacle") or server.get("destination_obstacle") or ""),
    )
