# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that create a bug report about a failed cycle in Markdown. A user can paste it into a tracker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report import headlines
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import value_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.timestamps import format_time, parse_time
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import failed_migrations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Evidence = Mapping[str, Any]
    Migration = Mapping[str, Any]
    Cells = Sequence[str]

# A log search covers this time before and after the run, because the clocks of hosts differ.
LOG_MARGIN = timedelta(minutes=1)
# Distribution packages and Kolla write their log files into these folders.
_COMPUTE_LOGS = "/var/log/nova /var/log/kolla/nova"
_CONTROLLER_LOGS = f"{_COMPUTE_LOGS} /var/log/placement /var/log/kolla/placement"
_CONTROLLERS = "nova-api, nova-conductor, nova-scheduler and Placement, on the controllers"
# The bug report contains at most this number of failed migrations. The file evidence.json contains all migrations.
MAX_MIGRATIONS = 5


def bug_report(evidence: Evidence, *, versions: Mapping[str, str], replay_file: str = "") -> str:
    """Return the bug report.

    ``evidence`` is the evidence of a failed cycle. For a redacted bug report, pass redacted evidence. ``versions``
    contains the versions of the programs on the controller by name. ``replay_file`` is the name of the playbook that
    replays the run.
    """
    migrations = failed_migrations(evidence)[:MAX_MIGRATIONS]
    parts = [
        f"# {headlines.title(str(evidence['outcome']), str(evidence.get('failed_step') or ''))}",
        str(evidence.get("reason") or ""),
        _section("Versions", _table(("Component", "Version"), _versions(evidence, versions))),
        _section("Steps to reproduce", "\n\n".join(_steps(evidence, replay_file))),
        *(_of_migration(migration) for migration in migrations),
        _section("Steps of the run", _table(("Step", "Outcome", "Reason"), _steps_of_run(evidence))),
        _control(evidence),
        _section("Compute hosts", _hosts(evidence)),
        _section("Request ids", _table(("Request", "Request id"), _requests(evidence))),
        _section("Log searches", "\n\n".join(_log_searches(evidence, migrations))),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(heading: str, text: str, level: int = 2) -> str:
    return f"{'#' * level} {heading}\n\n{text}" if text else ""


def _table(head: Cells, rows: Iterable[Cells]) -> str:
    """Return a table in Markdown. Without rows, return an empty text."""
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines]) if lines else ""


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str, language: str = "console") -> str:
    return f"```{language}\n{text}\n```"


def _versions(evidence: Evidence, versions: Mapping[str, str]) -> Iterator[Cells]:
    cloud = evidence.get("cloud") or {}
    microversions = cloud.get("microversion") or {}
    yield "OpenStack release, from the microversions", str(cloud.get("release") or "not known")
    range_ = f"{microversions['min']} to {microversions['max']}" if microversions else "not known"
    yield "Compute API microversions", range_
    yield "Hypervisor type", str(cloud.get("hypervisor_type") or "not known")
    yield "stackproof.migration", str(evidence.get("collection") or "not known")
    yield from versions.items()


def _steps(evidence: Evidence, replay_file: str) -> Iterator[str]:
    inputs = {name: value for name, value in (evidence.get("inputs") or {}).items() if value not in ("", None, {}, [])}
    lines = [f"migration_cycle_{name}: {value_text(value)}" for name, value in inputs.items()]
    yield "The role `stackproof.migration.migration_cycle` ran with these inputs:"
    yield _code("\n".join(lines), "yaml")
    if replay_file:
        yield f"The playbook `{replay_file}` beside this report replays the run on a local cloud:"
        yield _code(f"$ ansible-playbook {replay_file}")


