# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that find ports, bindings and volume attachments that earlier migrations left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._audit import progress
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import (
    ATTACHMENT_ELSEWHERE,
    ATTACHMENT_ORPHANED,
    ATTACHMENT_UNFINISHED,
    BINDING_INACTIVE,
    LIKELY,
    NO,
    PORT_ELSEWHERE,
    PORT_ORPHANED,
    Finding,
)
from ansible_collections.stackproof.migration.plugins.module_utils._audit.server_findings import record_evidence
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import ATTACHED
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import INACTIVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import AuditServer, Snapshot
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import Attachment
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port

_DOWN = "DOWN"
# Servers with one of these statuses use their ports and volumes on their host.
_ON_HOST = frozenset({"ACTIVE", "PAUSED", "SHUTOFF", "SUSPENDED", "ERROR", "RESCUE"})
_DELETE_ATTACHMENT = "openstack --os-volume-api-version 3.27 volume attachment delete {}"


def find(now: Snapshot) -> Iterator[Finding]:
    for server_id, ports in (now.ports or {}).items():
        for port in ports:
            yield from _of_port(port, now.servers.get(server_id), server_id, now)
    for server_id, attachments in (now.attachments or {}).items():
        for attachment in attachments:
            yield from _of_attachment(attachment, now.servers.get(server_id), server_id, now)


def ports_with_unknown_bindings(now: Snapshot, since: datetime) -> list[str]:
    """Return the ids of the ports whose bindings the audit reads, because each port needs its own request.

    These are the ports that are DOWN, whose host is not the host of the server, or whose server has a migration record
    since ``since``.
    """
    moved = {
        record["server_id"]
        for record in now.records
        if (age := now.age(progress.changed(record))) is None or age <= now.now - since
    }
    found = []
    for server_id, ports in (now.ports or {}).items():
        server = now.servers.get(server_id)
        for port in ports:
            elsewhere = server is not None and port.host is not None and port.host != server.host
            if server_id in moved or elsewhere or port.status == _DOWN:
                found.append(port.id)
    return found


def _of_port(port: Port, server: AuditServer | None, server_id: str, now: Snapshot) -> Iterator[Finding]:
    if server is None:
        if now.all_servers:
            yield Finding(
                kind=PORT_ORPHANED,
                subject=port.id,
                message=f"The port belongs to the server {server_id}, which no longer exists.",
                effect="The port keeps its address. It does not block a migration of another server.",
                blocks=NO,
                remedy="Delete the port, or detach it from the server id to keep its address.",
                command=f"openstack port delete {port.id}",
                server_id=server_id,
                host=port.host,
                evidence={"status": port.status, "host": port.host},
            )
        return
    if not _is_comparable(server, now):
        return
    bindings = now.bindings.get(port.id, ())
    evidence = {
        "status": port.status,
        "host": port.host,
        "server_host": server.host,
        "bindings": [{"host": binding.host, "status": binding.status} for binding in bindings],
        **_last_record(server, now),
    }
    if port.host is not None and port.host != server.host:
        # Neutron returns an empty host for a port without an ACTIVE binding.
        bound = f"is bound to {port.host}" if port.host else "has no ACTIVE binding"
        yield Finding(
            kind=PORT_ELSEWHERE,
            subject=port.id,
            message=f"The server is on {server.host}, but its port {bound} (status {port.status}).",
            effect="The server has no network through this port. A migration can fail when Nova binds the port.",
            blocks=LIKELY,
            remedy=f"Bind the port to {server.host}. Then reboot the server with `openstack server reboot --hard`, so"
            " that nova-compute plugs the port again.",
            command=f"openstack port set --host {server.host} {port.id}",
            since=_since(server, now),
            host=port.host or None,
            evidence=evidence,
        ).about(server)
    for binding in bindings:
        if binding.status == INACTIVE:
            yield Finding(
                kind=BINDING_INACTIVE,
                subject=port.id,
                message=f"The port has an INACTIVE binding on {binding.host}, but no migration of its server runs.",
                effect=f"A migration to {binding.host} can fail, because Neutron refuses a second binding there.",
                blocks=LIKELY,
                remedy="Delete the binding. By Neutron's default policies this needs a user with the role service."
                " NETWORK_URL is the URL of the Network service.",
                command='curl --request DELETE --header "X-Auth-Token: $(openstack token issue -f value -c id)"'
                f" NETWORK_URL/v2.0/ports/{port.id}/bindings/{binding.host}",
                since=_since(server, now),
                host=binding.host,
                evidence=evidence,
            ).about(server)


