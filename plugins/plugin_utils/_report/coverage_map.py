# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that draw the map of all pairs of compute hosts.

A map of 200 hosts has 40,000 pairs, and most of them were not tested. The map joins neighbouring pairs without a
migration into one wide cell, so that the page stays small.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage import (
    failures_by_host,
    pages_of_pairs,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import natural_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Pair = tuple[str, str]

# The code of an outcome, which is the CSS class of the cell, and the letter in the cell.
PASSED, FAILED, INCONCLUSIVE, NOT_APPLICABLE, SAME, UNTESTED = "p", "f", "i", "n", "s", "u"
_CODES = {"passed": PASSED, "failed": FAILED, "inconclusive": INCONCLUSIVE, "not_applicable": NOT_APPLICABLE}
# In the order of names, neighbours of different groups are separate cells. Browsers are slow with more hosts than this.
MAX_HOSTS_BY_NAME = 400
_LETTERS = {PASSED: "P", FAILED: "F", INCONCLUSIVE: "?"}
# The legend of the map. Cells without a letter have a pattern.
LEGEND = (
    (PASSED, "P", "passed"),
    (FAILED, "F", "failed"),
    (INCONCLUSIVE, "?", "inconclusive"),
    (NOT_APPLICABLE, "", "not applicable"),
    (UNTESTED, "", "not tested"),
    (SAME, "", "same host"),
)
# The role of a host in the faults: ✕ marks its row, its column or both.
_SOURCE_FAULTS = ("source", "source_and_destination", "host")
_DESTINATION_FAULTS = ("destination", "source_and_destination", "host")


@dataclass(frozen=True)
class MapCell:
    """One pair, or several neighbouring pairs without a migration.

    ``code`` is a key of LEGEND. ``page`` is the number of the page of the migration, or 0.
    """

    code: str
    letter: str = ""
    page: int = 0
    title: str = ""
    columns: int = 1


_SAME_HOST = MapCell(SAME)


@dataclass(frozen=True)
class MapHost:
    """A compute host, which has a row as source and a column as destination."""

    name: str
    label: str
    group: str
    failures: int
    bad_source: bool
    bad_destination: bool
    cells: tuple[MapCell, ...] = ()


@dataclass(frozen=True)
class HostMap:
    """The map of all pairs of the tested hosts. ``missing`` is the number of other hosts."""

    hosts: tuple[MapHost, ...]
    groups: int
    missing: int

    def sorts_by_name(self) -> bool:
        """Return whether the page offers the order of names without regard to groups."""
        return self.groups == 1 or len(self.hosts) <= MAX_HOSTS_BY_NAME


def host_map(report: Mapping[str, Any]) -> HostMap:
    """Return the map. The hosts are in the order of their groups and names."""
    named = {str(cell[side]) for cell in report["cells"] for side in ("source", "destination")}
    shown = [host for host in report["hosts"] if host["name"] in named or host["status"] == "tested"]
    labels = short_names([str(host["name"]) for host in shown])
    failures = failures_by_host(report)
    bad = {(str(name), str(fault["fault"])) for fault in report["faults"] for name in fault["hosts"]}
    hosts = [
        MapHost(
            name=str(host["name"]),
            label=labels[str(host["name"])],
            group=str(host["group"] or ""),
            failures=failures.get(str(host["name"]), 0),
            bad_source=any((str(host["name"]), fault) in bad for fault in _SOURCE_FAULTS),
            bad_destination=any((str(host["name"]), fault) in bad for fault in _DESTINATION_FAULTS),
        )
        for host in shown
    ]
    hosts.sort(key=lambda host: (host.group, natural_order(host.name)))
    tested = _cells(report)
    rows = tuple(replace(host, cells=tuple(_row(host, hosts, tested))) for host in hosts)
    return HostMap(rows, len({host.group for host in hosts}), len(report["hosts"]) - len(hosts))


def _cells(report: Mapping[str, Any]) -> dict[Pair, MapCell]:
    pages = pages_of_pairs(report)
    found = {}
    for cell in report["cells"]:
        pair = (str(cell["source"]), str(cell["destination"]))
        code = _CODES[cell["outcome"]]
        title = "" if code == PASSED else str(cell["reason"] or "")
        found[pair] = MapCell(code, _LETTERS.get(code, ""), pages.get(pair, 0), title)
    return found


def _row(source: MapHost, hosts: Sequence[MapHost], cells: Mapping[Pair, MapCell]) -> Iterable[MapCell]:
    """Yield the cells of a row. Equal neighbours without a letter are one cell."""
    row = (cells.get((source.name, other.name)) or _without_migration(source, other) for other in hosts)
    for cell, equal in groupby(row):
        columns = sum(1 for _one in equal)
        yield from [replace(cell, columns=columns)] if not cell.letter else [cell] * columns


def _without_migration(source: MapHost, destination: MapHost) -> MapCell:
    return _SAME_HOST if source.name == destination.name else _between_groups(source.group, destination.group)


@cache
def _between_groups(source: str, destination: str) -> MapCell:
    """Return the cell of an untested pair. The same object for the same groups makes a comparison of cells fast."""
    if source == destination:
        return MapCell(UNTESTED)
    return MapCell(NOT_APPLICABLE, title=f"Hosts of {source} and {destination} cannot exchange servers.")


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return the names without the domain that all names share, by name."""
    domains = (reversed(name.split(".")[1:]) for name in names)
    shared = sum(1 for _labels in takewhile(lambda labels: len(set(labels)) == 1, zip(*domains, strict=False)))
    return {name: name.rsplit(".", shared)[0] for name in names}
