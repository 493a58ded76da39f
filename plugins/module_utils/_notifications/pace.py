# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that choose the time of the next poll. Notifications make polls rare, and never decide an outcome.

While notifications arrive, the module polls after a notification that announces the end of a migration, and otherwise
after a long interval. In each other case, the module polls as often as without notifications:

- There is no connection to RabbitMQ.
- The connection exists, but no notification about a migration of this module arrived within PROOF_SECONDS.
- A poll found the end of a migration that no notification had announced, so notifications were lost.
- The module waits for a change about which Nova sends no notification. For example, a migration has ended, and Nova
  has not updated everything yet.
"""

from __future__ import annotations

from dataclasses import dataclass

# A migration that Nova has just accepted causes a notification within this many seconds.
PROOF_SECONDS = 5.0
# After the notification about the end of a migration, the module polls at these short intervals, in seconds. Nova
# writes the final status just after the notification.
QUICK_INTERVALS = (0.04, 0.08, 0.12, 0.16, 0.2)
# The short intervals apply for this number of seconds after the notification.
QUICK_SECONDS = 3.0


@dataclass(frozen=True)
class BusView:
    """The values that decide when to poll. Times are in seconds."""

    connected: bool
    # Whether the current connection has delivered a notification about one of the migrations.
    heard: bool
    # Seconds since the connection to RabbitMQ, or since a later migration request.
    seconds_unheard: float
    seconds_since_poll: float
    # True if a poll found the end of a migration before a notification announced it.
    lossy: bool = False
    # True if the module must poll, because Nova sends no notification about the next change.
    needs_polls: bool = False
    # Time since the last notification about the end of a migration that is still open. None without one.
    seconds_since_final: float | None = None
    # Number of polls since this notification.
    polls_since_final: int = 0
    # The longest interval between two polls while notifications arrive. The option ``interval`` sets it.
    interval: float = 10.0


def is_trusted(view: BusView) -> bool:
    """Return whether the module can wait for a notification and poll less often."""
    if not view.connected or view.lossy:
        return False
    return view.heard or view.seconds_unheard < PROOF_SECONDS


def seconds_until_poll(view: BusView, usual: float) -> float:
    """Return the seconds until the next poll. Zero or less means to poll now.

    `usual` is the poll interval without notifications.
    """
    if view.seconds_since_final is not None:
        step = QUICK_INTERVALS[min(view.polls_since_final, len(QUICK_INTERVALS) - 1)]
        quick = view.seconds_since_final < QUICK_SECONDS
        return (
            min(usual, step) - min(view.seconds_since_poll, view.seconds_since_final) if quick else _left(view, usual)
        )
    if view.needs_polls or not is_trusted(view):
        return _left(view, usual)
    if view.heard:
        return _left(view, max(usual, view.interval))
    return min(_left(view, max(usual, view.interval)), max(PROOF_SECONDS - view.seconds_unheard, _left(view, usual)))


def _left(view: BusView, interval: float) -> float:
    return interval - view.seconds_since_poll
