# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.
"""Create the report about live migrations between many compute hosts.

The file schemas/coverage.schema.json describes the report.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.check_groups import (
    ERROR,
    FAILED,
    PASSED,
    SKIPPED,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import GROUP, redact, site_names
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.role_result import cloud_names, common_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION = 1
NOT_APPLICABLE = "not_applicable"
TESTED, NOT_TESTED = "tested", "not_tested"
# A pair with one of these outcomes was tested.
TESTED_OUTCOMES = ("failed", "inconclusive", "passed")
_LISTS = ("faults", "hosts", "groups", "cells", "migrations")
_VALUES = ("coverage",)
_OPTIONAL = ("prediction", "sample", "failure")
_CASES = {"passed": PASSED, "failed": FAILED}


def build(
    result: Mapping[str, Any],
    *,
    collection: str,
    redact_hosts: bool = False,
    name_sources: Sequence[Any] = (),
) -> dict[str, Any]:
    """Return the report for programs. ``result`` is the fact ``migration_coverage_result``.

    ``name_sources`` contains values with other names that a redacted report must not contain.
    """
    report = common_values(
        result,
        version=VERSION,
        collection=collection,
        values=_VALUES,
        optional=_OPTIONAL,
        lists=_LISTS,
    )
    if not redact_hosts:
        return report
    names = site_names(report, _names_of(report), *name_sources)
    groups = {(GROUP, str(group["name"])) for group in report["groups"]}
    return redact(report, names | groups)


def _names_of(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the names of the report under the keys by which the redaction recognizes the kind of a name."""
    hosts = [{"host": str(host["name"]), "availability_zone": str(host["zone"] or "")} for host in report["hosts"]]
    return [cloud_names(report["cloud"]), *hosts]


def is_tested(cell: Mapping[str, Any]) -> bool:
    """Return whether the run requested a migration between the hosts of this pair."""
    return cell["outcome"] in TESTED_OUTCOMES


def pages_of_pairs(report: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """Return the number of the last migration of each tested pair, by source and destination. The first number is 1.

    A migration without a record is found by its source and by the requested destination.
    """
    by_id: dict[str, int] = {}
    by_pair: dict[tuple[str, str], int] = {}
    for number, migration in enumerate(report["migrations"], 1):
        if migration.get("migration_id"):
            by_id[str(migration["migration_id"])] = number
        wanted = migration.get("expected_host") or migration.get("destination")
        by_pair[(str(migration.get("source")), str(wanted))] = number
    found = {}
    for cell in filter(is_tested, report["cells"]):
        pair = (str(cell["source"]), str(cell["destination"]))
        number = by_id.get(str(cell["migration_id"]), 0) if cell["migration_id"] else by_pair.get(pair, 0)
        if number:
            found[pair] = number
    return found


def junit_cases(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one JUnit test case for each pair, and a skipped case for each host that could not be tested.

    A pair without an answer is a skipped test, and so is a pair that Nova does not allow. A run with an error and
    without a tested pair has one case.
    """
    cases = [
        {
            "name": f"{cell['source']} to {cell['destination']}",
            "outcome": _CASES.get(cell["outcome"], SKIPPED),
            "seconds": cell["seconds"],
            "reason": str(cell["reason"] or cell["outcome"]),
        }
        for cell in report["cells"]
    ]
    if report["failure"] and not cases:
        return [{"name": "coverage", "outcome": ERROR, "seconds": report["seconds"], "reason": report["reason"]}]
    return cases + [
        {
            "name": f"host {host['name']}",
            "outcome": SKIPPED,
            "seconds": None,
            "reason": f"{host['status']}: {host['reason']}" if host["reason"] else str(host["status"]),
        }
        for host in report["hosts"]
        if host["status"] not in (TESTED, NOT_TESTED)
    ]


def failures_by_host(report: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of failed pairs of each host, as source or as destination."""
    found: defaultdict[str, int] = defaultdict(int)
    for cell in report["cells"]:
        if cell["outcome"] == "failed":
            found[str(cell["source"])] += 1
            found[str(cell["destination"])] += 1
    return dict(found)
