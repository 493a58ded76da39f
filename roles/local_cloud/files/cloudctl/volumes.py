# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count the volumes of the local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import database
from .errors import CloudError

if TYPE_CHECKING:
    from .settings import Settings

QUERY = "SELECT status, COUNT(*) FROM cinder.volumes WHERE deleted = 0 GROUP BY status ORDER BY status"


def require_none(settings: Settings, password: str, kind: str) -> None:
    """Raise CloudError if the cloud has volumes. ``kind`` is the kind of these volumes."""
    counts = database.counts(settings, password, QUERY, "volumes")
    if not counts:
        return
    total = sum(counts.values())
    listing = ", ".join(f"{number} {status}" for status, number in counts.items())
    # A change of the kind of hosts can require another kind of volumes.
    action = "Delete" if settings.has_volumes else f"Set local_cloud_volumes={kind} to keep them, or delete"
    msg = (
        f"The cloud has {total} volume{'s'[: total != 1]} of the kind {kind} ({listing}), which cannot be used with "
        f"local_cloud_volumes={settings.volumes}. No volume was changed. {action} the volumes and the servers "
        f"that use them."
    )
    raise CloudError(msg)
