# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Wait until the next poll is due, or until a notification of Nova arrives."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, Protocol

from ansible_collections.stackproof.migration.plugins.module_utils._notifications import pace
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.listener import Listener
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.pace import BusView
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.summary import DOWN, Ends, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.bus_state import BusState
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
        NotificationSettings,
    )

SHORTEST_WAIT = 0.001
# A poll may find the end of a migration this many seconds before the notification arrives.
LATE_SECONDS = 1.0


class PollWait(Protocol):
    """Waits between two polls."""

    def requested(self) -> None:
        """Store that a migration is requested now."""

    def polled(self) -> None:
        """Record that the module has polled all migrations."""

    def until_next_poll(self, usual: float, most: float, *, needs_polls: bool) -> None:
        """Wait until the next poll is due, but at most `most` seconds.

        Without notifications, `usual` is the number of seconds between two polls.
        """

    def result(self) -> dict[str, Any] | None:
        """Return the result key notifications."""


class Sleep:
    """Sleeps between two polls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def requested(self) -> None:
        """Do nothing, because the poll interval does not depend on requests."""

    def polled(self) -> None:
        """Do nothing, because this class does not store the time of the last poll."""

    def until_next_poll(self, usual: float, most: float, *, needs_polls: bool) -> None:
        del needs_polls
        self._clock.sleep(min(usual, most))

    def result(self) -> None:
        """Return None as the result ``notifications`` of the module."""


class WaitForNotifications:
    """Waits for the next notification about a migration, or for the end of the poll interval."""

    def __init__(self, clock: Clock, listener: Listener, tracked: Sequence[TrackedMigration]) -> None:
        self._clock = clock
        self._listener = listener
        self._tracked = tracked
        self._polled_at = self._requested_at = clock.monotonic()
        self._polls_since_final = 0
        self._last_final = 0.0
        # For each server id, the time at which a poll found the end of the migration.
        self._ends: dict[str, float] = {}
        # No notification is expected for servers whose migrations had ended at the first poll.
        self._ended_before: frozenset[str] | None = None
        listener.follow(migration.plan.server_id for migration in tracked)

    def requested(self) -> None:
        self._requested_at = self._clock.monotonic()

    def polled(self) -> None:
        self._polled_at = self._clock.monotonic()
        self._polls_since_final += 1
        for migration in self._tracked:
            if migration.state.settle_deadline is not None:
                self._ends.setdefault(migration.plan.server_id.lower(), self._polled_at)
        if self._ended_before is None:
            self._ended_before = frozenset(self._ends)

    def until_next_poll(self, usual: float, most: float, *, needs_polls: bool) -> None:
        end = self._clock.monotonic() + most
        while True:
            self._listener.changed.clear()
            left = min(
                pace.seconds_until_poll(self._view(needs_polls=needs_polls), usual), end - self._clock.monotonic()
            )
            if left < SHORTEST_WAIT:
                return
            self._clock.wait(self._listener.changed, max(SHORTEST_WAIT, min(left, self._seconds_until_late())))

    def result(self) -> dict[str, Any]:
        state = self._listener.state
        unannounced = self._unannounced(state, late=0)
        return summary(state, Ends(len(self._ends), len(unannounced)), self._listener.settings)

    def _view(self, *, needs_polls: bool) -> BusView:
        now, state = self._clock.monotonic(), self._listener.state
        finals = [
            state.finals[server_id]
            for migration in self._tracked
            if migration.open and (server_id := migration.plan.server_id.lower()) in state.finals
        ]
        last = max(finals, default=None)
        if last is not None and last > self._last_final:
            self._last_final, self._polls_since_final = last, 0
        return BusView(
            connected=state.connected,
            heard=state.heard > 0,
            seconds_unheard=now - max(state.connected_at, self._requested_at),
            seconds_since_poll=now - self._polled_at,
            lossy=bool(self._unannounced(state, LATE_SECONDS)),
            needs_polls=needs_polls,
            seconds_since_final=None if last is None else now - last,
            polls_since_final=self._polls_since_final,
            interval=self._listener.settings.interval,
        )

    def _seconds_until_late(self) -> float:
        """Return the seconds until the module stops waiting for a late notification."""
        now, state = self._clock.monotonic(), self._listener.state
        missing = self._unannounced(state, late=0)
        waits = [LATE_SECONDS - (now - self._ends[server_id]) for server_id in missing]
        return min((left for left in waits if left > 0), default=math.inf)

    def _unannounced(self, state: BusState, late: float) -> list[str]:
        """Return the ids of the servers whose migration ended without a notification.

        A notification may arrive up to ``late`` seconds after the end of the migration.
        """
        now, ignored = self._clock.monotonic(), self._ended_before or frozenset()
        return [
            server_id
            for server_id, found in self._ends.items()
            if server_id not in ignored and server_id not in state.finals and now - found >= late
        ]


def warnings_of(result: Mapping[str, Any] | None) -> list[str]:
    """Return a warning if Nova's notifications did not work.

    If RabbitMQ did not answer, ``listening`` has already returned a warning.
    """
    if result is None or result["reason"] is None or result["state"] == DOWN:
        return []
    return [f"notifications: {result['reason']}"]


@contextlib.contextmanager
def listening(settings: NotificationSettings | None, clock: Clock, warnings: list[str]) -> Iterator[Listener | None]:
    """Connect to RabbitMQ for the duration of the context. Yield None without settings.

    Raise CloudError if the settings are wrong. If RabbitMQ does not answer, add a warning.
    """
    if settings is None:
        yield None
        return
    listener = Listener(settings, clock)
    try:
        listener.connect()
        if not listener.state.connected:
            warnings.append(
                f"notifications: {listener.state.problem}. The module polls as often as without notifications, and"
                " tries to connect again."
            )
        listener.start()
        yield listener
    finally:
        listener.close()
