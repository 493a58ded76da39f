# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that decide whether the audit may repair allocations, and which allocations are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._audit import allocation_findings, progress
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
    ALLOCATION_DOUBLED,
    ALLOCATION_OF_MIGRATION,
    ALLOCATION_ORPHANED,
    REPAIRABLE,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import root_providers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import AuditServer, Snapshot
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation

# The outcomes of a repair.
REPAIRED, WOULD_REPAIR, REFUSED, UNCHANGED, FAILED = "repaired", "would_repair", "refused", "unchanged", "failed"


@dataclass(frozen=True)
class Decision:
    """Whether the audit may change the allocations of a consumer."""

    # Why the allocations stay as they are. None if they may be changed.
    refusal: str | None
    # The names of the root resource providers whose allocations are kept, besides shared resources.
    kept_roots: tuple[str, ...] = ()
    # Whether nothing is left to repair.
    unchanged: bool = False


def decide(kind: str, consumer: str, server: AuditServer | None, now: Snapshot, host_of: Mapping[str, str]) -> Decision:
    """Return whether the allocations of a consumer may be changed.

    ``now`` contains the present values of the finding. ``server`` is the server of the consumer. ``host_of`` maps the
    name of a root resource provider to its compute host.
    """
    if kind not in REPAIRABLE:
        return Decision(_not_repairable(kind))
    allocations = (now.allocations or {}).get(consumer, ())
    if not allocations:
        return Decision("Placement has no allocations for this consumer any more.", unchanged=True)
    obstacle = (
        _obstacle(server, now)
        or _host_obstacle(allocations, server, now, host_of)
        or _consumer_obstacle(kind, consumer, server, now)
    )
    if obstacle is not None:
        return Decision(obstacle)
    return _decide_doubled(server, allocations) if kind == ALLOCATION_DOUBLED else Decision(None)


def _consumer_obstacle(kind: str, consumer: str, server: AuditServer | None, now: Snapshot) -> str | None:
    """Return why the consumer forbids a repair, for example because the finding is out of date."""
    known = {key_of(record) for record in now.records}
    if kind == ALLOCATION_ORPHANED and (server is not None or consumer in known):
        return "Nova knows this consumer now. Run the audit again."
    if kind != ALLOCATION_OF_MIGRATION:
        return None
    if consumer not in known:
        return "Nova does not know this migration any more. Run the audit again."
    if server is not None and _holds_room_of(server, now.allocations or {}, consumer):
        return (
            f"The server is on {server.host}, but only its migration has allocations there. Use `nova-manage placement"
            f" heal_allocations --instance {server.id} --force` first, which allocates the resources for the server."
        )
    return None


def _holds_room_of(server: AuditServer, held: Mapping[str, Sequence[Allocation]], migration: str) -> bool:
    """Return whether a migration has allocations on the host of its server, and the server has none there.

    A migration that nova-compute could not end leaves the allocations like this.
    """
    there = allocation_findings.right_root(server, held.get(migration, ())) is not None
    return there and allocation_findings.right_root(server, held.get(server.id, ())) is None


def _decide_doubled(server: AuditServer | None, allocations: Sequence[Allocation]) -> Decision:
    if server is None:
        return Decision("The server no longer exists. Run the audit again.")
    right = allocation_findings.right_root(server, allocations)
    if right is None:
        return Decision(
            f"The server has no allocations on {server.host}, so deleting the others would leave it without"
            " allocations. Use `nova-manage placement heal_allocations --force` instead."
        )
    if all(allocation.shared or allocation.root == right for allocation in allocations):
        return Decision("The server has allocations on its own host only.", unchanged=True)
    return Decision(None, (right,))


def _obstacle(server: AuditServer | None, now: Snapshot) -> str | None:
    """Return why the state of the server or of its records forbids a repair."""
    if server is not None:
        for record in now.records_of(server.id):
            if progress.is_open(record):
                return f"The migration record {key_of(record)} is open (status {record['status']})."
        if server.status == progress.WAITS:
            return "A resize of the server waits for its confirmation. Confirm or revert it first."
        if not progress.is_at_rest(server):
            return f"The server is in {server.status} (task state {server.task_state}). Wait until it is at rest."
        if progress.in_motion(server, now):
            return "A migration of the server has just ended. Run the repair again in a minute."
    return None


def _host_obstacle(
    allocations: Sequence[Allocation], server: AuditServer | None, now: Snapshot, host_of: Mapping[str, str]
) -> str | None:
    """Return why the state of a compute host forbids a repair."""
    if now.services is None:
        return "The compute services cannot be read, so a host can be down."
    own = [server.host] if server is not None and server.host else []
    for root in [*root_providers([one for one in allocations if not one.shared]), *own]:
        host = host_of.get(root, root)
        service = now.services.get(host)
        if service is None:
            return (
                f"The resource provider {root} belongs to no compute service. If its host was removed, use"
                " `nova-manage placement audit --delete` with the UUID of the provider."
            )
        if service["state"] != "up" or service["forced_down"]:
            return f"nova-compute on {host} is down. After an evacuation it deletes such allocations when it starts."
    return None


def _not_repairable(kind: str) -> str:
    if kind.startswith("allocation_"):
        return (
            "The audit deletes allocations and creates none. On a controller, use `nova-manage placement"
            " heal_allocations`, which knows the resources of the flavor."
        )
    return f"Findings of the kind {kind} cannot be repaired by the audit. Use the command of the finding."
