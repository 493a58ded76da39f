# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the migrations to request next, within the limits for simultaneous migrations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan


class PlannedMigration(Protocol):
    plan: MigrationPlan


P = TypeVar("P", bound=PlannedMigration)


@dataclass(frozen=True)
class ConcurrencyLimit:
    """The maximum number of running migrations, in total and per host. None means no limit.

    The limit per host applies to the migrations from a host, and separately to the migrations that request this host as
    their destination.
    """

    at_once: int | None = None
    per_host: int | None = None

    def next(self, waiting: Iterable[P], running: Iterable[P]) -> list[P]:
        """Return the waiting migrations that the limits allow to start now.

        If one host has reached its limit, migrations between other hosts can still start.
        """
        leaving: Counter[str | None] = Counter()
        arriving: Counter[str | None] = Counter()
        for migration in running:
            leaving[migration.plan.source] += 1
            arriving[migration.plan.expected_host] += 1
        free = None if self.at_once is None else self.at_once - leaving.total()
        found: list[P] = []
        for migration in waiting:
            if free is not None and len(found) >= free:
                break
            source, destination = migration.plan.source, migration.plan.expected_host
            if self._has_room(source, leaving) and self._has_room(destination, arriving):
                leaving[source] += 1
                arriving[destination] += 1
                found.append(migration)
        return found

    def _has_room(self, host: str | None, migrations: Counter[str | None]) -> bool:
        # The source is None if the user may not see hosts. The destination is None if the scheduler chooses it.
        return self.per_host is None or host is None or migrations[host] < self.per_host
