# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that decide which compute hosts a live migration can use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.architecture import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

Host = dict[str, Any]

# Nova cannot live-migrate servers on hypervisors of type ironic.
_IMMOVABLE = frozenset({"ironic"})

NO_ROOM = "it has no room for the flavor"


def merge(hypervisors: Iterable[Mapping[str, Any]], services: Iterable[Mapping[str, Any]]) -> list[Host]:
    """Return the hypervisors of the cloud. Each entry also contains the values of its nova-compute service."""
    by_host = {service["host"]: service for service in services}
    hosts = []
    for hypervisor in hypervisors:
        own = hypervisor.get("service") or {}
        name = own.get("host") or hypervisor["hypervisor_hostname"]
        service = by_host.get(name, {})
        hosts.append(
            {
                "name": name,
                "node": hypervisor["hypervisor_hostname"],
                "provider": str(hypervisor["id"]),
                "hypervisor_type": hypervisor.get("hypervisor_type"),
                "hypervisor_version": hypervisor.get("hypervisor_version"),
                "architecture": _architecture(hypervisor.get("cpu_info")),
                "state": service.get("state") or hypervisor.get("state"),
                "status": service.get("status") or hypervisor.get("status"),
                "disabled_reason": service.get("disabled_reason") or own.get("disabled_reason"),
                "forced_down": service.get("forced_down"),
                "availability_zone": service.get("zone"),
                "servers": hypervisor.get("running_vms"),
                "free_vcpus": _difference(hypervisor, "vcpus", "vcpus_used"),
                "free_ram_mib": hypervisor.get("free_ram_mb"),
                "free_disk_gib": hypervisor.get("free_disk_gb"),
            }
        )
    return sorted(hosts, key=lambda host: str(host["name"]))


def _architecture(cpu_info: Any) -> str | None:
    """Return the CPU architecture of a host. Return None when Nova does not report it."""
    return canonical(cpu_info.get("arch")) if isinstance(cpu_info, Mapping) else None


def _difference(hypervisor: Mapping[str, Any], whole: str, used: str) -> int | None:
    if hypervisor.get(whole) is None or hypervisor.get(used) is None:
        return None
    return int(hypervisor[whole]) - int(hypervisor[used])


def no_spare_room(spare: int) -> str:
    return f"it has room for one server of the flavor, but not for {spare} more (spare_servers)"


def obstacle(host: Mapping[str, Any], zone: str | None, room: Mapping[str, int] | None, spare: int = 0) -> str | None:
    """Return the reason why a compute host is not usable, or None if it is usable.

    ``room`` is the number of servers that fit on each resource provider. ``spare`` is the number of additional servers
    for which the host needs room.
    """
    state, status = host["state"], host["status"]
    reason = f" ({host['disabled_reason']})" if host["disabled_reason"] else ""
    obstacles = (
        (status == "UNKNOWN", "its cell does not answer"),
        (host["forced_down"], "its nova-compute service is forced down"),
        (state != "up", f"its nova-compute service is {state or 'in an unknown state'}"),
        (status != "enabled", f"its nova-compute service is {status or 'in an unknown state'}{reason}"),
        (
            str(host["hypervisor_type"]).lower() in _IMMOVABLE,
            f"hypervisors of type {host['hypervisor_type']} do not support live migration",
        ),
        (
            zone is not None and host["availability_zone"] not in (None, zone),
            f"it is in availability zone {host['availability_zone']}, not in {zone}",
        ),
        (room is not None and room.get(host["provider"], 0) < 1, NO_ROOM),
        (room is not None and room.get(host["provider"], 0) < 1 + spare, no_spare_room(spare)),
    )
    return next((why for there, why in obstacles if there), None)


def judge(
    hosts: list[Host],
    *,
    zone: str | None = None,
    room: Mapping[str, int] | None = None,
    spare: int = 0,
    anchors: Iterable[str | None] = (),
) -> list[Host]:
    """Return all hosts with the keys ``usable`` and ``obstacle``.

    All usable hosts have the same hypervisor type. The hosts in ``anchors`` determine this type. Without ``anchors``,
    the most common type is used.
    """
    judged = [{**host, "obstacle": obstacle(host, zone, room, spare)} for host in hosts]
    kind = _kind(judged, [name for name in anchors if name is not None])
    for host in judged:
        if host["obstacle"] is None and host["hypervisor_type"] != kind:
            host["obstacle"] = f"its hypervisor type is {host['hypervisor_type']}, but the other hosts have {kind}"
        host["usable"] = host["obstacle"] is None
    return judged


def _kind(hosts: Iterable[Host], anchors: list[str]) -> str | None:
    named = [host["hypervisor_type"] for host in hosts if host["name"] in anchors]
    if named:
        return str(named[0])
    counted = Counter(host["hypervisor_type"] for host in hosts if host["obstacle"] is None)
    # If two hypervisor types are equally common, choose by name, so that each run chooses the same type.
    return max(counted, key=lambda kind: (counted[kind], str(kind)), default=None)
