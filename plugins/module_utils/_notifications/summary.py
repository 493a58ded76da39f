# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Describe how the module used notifications, for the result key ``notifications``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.bus_state import BusState
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
        NotificationSettings,
    )

# States of the result
WORKING = "working"
UNUSED = "unused"
DOWN = "down"
INTERRUPTED = "interrupted"
SILENT = "silent"
LOSSY = "lossy"


@dataclass(frozen=True)
class Ends:
    """The number of migrations that have ended."""

    total: int
    # The number of migrations that ended without a notification.
    unannounced: int


def summary(state: BusState, ends: Ends, settings: NotificationSettings) -> dict[str, Any]:
    """Return the result key notifications."""
    name, reason = _state(state, ends, settings)
    return {
        "state": name,
        "reason": reason,
        "events": state.events,
        "other_messages": state.others,
        "connections": state.connections,
    }


def _state(state: BusState, ends: Ends, settings: NotificationSettings) -> tuple[str, str | None]:
    polled = "The module polled as often as without notifications"
    problem = state.problem.rstrip(".")
    if not state.connections:
        return DOWN, f"{problem}. {polled}."
    if state.losses:
        now = "The connection then worked again." if state.connected else "It could not connect again."
        return INTERRUPTED, f"{problem}. {polled} after this. {now}"
    if not ends.total:
        return UNUSED, None
    if not state.events:
        return SILENT, (
            f"No notification about these servers arrived with the topic {settings.topic!r} of the exchange"
            f" {settings.exchange!r}. {polled}. Check driver in [oslo_messaging_notifications], and"
            " notification_format and versioned_notifications_topics in [notifications] of nova.conf."
        )
    if ends.unannounced:
        return LOSSY, (
            f"No notification announced the end of {ends.unannounced} of {ends.total} migrations. The module found the"
            f" end of these migrations with polls. {polled} after the first missing notification."
        )
    return WORKING, None
