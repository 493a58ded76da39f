# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure: everything that is known of a cycle, in the form of schemas/evidence.schema.json."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import release_of
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.check_groups import steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1
_HOST_KEYS = frozenset(
    {"host", "source", "destination", "expected_host", "source_node", "destination_node", "hypervisor_hostname"}
)


def build(cycle: Mapping[str, Any], *, collection: str, ended: str, redact_hosts: bool = False) -> dict[str, Any]:
    """The evidence of one cycle. ``cycle`` is what the role migration_cycle hands to cycle_report."""
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
        "steps": steps(cycle),
        "hosts": {"before": preflight.get("hosts"), "after": (cycle.get("diagnosis") or {}).get("hosts")},
        "image": preflight.get("image") or None,
        "flavor": preflight.get("flavor") or None,
        "requests": list(_requests(cycle)),
        "servers": _servers(cycle),
        "migrations": list(cycle.get("migrations") or []),
        "guests": list((cycle.get("guests") or {}).get("consoles") or []),
        "control": dict(cycle.get("control") or {}),
        "polls": [*(migrate.get("polls") or []), *(wait.get("polls") or [])],
        "cleanup": {
            "deleted": [server["name"] for server in cleanup.get("servers") or []],
            "allocations_left": cleanup.get("allocations_left"),
            "allocations_released": cleanup.get("allocations_released") or {},
        },
    }
    return redacted(found) if redact_hosts else found


def _failure_kinds(cycle: Mapping[str, Any]) -> list[str]:
    """Of the failure that gave the reason; those of single migrations are with them."""
    failure = cycle.get("failure") or cycle.get("cleanup_failure") or {}
    return sorted({str(kind) for kind in failure.get("kinds") or []})


def _cloud(name: Any, preflight: Mapping[str, Any]) -> dict[str, Any]:
    microversion = preflight.get("microversion")
    return {
        # a dictionary of settings has no name, and may have secrets
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
    """Each server as it was booted, and as it was last seen: by its migration, or just before it was deleted."""
    migrated = {one["server_id"]: one.get("server") for one in cycle.get("migrations") or []}
    deleted = {
        one["id"]: {**one, "status": one.get("status_before", one["status"])}
        for one in (cycle.get("cleanup") or {}).get("servers") or []
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


def redacted(evidence: dict[str, Any]) -> dict[str, Any]:
    """The same without names of hosts and addresses of servers, each under the same number wherever it appears."""
    names = sorted(set(_hosts_in(evidence)))
    aliases = {name: f"host-{number}" for number, name in enumerate(names, start=1)}
    aliases |= {name: f"address-{number}" for number, name in enumerate(sorted(set(_addresses_in(evidence))), start=1)}
    if not aliases:
        return evidence
    # the longest first: compute1 must not be found inside compute11
    pattern = re.compile("|".join(rf"(?<![\w.-]){re.escape(name)}(?![\w-])" for name in sorted(aliases, key=len)[::-1]))
    result: dict[str, Any] = _replaced(evidence, pattern, aliases)
    return result


def _pairs_in(value: Any) -> Iterator[tuple[str, Any]]:
    """Each key with what it stands for, however deep it lies."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _pairs_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs_in(inner)


def _hosts_in(value: Any) -> Iterator[str]:
    for key, inner in _pairs_in(value):
        if key in _HOST_KEYS and isinstance(inner, str) and inner:
            yield inner
        elif key in ("before", "after") and isinstance(inner, list):
            yield from (host["name"] for host in inner if isinstance(host, dict) and "obstacle" in host)
        if key in ("allocations_before", "allocations_left", "allocations_released", "server", "migration"):
            yield from _providers_in(key, inner)


def _addresses_in(value: Any) -> Iterator[str]:
    return (inner for key, inner in _pairs_in(value) if key == "address" and isinstance(inner, str) and inner)


def _providers_in(key: str, value: Any) -> Iterator[str]:
    """Resource providers bear hosts' names: the keys of {provider: {class: amount}}, at times below consumers."""
    if not isinstance(value, dict):
        return
    if key in ("allocations_left", "allocations_released"):
        for held in value.values():
            yield from held
    elif all(isinstance(held, dict) and all(isinstance(n, int) for n in held.values()) for held in value.values()):
        yield from value


def _replaced(value: Any, pattern: re.Pattern[str], aliases: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda found: aliases[found.group()], value)
    if isinstance(value, dict):
        return {_replaced(key, pattern, aliases): _replaced(inner, pattern, aliases) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, pattern, aliases) for inner in value]
    return value
