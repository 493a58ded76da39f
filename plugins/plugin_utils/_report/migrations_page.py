# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create the part of a report page that shows migrations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.plugin_utils._report.histogram import Histogram, histogram
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.migrations import (
    MigrationView,
    migration_view,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# If there are more migrations than this number, the page hides the details of completed migrations.
MAX_OPEN = 4
# The page shows all values of at most this number of migrations, to limit its size.
MAX_IN_FULL = 8
# The timeline shows at most this number of polls, so that the marks stay distinct.
MARKS, FEW_MARKS = 120, 20


@dataclass(frozen=True)
class MigrationsPage:
    """A page that shows migrations."""

    migration_views: tuple[MigrationView, ...]
    histogram: Histogram | None

    def full(self, migration: MigrationView) -> bool:
        """Return whether the page shows all values of this migration.

        If there are many migrations, failed migrations come first.
        """
        return migration in sorted(self.migration_views, key=lambda other: other.succeeded)[:MAX_IN_FULL]

    def abridged(self) -> bool:
        return len(self.migration_views) > MAX_IN_FULL

    def opened(self, migration: MigrationView) -> bool:
        """Return whether the page shows the details of the migration without a click."""
        return len(self.migration_views) <= MAX_OPEN or not migration.succeeded

    def drawn_migrations(self) -> tuple[MigrationView, ...]:
        return self.migration_views

    def most_rows(self) -> int:
        """Return the number of rows of the largest timeline in the report, including its headings."""
        timelines = [migration.timeline for migration in self.drawn_migrations() if migration.timeline]
        return max((3 + len(timeline.nova + timeline.observed) for timeline in timelines), default=0)


def migrations_shown(
    migrations: Sequence[Mapping[str, Any]],
    polls: Sequence[str] = (),
    guests: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[MigrationView, ...]:
    """Return the migrations that the report shows.

    ``guests`` contains one result of the module server_console_info for each server id.
    """
    marks = MARKS if len(migrations) <= MAX_IN_FULL else FEW_MARKS
    by_server = guests or {}
    return tuple(
        migration_view(migration, polls, f"migration-{number}", marks, by_server.get(str(migration.get("server_id"))))
        for number, migration in enumerate(migrations, 1)
    )


def durations(migration_views: Sequence[MigrationView]) -> Histogram | None:
    """Return a histogram of the migration durations, or None for too few migrations."""
    return histogram([migration.duration for migration in migration_views if migration.duration is not None])
