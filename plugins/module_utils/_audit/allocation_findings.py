# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that find allocations that earlier migrations left behind, or deleted by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._audit import progress
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
    ALLOCATION_DOUBLED,
    ALLOCATION_ELSEWHERE,
    ALLOCATION_MISSING,
    ALLOCATION_OF_MIGRATION,
    ALLOCATION_ORPHANED,
    LIKELY,
    NO,
    Finding,
)
from ansible_collections.stackproof.migration.plugins.module_utils._audit.server_findings import record_evidence
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import (
    by_provider,
    root_providers,
    unshared,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
        AuditServer,
        Record,
        Snapshot,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation

# Nova and other services give their consumers these types. Placement 1.37 and older, and old allocations, have no type.
_OF_NOVA = frozenset({"INSTANCE", "MIGRATION", "unknown"})
# Servers with one of these statuses have a host and need resources there.
_WITH_RESOURCES = frozenset({"ACTIVE", "PAUSED", "SHUTOFF", "SUSPENDED", "ERROR", "RESCUE", "SHELVED"})
_TAKES_ROOM = "The resources count as used, so a host can have no room for the next migration."


def find(now: Snapshot) -> Iterator[Finding]:
    if now.allocations is None:
        return
    records = {key_of(record): record for record in now.records}
    for consumer, allocations in now.allocations.items():
        server, record = now.servers.get(consumer), records.get(consumer)
        if server is not None:
            finding = _of_server(server, allocations, now)
        elif record is not None:
            finding = _of_migration(record, allocations, now)
        else:
            finding = _orphaned(consumer, allocations, now)
        if finding is not None:
            yield finding
    yield from _missing(now)


def right_root(server: AuditServer, allocations: Sequence[Allocation]) -> str | None:
    """Return the root provider of the server's hypervisor, or None if the server uses nothing from it."""
    roots = root_providers(unshared(allocations))
    return next((root for root in roots if root in (server.node, server.host)), None)


def explained_by_evacuation(server: AuditServer, now: Snapshot) -> bool:
    """Return whether the server has been evacuated, and the source host has not started again.

    The server then has allocations on both hosts.
    """
    return any(progress.waits_for_source(record) for record in now.records_of(server.id))


def _of_server(server: AuditServer, allocations: Sequence[Allocation], now: Snapshot) -> Finding | None:
    if server.node is None or progress.in_motion(server, now) or explained_by_evacuation(server, now):
        return None
    roots = root_providers(unshared(allocations))
    right = right_root(server, allocations)
    wrong = [root for root in roots if root != right]
    if not wrong:
        return None
    evidence = {"status": server.status, "allocations": by_provider(allocations)}
    last = now.records_of(server.id)[-1:]
    evidence |= record_evidence(last[0] if last else None)
    since = progress.changed(last[0]) if last else None
    if right is None:
        return Finding(
            kind=ALLOCATION_ELSEWHERE,
            subject=server.id,
            message=f"The server is on {server.host}, but Placement has its allocations on {', '.join(wrong)}.",
            effect=f"{_TAKES_ROOM} The scheduler also counts too much room on {server.host}.",
            blocks=LIKELY,
            remedy=f"On a controller, let nova-manage replace the allocations with the resources of the flavor on"
            f" {server.host}.",
            command=f"nova-manage placement heal_allocations --instance {server.id} --force --verbose",
            since=since,
            host=wrong[0],
            evidence=evidence,
        ).about(server)
    return Finding(
        kind=ALLOCATION_DOUBLED,
        subject=server.id,
        message=f"The server is on {server.host}, but Placement also has allocations of it on {', '.join(wrong)}.",
        effect=_TAKES_ROOM,
        blocks=LIKELY,
        remedy=f"Let the role delete the allocations on {', '.join(wrong)}. It keeps those on {server.host}. On a"
        " controller, `nova-manage placement audit --delete` with the UUID of this provider does the same. `openstack"
        " resource provider allocation delete` would delete all allocations of the server.",
        command="ansible-playbook stackproof.migration.audit"
        f""" -e '{{"migration_audit_repair": ["{ALLOCATION_DOUBLED}"]}}'""",
        since=since,
        host=wrong[0],
        evidence=evidence,
    ).about(server)


def _of_migration(record: Record, allocations: Sequence[Allocation], now: Snapshot) -> Finding | None:
    server = now.servers.get(record["server_id"])
    if progress.is_open(record) or not progress.is_settled(record, now) or not allocations:
        return None
    if server is not None and progress.in_motion(server, now):
        return None
    key = key_of(record)
    held = by_provider(allocations)
    return Finding(
        kind=ALLOCATION_OF_MIGRATION,
        subject=key,
        message=f"The migration has ended with the status {record['status']}, but Placement still has its allocations"
        f" on {', '.join(held)}.",
        effect=_TAKES_ROOM,
        blocks=LIKELY,
        remedy="If the server has allocations of its own on its host, delete the allocations of this migration, or set"
        f" migration_audit_repair to [{ALLOCATION_OF_MIGRATION}]. If a host has many such allocations, `nova-manage"
        " placement audit --delete` with the UUID of its provider deletes all of them.",
        command=f"openstack resource provider allocation delete {key}",
        since=progress.changed(record),
        server_id=record["server_id"],
        host=root_providers(allocations)[0],
        evidence={"allocations": held, **record_evidence(record)},
    ).about(server)


def _orphaned(consumer: str, allocations: Sequence[Allocation], now: Snapshot) -> Finding | None:
    kind = now.consumer_types.get(consumer, "unknown")
    if not allocations or not (now.all_servers and now.all_projects_records) or kind not in _OF_NOVA:
        return None
    held = by_provider(allocations)
    return Finding(
        kind=ALLOCATION_ORPHANED,
        subject=consumer,
        message=f"Placement has allocations on {', '.join(held)} for the consumer {consumer}. Nova knows neither a"
        " server nor a migration with this id.",
        effect=_TAKES_ROOM,
        blocks=LIKELY,
        remedy="On a controller, `nova-manage placement audit --verbose` lists the same allocations, and --delete"
        f" deletes them. To delete only this one, use the command, or set migration_audit_repair to"
        f" [{ALLOCATION_ORPHANED}].",
        command=f"openstack resource provider allocation delete {consumer}",
        host=root_providers(allocations)[0],
        evidence={"allocations": held, "consumer_type": kind},
    )


def _missing(now: Snapshot) -> Iterator[Finding]:
    """Yield the servers on a host that have no allocation."""
    for server in now.servers.values():
        if (now.allocations or {}).get(server.id) or server.host is None or server.node is None:
            continue
        if server.status not in _WITH_RESOURCES or progress.in_motion(server, now):
            continue
        age = now.age(server.updated)
        if age is not None and age < now.settle:
            continue
        last = now.records_of(server.id)[-1:]
        yield Finding(
            kind=ALLOCATION_MISSING,
            subject=server.id,
            message=f"The server is on {server.host}, but Placement has no allocation of it.",
            effect=f"The scheduler counts too much room on {server.host}, so the host can be overcommitted.",
            blocks=NO,
            remedy="On a controller, let nova-manage create the allocations.",
            command=f"nova-manage placement heal_allocations --instance {server.id} --verbose",
            since=progress.changed(last[0]) if last else None,
            host=server.host,
            evidence={"status": server.status, **record_evidence(last[0] if last else None)},
        ).about(server)
