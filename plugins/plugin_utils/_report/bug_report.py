# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create a bug report about a failed run in Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import value_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Migration = Mapping[str, Any]
    Cells = Sequence[str]

# A log search starts earlier and ends later by this time, because host clocks differ.
LOG_MARGIN = timedelta(minutes=1)
# Distribution packages and Kolla write their log files into these folders.
_COMPUTE_LOGS = "/var/log/nova /var/log/kolla/nova"
_CONTROLLER_LOGS = f"{_COMPUTE_LOGS} /var/log/placement /var/log/kolla/placement"
_CONTROLLERS = "nova-api, nova-conductor, nova-scheduler and Placement, on the controllers"
# The bug report contains at most this number of failed migrations. The report for programs contains all migrations.
MAX_MIGRATIONS = 5


@dataclass(frozen=True)
class Search:
    """A search in the logs of one host, for the bug report."""

    place: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class FailedRun:
    """The values that a bug report about a failed run shows."""

    title: str
    reason: str
    # The name of the role, and its inputs without the prefix of the role.
    role: str
    inputs: Mapping[str, Any]
    started: str | None
    ended: str | None
    # The versions of the programs of the cloud and of the collection, by name.
    versions: Mapping[str, str]
    # The migrations that failed or did not end.
    migrations: Sequence[Migration]
    # A table row for each request to the cloud, with the id of the request and a description.
    requests: Sequence[Cells]
    # The other sections of the bug report, by heading.
    sections: Mapping[str, str]
    # These log searches do not belong to a failed migration.
    searches: Sequence[Search] = ()
    # The name of the playbook that replays the failed run. Empty if there is no such playbook.
    replay_file: str = ""


def bug_report(run: FailedRun, *, versions: Mapping[str, str]) -> str:
    """Return the bug report. ``versions`` contains the versions of the programs on the controller by name."""
    migrations = run.migrations[:MAX_MIGRATIONS]
    parts = [
        f"# {run.title}",
        run.reason,
        section("Versions", table(("Component", "Version"), [*run.versions.items(), *versions.items()])),
        section("Steps to reproduce", "\n\n".join(_steps(run))),
        *(_of_migration(migration) for migration in migrations),
        *(section(heading, text) for heading, text in run.sections.items()),
        section("Request ids", table(("Request", "Request id"), run.requests)),
        section("Log searches", "\n\n".join(_log_searches(run, migrations))),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def cloud_versions(
    microversion: Mapping[str, str] | None, release: str | None, collection: str | None
) -> dict[str, str]:
    """Return the versions of the cloud and of the collection, by name."""
    return {
        "OpenStack release, from the microversions": str(release or "not known"),
        "Compute API microversions": (
            f"{microversion['min']} to {microversion['max']}" if microversion else "not known"
        ),
        "stackproof.migration": str(collection or "not known"),
    }


def section(heading: str, text: str, level: int = 2) -> str:
    """Return a Markdown section, or an empty string if the text is empty."""
    return f"{'#' * level} {heading}\n\n{text}" if text else ""


def table(head: Cells, rows: Iterable[Cells]) -> str:
    """Return a table in Markdown, or an empty string if there are no rows."""
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines]) if lines else ""


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str, language: str = "console") -> str:
    return f"```{language}\n{text}\n```"


def _steps(run: FailedRun) -> Iterator[str]:
    inputs = {name: value for name, value in run.inputs.items() if value not in ("", None, {}, [])}
    yield f"The role `stackproof.migration.{run.role}` ran with these inputs:"
    yield _code("\n".join(f"{run.role}_{name}: {value_text(value)}" for name, value in inputs.items()), "yaml")
    if run.replay_file:
        yield "A playbook in the folder of this report repeats the run on a local cloud:"
        yield _code(f"$ ansible-playbook {run.replay_file}")


