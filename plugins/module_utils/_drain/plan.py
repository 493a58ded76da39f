# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Predict whether a drain can succeed. The role host_drain uses the prediction before it changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.destinations import names
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import Blocker

Host = Mapping[str, Any]

# Nova reports the status UNKNOWN if the cell of the service does not answer (since microversion 2.69).
UNKNOWN_STATUS = "UNKNOWN"

# The source


def source_obstacle(service: Mapping[str, Any]) -> str | None:
    """Return the reason why Nova cannot migrate servers from the host, or None without such a reason."""
    host = service["host"]
    if service["status"] == UNKNOWN_STATUS:
        return (
            f"The cell of {host} does not answer. The compute service and the servers are unknown."
            " Restore the database and the message queue of the cell, then run the drain again."
        )
    if service.get("forced_down"):
        state, repair = (
            "forced down",
            f"unset forced down with `openstack compute service set --up {host} nova-compute`",
        )
    elif service.get("state") != "up":
        state, repair = str(service.get("state") or "in an unknown state"), "start nova-compute on it"
    else:
        return None
    problem = f"The compute service of {host} is {state}."
    limit = "Nova cannot live-migrate or cold-migrate servers from such a host."
    evacuation = "If the host is fenced or powered off, evacuate its servers with `openstack server evacuate`."
    return f"{problem} {limit} {evacuation} If the host works, {repair}, then run the drain again."


# The target


def target_obstacle(name: str, source: str, hosts: Iterable[Host], services: Iterable[Mapping[str, Any]]) -> str | None:
    """Return why the host ``name`` cannot take servers from the host ``source``.

    Return None if the host can take servers. The function ``host_eligibility.judge`` returns ``hosts``.
    """
    if name == source:
        return f"The target must not be the drained host {name}. Name another compute host."
    known = {str(host["name"]): host for host in hosts}
    if name in known:
        obstacle = known[name]["obstacle"]
        return None if obstacle is None else f"The target {name} cannot take servers: {obstacle}."
    if any(one["host"] == name and one.get("status") == UNKNOWN_STATUS for one in services):
        return f"The target {name} cannot take servers: its cell does not answer."
    others = sorted(set(known) - {source})
    suggestion = did_you_mean(name, others)
    return (
        f"There is no compute host {name} (target). {suggestion + ' ' if suggestion else ''}"
        f"Other compute hosts: {names(others) or 'none'}."
    )


# The servers


def without_hosts(server: Mapping[str, Any], against: Mapping[str, Blocker], *, named: bool) -> dict[str, Any]:
    """Return the values of a server that change if it cannot be migrated to some hosts.

    ``against`` contains the reason for each of these hosts. ``named`` is true if the migration request names a
    destination. Otherwise, Nova's scheduler may choose one of the hosts.
    """
    stopped = [host for host in server["destinations"] or [] if host in against]
    if not stopped:
        return {}
    left = [host for host in server["destinations"] if host not in against]
    if left:
        notes = () if named else (f"whether the scheduler avoids {host}. {against[host].detail}" for host in stopped)
        return {"destinations": left, "unknown": [*server["unknown"], *(note.rstrip(".") for note in notes)]}
    blockers = [against[host] for host in stopped]
    return {
        "destinations": [],
        "destination_obstacle": " ".join(blocker.sentence for blocker in blockers).rstrip("."),
        "room": False,
        "blockers": [*server["blockers"], *(blocker.as_result() for blocker in blockers)],
    }


# The plan


def plan_problems(
    *,
    source: str | None,
    target: str | None,
    targets_obstacle: str | None,
    moves: int,
    unable: Sequence[tuple[str, str]],
) -> list[dict[str, str]]:
    """Return the problems that prevent the drain, each with a kind and a message.

    ``source`` is a problem of the drained host, and ``target`` is a problem of the target host. ``unable`` contains
    each server that the target host cannot take, with the reason.
    """
    problems = []
    if source is not None and moves:
        problems.append({"kind": "source", "message": source})
    if target is not None:
        problems.append({"kind": "target", "message": target})
    elif unable:
        shown = "; ".join(f"{name}: {why}" for name, why in unable[:_SHOWN])
        more = f"; and {len(unable) - _SHOWN} more" if len(unable) > _SHOWN else ""
        message = (
            f"The target cannot take {len(unable)} of {moves} servers: {shown}{more}."
            " Name another target, or leave target empty to let Nova's scheduler choose."
        )
        problems.append({"kind": "target", "message": message})
    if targets_obstacle is not None and moves and target is None:
        problems.append({"kind": "hosts", "message": targets_obstacle})
    return problems


_SHOWN = 3


def no_target_message(unusable: Iterable[Mapping[str, Any]]) -> str:
    hosts = "; ".join(f"{host['name']}: {host['obstacle']}" for host in unusable)
    return f"No other compute host can take servers: {hosts or 'the cloud has none'}. Enable or start a compute host."
