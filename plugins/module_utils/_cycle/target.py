# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the host to which a test run migrates servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Host = dict[str, Any]

# Nova's scheduler chooses the destination host. Only this choice reveals Nova bug 1718455 before microversion 2.30.
SCHEDULER = "scheduler"
# The destination is the first usable host except the current host of the server.
OTHER = "other"
CHOICES = (SCHEDULER, OTHER)
# A user may write "auto" by mistake. Nova would read it as the name of a compute host.
_RESERVED = "auto"
_DEFAULT_ZONE = "nova"


@dataclass(frozen=True)
class Target:
    """The destination host of a migration. None means that the scheduler chooses the host."""

    host: str | None = None
    # After a failed migration, a single server is booted in this availability zone and migrated for comparison.
    availability_zone: str | None = None


def is_host_name(target: str) -> bool:
    """Return whether the input names a compute host."""
    return target not in CHOICES


def target_problem(target: str, hosts: Sequence[Mapping[str, Any]] | None) -> str | None:
    """Return a message if the cloud has no host with the name ``target``.

    If the user may not list hosts, ``hosts`` is None and the function returns None.
    """
    if not is_host_name(target):
        return None
    names = [str(host["name"]) for host in hosts or []]
    if target in names or (hosts is None and target and target != _RESERVED):
        return None
    suggestion = did_you_mean(target, [*names, *CHOICES])
    listed = f"Compute hosts: {', '.join(names) or 'none'}." if hosts is not None else ""
    problem = f"migration_cycle_target: this cloud has no compute host named {target!r}."
    action = f"Set the target to {SCHEDULER}, {OTHER} or the name of a compute host."
    return " ".join(filter(None, (problem, suggestion, action, listed)))


def choose_target(
    target: str, hosts: Sequence[Mapping[str, Any]] | None, servers: Sequence[Mapping[str, Any]]
) -> Target:
    """Return the host to which the servers are migrated. An empty target leaves the choice to Nova."""
    if is_host_name(target):
        return Target(target)
    if target == SCHEDULER or len(servers) != 1:
        return Target()
    (server,) = servers
    # Nova keeps a server in the availability zone of its boot request.
    zones = (None, server.get("availability_zone"))
    others = [
        str(host["name"])
        for host in hosts or []
        if host["usable"] and host["name"] != server["host"] and host["availability_zone"] in zones
    ]
    return Target(others[0] if others else None)


def control_target(migration: Mapping[str, Any], hosts: Sequence[Mapping[str, Any]] | None, zone: str | None) -> Target:
    """Return the hosts for the control experiment, which migrates a single server for comparison.

    The control experiment uses the hosts of the failed migration, if they are known. If the destination is in another
    availability zone, any host can be used, because a server on a named host cannot leave its zone.
    """
    source, requested = migration.get("source"), migration.get("expected_host")
    destination = requested or migration.get("destination")
    if not source or not destination:
        return Target(requested or None, zone or None)
    zones = {host["name"]: host["availability_zone"] for host in hosts or []}
    if not requested and zones.get(source) != zones.get(destination):
        return Target(None, zone or None)
    own_zone = zone or (migration.get("server") or {}).get("availability_zone") or _DEFAULT_ZONE
    return Target(destination, f"{own_zone}:{source}")
