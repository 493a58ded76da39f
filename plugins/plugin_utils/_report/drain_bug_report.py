# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that return the values for the bug report about a failed drain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import release_of
from ansible_collections.stackproof.migration.plugins.module_utils._drain import outcome
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.bug_report import (
    FailedRun,
    Search,
    cloud_versions,
    compute_of,
    table,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain_page import title_of
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import value_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.troubleshooting import failed_migrations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Drain = Mapping[str, Any]

_EXPECTED = {
    outcome.DRAINED: (
        "{host} has no server, and Placement holds no allocation on {host}. The compute service is disabled."
    ),
    outcome.UNDRAINED: (
        "The compute service of {host} is enabled. The servers that the drain moved away are on {host} again."
    ),
}


def failed_drain(drain: Drain) -> FailedRun:
    """Return the values of the bug report about a failed drain. Pass a redacted report to get a redacted bug report."""
    inputs, microversion = drain["inputs"], drain["microversion"]
    release = release_of(microversion["max"]) if microversion else None
    return FailedRun(
        title=title_of(drain),
        reason=str(drain["reason"]),
        role="host_drain",
        inputs=inputs,
        started=drain["started"],
        ended=drain["ended"],
        versions=cloud_versions(microversion, release, drain["collection"]),
        migrations=failed_migrations(drain),
        requests=[
            (f"migrate {_name(migration)}", str(migration["request_id"]))
            for migration in drain["migrations"]
            if migration.get("request_id")
        ],
        sections={
            "Expected": _EXPECTED[str(inputs.get("state") or outcome.DRAINED)].format(host=drain["host"]),
            "Servers and allocations that remain": table(
                ("Server", "Server id", "Move method", "Reason"),
                (
                    (_name(entry), value_text(entry["server_id"]), str(entry["move_method"]), str(entry["reason"]))
                    for entry in drain["left"]
                ),
            ),
            "Compute service after the run": table(
                ("Field", "Value"), ((name, value_text(value)) for name, value in drain["service"].items())
            ),
            "Facts that are not known": "\n".join(f"- {text}" for text in drain["unknown"]),
        },
        searches=tuple(_searches(drain)),
    )


def _searches(drain: Drain) -> Iterator[Search]:
    """Return log searches for the servers and allocations that no migration tried to move."""
    searched = {migration.get("server_id") for migration in failed_migrations(drain)}
    # The servers that an undrain could not move back are on other hosts.
    place = compute_of(str(drain["host"]), "source") if drain["outcome"] == outcome.NOT_DRAINED else ""
    for entry in drain["left"]:
        ids = tuple(str(entry[key]) for key in ("server_id", "consumer") if entry.get(key))
        if ids and entry["server_id"] not in searched:
            yield Search(place, ids)


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("server_name") or entry.get("server_id") or "allocation")