def _of_migration(migration: Migration) -> str:
    name = migration.get("server_name") or migration.get("server_id")
    source, destination = migration.get("source"), migration.get("destination") or migration.get("expected_host")
    checks = _table(("Check", "Expected", "Found", "Agrees"), map(_check, migration.get("checks") or []))
    record = _table(
        ("Field", "Value"), ((key, value_text(value)) for key, value in (migration.get("record") or {}).items())
    )
    events = _table(
        ("Event", "Host", "Start", "Finish", "Result", "Details"), map(_event, migration.get("events") or [])
    )
    parts = (
        f"## Migration of {name}: {value_text(source)} to {value_text(destination)}, {migration.get('outcome')}",
        str(migration.get("message") or ""),
        _section("Expected and found", checks, 3),
        _section("Migration record", record or "The migration has no record.", 3),
        _section("Instance action events", events or "No events are known.", 3),
        _section("Timeline in UTC", _table(("Time", "What"), _timeline(migration)), 3),
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


def _steps_of_run(evidence: Evidence) -> Iterator[Cells]:
    for step in evidence.get("steps") or []:
        yield str(step["name"]), str(step["outcome"]), str(step["reason"])


def _control(evidence: Evidence) -> str:
    control = evidence.get("control") or {}
    migration = control.get("migration") or {}
    text = str(migration.get("message") or control.get("reason") or "")
    return _section("Control experiment with a single server", text)


def _hosts(evidence: Evidence) -> str:
    hosts = evidence.get("hosts") or {}
    head = ("Host", "State", "Status", "Usable", "Obstacle", "Hypervisor")
    tables = (
        (when, _table(head, map(_host, hosts.get(key) or [])))
        for when, key in (("Before the migration:", "before"), ("After the migration:", "after"))
    )
    return "\n\n".join(f"{when}\n\n{table}" for when, table in tables if table)


def _host(host: Mapping[str, Any]) -> Cells:
    hypervisor = " ".join(value_text(host[key]) for key in ("hypervisor_type", "hypervisor_version") if host.get(key))
    values = (value_text(host.get(key)) for key in ("name", "state", "status", "usable", "obstacle"))
    return (*values, hypervisor or "not known")


def _requests(evidence: Evidence) -> Iterator[Cells]:
    for request in evidence.get("requests") or []:
        yield str(request["what"]), str(request["request_id"])


def _log_searches(evidence: Evidence, migrations: Sequence[Migration]) -> Iterator[str]:
    """Yield the commands that search the logs for the ids of the run."""
    if not migrations:
        ids = [str(request["request_id"]) for request in evidence.get("requests") or []]
        if ids:
            yield _search(_CONTROLLERS, ids, _CONTROLLER_LOGS, evidence)
        return
    by_place: dict[str, list[str]] = {}
    for migration in migrations:
        for place in _computes_of(migration):
            by_place.setdefault(place, []).extend(ids_of(migration))
    for place, ids in by_place.items():
        yield _search(place, ids, _COMPUTE_LOGS, evidence)
    ids = [id_ for migration in migrations for id_ in ids_of(migration)]
    yield _search(_CONTROLLERS, ids, _CONTROLLER_LOGS, evidence)


def _computes_of(migration: Migration) -> Iterator[str]:
    ends = {
        "source": migration.get("source"),
        "destination": migration.get("destination") or migration.get("expected_host"),
    }
    for end, host in ends.items():
        yield f"nova-compute, on {host} ({end})" if host else f"nova-compute, on the {end} host"


def ids_of(migration: Migration) -> list[str]:
    """Return the ids of a migration that the logs of Nova and Placement contain."""
    keys = ("request_id", "server_id", "migration_id")
    return [str(migration[key]) for key in keys if migration.get(key)]


def _search(place: str, ids: Sequence[str], folders: str, evidence: Evidence) -> str:
    pattern = "|".join(dict.fromkeys(ids))
    since, until = parse_time(evidence.get("started")), parse_time(evidence.get("ended"))
    span = (
        f" --since '{since - LOG_MARGIN:%Y-%m-%d %H:%M:%S} UTC' --until '{until + LOG_MARGIN:%Y-%m-%d %H:%M:%S} UTC'"
        if since and until
        else ""
    )
    commands = f"$ journalctl --utc{span} | grep -E '{pattern}'\n$ grep -rhE '{pattern}' {folders}"
    return f"{place}:\n\n{_code(commands)}"
