# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that create the evidence of a cycle, in the form of schemas/evidence.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import release_of
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.check_groups import report_steps
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1


def build(
    cycle: Mapping[str, Any],
    *,
    collection: str,
    ended: str,
    redact_hosts: bool = False,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the evidence of one migration cycle.

    ``cycle`` is the input of the module cycle_report. ``environment`` contains other names that the report redacts.
    """
    preflight = cycle.get("preflight") or {}
    conclusion = cycle["conclusion"]
    wait, migrate = cycle.get("wait") or {}, cycle.get("migrate") or {}
    cleanup = cycle.get("cleanup") or {}
    found: dict[str, Any] = {
        "version": VERSION,
        "run_id": cycle["run_id"],
        "outcome": conclusion["outcome"],
        "reason": conclusion["reason"],
        "failed_step": conclusion["failed_step"],
        "failure_kinds": _failure_kinds(cycle),
        "started": cycle["started"],
        "ended": ended,
        "collection": collection,
        "cloud": _cloud(cycle.get("cloud"), preflight),
        "inputs": dict(cycle.get("inputs") or {}),
        "seconds": dict(cycle.get("seconds") or {}),
        "steps": report_steps(cycle),
        "hosts": {"before": preflight.get("hosts"), "after": (cycle.get("diagnosis") or {}).get("hosts")},
        "image": preflight.get("image") or None,
        "flavor": preflight.get("flavor") or None,
        "requests": list(_requests(cycle)),
        "servers": _servers(cycle),
        "migrations": list(cycle.get("migrations") or []),
        "prediction": dict(cycle.get("prediction") or {}),
        "guests": list((cycle.get("guests") or {}).get("consoles") or []),
        "control": dict(cycle.get("control") or {}),
        "polls": [*(migrate.get("polls") or []), *(wait.get("polls") or [])],
        "cleanup": {
            "deleted": [server["name"] for server in cleanup.get("servers") or []],
            "allocations_left": cleanup.get("allocations_left"),
            "allocations_released": cleanup.get("allocations_released") or {},
        },
    }
    # Each text of the evidence may contain a name from any part of the migration cycle.
    return redacted(found, cycle, environment) if redact_hosts else found


def _failure_kinds(cycle: Mapping[str, Any]) -> list[str]:
    """Return the kinds of failure of the migration cycle, but not of its migrations."""
    failure = cycle.get("failure") or cycle.get("cleanup_failure") or {}
    return sorted({str(kind) for kind in failure.get("kinds") or []})


def _cloud(name: Any, preflight: Mapping[str, Any]) -> dict[str, Any]:
    microversion = preflight.get("microversion")
    return {
        # A dictionary of settings has no name and may contain secrets, so the report omits it.
        "name": name if isinstance(name, str) and name else None,
        "microversion": microversion,
        "release": release_of(microversion["max"]) if microversion else None,
        "hypervisor_type": preflight.get("hypervisor_type"),
        "user": preflight.get("user"),
        "project": preflight.get("project"),
        "roles": preflight.get("roles") or [],
    }


def _requests(cycle: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    boot, control = cycle.get("boot") or {}, cycle.get("control_boot") or {}
    if boot.get("request_id"):
        yield {"what": f"boot {len(boot.get('servers') or [])} servers", "request_id": boot["request_id"]}
    for migration in cycle.get("migrations") or []:
        if migration.get("request_id"):
            yield {"what": f"live-migrate {migration['server_name']}", "request_id": migration["request_id"]}
    if control.get("request_id"):
        yield {"what": "boot the control server", "request_id": control["request_id"]}
    single = (cycle.get("control") or {}).get("migration") or {}
    if single.get("request_id"):
        yield {"what": f"live-migrate {single['server_name']}", "request_id": single["request_id"]}


def _servers(cycle: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the servers of the migration cycle with their first and last known state."""
    migrated = {migration["server_id"]: migration.get("server") for migration in cycle.get("migrations") or []}
    deleted = {
        server["id"]: {**server, "status": server.get("status_before", server["status"])}
        for server in (cycle.get("cleanup") or {}).get("servers") or []
    }
    return [
        {
            "id": server["id"],
            "name": server["name"],
            "before": server,
            "after": migrated.get(server["id"]) or deleted.get(server["id"]),
        }
        for server in (cycle.get("boot") or {}).get("servers") or []
    ]
