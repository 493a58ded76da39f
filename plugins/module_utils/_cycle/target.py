# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: where the servers of a cycle are migrated to, and how its control experiment repeats that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Host = dict[str, Any]

# Nova's scheduler chooses. Before microversion 2.30 a named host bypasses it, and with it Nova bug 1718455.
SCHEDULER = "scheduler"
# The first usable host that is not the server's own is named.
OTHER = "other"
CHOICES = (SCHEDULER, OTHER)
# What release candidates called "other": too likely left over to be sent to Nova as the name of a host.
_FORMER = "auto"


@dataclass(frozen=True)
class Target:
    """A compute host to name, or none where the scheduler is to choose."""

    host: str | None = None
    # Availability zone to boot in; only the control experiment is bound to one
    availability_zone: str | None = None


def names_host(target: str) -> bool:
    return target not in CHOICES


def problem_of(target: str, hosts: Sequence[Mapping[str, Any]] | None) -> str | None:
    """Why the input names no target; `hosts` is None where the user may not see them, and Nova decides."""
    if not names_host(target):
        return None
    known = [str(host["name"]) for host in hosts or []]
    if target in known or (hosts is None and target and target != _FORMER):
        return None
    there_are = f" Compute hosts: {', '.join(known) or 'none'}." if hosts is not None else ""
    return (
        f"migration_cycle_target: there is no compute host {target or 'without a name'}. Give {SCHEDULER} (Nova's"
        f" scheduler chooses), {OTHER} (the first other usable host is named), or the name of a compute host."
        f"{there_are}"
    )


def target_of(target: str, hosts: Sequence[Mapping[str, Any]] | None, servers: Sequence[Mapping[str, Any]]) -> Target:
    """The host to name for these servers, which are about to be migrated together."""
    if names_host(target):
        return Target(target)
    if target == SCHEDULER or len(servers) != 1:
        return Target()
    (server,) = servers
    # Nova binds servers to their zone, if not always.
    zones = (None, server.get("availability_zone"))
    others = [
        str(host["name"])
        for host in hosts or []
        if host["usable"] and host["name"] != server["host"] and host["availability_zone"] in zones
    ]
    return Target(others[0] if others else None)


def control_of(migration: Mapping[str, Any], hosts: Sequence[Mapping[str, Any]] | None, zone: str | None) -> Target:
    """How a single server repeats a migration that failed: from the same host to the same host, where that is known.

    A server that is booted on a named host is bound to the host's zone. Where the scheduler chose a destination in
    another zone, or none at all, the single server is bound to nothing, as the servers of the batch were.
    """
    source, asked = migration.get("source"), migration.get("expected_host")
    destination = asked or migration.get("destination")
    if not source or not destination:
        return Target(asked or None, zone or None)
    zones = {host["name"]: host["availability_zone"] for host in hosts or []}
    if not asked and zones.get(source) != zones.get(destination):
        return Target(None, zone or None)
    own = zone or (migration.get("server") or {}).get("availability_zone") or "nova"
    return Target(destination, f"{own}:{source}")
