# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Write lines that show the progress of a module while it runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import PROGRESS_SECONDS
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.foreign_migrations import describe
from ansible_collections.stackproof.migration.plugins.module_utils._module.progress_file import WARNING
from ansible_collections.stackproof.migration.plugins.module_utils._nova import migration_progress
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import WAITING, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import (
        TrackedMigration,
    )

MAX_NAMED = 3
_BLOCKED = "blocked by other migrations"
_COMPLETED = "to be verified"


def state_of(migration: TrackedMigration) -> str:
    if not migration.open:
        return "done" if migration.outcome in outcomes.GOOD else "failed"
    if migration.state.awaits_verification:
        return _COMPLETED
    if not migration.state.is_started:
        return "waiting" if migration.state.blocked_by is None else _BLOCKED
    return "queued" if migration.observation.status in (None, *WAITING) else "running"


def line(tracked: Sequence[TrackedMigration], seconds: float) -> str:
    """Return the progress line with the number of migrations in each state and the migrations per minute."""
    count = Counter(state_of(migration) for migration in tracked)
    ended = count["done"] + count["failed"] + count[_COMPLETED]
    parts = [f"{count['done']} of {count.total()} done"]
    parts += [f"{count[state]} {state}" for state in ("running", "queued", "waiting", "failed")]
    parts += [f"{count[state]} {state}" for state in (_COMPLETED, _BLOCKED) if count[state]]
    rate = f"{ended / seconds * 60:.1f} per minute" if ended and seconds > 0 else "none ended"
    return f"{', '.join(parts)}; {seconds:.0f} s, {rate}{copies(tracked)}{blocking_migrations(tracked)}"


def blocking_migrations(tracked: Iterable[TrackedMigration]) -> str:
    """Return text about the migrations of other users that delay this module. It names at most MAX_NAMED of them."""
    blocked_by = [
        migration.state.blocked_by for migration in tracked if migration.open and migration.state.blocked_by is not None
    ]
    found = {key_of(record): describe(record) for record in blocked_by}
    text = "".join(f"; waiting for {words}" for words in list(found.values())[:MAX_NAMED])
    return text + (f"; and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else "")


def copies(tracked: Iterable[TrackedMigration]) -> str:
    """Return a text about the copy progress of at most MAX_NAMED migrations."""
    running = [migration for migration in tracked if migration.open and migration.progress]
    text = "".join(
        f"; {migration_progress.describe(migration.plan.server_name, migration.progress[-1])}"
        for migration in running[:MAX_NAMED]
    )
    return text + (f"; and {len(running) - MAX_NAMED} more" if len(running) > MAX_NAMED else "")


class Progress:
    """Writes progress lines.

    `every` is the shortest time between two progress lines, in seconds.
    """

    def __init__(self, clock: Clock, write: Callable[[str], None], every: float = PROGRESS_SECONDS) -> None:
        self._clock = clock
        self._write = write
        self._every = every
        self._started = self._last = clock.monotonic()

    def warn(self, warning: str) -> None:
        """Write a warning at once."""
        self._write(f"{WARNING}{warning}")

    def update(self, tracked: Sequence[TrackedMigration]) -> None:
        now = self._clock.monotonic()
        if now - self._last >= self._every:
            self._last = now
            self._write(line(tracked, now - self._started))
