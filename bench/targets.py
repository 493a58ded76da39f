# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was promised, and whether it was kept. Times are compared as ratios: machines differ."""

from __future__ import annotations

import dataclasses
from statistics import median
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.tool_names import CLIENT, FLOOR, RALLY, ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclasses.dataclass(frozen=True)
class Target:
    """A promise, and what was found."""

    what: str
    limit: float
    found: float
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.found <= self.limit


def median_of(rows: Iterable[Mapping[str, Any]], key: str) -> float:
    return float(median(row[key] for row in rows))


def of(results: Mapping[str, Any]) -> list[Target]:
    """All whose parts were measured."""
    found: list[Target] = []
    if cycle := results.get("cycle"):
        ours = median_of(cycle[ROLE], "wall")
        found += [
            Target("one full cycle, wall time, of Rally's", 0.7, ours / median_of(cycle[RALLY], "wall")),
            Target("one full cycle, wall time, of openstackclient's", 0.6, ours / median_of(cycle[CLIENT], "wall")),
        ]
    if drain := results.get("drain"):
        ours = drain[ROLE]
        found += [
            Target("drain, wall time, of the floor", 1.15, median_of(ours, "wall") / median_of(drain[FLOOR], "wall")),
            Target(
                "drain, the client's CPU, of openstackclient's",
                0.25,
                median_of(ours, "cpu") / median_of(drain[CLIENT], "cpu"),
            ),
            Target(
                "drain, requests that name a server, for each",
                4.0,
                median(row["named"] / row["servers"] for row in ours),
            ),
        ]
    if lag := results.get("lag"):
        found.append(Target("detection lag while a single migration is followed", 0.5, median_of(lag, "lag"), " s"))
    if growth := results.get("growth"):
        most = largest(growth)
        found.append(
            Target(f"the client's memory at {most[0]['servers']} servers", 150.0, median_of(most, "memory"), " MB")
        )
    if scale := results.get("scale"):
        found += of_scale(scale)
    return found


def of_scale(scale: Sequence[Mapping[str, Any]]) -> list[Target]:
    """Return the targets of the part scale: requests as on the small cloud, and the largest memory."""
    small, large = (end(row["servers"] for row in scale) for end in (min, max))
    found = []
    for command in sorted({row["command"] for row in scale}):
        before, after = (
            median_of([row for row in scale if row["command"] == command and row["servers"] == servers], "requests")
            for servers in (small, large)
        )
        found.append(
            Target(f"{command}, requests beside {large} servers, of those beside {small}", 1.1, after / before)
        )
    memory = max(row["memory"] for row in scale if row["servers"] == large)
    return [*found, Target(f"the client's memory beside {large} servers", 150.0, memory, " MB")]


def largest(growth: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The measurements with the most servers."""
    size = max(row["servers"] for row in growth)
    return [row for row in growth if row["servers"] == size]
