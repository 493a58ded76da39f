# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create the report about a run of scenarios.

The file schemas/scenarios.schema.json describes the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    ERROR as SCENARIO_ERROR,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    FAILED as SCENARIO_FAILED,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import PASSED as SCENARIO_PASSED
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.check_groups import (
    ERROR,
    FAILED,
    PASSED,
    SKIPPED,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redact, site_names
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.role_result import cloud_names, common_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION = 1
_OPTIONAL = ("microversion", "versions", "failure")
_LISTS = ("hosts", "scenarios", "deleted")
_CASES = {SCENARIO_PASSED: PASSED, SCENARIO_FAILED: FAILED, SCENARIO_ERROR: ERROR}


def build(
    result: Mapping[str, Any],
    *,
    collection: str,
    redact_hosts: bool = False,
    name_sources: Sequence[Any] = (),
) -> dict[str, Any]:
    """Return the report for programs. ``result`` is the fact ``migration_scenarios_result``.

    ``name_sources`` contains values with other names that a redacted report must not contain.
    """
    report = common_values(
        result,
        version=VERSION,
        collection=collection,
        optional=_OPTIONAL,
        lists=_LISTS,
    )
    if not redact_hosts:
        return report
    return redact(report, site_names(report, _names_of(report), *name_sources))


def _names_of(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the names of the report under the keys by which the redaction recognizes the kind of a name."""
    return [cloud_names(report["cloud"]), *({"host": str(host["name"])} for host in report["hosts"])]


def suites_of(report: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the scenarios of each suite, in the order of the run."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for scenario in report["scenarios"]:
        found.setdefault(str(scenario["suite"]), []).append(scenario)
    return found


def junit_cases(scenarios: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one JUnit test case for each scenario. A known issue and a scenario without an answer are skipped."""
    return [
        {
            "name": case_name(scenario),
            "outcome": _CASES.get(scenario["outcome"], SKIPPED),
            "seconds": scenario["seconds"],
            "reason": f"{scenario['outcome']}: {scenario['reason']}",
        }
        for scenario in scenarios
    ]


def case_name(scenario: Mapping[str, Any]) -> str:
    """Return the name of a scenario in its suite, with its profile in brackets if it is not the default one."""
    return str(scenario["id"]).partition("/")[2]