def _of_attachment(
    attachment: Attachment, server: AuditServer | None, server_id: str, now: Snapshot
) -> Iterator[Finding]:
    volume = (now.volumes or {}).get(attachment.volume_id)
    host = None if volume is None else volume.hosts.get(attachment.id)
    evidence = {
        "volume": attachment.volume_id,
        "volume_status": None if volume is None else volume.status,
        "status": attachment.status,
        "host": host,
    }
    remove = _DELETE_ATTACHMENT.format(attachment.id)
    if server is None:
        if now.all_servers:
            yield Finding(
                kind=ATTACHMENT_ORPHANED,
                subject=attachment.id,
                message=f"The volume {attachment.volume_id} is attached to the server {server_id}, which no longer"
                " exists.",
                effect="The volume stays in use. It does not block a migration of another server.",
                blocks=NO,
                remedy="Delete the attachment.",
                command=remove,
                server_id=server_id,
                host=host,
                evidence=evidence,
            )
        return
    if not _is_comparable(server, now):
        return
    evidence |= {"server_host": server.host, **_last_record(server, now)}
    if host is not None and host != server.host:
        other = _other_attachment(attachment, server, now)
        yield Finding(
            kind=ATTACHMENT_ELSEWHERE,
            subject=attachment.id,
            message=f"The server is on {server.host}, but the volume {attachment.volume_id} has an attachment on"
            f" {host}.",
            effect=f"The volume stays connected to {host}. A migration to {host} can fail.",
            blocks=LIKELY,
            remedy=f"Delete this attachment. The server uses the attachment {other}."
            if other
            else f"Stop the server, detach the volume and attach it again. The server has no attachment on"
            f" {server.host}, so deleting this one first would leave the server without its volume.",
            command=remove if other else f"openstack server remove volume {server.id} {attachment.volume_id}",
            since=_since(server, now),
            host=host,
            evidence=evidence,
        ).about(server)
    elif attachment.status != ATTACHED:
        yield Finding(
            kind=ATTACHMENT_UNFINISHED,
            subject=attachment.id,
            message=f"The volume {attachment.volume_id} has an attachment to the server with the status"
            f" {attachment.status}, but nothing attaches it.",
            effect="The volume counts as in use. The next migration can leave one more attachment.",
            blocks=NO,
            remedy="Delete the attachment.",
            command=remove,
            since=_since(server, now),
            host=server.host,
            evidence=evidence,
        ).about(server)


def _other_attachment(attachment: Attachment, server: AuditServer, now: Snapshot) -> str | None:
    """Return the attachment of the same volume on the host of the server."""
    volume = (now.volumes or {}).get(attachment.volume_id)
    hosts = {} if volume is None else volume.hosts
    # Several servers can use one volume, so look only at the attachments of this server.
    own = [other.id for other in (now.attachments or {}).get(server.id, ()) if other.volume_id == attachment.volume_id]
    return next((other for other in own if other != attachment.id and hosts.get(other) == server.host), None)


def _is_comparable(server: AuditServer, now: Snapshot) -> bool:
    age = now.age(server.updated)
    settled = age is None or age >= now.settle
    on_host = server.host is not None and server.status in _ON_HOST
    return settled and on_host and not progress.in_motion(server, now)


def _last_record(server: AuditServer, now: Snapshot) -> dict[str, Any]:
    last = now.records_of(server.id)[-1:]
    return record_evidence(last[0]) if last else {}


def _since(server: AuditServer, now: Snapshot) -> str | None:
    """Return the time of the last change of the server's last migration, after which the object was left."""
    last = now.records_of(server.id)[-1:]
    return progress.changed(last[0]) if last else None
