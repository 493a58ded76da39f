# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.
"""Create the report of the role migration_audit.

The file schemas/audit.schema.json describes the report.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import KINDS, NO
from ansible_collections.stackproof.migration.plugins.module_utils._audit.outcome import CLEAN, ERROR, FINDINGS
from ansible_collections.stackproof.migration.plugins.module_utils._audit.repair_decision import REPAIRED
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import check_groups
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redacted
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.role_result import cloud_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

VERSION = 1
_COPIED = (
    "run_id", "outcome", "reason", "blocking", "microversion", "inputs", "since", "findings", "counts", "repairs",
    "examined", "not_examined", "unknown", "requests",
)  # fmt: skip


def build(
    result: Mapping[str, Any],
    *,
    collection: str,
    ended: datetime,
    redact_hosts: bool = False,
    name_sources: Sequence[Any] = (),
) -> dict[str, Any]:
    """Return the report of one audit. ``result`` is the result of the role migration_audit."""
    seconds = float(result.get("seconds") or 0.0)
    audit: dict[str, Any] = {
        "version": VERSION,
        **{name: result[name] for name in _COPIED},
        "cloud": result.get("cloud") or None,
        "started": (ended - timedelta(seconds=seconds)).isoformat(timespec="milliseconds"),
        "ended": ended.isoformat(timespec="milliseconds"),
        "seconds": seconds,
        "collection": collection,
    }
    if not redact_hosts:
        return audit
    hosts = [{"host": value} for finding in audit["findings"] for value in _hosts_in(finding["evidence"])]
    return redacted(audit, cloud_names(audit["cloud"]), hosts, *name_sources)


def junit_cases(audit: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one JUnit test case for each finding, and one for each kind without a finding.

    A finding that blocks no migration is a skipped test. A kind is also skipped if a part of the cloud is unknown.
    """
    if audit["outcome"] == ERROR:
        return [_case("audit", check_groups.ERROR, audit["reason"])]
    cases = [
        _case(
            f"{finding['kind']}: {finding['server_name'] or finding['subject']}",
            check_groups.SKIPPED if finding["blocks"] == NO or finding["repair"] == REPAIRED else check_groups.FAILED,
            f"{finding['message']} {finding['effect']} {finding['remedy']} Command: {finding['command']}",
        )
        for finding in audit["findings"]
    ]
    numbers: Counter[str] = Counter()
    for case in cases:
        numbers[case["name"]] += 1
        if numbers[case["name"]] > 1:
            case["name"] += f" ({numbers[case['name']]})"
    unknown = " ".join(audit["unknown"])
    outcome = check_groups.SKIPPED if unknown else check_groups.PASSED
    return cases + [_case(kind, outcome, unknown) for kind in KINDS if not audit["counts"].get(kind)]


def tone_of(audit: Mapping[str, Any]) -> str:
    """Return the colour of the report, as the name of an outcome of checks."""
    if audit["outcome"] == FINDINGS:
        return check_groups.FAILED if audit["blocking"] else "inconclusive"
    return {CLEAN: check_groups.PASSED, ERROR: check_groups.ERROR}.get(audit["outcome"], "inconclusive")


def _hosts_in(evidence: Mapping[str, Any]) -> list[str]:
    return [str(evidence[key]) for key in ("record_source", "record_destination", "server_host") if evidence.get(key)]


def _case(name: str, outcome: str, reason: str) -> dict[str, Any]:
    return {"name": name, "outcome": outcome, "reason": reason, "seconds": None}
