# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits that the results of the benchmark must not exceed."""

from __future__ import annotations

import dataclasses
from statistics import median
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.tool_names import (
    AUDIT,
    CLIENT,
    COVERAGE_PLAN,
    CYCLE,
    FLOOR,
    NOTIFICATIONS,
    POLLS,
    RALLY,
    READINESS,
    ROLE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Limits for the commands that read the whole cloud: the wall time in seconds, and the client's memory in MB.
WHOLE_CLOUD = {READINESS: (60.0, 300.0), AUDIT: (60.0, 300.0), COVERAGE_PLAN: (30.0, 200.0)}


@dataclasses.dataclass(frozen=True)
class Target:
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
    found: list[Target] = []
    if cycle := results.get("cycle"):
        ours = median_of(cycle[ROLE], "wall")
        found += [
            Target("full cycle: wall time / wall time of Rally", 0.7, ours / median_of(cycle[RALLY], "wall")),
            Target(
                "full cycle: wall time / wall time of openstackclient", 0.6, ours / median_of(cycle[CLIENT], "wall")
            ),
        ]
    if drain := results.get("drain"):
        ours = drain[ROLE]
        found += [
            Target(
                "drain: wall time / wall time of the bare client",
                1.15,
                median_of(ours, "wall") / median_of(drain[FLOOR], "wall"),
            ),
            Target(
                "drain: CPU time of the collection / CPU time of openstackclient",
                0.25,
                median_of(ours, "cpu") / median_of(drain[CLIENT], "cpu"),
            ),
            Target(
                "drain: requests that name a server, per server",
                4.0,
                median(row["named"] / row["servers"] for row in ours),
            ),
        ]
    if lag := results.get("lag"):
        found += of_lag(lag)
    if growth := results.get("growth"):
        most = largest(growth)
        found.append(
            Target(f"client's memory with {most[0]['servers']} servers", 150.0, median_of(most, "memory"), " MB")
        )
    if coverage := results.get("coverage"):
        found += of_coverage(coverage)
    if volumes := results.get("volumes"):
        found += of_volumes(volumes)
    if scale := results.get("scale"):
        found += of_scale(scale)
    return found


def of_volumes(volumes: Sequence[Mapping[str, Any]]) -> list[Target]:
    """Return the targets for a drain of servers with volumes and ports."""
    most = max(row["requests"] / row["servers"] for row in volumes)
    return [Target("drain of servers with volumes and ports: requests per server", 6.0, most)]


def of_coverage(coverage: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Target]:
    """Return the targets for a test of all hosts."""
    ours, cycle = coverage[ROLE], coverage[CYCLE]
    named = median(row["named"] / row["moves"] for row in ours)
    return [
        Target(
            f"all {ours[0]['hosts']} hosts: wall time / wall time of one cycle",
            3.0,
            median_of(ours, "wall") / median_of(cycle, "wall"),
        ),
        Target("all hosts: requests that name a server, per migration", 6.0, named),
    ]


def of_lag(lag: Sequence[Mapping[str, Any]]) -> list[Target]:
    """Return the targets for the delay with which a module detects the end of a migration."""
    polled = [row for row in lag if row.get("way", POLLS) == POLLS]
    notified = [row for row in lag if row.get("way") == NOTIFICATIONS]
    found = [Target("detection lag of a single migration", 0.5, median_of(polled, "lag"), " s")]
    if notified:
        requests = median_of(notified, "requests") / median_of(polled, "requests")
        found += [
            Target("detection lag of a single migration, by notifications", 0.15, median_of(notified, "lag"), " s"),
            Target("requests per followed migration: by notifications / by polls", 1 / 3, requests),
        ]
    return found


def of_scale(scale: Sequence[Mapping[str, Any]]) -> list[Target]:
    """Return the targets that compare a cloud of many servers with a cloud of few servers."""
    small, large = (end(row["servers"] for row in scale) for end in (min, max))
    found = []
    whole = {name: [row for row in scale if row["command"] == name and row["servers"] == large] for name in WHOLE_CLOUD}
    scale = [row for row in scale if row["command"] not in whole]
    for command in sorted({row["command"] for row in scale}):
        before, after = (
            median_of([row for row in scale if row["command"] == command and row["servers"] == servers], "requests")
            for servers in (small, large)
        )
        found.append(Target(f"{command}: requests with {large} servers / with {small} servers", 1.1, after / before))
    memory = max(row["memory"] for row in scale if row["servers"] == large)
    found.append(Target(f"client's memory with {large} servers", 150.0, memory, " MB"))
    for name, (seconds, megabytes) in WHOLE_CLOUD.items():
        if rows := whole[name]:
            found += [
                Target(f"{name}: time with {large} servers", seconds, median_of(rows, "wall"), " s"),
                Target(f"{name}: client's memory with {large} servers", megabytes, median_of(rows, "memory"), " MB"),
            ]
    return found


def largest(growth: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    size = max(row["servers"] for row in growth)
    return [row for row in growth if row["servers"] == size]
