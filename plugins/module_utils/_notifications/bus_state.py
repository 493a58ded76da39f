# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The state of the connection to RabbitMQ, and of the notifications that arrive."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class BusState:
    """The state of the connection to RabbitMQ and of the received notifications.

    All times are on the monotonic clock.
    """

    connected: bool = False
    connected_at: float = 0.0
    # The number of connections to RabbitMQ that the module has opened.
    connections: int = 0
    # Number of connections that ended.
    losses: int = 0
    # The error that prevents or ended the connection to RabbitMQ.
    problem: str = ""
    # ``events`` counts all notifications about the monitored servers. ``heard`` counts those of the current connection.
    events: int = 0
    heard: int = 0
    # Number of other messages.
    others: int = 0
    # Maps a server id to the time of the notification that the migration of the server ended.
    finals: dict[str, float] = field(default_factory=dict)
