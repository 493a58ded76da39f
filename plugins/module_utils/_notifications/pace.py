# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the time of the next poll.

While notifications arrive, the module polls when a notification announces the end of a migration, and otherwise rarely.

The module polls as often as without notifications in each of these cases:

- There is no connection to RabbitMQ.
- No notification about a migration of this module has arrived within PROOF_SECONDS.
- A notification about the end of a migration was lost.
- The module waits for a change about which Nova sends no notification.
"""

from __future__ import annotations

from dataclasses import dataclass

# Nova sends the first notification about an accepted migration within this many seconds.
PROOF_SECONDS = 5.0
# After the notification about the end of a migration, these seconds pass between polls.
QUICK_INTERVALS = (0.01, 0.03, 0.05, 0.08, 0.12, 0.2)
# After the notification, the module polls at QUICK_INTERVALS for this many seconds.
QUICK_SECONDS = 3.0


@dataclass(frozen=True)
class BusView:
    """The facts that decide when the module polls next. All times are in seconds."""

    connected: bool
    # Whether a notification about one of the servers arrived on the current connection.
    heard: bool
    # Seconds since the module connected to RabbitMQ or last requested a migration, whichever is later.
    seconds_unheard: float
    seconds_since_poll: float
    # True if a poll found the end of a migration before a notification announced it.
    lossy: bool = False
    # True if Nova sends no notification about the next change, so that the module must poll.
    needs_polls: bool = False
    # The seconds since a notification last announced the end of a migration, or None.
    seconds_since_final: float | None = None
    # The number of polls since a notification last announced the end of a migration.
    polls_since_final: int = 0
    # The longest interval between two polls while notifications arrive. The option ``interval`` sets it.
    interval: float = 10.0


def is_trusted(view: BusView) -> bool:
    """Return whether notifications work, so that the module can poll less often."""
    if not view.connected or view.lossy:
        return False
    return view.heard or view.seconds_unheard < PROOF_SECONDS


def seconds_until_poll(view: BusView, usual: float) -> float:
    """Return the seconds until the next poll. A value of 0 or less means now.

    ``usual`` is the poll interval without notifications.
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
