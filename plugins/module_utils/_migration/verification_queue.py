# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Collect completed migrations, so that the module verifies several of them with shared lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )


class VerificationQueue:
    """The completed migrations that the module has not verified yet.

    Each migration waits at most ``interval`` seconds, and only while other migrations of the module run or wait. With
    0, no migration waits.
    """

    def __init__(self, clock: Clock, interval: float) -> None:
        self._clock = clock
        self._interval = interval
        self._queued: list[TrackedMigration] = []
        self._deadline: Deadline | None = None

    def add(self, completed: Iterable[TrackedMigration]) -> None:
        for migration in completed:
            migration.state.awaits_verification = True
            self._queued.append(migration)
        if self._queued and self._deadline is None:
            self._deadline = Deadline(self._clock, self._interval)

    def take(self, *, others_continue: bool) -> list[TrackedMigration]:
        """Remove and return all queued migrations if the module must verify them now.

        ``others_continue`` states whether other migrations of the module run or wait for their request.
        """
        if self._deadline is None or (others_continue and not self._deadline.over):
            return []
        due, self._queued, self._deadline = self._queued, [], None
        for migration in due:
            migration.state.awaits_verification = False
        return due

    @property
    def seconds_left(self) -> float | None:
        """The seconds until the module must verify the queued migrations. None if no migration is queued."""
        return None if self._deadline is None else self._deadline.left
