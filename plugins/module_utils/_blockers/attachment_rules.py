# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Rules about the ports and volumes of a server, and about what earlier migrations have left on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    CERTAIN,
    COLD_MOVE,
    LIKELY,
    LIVE_MOVE,
    UNKNOWN,
    Blocker,
    MoveContext,
    Rule,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import how_to_delete_binding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port

# Nova's major versions.
_ROCKY, _TRAIN, _WALLABY, _XENA, _YOGA, _ZED = 18, 20, 23, 24, 25, 26
# The last Nova release that supports compute services which cannot move vDPA ports (older than Zed).
_LAST_WITH_OLD_VDPA = 27
_DIRECT = frozenset({"direct", "macvtap", "virtio-forwarder", "remote-managed", "direct-physical"})
_ACCELERATED = frozenset({"accelerator-direct", "accelerator-direct-physical"})


def _with(facts: ServerFacts, kinds: Collection[str]) -> list[Port]:
    return [port for port in facts.ports or () if port.vnic_type in kinds]


def _ids(ports: Iterable[Port]) -> str:
    return ", ".join(sorted(port.id for port in ports))


def vdpa_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge vDPA ports. Nova moves them when all compute services have Zed or newer."""
    ports = _with(facts, {"vdpa"})
    if not ports:
        return None
    detail = f"The server has vDPA ports ({_ids(ports)})."
    if context.releases[1] < _ZED:
        return Blocker("vdpa", CERTAIN, detail, "Detach the ports with the owner, or upgrade to OpenStack Zed.")
    return Blocker(
        "vdpa",
        UNKNOWN,
        f"{detail} Nova moves them only if all compute services have OpenStack Zed or newer.",
        "Upgrade all compute services.",
    )


def cold_vdpa_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge vDPA ports before a cold migration, which Nova refuses up to Yoga."""
    del context
    ports = _with(facts, {"vdpa"})
    if not ports:
        return None
    detail = f"The server has vDPA ports ({_ids(ports)})."
    return Blocker("vdpa", CERTAIN, detail, "Detach the ports with the owner, or upgrade to OpenStack Zed.")


def accelerated_port_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    del context
    ports = _with(facts, _ACCELERATED)
    if not ports:
        return None
    return Blocker(
        "port_accelerator",
        CERTAIN,
        f"The server has ports with accelerators ({_ids(ports)}).",
        "Detach the ports with the owner.",
    )


def sriov_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge SR-IOV ports. Since Nova 20, Nova detaches the interfaces and attaches them on the destination."""
    ports = _with(facts, _DIRECT)
    if not ports:
        return None
    detail = f"The server has SR-IOV ports ({_ids(ports)})."
    if context.releases[1] < _TRAIN:
        return Blocker("sriov", LIKELY, f"{detail} Nova can move them since OpenStack Train.", "Detach the ports.")
    return Blocker(
        "sriov",
        UNKNOWN,
        f"{detail} The API does not show the free virtual functions of the destinations.",
        "Check the free virtual functions. The guest loses these interfaces during the migration.",
    )


def binding_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge port bindings that do not match the host of the server."""
    del context
    host = facts.server["host"]
    wrong = [
        port
        for port in facts.ports or ()
        if host and ((port.host and port.host != host) or port.migrating_to not in (None, host))
    ]
    # During a migration, the binding may already name the destination.
    if not wrong or facts.server["task_state"] is not None or facts.cold_record is not None:
        return None
    places = ", ".join(sorted({str(port.migrating_to or port.host) for port in wrong}))
    return Blocker(
        "port_binding",
        LIKELY,
        f"An earlier migration left the port binding on {places}, but the server is on {host} ({_ids(wrong)}).",
        "Compare the bindings with `openstack port show`, and delete the old binding before you move the server.",
    )


def inactive_binding_blocker(port: str, host: str) -> Blocker:
    """Return the reason against a live migration to a host on which a port has an INACTIVE binding."""
    return Blocker(
        "inactive_binding",
        CERTAIN,
        f"The port {port} has an INACTIVE binding on {host}, which an earlier migration left. Neutron refuses a second"
        " binding on a host, so a live migration to this host fails.",
        how_to_delete_binding(port, host),
    )


def attachment_blocker(facts: ServerFacts, context: MoveContext) -> Blocker | None:
    """Judge volume attachments that do not match the host of the server."""
    del context
    host = facts.server["host"]
    wrong = {
        volume: sorted({one for one in hosts if one != host})
        for volume, hosts in (facts.attachments or {}).items()
        if host and any(one != host for one in hosts)
    }
    if not wrong or facts.server["task_state"] is not None or facts.cold_record is not None:
        return None
    places = ", ".join(sorted({one for hosts in wrong.values() for one in hosts}))
    return Blocker(
        "volume_attachment",
        LIKELY,
        f"An earlier migration left attachments of the volumes {', '.join(sorted(wrong))} on {places}, but the server"
        f" is on {host}.",
        "Compare the attachments with `openstack volume attachment list`, and delete the old attachment.",
    )


_API = "nova.compute.api"
ATTACHMENT_RULES = (
    Rule(
        "vdpa",
        vdpa_blocker,
        f"{_API}.reject_vdpa_instances",
        since=_WALLABY,
        until=_LAST_WITH_OLD_VDPA,
        moves=(LIVE_MOVE,),
    ),
    Rule(
        "vdpa",
        cold_vdpa_blocker,
        f"{_API}.reject_vdpa_instances",
        since=_WALLABY,
        until=_YOGA,
        moves=(COLD_MOVE,),
    ),
    Rule("port_accelerator", accelerated_port_blocker, f"{_API}.block_port_accelerators", since=_XENA),
    Rule(
        "sriov",
        sriov_blocker,
        "nova.conductor.tasks.live_migrate.LiveMigrationTask._check_can_migrate_pci",
        moves=(LIVE_MOVE,),
    ),
    Rule(
        "port_binding",
        binding_blocker,
        "nova.network.neutron.API.bind_ports_to_host",
        since=_ROCKY,
        moves=(LIVE_MOVE,),
    ),
    Rule(
        "volume_attachment",
        attachment_blocker,
        "nova.compute.manager.ComputeManager.pre_live_migration",
        moves=(LIVE_MOVE,),
    ),
)
