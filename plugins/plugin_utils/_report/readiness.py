# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create the readiness report: for programs, for pipelines, and as a table of blocked servers.

The file schemas/readiness.schema.json describes the report for programs.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.check_groups import (
    ERROR,
    FAILED,
    PASSED,
    SKIPPED,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

VERSION = 1
_LISTS = ("hosts", "servers", "projects", "zones", "unknown")
COLUMNS = ("host", "server", "id", "project_id", "status", "move_method", "reason", "certainty", "detail", "remedy")
_OUTCOMES = {"yes": PASSED, "no": FAILED}
# A spreadsheet calculates cells that begin with these characters.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def build(
    result: Mapping[str, Any],
    *,
    collection: str,
    ended: datetime,
    redact_hosts: bool = False,
    name_sources: Sequence[Any] = (),
) -> dict[str, Any]:
    """Return the report for programs. ``result`` is the result of the role migration_readiness."""
    seconds = float(result.get("seconds") or 0.0)
    report: dict[str, Any] = {
        "version": VERSION,
        "run_id": result["run_id"],
        "outcome": result["outcome"],
        "reason": result.get("reason") or "",
        "cloud": result.get("cloud") or None,
        "started": (ended - timedelta(seconds=seconds)).isoformat(timespec="milliseconds"),
        "ended": ended.isoformat(timespec="milliseconds"),
        "seconds": seconds,
        "collection": collection,
        "microversion": result.get("microversion") or None,
        "inputs": dict(result.get("inputs") or {}),
        "at_once": result.get("at_once"),
        "totals": result.get("totals"),
        **{name: list(result.get(name) or []) for name in _LISTS},
    }
    if not redact_hosts:
        return report
    # The redaction recognizes the names of servers by the key server_name.
    names = [{"server_name": server["name"], "availability_zone": ""} for server in report["servers"]]
    zones = [{"availability_zone": zone["zone"]} for zone in report["zones"]]
    return redacted(report, result, names, zones, *name_sources)


def junit_cases(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one JUnit test case for each host. A doubtful host is a skipped test."""
    if report["outcome"] == "error":
        return [{"name": "readiness", "outcome": ERROR, "seconds": report["seconds"], "reason": report["reason"]}]
    return [
        {
            "name": str(host["host"]),
            "outcome": _OUTCOMES.get(host["can_be_emptied_together"], SKIPPED),
            "seconds": None,
            "reason": _reason(report, host),
        }
        for host in report["hosts"]
    ]


def _reason(report: Mapping[str, Any], host: Mapping[str, Any]) -> str:
    own = [server for server in report["servers"] if server["host"] == host["host"]]
    texts = [f"{server['name'] or server['id']}: {server['blockers'][0]['detail']}" for server in own]
    return "; ".join(texts) or f"In batch {host['batch']}: {host['can_be_emptied_together']}"


def csv_text(report: Mapping[str, Any]) -> str:
    """Return the blocked servers as CSV, with one row for each blocker."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for server in report["servers"]:
        for blocker in server["blockers"]:
            values = {**server, **blocker, "server": server["name"]}
            table.writerow([_cell(values.get(column)) for column in COLUMNS])
    return file.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
