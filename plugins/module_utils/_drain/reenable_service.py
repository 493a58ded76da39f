# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: whether the compute service of a host that could not be emptied is enabled again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def reenables(drain: Mapping[str, Any], *, as_wanted: bool) -> bool:
    """Only where it was requested, and where this run disabled the service: what was disabled before is left so."""
    if not drain.get("reenable_on_failure") or drain.get("planned") or as_wanted:
        return False
    service = (drain.get("disabled") or {}).get("service") or {}
    return service.get("status") == "disabled" and not service.get("disabled_before")
