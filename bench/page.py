# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Functions that write tables with the benchmark results into the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench import targets
from ansible_collections.stackproof.migration.bench.figures import Spread
from ansible_collections.stackproof.migration.bench.tool_names import CLIENT, CYCLE, FLOOR, LOOP, POLLS, RALLY, ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Row = Mapping[str, Any]

LAST_RUN, SCALE_RUN, VOLUMES_RUN = "the last run", "the last run of scale", "the last run of volumes"
COVERAGE_RUN = "the last run of coverage"


def markers(section: str) -> tuple[str, str]:
    return f"<!-- the figures of {section} begin -->\n", f"<!-- the figures of {section} end -->\n"


def put_into(page: str, figures: str, section: str = LAST_RUN) -> str:
    """Return the documentation page with the new results in the section ``section``."""
    begin, end = markers(section)
    before, after = page.split(begin, maxsplit=1)[0], page.split(end, maxsplit=1)[1]
    return f"{before}{begin}\n{figures}\n{end}{after}"


def render_scale(results: Mapping[str, Any]) -> str:
    scale: Sequence[Row] = results["scale"]
    large = max(row["servers"] for row in scale)
    rows = [
        (
            command,
            str(found[0]["hosts"]),
            str(servers),
            _spread(found, "requests", 0),
            _spread(found, "wall"),
            _spread(found, "memory", 0),
        )
        for command, of_command in _by(scale, "command").items()
        for servers, found in _by(of_command, "servers").items()
    ]
    head = ("command", "hosts", "servers", "requests", "wall time, s", "client's memory, MB")
    title = f"The same commands in a cloud of {large} servers"
    return "\n".join(
        [
            _about(results),
            _section("Targets", _target_table(targets.of_scale(scale))),
            _section(title, _table(head, rows)),
        ]
    )


def render_volumes(results: Mapping[str, Any]) -> str:
    volumes: Sequence[Row] = results["volumes"]
    rows = [
        (
            str(found[0]["servers"]),
            "yes" if migrated else "no",
            Spread.of(row["requests"] / row["servers"] for row in found).text(2),
            _spread(found, "requests", 0),
            _spread(found, "named", 0),
            _spread(found, "wall"),
        )
        for migrated, found in _by(volumes, "migrated").items()
    ]
    head = ("servers", "migrated before", "requests per server", "requests", "of which name a server", "wall time, s")
    return "\n".join(
        [
            _about(results),
            _section("Targets", _target_table(targets.of_volumes(volumes))),
            _section("Drain of servers with volumes and ports", _table(head, rows)),
        ]
    )


def render_coverage(results: Mapping[str, Any]) -> str:
    coverage: Mapping[str, Sequence[Row]] = results["coverage"]
    rows = [
        (
            name,
            _spread(found, "wall"),
            _spread(found, "cpu"),
            _spread(found, "memory", 0),
            _spread(found, "moves", 0),
            _spread(found, "sources", 0),
            _spread(found, "destinations", 0),
            Spread.of(row["named"] / row["moves"] for row in found).text(1),
            Spread.of(row["requests"] - row["named"] for row in found).text(0),
        )
        for name, found in ((name, coverage[name]) for name in (ROLE, CYCLE, RALLY, CLIENT))
    ]
    head = (
        "all hosts",
        "wall time, s",
        "client's CPU, s",
        "client's memory, MB",
        "migrations",
        "hosts as source",
        "hosts as destination",
        "requests that name a server, per migration",
        "other requests",
    )
    return "\n".join(
        [
            _about(results),
            _section("Targets", _target_table(targets.of_coverage(coverage))),
            _section(f"All hosts of a cloud of {coverage[ROLE][0]['hosts']} hosts", _table(head, rows)),
        ]
    )


def render(results: Mapping[str, Any]) -> str:
    parts: list[tuple[str, Callable[[Any], str]]] = [
        ("cycle", _cycle),
        ("drain", _drain),
        ("lag", _lag),
        ("growth", _growth),
    ]
    told = [tell(results[part]) for part, tell in parts if results.get(part)]
    return "\n".join([_about(results), _targets(results), *told])


