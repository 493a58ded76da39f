# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes and pure functions for the volumes of servers, as Cinder and Nova report them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The status of an attachment whose volume the server can use.
ATTACHED = "attached"
# The status of a volume with an attachment.
IN_USE = "in-use"
# The status of a volume that Cinder does not have. This is no status of Cinder.
NOT_FOUND = "not found"


@dataclass(frozen=True)
class Attachment:
    """An attachment of a volume to a server.

    During a live migration, each volume has two attachments: one on the source host and one on the destination host.
    The id of the attachment is therefore another one after each migration.
    """

    id: str
    volume_id: str
    status: str
    # The name of the compute host. The value is None if the user may not see host names, or if Cinder does not report
    # the host because the attachment has not the status ``attached``.
    host: str | None = None


@dataclass(frozen=True)
class Volume:
    """A volume, and the hosts to which it is attached."""

    id: str
    status: str
    # The name of the compute host, by the id of the attachment. Cinder lists only attachments with the status
    # ``attached``. The name is None if the user may not see host names.
    hosts: dict[str, str | None]


@dataclass(frozen=True)
class AttachedVolume:
    """A volume of a server, with its attachments to this server."""

    id: str
    # The value is None if the user may not read the volume.
    status: str | None
    attachments: tuple[Attachment, ...]
    # Whether Nova lists the volume for the server.
    in_nova: bool = True
    # The id of the attachment that Nova uses. Nova reports it since microversion 2.89 (Xena).
    nova_attachment: str | None = None


def attached_volumes(
    nova: Mapping[str, str | None], attachments: Iterable[Attachment], volumes: Mapping[str, Volume] | None
) -> tuple[AttachedVolume, ...]:
    """Return the volumes of one server, sorted by id.

    ``nova`` contains the volumes that Nova lists for the server, with the id of the attachment. ``attachments`` are the
    attachments that Cinder lists for the server. ``volumes`` is None if the user may not read volumes.
    """
    by_volume: dict[str, list[Attachment]] = {volume_id: [] for volume_id in nova}
    for attachment in attachments:
        volume = (volumes or {}).get(attachment.volume_id)
        host = None if volume is None else volume.hosts.get(attachment.id)
        by_volume.setdefault(attachment.volume_id, []).append(replace(attachment, host=host))

    def status(volume_id: str) -> str | None:
        if volumes is None:
            return None
        return volumes[volume_id].status if volume_id in volumes else NOT_FOUND

    return tuple(
        AttachedVolume(
            volume_id,
            status(volume_id),
            tuple(sorted(found, key=_by_host)),
            in_nova=volume_id in nova,
            nova_attachment=nova.get(volume_id),
        )
        for volume_id, found in sorted(by_volume.items())
    )


def _by_host(attachment: Attachment) -> tuple[bool, str, str]:
    """Return a sort key. Attachments whose host is not known are last."""
    return attachment.host is None, attachment.host or "", attachment.id


@dataclass(frozen=True)
class VolumeDetails:
    """A volume with its name, its size in GiB and its metadata."""

    id: str
    name: str
    status: str
    size: int
    type: str | None
    # Whether Cinder created the volume from an image.
    bootable: bool
    metadata: dict[str, str]
    # The ids of the attachment and of the server, for each attachment with the status ``attached``.
    attachments: tuple[tuple[str, str], ...]
