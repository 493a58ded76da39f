# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was promised, and whether it was kept. Times are compared as ratios: machines differ."""

from __future__ import annotations

import dataclasses
from statistics import median
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.names import CLIENT, FLOOR, RALLY, ROLE

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


def middle(rows: Iterable[Mapping[str, Any]], key: str) -> float:
    return float(median(row[key] for row in rows))


def of(results: Mapping[str, Any]) -> list[Target]:
    """All whose parts were measured."""
    found: list[Target] = []
    if cycle := results.get("cycle"):
        ours = middle(cycle[ROLE], "wall")
        found += [
            Target("one full cycle, wall time, of Rally's", 0.7, ours / middle(cycle[RALLY], "wall")),
            Target("one full cycle, wall time, of openstackclient's", 0.6, ours / middle(cycle[CLIENT], "wall")),
        ]
    if drain := results.get("drain"):
        ours = drain[ROLE]
        found += [
            Target("drain, wall time, of the floor", 1.15, middle(ours, "wall") / middle(drain[FLOOR], "wall")),
            Target(
                "drain, the client's CPU, of openstackclient's",
                0.25,
                middle(ours, "cpu") / middle(drain[CLIENT], "cpu"),
            ),
            Target(
                "drain, requests that name a server, for each",
                4.0,
                median(row["named"] / row["servers"] for row in ours),
            ),
        ]
    if lag := results.get("lag"):
        found.append(Target("detection lag while a single migration is followed", 0.5, middle(lag, "lag"), " s"))
    if growth := results.get("growth"):
        most = largest(growth)
        found.append(
            Target(f"the client's memory at {most[0]['servers']} servers", 150.0, middle(most, "memory"), " MB")
        )
    return found


def largest(growth: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The measurements with the most servers."""
    size = max(row["servers"] for row in growth)
    return [row for row in growth if row["servers"] == size]