def _of_migration(migration: Migration) -> str:
    name = migration.get("server_name") or migration.get("server_id")
    source, destination = migration.get("source"), migration.get("destination") or migration.get("expected_host")
    checks = table(("Check", "Expected", "Found", "Agrees"), map(_check, migration.get("checks") or []))
    record = table(
        ("Field", "Value"), ((key, value_text(value)) for key, value in (migration.get("record") or {}).items())
    )
    events = table(
        ("Event", "Host", "Start", "Finish", "Result", "Details"), map(_event, migration.get("events") or [])
    )
    parts = (
        f"## Migration of {name}: {value_text(source)} to {value_text(destination)}, {migration.get('outcome')}",
        str(migration.get("message") or ""),
        section("Expected and found", checks, 3),
        section("Migration record", record or "The migration has no record.", 3),
        section("Instance action events", events or "No events are known.", 3),
        section("Timeline in UTC", table(("Time", "What"), _timeline(migration)), 3),
    )
    return "\n\n".join(part for part in parts if part)


def _check(check: Mapping[str, Any]) -> Cells:
    agrees = {True: "yes", False: "**no**", None: "not known"}[check.get("ok")]
    return str(check["name"]), value_text(check.get("expected")), value_text(check.get("found")), agrees


def _event(event: Mapping[str, Any]) -> Cells:
    keys = ("event", "host", "start", "finish", "result", "details")
    return tuple(value_text(event.get(key)) for key in keys)


def _timeline(migration: Migration) -> Iterator[Cells]:
    record = migration.get("record") or {}
    found: list[tuple[str | None, str]] = [
        (migration.get("started"), "request sent"),
        *((poll.get("seen"), f"record status {poll.get('status')} polled") for poll in migration.get("history") or []),
        *((event.get("start"), f"{event.get('event')} starts") for event in migration.get("events") or []),
        *(
            (event.get("finish"), f"{event.get('event')} ends, {value_text(event.get('result'))}")
            for event in migration.get("events") or []
        ),
        (record.get("updated"), f"record last updated, status {record.get('status')}"),
        (migration.get("concluded"), f"outcome known: {migration.get('outcome')}"),
    ]
    timed = [(at, time, what) for time, what in found if (at := parse_time(time))]
    yield from ((format_time(time), what) for _at, time, what in sorted(timed, key=lambda entry: entry[0]))


def _log_searches(run: FailedRun, migrations: Sequence[Migration]) -> Iterator[str]:
    """Yield the commands that search the logs for the ids of the migrations."""
    by_place: dict[str, list[str]] = {}
    for migration in migrations:
        for place in _computes_of(migration):
            by_place.setdefault(place, []).extend(ids_of(migration))
    for search in run.searches[:MAX_MIGRATIONS]:
        if search.place:
            by_place.setdefault(search.place, []).extend(search.ids)
    for place, ids in by_place.items():
        yield _search(place, ids, _COMPUTE_LOGS, run)
    everywhere = [id_ for migration in migrations for id_ in ids_of(migration)]
    everywhere += [id_ for search in run.searches[:MAX_MIGRATIONS] for id_ in search.ids]
    if everywhere:
        yield _search(_CONTROLLERS, everywhere, _CONTROLLER_LOGS, run)


def _computes_of(migration: Migration) -> Iterator[str]:
    ends = {
        "source": migration.get("source"),
        "destination": migration.get("destination") or migration.get("expected_host"),
    }
    for end, host in ends.items():
        yield compute_of(str(host), end) if host else f"nova-compute, on the {end} host"


def compute_of(host: str, end: str) -> str:
    """Return where to find the log of nova-compute.

    ``end`` is ``source`` or ``destination``.
    """
    return f"nova-compute, on {host} ({end})"


def ids_of(migration: Migration) -> list[str]:
    """Return the ids that the logs of Nova and Placement contain for a migration."""
    keys = ("request_id", "server_id", "migration_id")
    return [str(migration[key]) for key in keys if migration.get(key)]


def _search(place: str, ids: Sequence[str], folders: str, run: FailedRun) -> str:
    pattern = "|".join(dict.fromkeys(ids))
    since, until = parse_time(run.started), parse_time(run.ended)
    span = (
        f" --since '{since - LOG_MARGIN:%Y-%m-%d %H:%M:%S} UTC' --until '{until + LOG_MARGIN:%Y-%m-%d %H:%M:%S} UTC'"
        if since and until
        else ""
    )
    commands = f"$ journalctl --utc{span} | grep -E '{pattern}'\n$ grep -rhE '{pattern}' {folders}"
    return f"{place}:\n\n{_code(commands)}"
