# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Decide whether to enable the compute service again after a failed drain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def reenables(drain: Mapping[str, Any], *, successful: bool) -> bool:
    """Return whether the role enables the compute service again after a failed drain.

    The input ``reenable_on_failure`` must be set, and the same run must have disabled the service.
    """
    if not drain.get("reenable_on_failure") or drain.get("check_mode") or successful:
        return False
    service = (drain.get("disable_result") or {}).get("service") or {}
    return service.get("status") == "disabled" and not service.get("disabled_before")
