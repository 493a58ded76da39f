# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The notification about the end of a live migration is lost.

This fault tests a client that relies on notifications.
"""

from __future__ import annotations

from typing import Any

NEEDS = {"notifications": ["true"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.notifications.objects.base"
FINAL = ("live_migration_post.end", "live_migration_rollback.end", "live_migration_rollback_dest.end")


def patch_module(module: Any) -> None:
    """Change Nova so that it never sends the last notification of a live migration."""
    send = module.NotificationBase._emit  # noqa: SLF001  # Nova has no public function

    def lose(self: Any, context: Any, event_type: str, publisher_id: str, payload: Any) -> None:
        if not event_type.endswith(FINAL):
            send(self, context, event_type, publisher_id, payload)

    module.NotificationBase._emit = lose  # noqa: SLF001  # Nova has no public function
