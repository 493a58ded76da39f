# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read how much memory and disk Nova has copied for a running live migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import MIGRATIONS_IN_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# The hypervisor copies memory and disks while a migration has one of these statuses.
COPYING = frozenset({"running", "running (post-copy)"})
EVERY_SECONDS = 1.0
MIB = 1024 * 1024
_KEYS = tuple(f"{what}_{how}_bytes" for what in ("memory", "disk") for how in ("total", "processed", "remaining"))


def read(cloud: Cloud, server_id: str, key: str | None) -> dict[str, Any] | None:
    """Return the progress of a running migration. Return None when Nova reports no progress."""
    what = f"Reading the progress of the migration of server {server_id}"
    answer = cloud.send("GET", f"/servers/{server_id}/migrations", what, need=MIGRATIONS_IN_PROGRESS)
    found: Iterable[dict[str, Any]] = answer.body.get("migrations", [])
    return next((one for one in found if key in (one.get("uuid"), str(one["id"]))), None)


def view(entry: Mapping[str, Any], seen: datetime) -> dict[str, Any] | None:
    """Return the copied and the remaining bytes. Return None when Nova does not report them."""
    if not entry.get("memory_total_bytes"):
        return None
    return {"seen": seen.isoformat(timespec="milliseconds"), **{key: entry.get(key) for key in _KEYS}}


def describe(name: str, copy: Mapping[str, Any]) -> str:
    """Return a text with the copied and the remaining memory of a migration."""
    processed, remaining = copy["memory_processed_bytes"] or 0, copy["memory_remaining_bytes"] or 0
    return f"{name}: {processed / MIB:.0f} MiB of memory copied, {remaining / MIB:.0f} left"
