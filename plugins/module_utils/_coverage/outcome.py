# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that return the result of the role migration_coverage, and its summary."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import count
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.faults import faults_of
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.inputs import report_inputs
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import CAN_MOVE, CANNOT_MOVE
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.planner import INCLUDED, UNUSABLE
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.tour import tour_of
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.verdict import (
    FAILED,
    INCONCLUSIVE,
    NOT_APPLICABLE,
    PASSED,
    run_outcome,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.run_summary import (
    cloud_text,
    line,
    report_file,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Entry = dict[str, Any]

ERROR, CHECKED = "error", "checked"
TESTED, NOT_TESTED = "tested", "not_tested"
REPORT_FILE = "coverage.json"
_OUTCOMES = (PASSED, FAILED, INCONCLUSIVE, NOT_APPLICABLE)
_NAMED = 20
_OTHER_PART = "It is in another part of the sample."


def result_of(evidence: Mapping[str, Any], *, started: float, ended: float) -> Entry:
    """Return the result of the role migration_coverage.

    The documentation of the filter coverage_result describes the keys of ``evidence``.
    """
    matrix = evidence.get("matrix") or {}
    events: Sequence[Mapping[str, Any]] = evidence.get("events") or []
    inputs = report_inputs(evidence.get("inputs") or {})
    cells = _cells(matrix, events, inputs) if matrix.get("journeys") is not None else []
    passed = {(cell["source"], cell["destination"]): cell["outcome"] == PASSED for cell in _answered(cells)}
    lost = _lost(matrix, evidence.get("hosts_after") or [])
    by_pair, faults = faults_of(passed, lost)
    for cell in cells:
        cell["fault"] = by_pair.get((cell["source"], cell["destination"]))
    hosts = _hosts(matrix, cells)
    outcome, reason = _outcome(evidence, cells, hosts, [fault.detail for fault in faults])
    counts = Counter(str(cell["outcome"]) for cell in cells)
    return {
        "outcome": outcome,
        "reason": reason,
        "cloud": cloud_text(evidence.get("cloud"), matrix.get("cloud")),
        "microversion": matrix.get("microversion"),
        "inputs": inputs,
        "run_id": evidence["run_id"],
        "coverage": matrix.get("coverage") or inputs["coverage"],
        "sample": matrix.get("sample"),
        "started": _time(started),
        "ended": _time(ended),
        "seconds": round(ended - started, 1),
        "hosts": hosts,
        "groups": list(matrix.get("groups") or []),
        "cells": cells,
        "faults": [fault.as_result() for fault in faults],
        "migrations": [one for event in events for one in event.get("migrations") or []],
        "counts": {**{name: counts[name] for name in _OUTCOMES}, "moves": sum(1 for cell in cells if cell["purpose"])},
        "prediction": _score(cells),
        "failure": _failure(evidence.get("failure") or {}),
        "report": report_file(REPORT_FILE, evidence.get("report_folder"), check_mode=bool(evidence.get("check_mode"))),
    }


def _cells(matrix: Mapping[str, Any], events: Sequence[Mapping[str, Any]], inputs: Mapping[str, Any]) -> list[Entry]:
    predictions = {(pair["source"], pair["destination"]): pair["prediction"] for pair in matrix.get("pairs") or []}
    tour = tour_of(matrix, events, max_parallel=inputs["max_parallel"], per_host=inputs["max_parallel_per_host"])
    tested = [{**cell.as_result(), "prediction": predictions.get(cell.pair), "fault": None} for cell in tour.cells]
    nothing = dict.fromkeys(("purpose", "migration_id", "seconds", "downtime", "prediction", "fault"))
    return [*tested, *({**one, **nothing} for one in matrix.get("untested") or [])]


def _lost(matrix: Mapping[str, Any], after: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the hosts of the plan that are unusable after the migrations, with the reasons."""
    planned = {str(host["name"]) for host in matrix.get("hosts") or [] if host["status"] == INCLUDED}
    return {
        str(host["name"]): str(host["reason"])
        for host in after
        if host["status"] == UNUSABLE and host["name"] in planned
    }


def _failure(failure: Mapping[str, Any]) -> Entry | None:
    """Return the failure that ended the run, with the kind of the first failed request."""
    if not failure:
        return None
    kinds = failure.get("kinds") or []
    return {"kind": kinds[0] if kinds else None, "reason": str(failure.get("reason") or "").strip()}


def _answered(cells: Iterable[Entry]) -> Iterable[Entry]:
    return (cell for cell in cells if cell["outcome"] in (PASSED, FAILED))


def _hosts(matrix: Mapping[str, Any], cells: Sequence[Entry]) -> list[Entry]:
    tested = {name for cell in _answered(cells) for name in (cell["source"], cell["destination"])}
    planned = {name for cell in cells for name in (cell["source"], cell["destination"])}

    def after_run(host: Entry) -> Entry:
        if host["status"] != INCLUDED:
            return host
        if host["name"] in tested:
            return {**host, "status": TESTED}
        in_other_part = matrix.get("sample") is not None and host["name"] not in planned
        return {**host, "status": NOT_TESTED, "reason": _OTHER_PART if in_other_part else host["reason"]}

    return [after_run(host) for host in matrix.get("hosts") or []]


def _score(cells: Iterable[Entry]) -> Entry:
    return count(
        (
            f"{cell['source']}:{cell['destination']}",
            cell["prediction"] == CAN_MOVE,
            cell["outcome"] == PASSED
            if cell["outcome"] in (PASSED, FAILED) and cell["prediction"] in (CAN_MOVE, CANNOT_MOVE)
            else None,
        )
        for cell in cells
    )


def _outcome(
    evidence: Mapping[str, Any], cells: Sequence[Entry], hosts: Sequence[Entry], faults: Sequence[str]
) -> tuple[str, str]:
    failure = str((evidence.get("failure") or {}).get("reason") or "").strip()
    cleanup = str((evidence.get("cleanup_failure") or {}).get("reason") or "").strip()
    also = f" The cleanup failed: {cleanup}" if cleanup else ""
    outcome = run_outcome(cells)
    if outcome == FAILED:
        more = f" The run ended early: {failure}" if failure else ""
        return FAILED, " ".join(faults) + more + also
    if failure:
        return ERROR, failure + also
    if cleanup:
        return FAILED, also.strip()
    if evidence.get("check_mode"):
        return CHECKED, "Check mode: the migrations are planned. No server was booted or migrated."
    why = [*faults, _why_inconclusive(cells, hosts)] if outcome == INCONCLUSIVE else []
    return outcome, " ".join(why)


def _why_inconclusive(cells: Sequence[Entry], hosts: Iterable[Mapping[str, Any]]) -> str:
    unanswered = [cell for cell in cells if cell["outcome"] == INCONCLUSIVE]
    if not unanswered:
        refused = [f"{cell['source']} to {cell['destination']}: {cell['reason']}" for cell in cells]
        alone = [f"{host['name']}: {host['status']}, {host['reason']}." for host in hosts if host["reason"]]
        return " ".join(["No pair of compute hosts can be tested.", *[*refused, *alone][:_NAMED]])
    first = unanswered[0]
    number = "1 migration has" if len(unanswered) == 1 else f"{len(unanswered)} migrations have"
    return f"{number} no result. {first['source']} to {first['destination']}: {first['reason']}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def plan_lines(matrix: Mapping[str, Any], preflight: Mapping[str, Any]) -> list[str]:
    """Return the plan as lines of text."""
    lines = []
    for group in matrix["groups"]:
        lines += wrapped("group", f"{group['name']}: {_some(group['hosts'])}")
    lines += [line(host["status"], f"{host['name']}: {host['reason']}") for host in _left_out(matrix["hosts"])]
    for pair in matrix["untested"][:_NAMED]:
        lines += wrapped("not tested", f"{pair['source']} to {pair['destination']}: {pair['reason']}")
    for pair in [pair for pair in matrix["pairs"] if pair["prediction"] != CAN_MOVE][:_NAMED]:
        text = " ".join(blocker["detail"] for blocker in pair["blockers"])
        lines += wrapped("doubtful", f"{pair['source']} to {pair['destination']}: {text}")
    if matrix.get("sample"):
        lines.append(_sample_line(matrix["sample"]))
    for name in ("image", "flavor"):
        if preflight.get(name):
            lines.append(line(name, str(preflight[name]["name"])))
    return [*lines, line("migrations", f"{matrix['moves']} with {matrix['servers']} servers")]


def summary_lines(result: Mapping[str, Any]) -> list[str]:
    """Return the summary of the role as lines of text."""
    lines = [line("outcome", result["outcome"]), *wrapped("reason", result["reason"])]
    lines.append(line("cloud", result["cloud"]))
    counts = result["counts"]
    shown = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in _OUTCOMES if counts[name])
    lines.append(line("migrations", shown or "none"))
    tested = sum(1 for host in result["hosts"] if host["status"] == TESTED)
    other_part = sum(1 for host in result["hosts"] if host["reason"] == _OTHER_PART)
    more = f", {other_part} in other parts of the sample" if other_part else ""
    lines.append(line("hosts", f"{tested} of {len(result['hosts'])} tested{more}"))
    if result["sample"]:
        lines.append(_sample_line(result["sample"]))
    for host in [host for host in _left_out(result["hosts"]) if host["reason"] != _OTHER_PART][:_NAMED]:
        lines += wrapped("", f"{host['name']}: {host['status'].replace('_', ' ')}, {host['reason'] or 'no result'}")
    for cell in [cell for cell in result["cells"] if cell["outcome"] in (FAILED, INCONCLUSIVE)][:_NAMED]:
        lines += wrapped(cell["outcome"], f"{cell['source']} to {cell['destination']}: {cell['reason']}")
    lines.append(line("took", f"{result['seconds']:.1f} s"))
    return lines + ([line("report", result["report"])] if result["report"] else [])


def _sample_line(sample: Mapping[str, Any]) -> str:
    return line("sample", f"part {sample['part']} of {sample['parts']} ({sample['share']}, {sample['date']})")


def _left_out(hosts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [host for host in hosts if host["status"] not in (INCLUDED, TESTED)]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
