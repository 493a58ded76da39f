# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every second notification of a compute host is lost.

With this fault, RabbitMQ drops messages, for example because a queue is full.
"""

from __future__ import annotations

import itertools
from typing import Any

NEEDS = {"notifications": ["true"]}
PROGRAMS = ("nova-compute",)
MODULE = "nova.notifications.objects.base"


def patch_module(module: Any) -> None:
    """Replace the function with which Nova sends notifications."""
    send, numbers = module.NotificationBase._emit, itertools.count()  # noqa: SLF001  # Nova has no public function

    def lose(self: Any, context: Any, event_type: str, publisher_id: str, payload: Any) -> None:
        if next(numbers) % 2 == 0:
            send(self, context, event_type, publisher_id, payload)

    module.NotificationBase._emit = lose  # noqa: SLF001  # Nova has no public function