def _about(results: Mapping[str, Any]) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"By `{results['command']}` on {results['date']}: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gib']} GiB, {machine['system']}.\n\n{versions}.\n"
    )


def _targets(results: Mapping[str, Any]) -> str:
    return _section("Targets", _target_table(targets.of(results)))


def _target_table(found: Iterable[targets.Target]) -> str:
    rows = [
        (
            target.what,
            f"≤ {target.limit:g}{target.unit}",
            f"{target.found:.2f}{target.unit}",
            "yes" if target.met else "**no**",
        )
        for target in found
    ]
    return _table(("what", "target", "found", "met"), rows)


def _cycle(cycle: Mapping[str, Sequence[Row]]) -> str:
    rows = [
        (
            name,
            *(_spread(cycle[name], key) for key in ("wall", "cpu")),
            _spread(cycle[name], "memory", 0),
            _spread(cycle[name], "requests", 0),
        )
        for name in (ROLE, RALLY, CLIENT)
    ]
    head = ("one full cycle", "wall time, s", "client's CPU, s", "client's memory, MB", "requests")
    return _section("One full cycle", _table(head, rows))


def _drain(drain: Mapping[str, Sequence[Row]]) -> str:
    most = max(row["servers"] for row in drain[ROLE])
    rows = [_drained(name, drain[name], most) for name in (FLOOR, ROLE, CLIENT, LOOP)]
    head = (
        "drain",
        "wall time, s",
        "of which Nova, s",
        "client's CPU, s",
        "client's memory, MB",
        "requests that name a server, per server",
        "other requests",
    )
    return _section(f"Drain of {most} servers", _table(head, rows))


def _drained(name: str, found: Sequence[Row], most: int) -> tuple[str, ...]:
    servers = found[0]["servers"]
    label = name if servers == most else f"{name}, {servers} servers times {most / servers:g}"
    cells = [Spread.of(row[key] * most / servers for row in found).text() for key in ("wall", "nova", "cpu")]
    memory = "" if found[0]["memory"] is None else _spread(found, "memory", 0)
    named = Spread.of(row["named"] / servers for row in found).text(2)
    others = Spread.of((row["requests"] - row["named"]) * most / servers for row in found).text(0)
    return (label, *cells, memory, named, others)


def _lag(lag: Sequence[Row]) -> str:
    rows = []
    for way, of_way in _by([{"way": POLLS, **row} for row in lag], "way").items():
        for copy, found in [*((f"{copy:g} s", found) for copy, found in _by(of_way, "copy").items()), ("all", of_way)]:
            requests = _spread(found, "requests", 0) if "requests" in found[0] else ""
            rows.append((way, copy, *(_spread(found, key, 2) for key in ("lag", "known")), requests))
    head = ("way", "length of the copy", "end of the module after, s", "`concluded` after, s", "requests")
    return _section("Detection lag", _table(head, rows))


def _growth(growth: Sequence[Row]) -> str:
    rows = [
        (
            str(size),
            _spread(found, "wall"),
            Spread.of(row["named"] / size for row in found).text(2),
            Spread.of((row["requests"] - row["named"]) for row in found).text(0),
            _spread(found, "cpu"),
            _spread(found, "memory", 0),
        )
        for size, found in _by(growth, "servers").items()
    ]
    head = (
        "servers",
        "wall time, s",
        "requests that name a server, per server",
        "other requests",
        "client's CPU, s",
        "client's memory, MB",
    )
    return _section("Growth", _table(head, rows))


def _by(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return dict(sorted(groups.items()))


def _spread(rows: Iterable[Row], key: str, digits: int = 1) -> str:
    return Spread.of(row[key] for row in rows).text(digits)


def _section(title: str, table: str) -> str:
    return f"### {title}\n\n{table}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, ["---"] * len(head), *rows))
