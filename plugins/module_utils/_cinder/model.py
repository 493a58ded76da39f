# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes for the volumes of servers, as Cinder reports them."""

from __future__ import annotations

from dataclasses import dataclass

# The status of an attachment whose volume the server can use.
ATTACHED = "attached"
# The status of a volume with an attachment.
IN_USE = "in-use"


@dataclass(frozen=True)
class Attachment:
    """An attachment of a volume to a server.

    During a live migration, each volume has two attachments: one on the source host and one on the destination host.
    The id of the attachment is therefore another one after each migration.
    """

    id: str
    volume_id: str
    status: str


@dataclass(frozen=True)
class Volume:
    """A volume, and the hosts to which it is attached."""

    id: str
    status: str
    # The name of the compute host, by the id of the attachment. Cinder lists only attachments with the status
    # ``attached``. The name is None if the user may not see host names.
    hosts: dict[str, str | None]
