# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that return the result of the role migration_scenarios, and its summary."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.run_summary import (
    cloud_text,
    line,
    report_file,
    wrapped,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.inputs import report_inputs
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    ERROR,
    FAILED,
    INCONCLUSIVE,
    KNOWN_ISSUE,
    NOT_APPLICABLE,
    OUTCOMES,
    PASSED,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.verdict import run_outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Entry = dict[str, Any]

CHECKED = "checked"
REPORT_FILE = "scenarios.json"
# The summary shows the reason of these scenarios.
_EXPLAINED = (FAILED, ERROR, INCONCLUSIVE, KNOWN_ISSUE, NOT_APPLICABLE)


def result_of(evidence: Mapping[str, Any], *, started: float, ended: float) -> Entry:
    """Return the result of the role migration_scenarios.

    The documentation of the filter scenarios_result describes the keys of ``evidence``.
    """
    run: Mapping[str, Any] = evidence.get("run") or {}
    preflight: Mapping[str, Any] = evidence.get("preflight") or {}
    scenarios = list(run.get("scenarios") or [])
    outcome, reason = _outcome(evidence, scenarios)
    counts = Counter(str(scenario["outcome"]) for scenario in scenarios)
    return {
        "outcome": outcome,
        "reason": reason,
        "cloud": cloud_text(evidence.get("cloud"), preflight.get("cloud")),
        "microversion": run.get("microversion"),
        "versions": run.get("versions"),
        "inputs": report_inputs(evidence.get("inputs") or {}),
        "run_id": evidence["run_id"],
        "started": _time(started),
        "ended": _time(ended),
        "seconds": round(ended - started, 1),
        "hosts": list(run.get("hosts") or []),
        "scenarios": scenarios,
        "counts": {name: counts[name] for name in OUTCOMES},
        "deleted": list(run.get("deleted") or []),
        "failure": _failure(evidence),
        "report": report_file(REPORT_FILE, evidence.get("report_folder"), check_mode=bool(evidence.get("check_mode"))),
    }


def _failure(evidence: Mapping[str, Any]) -> Entry | None:
    """Return the failure that ended the run, with the kind of the first failed request."""
    failure = evidence.get("failure") or {}
    if not failure:
        return None
    kinds = failure.get("kinds") or []
    return {"kind": kinds[0] if kinds else None, "reason": str(failure.get("reason") or "").strip()}


def _outcome(evidence: Mapping[str, Any], scenarios: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    failure = str((evidence.get("failure") or {}).get("reason") or "").strip()
    cleanup = str((evidence.get("cleanup_failure") or {}).get("reason") or "").strip()
    also = f" The cleanup failed: {cleanup}" if cleanup else ""
    if evidence.get("check_mode") and not failure:
        return CHECKED, "Check mode: no server was booted or migrated."
    outcome = run_outcome([str(scenario["outcome"]) for scenario in scenarios])
    if outcome == FAILED:
        more = f" The run also failed: {failure}" if failure else ""
        return FAILED, _first(scenarios, FAILED) + more + also
    if failure:
        return ERROR, failure + also
    if cleanup:
        return FAILED, also.strip()
    if outcome in (ERROR, INCONCLUSIVE) and any(scenario["outcome"] == outcome for scenario in scenarios):
        return outcome, _first(scenarios, outcome)
    reasons = list(_by_reason(scenarios, NOT_APPLICABLE))
    return outcome, "" if outcome == PASSED else " ".join(["No scenario is applicable to this cloud.", *reasons[:1]])


def _first(scenarios: Sequence[Mapping[str, Any]], outcome: str) -> str:
    """Return the reason of the first scenario with this outcome, and the number of the others."""
    found = [scenario for scenario in scenarios if scenario["outcome"] == outcome]
    verb = "failed" if outcome == FAILED else f"{'is' if len(found) == 1 else 'are'} {outcome}"
    number = f"{len(found)} of {len(scenarios)} scenarios {verb}." if len(scenarios) > 1 else ""
    return f"{number} {found[0]['id']}: {found[0]['reason']}".strip()


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _by_reason(scenarios: Sequence[Mapping[str, Any]], outcome: str) -> dict[str, list[str]]:
    """Return the ids of the scenarios with this outcome by their reasons."""
    found: dict[str, list[str]] = {}
    for scenario in scenarios:
        if scenario["outcome"] == outcome:
            found.setdefault(str(scenario["reason"]), []).append(str(scenario["id"]))
    return found


def counts_text(counts: Mapping[str, int]) -> str:
    """Return the number of scenarios by outcome as text, such as "22 passed, 2 known issues, 1 not applicable"."""
    words = {name: name.replace("_", " ") for name in OUTCOMES}
    found = []
    for name in (PASSED, *(one for one in OUTCOMES if one != PASSED)):
        plural = "s" if name in (KNOWN_ISSUE, ERROR) and counts[name] != 1 else ""
        found += [f"{counts[name]} {words[name]}{plural}"] if counts[name] else []
    return ", ".join(found) or "none"


def summary_lines(result: Mapping[str, Any]) -> list[str]:
    """Return the summary of the role as lines of text."""
    lines = [line("outcome", result["outcome"]), *wrapped("reason", result["reason"])]
    lines.append(line("cloud", result["cloud"]))
    lines.append(line("scenarios", counts_text(result["counts"])))
    for outcome in (one for one in OUTCOMES if one in _EXPLAINED):
        for reason, names in _by_reason(result["scenarios"], outcome).items():
            lines += wrapped(_LABELS.get(outcome, outcome), f"{', '.join(names)}: {reason}")
    lines += [line("passed", one["id"]) for one in result["scenarios"] if one["outcome"] == PASSED]
    lines.append(line("took", f"{result['seconds']:.1f} s"))
    return lines + ([line("report", result["report"])] if result["report"] else [])


# A label must fit into its column.
_LABELS = {INCONCLUSIVE: "no answer", KNOWN_ISSUE: "known", NOT_APPLICABLE: "n/a"}
