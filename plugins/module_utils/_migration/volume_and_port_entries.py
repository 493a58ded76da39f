# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that convert the attachments and the ports of servers to module results, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import AttachedVolume, Attachment
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import ACTIVE, Binding, Port

if TYPE_CHECKING:
    from collections.abc import Iterable

Entry = dict[str, Any]


def attachment_entries(attachments: Iterable[Attachment] | None) -> list[Entry] | None:
    """Return one entry per attachment."""
    return None if attachments is None else [_attachment_entry(attachment) for attachment in attachments]


def _attachment_entry(attachment: Attachment) -> Entry:
    return {
        "volume_id": attachment.volume_id,
        "attachment_id": attachment.id,
        "status": attachment.status,
        "host": attachment.host,
    }


def volume_entries(volumes: Iterable[AttachedVolume] | None) -> list[Entry] | None:
    """Return one entry per attachment, with the status of the volume. A volume without an attachment has an entry."""
    if volumes is None:
        return None
    return [
        {**(_attachment_entry(attachment) if attachment else _NO_ATTACHMENT), **_volume_entry(volume)}
        for volume in volumes
        for attachment in (volume.attachments or (None,))
    ]


_NO_ATTACHMENT: Entry = {"volume_id": None, "attachment_id": None, "status": None, "host": None}


def _volume_entry(volume: AttachedVolume) -> Entry:
    return {
        "volume_id": volume.id,
        "volume_status": volume.status,
        "in_nova": volume.in_nova,
        "nova_attachment_id": volume.nova_attachment,
    }


def port_entries(ports: Iterable[Port] | None) -> list[Entry] | None:
    """Return one entry per binding. If the bindings are not known, the entry contains the host of the port."""
    if ports is None:
        return None
    return [
        {
            "port_id": port.id,
            "port_status": port.status,
            "host": binding.host if binding else None,
            "status": binding.status if binding else None,
        }
        for port in ports
        for binding in (_bindings(port) or (None,))
    ]


def _bindings(port: Port) -> tuple[Binding, ...]:
    if port.bindings is not None:
        return port.bindings
    return (Binding(port.host, ACTIVE),) if port.host else ()


def attachments_in(entries: Any) -> tuple[Attachment, ...] | None:
    """Return the attachments in a module result. Raise InputError if an entry lacks a value."""
    if entries is None:
        return None
    try:
        return tuple(
            Attachment(str(entry["attachment_id"]), str(entry["volume_id"]), str(entry["status"]), entry.get("host"))
            for entry in entries
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise _invalid("volume_attachments_before", entries) from error


def ports_in(entries: Any) -> tuple[Port, ...] | None:
    """Return the ports in a module result. Raise InputError if an entry lacks a value."""
    if entries is None:
        return None
    try:
        return tuple(Port(str(entry["port_id"]), str(entry["port_status"]), entry.get("host")) for entry in entries)
    except (AttributeError, KeyError, TypeError) as error:
        raise _invalid("port_bindings_before", entries) from error


def _invalid(name: str, entries: Any) -> InputError:
    return InputError(f"migrations: {name} must come from an earlier result of this collection, found {entries!r}.")
