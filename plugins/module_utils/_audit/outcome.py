# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Determine the outcome of the role migration_audit.

The documentation of the filter audit_result describes the keys of ``run``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._audit.inputs import ANY, BLOCKING, report_inputs
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import NO
from ansible_collections.stackproof.migration.plugins.module_utils._audit.repair_decision import REPAIRED
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_summary import (
    cloud_text,
    line,
    report_file,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Entry = dict[str, Any]

# The outcomes of an audit.
CLEAN, FINDINGS, INCOMPLETE, ERROR = "clean", "findings", "incomplete", "error"
REPORT_FILE = "audit.json"
# The reason names at most this number of findings.
_NAMED = 3
_SHOWN = 20


def result_of(run: Mapping[str, Any], *, seconds: float) -> Entry:
    """Return the result of the role migration_audit."""
    audit, repairs = run.get("audit") or {}, list((run.get("repair") or {}).get("repairs") or [])
    findings = _with_repairs(audit.get("findings") or [], repairs)
    left = [one for one in findings if one["repair"] != REPAIRED]
    check_mode = bool(run.get("check_mode"))
    outcome, reason = _outcome(run, left, list(audit.get("unknown") or []))
    return {
        "outcome": outcome,
        "reason": reason,
        "blocking": sum(one["blocks"] != NO for one in left),
        "cloud": cloud_text(run.get("cloud"), (run.get("audit") or {}).get("cloud")),
        "microversion": audit.get("microversion"),
        "inputs": report_inputs(run.get("inputs") or {}),
        "since": audit.get("since"),
        "findings": findings,
        "counts": dict(audit.get("counts") or {}),
        "repairs": repairs,
        "examined": dict(audit.get("examined") or {}),
        "not_examined": list(audit.get("not_examined") or []),
        "unknown": list(audit.get("unknown") or []),
        "requests": audit.get("requests"),
        "run_id": run["run_id"],
        "check_mode": check_mode,
        "report": report_file(REPORT_FILE, run.get("report_folder"), run.get("refusal_folder"), check_mode=check_mode),
        "seconds": seconds,
    }


def must_fail(result: Mapping[str, Any], fail_on: str) -> bool:
    """Return whether the role fails. It always fails after an error, and otherwise only on request."""
    if result["outcome"] == ERROR:
        return True
    if fail_on == BLOCKING:
        return bool(result["blocking"])
    return fail_on == ANY and result["outcome"] != CLEAN


def summary_lines(result: Mapping[str, Any]) -> list[str]:
    """Return the summary of an audit as lines of text."""
    lines = [line("outcome", str(result["outcome"]))]
    lines += [line("reason", result["reason"])] if result["outcome"] in (ERROR, INCOMPLETE) else []
    lines.append(line("cloud", result["cloud"]))
    left = [one for one in result["findings"] if one["repair"] != REPAIRED]
    lines += [line("finding", f"{one['kind']}: {_named(one)}{one['message']}") for one in left[:_SHOWN]]
    if len(left) > _SHOWN:
        lines.append(line("", f"{len(left) - _SHOWN} more findings are in the report"))
    if result["findings"]:
        lines.append(line("blocking", f"{result['blocking']} of {len(left)} findings block a migration"))
    lines += [line("repair", _repair_text(one)) for one in result["repairs"][:_SHOWN]]
    lines += [line("unknown", text) for text in result["unknown"]]
    lines += [line("not read", text) for text in result["not_examined"]]
    lines.append(line("took", f"{result['seconds']:.1f} s, {result['requests'] or 0} requests"))
    return lines + ([line("report", result["report"])] if result["report"] else [])


def _outcome(run: Mapping[str, Any], left: Sequence[Entry], unknown: Sequence[str]) -> tuple[str, str]:
    if run.get("failure"):
        return ERROR, str(run["failure"].get("reason") or "The failed task returned no message.")
    if left:
        named = "; ".join(f"{_named(one)}{one['message'].rstrip('.')}" for one in left[:_NAMED])
        more = f"; and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        number = "1 finding" if len(left) == 1 else f"{len(left)} findings"
        return FINDINGS, f"{number}. {named}{more}."
    if unknown:
        return INCOMPLETE, f"There are no findings, but a part of the cloud cannot be read. {' '.join(unknown)}"
    return CLEAN, ""


def _with_repairs(findings: Sequence[Entry], repairs: Sequence[Entry]) -> list[Entry]:
    """Add to each finding the outcome of its repair. The outcome is empty if no repair was requested."""
    outcomes = {(one["kind"], one["consumer"]): one["outcome"] for one in repairs}
    return [{**one, "repair": outcomes.get((one["kind"], one["subject"]), "")} for one in findings]


def _named(finding: Mapping[str, Any]) -> str:
    return f"{finding['server_name']}: " if finding.get("server_name") else ""


def _repair_text(repair: Mapping[str, Any]) -> str:
    reason = f": {repair['reason']}" if repair["reason"] else ""
    return f"{repair['outcome'].replace('_', ' ')} {repair['kind']} {repair['consumer']}{reason}"
