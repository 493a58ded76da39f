# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Confirm a cold migration: its source keeps the disk and the resources until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    BadRequestError,
    ConflictError,
    DroppedError,
    NotFoundError,
    RateLimitError,
    ServiceError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import CONFIRM

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud


def confirm(cloud: Cloud, server_id: str, name: str) -> bool:
    """Send the request. False: Nova could not now; read the record again before it counts as an error."""
    what = f"Confirming the cold migration of server {name} ({server_id})"
    try:
        cloud.send("POST", f"/servers/{server_id}/action", what, need=CONFIRM, json={"confirmResize": None})
    except (BadRequestError, ConflictError, DroppedError, NotFoundError, RateLimitError, ServiceError):
        # The record says finished a moment before the server says VERIFY_RESIZE, and somebody else may be quicker.
        # A confirmation is harmless when sent again.
        return False
    return True
