# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of live migrations between many compute hosts. The values are as the role returns them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

Pair = tuple[int, int]
RUN_ID = "coverage-20260401T100000Z"
REFUSED = "Unacceptable CPU info: CPU doesn't have compatibility. <b>Missing: avx512f</b>."
OTHER_CPU = "The CPU models differ."


def name(number: int) -> str:
    return f"compute{number}"


def cell(pair: Pair, outcome: str = "passed", **more: Any) -> dict[str, Any]:
    """Return a tested pair of hosts. The durations differ between the pairs."""
    source, destination = pair
    return {
        "source": name(source),
        "destination": name(destination),
        "outcome": outcome,
        "reason": None if outcome == "passed" else REFUSED,
        "purpose": "planned",
        "prediction": "can_move",
        "seconds": 3.0 + (source * 7 + destination) % 10 / 4,
        "downtime": (source + destination) % 5 / 100 if outcome == "passed" else None,
        "migration_id": f"00000000-0000-4000-{source:04d}-{destination:012d}",
        "fault": None,
        **more,
    }


def not_applicable(pair: Pair, reason: str = OTHER_CPU) -> dict[str, Any]:
    untested = {"purpose": None, "seconds": None, "downtime": None, "migration_id": None, "prediction": "cannot_move"}
    return cell(pair, "not_applicable", reason=reason, **untested)


def migration_of(found: dict[str, Any]) -> dict[str, Any]:
    """Return the migration of a tested pair, as server_live_migrate returns it."""
    good = found["outcome"] == "passed"
    server = cycles.server(1, found["destination"] if good else found["source"])
    return cycles.migration(
        server_name=f"coverage-{found['source']}",
        server=server,
        source=found["source"],
        destination=found["destination"] if good else None,
        expected_host=found["destination"],
        migration_id=found["migration_id"],
        outcome="completed" if good else "failed",
        message=found["reason"] or "completed",
        seconds=found["seconds"],
    )


def host(number: int, group: str | None, status: str = "tested", reason: str | None = None) -> dict[str, Any]:
    return {
        "name": name(number),
        "group": group,
        "zone": group,
        "hypervisor_type": "QEMU",
        "hypervisor_version": 8002002,
        "status": status,
        "reason": reason,
    }


def result(cells: list[dict[str, Any]], groups: dict[str, list[int]], **more: Any) -> dict[str, Any]:
    """Return the fact ``migration_coverage_result`` with these cells and these hosts by group."""
    counts = Counter(found["outcome"] for found in cells)
    migrations = [migration_of(found) for found in cells if found["outcome"] != "not_applicable"]
    outcomes = ("passed", "failed", "inconclusive", "not_applicable")
    return {
        "cloud": "mycloud, region RegionOne",
        "run_id": RUN_ID,
        "coverage": "each_host",
        "started": "2026-04-01T10:00:00+00:00",
        "ended": "2026-04-01T10:02:05+00:00",
        "seconds": 125.0,
        "outcome": "failed" if counts["failed"] else "passed",
        "reason": f"{counts['passed']} of {len(migrations)} migrations passed.",
        "hosts": [host(number, group) for group, members in groups.items() for number in members],
        "groups": [{"name": group, "hosts": list(map(name, members))} for group, members in groups.items()],
        "cells": cells,
        "faults": [],
        "migrations": migrations,
        "counts": {**{outcome: counts[outcome] for outcome in outcomes}, "moves": len(migrations)},
        "prediction": None,
        "sample": None,
        "inputs": {"coverage": "each_host"},
        "failure": None,
        **more,
    }


def ring(members: list[int]) -> list[Pair]:
    return list(zip(members, [*members[1:], *members[:1]], strict=True))


def passed() -> dict[str, Any]:
    """Return the result of a ring of four hosts without a failure."""
    return result([cell(pair) for pair in ring([1, 2, 3, 4])], {"nova": [1, 2, 3, 4]})


def stopped() -> dict[str, Any]:
    """Return the result of a run that failed before the first migration."""
    message = "The user is no administrator. Nova shows the names of hosts only to administrators."
    failure = {"kind": "permission", "reason": message}
    return result([], {}, outcome="error", reason=message, failure=failure)


def failed(hosts: int = 8, groups: int = 2) -> dict[str, Any]:
    """Return the result of a ring in each group, with a bad destination and a bad pair in the first group.

    The hosts of the groups alternate, so that a map in the order of names mixes the groups. Four more hosts were not
    tested.
    """
    by_group = {f"zone-{'abcdefgh'[index]}": list(range(index + 1, hosts + 1, groups)) for index in range(groups)}
    cells = {pair: cell(pair) for members in by_group.values() for pair in ring(members)}
    first = by_group["zone-a"]
    bad = (first[0], first[1])
    cells[bad] = cell(bad, "failed", fault="destination")
    more = (first[2], first[1])
    cells[more] = cell(more, "failed", fault="destination", purpose="other_source")
    good = (first[0], first[3])
    cells[good] = cell(good, purpose="other_destination")
    pair = (first[-1], first[0])
    cells[pair] = cell(pair, "failed", fault="pair", migration_id=None)
    cells[(first[1], first[2])] = cell((first[1], first[2]), "inconclusive", reason="The quota was exceeded.")
    cells[(first[3], first[1])] = not_applicable((first[3], first[1]))
    untested = [
        host(hosts + 1, None, "excluded", "The input exclude names the host."),
        host(hosts + 2, None, "unusable", "The nova-compute service is down."),
        host(hosts + 3, "zone-z", "alone", "The group zone-z has no other host."),
        host(hosts + 4, "zone-a", "not_tested", "The sample contains other hosts."),
    ]
    found = result(list(cells.values()), by_group)
    found["hosts"] += untested
    wrong = f"{name(first[0])}:{name(first[1])}"
    return found | {
        "reason": f"Live migration fails to {name(first[1])}, and from {name(pair[0])} to {name(pair[1])}. {REFUSED}",
        "faults": [
            {
                "fault": "destination",
                "hosts": [name(first[1])],
                "detail": f"Live migrations to {name(first[1])} fail (from {name(first[0])}, {name(first[2])}).",
            },
            {
                "fault": "pair",
                "hosts": [name(pair[0]), name(pair[1])],
                "detail": f"Live migration from {name(pair[0])} to {name(pair[1])} fails. Other migrations pass.",
            },
        ],
        "prediction": {
            "can_move": {"moved": len(cells) - 5, "failed": 3},
            "cannot_move": {"moved": 0, "failed": 0},
            "not_tried": 1,
            "false_can_move": [wrong],
            "false_cannot_move": [],
        },
        "sample": {"share": "5%", "part": 3, "parts": 20, "date": "2026-04-01"},
    }
