# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Determine the outcome of a readiness report, and create its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.run_summary import (
    cloud_text,
    line,
    report_file,
    wrapped,
)
from ansible_collections.stackproof.migration.plugins.module_utils._readiness.assessment import (
    DOUBTFUL,
    NO,
    UNKNOWN,
    YES,
)
from ansible_collections.stackproof.migration.plugins.module_utils._readiness.inputs import report_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# All hosts can be emptied, as many at the same time as requested.
READY = "ready"
# A host is doubtful, or the room is unknown.
DOUBTFUL_OUTCOME = "doubtful"
# A host cannot be emptied.
BLOCKED = "blocked"
ERROR = "error"
REPORT_FILE = "readiness.json"

_NAMED_HOSTS = 20
_NAMED_SERVERS = 20


def result_of(evidence: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
    """Return the result of the role migration_readiness.

    The documentation of the filter readiness_result describes the keys of ``evidence``.
    """
    readiness, failure = evidence.get("readiness") or {}, evidence.get("failure") or {}
    outcome, reason = _outcome(readiness, failure)
    return {
        "outcome": outcome,
        "reason": reason,
        "cloud": cloud_text(evidence.get("cloud"), readiness.get("cloud")),
        "microversion": readiness.get("microversion"),
        "inputs": report_inputs(evidence.get("inputs") or {}),
        "at_once": readiness.get("at_once"),
        "totals": readiness.get("totals"),
        **{key: list(readiness.get(key) or []) for key in ("hosts", "servers", "projects", "zones", "unknown")},
        "run_id": evidence["run_id"],
        "report": report_file(REPORT_FILE, evidence.get("report_folder"), check_mode=bool(evidence.get("check_mode"))),
        "seconds": seconds,
    }


def _outcome(readiness: Mapping[str, Any], failure: Mapping[str, Any]) -> tuple[str, str]:
    if failure or not readiness.get("totals"):
        return ERROR, str(failure.get("reason") or "The cloud was not read.")
    together = readiness["totals"]["together"]
    if together[NO]:
        return BLOCKED, f"{_hosts(together[NO])} cannot be emptied."
    if together[DOUBTFUL] or together[UNKNOWN]:
        return (
            DOUBTFUL_OUTCOME,
            f"It is doubtful whether {_hosts(together[DOUBTFUL] + together[UNKNOWN])} can be emptied.",
        )
    return READY, ""


def _hosts(number: int) -> str:
    return "1 host" if number == 1 else f"{number} hosts"


def summary_lines(result: Mapping[str, Any]) -> list[str]:
    """Return the summary of the role as lines of text."""
    lines = [
        line("outcome", result["outcome"]),
        *wrapped("reason", result["reason"]),
        line("cloud", result["cloud"]),
    ]
    if result["totals"]:
        at_once = result["at_once"]
        lines.append(line("hosts", _counts(result["totals"]["alone"])))
        if at_once > 1:
            lines.append(line("", f"{at_once} at the same time: {_counts(result['totals']['together'])}"))
    lines += [line("zone", _zone_text(zone)) for zone in result["zones"]]
    lines += _host_lines(result["hosts"])
    for server in result["servers"][:_NAMED_SERVERS]:
        first = server["blockers"][0]
        text = f"{server['name'] or server['id']} on {server['host']}: {first['certainty']}: {first['detail']}"
        lines += wrapped("server", f"{text} {first['remedy']}")
    if len(result["servers"]) > _NAMED_SERVERS:
        lines.append(line("", f"{len(result['servers']) - _NAMED_SERVERS} more servers are in the report"))
    lines += [part for text in result["unknown"] for part in wrapped("unknown", text)]
    lines.append(line("took", f"{result['seconds']:.1f} s"))
    return lines + ([line("report", result["report"])] if result["report"] else [])


def _counts(counts: Mapping[str, int]) -> str:
    texts = {YES: "can be emptied", DOUBTFUL: "doubtful", NO: "cannot be emptied", UNKNOWN: "unknown"}
    return ", ".join(f"{counts[key]} {text}" for key, text in texts.items() if counts[key]) or "none"


def _zone_text(zone: Mapping[str, Any]) -> str:
    free = ", ".join(f"{name}={amount}" for name, amount in zone["free"].items()) or "unknown"
    return f"{zone['zone']}: {zone['usable_hosts']} of {zone['hosts']} hosts usable, free: {free}"


def _host_lines(hosts: Sequence[Mapping[str, Any]]) -> list[str]:
    bad = [host for host in hosts if host["can_be_emptied_together"] != YES]
    lines = []
    for host in bad[:_NAMED_HOSTS]:
        reasons = ", ".join(f"{name} {number}" for name, number in host["reasons"].items())
        alone, together = host["can_be_emptied"], host["can_be_emptied_together"]
        answer = alone if alone == together else f"alone {alone}, in batch {host['batch']} {together}"
        lines.append(line("host", f"{host['host']}: {answer}" + (f" ({reasons})" if reasons else "")))
    more = len(bad) - _NAMED_HOSTS
    return lines + ([line("", f"{more} more hosts are in the report")] if more > 0 else [])
