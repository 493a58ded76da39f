# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create the report of the role host_drain.

The file schemas/drain.schema.json describes the report.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import (
    NOT_DRAINED,
    NOT_UNDRAINED,
    SUCCESSFUL,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import GOOD
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.check_groups import (
    ERROR,
    FAILED,
    PASSED,
    SKIPPED,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redacted
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.role_result import cloud_names
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import failed_migrations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

VERSION = 1
# These keys of the result of the role host_drain contain lists.
_LISTS = ("moved", "left", "gone", "migrations", "notifications", "plan", "problems", "unknown")


def build(
    result: Mapping[str, Any],
    *,
    collection: str,
    ended: datetime,
    cloud: str = "",
    redact_hosts: bool = False,
    name_sources: Sequence[Any] = (),
) -> dict[str, Any]:
    """Return the report of one drain.

    ``result`` is the result of the role host_drain. ``name_sources`` contains values with other names that the report
    redacts.
    """
    seconds = float(result.get("seconds") or 0.0)
    drain: dict[str, Any] = {
        "version": VERSION,
        "run_id": result["run_id"],
        "outcome": result["outcome"],
        "reason": result.get("reason") or "",
        "host": result["host"],
        "cloud": cloud or result.get("cloud") or None,
        "started": (ended - timedelta(seconds=seconds)).isoformat(timespec="milliseconds"),
        "ended": ended.isoformat(timespec="milliseconds"),
        "seconds": seconds,
        "collection": collection,
        "microversion": result.get("microversion") or None,
        "inputs": dict(result.get("inputs") or {}),
        "service": dict(result.get("service") or {}),
        "since": result.get("since") or "",
        "prediction": dict(result.get("prediction") or {}),
        **{name: list(result.get(name) or []) for name in _LISTS},
    }
    if not redact_hosts:
        return drain
    return redacted(drain, result, cloud_names(drain["cloud"]), *name_sources)


def junit_cases(drain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one JUnit test case for the host, and one for each server of the drain."""
    found = [_host_case(drain), *_server_cases(drain)]
    duplicates = {name for name, count in Counter(case["name"] for case in found).items() if count > 1}
    return [
        {
            "name": f"{case['name']} ({case['server_id']})" if case["name"] in duplicates else case["name"],
            "outcome": case["outcome"],
            "seconds": case["seconds"],
            "reason": case["reason"],
        }
        for case in found
    ]


def succeeded(drain: Mapping[str, Any]) -> bool:
    """Return whether the role succeeds with this outcome of a drain."""
    return drain["outcome"] in SUCCESSFUL


def has_failed(drain: Mapping[str, Any]) -> bool:
    """Return whether the drain or one of its migrations failed."""
    return drain["outcome"] in (NOT_DRAINED, NOT_UNDRAINED) or bool(failed_migrations(drain))


def seconds_by_server(migrations: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """Return the duration of the last migration of each server, by server id."""
    return {str(migration.get("server_id")): migration.get("seconds") for migration in migrations}


def _host_case(drain: Mapping[str, Any]) -> dict[str, Any]:
    outcome = PASSED if succeeded(drain) else ERROR if drain["outcome"] == "error" else FAILED
    return _case(drain["host"], outcome, drain["reason"], drain["seconds"], drain["host"])


def _server_cases(drain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    seconds = seconds_by_server(drain["migrations"])
    for server in drain["moved"]:
        yield _case(_name(server), PASSED, "", seconds.get(server["server_id"]), server["server_id"])
    for server in drain["left"]:
        # In check mode, JUnit shows a server that cannot be moved as a skipped test.
        outcome = SKIPPED if succeeded(drain) else FAILED
        yield _case(_name(server), outcome, server["reason"], seconds.get(server["server_id"]), server["server_id"])
    for server in drain["gone"]:
        yield _case(_name(server), SKIPPED, server["reason"], None, server["server_id"])
    named = {server["server_id"] for name in ("moved", "left", "gone") for server in drain[name]}
    for migration in drain["migrations"]:
        if migration["outcome"] in GOOD and migration["server_id"] not in named:
            yield _case(_name(migration), PASSED, "", migration.get("seconds"), migration["server_id"])


def _case(name: str, outcome: str, reason: str, seconds: float | None, server_id: str | None) -> dict[str, Any]:
    return {"name": name, "outcome": outcome, "reason": reason, "seconds": seconds, "server_id": server_id}


def _name(server: Mapping[str, Any]) -> str:
    return str(server.get("server_name") or server.get("server_id") or "allocation")
