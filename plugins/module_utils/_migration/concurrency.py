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
    """The maximum number of running migrations, in total and per source host. None means no limit."""

    at_once: int | None = None
    per_host: int | None = None

    def next(self, waiting: Iterable[P], running: Iterable[P]) -> list[P]:
        """Return the waiting migrations that the limits allow to start now.

        If one source host has reached its limit, migrations from other hosts can still start.
        """
        leaving = Counter(migration.plan.source for migration in running)
        free = None if self.at_once is None else self.at_once - leaving.total()
        found: list[P] = []
        for migration in waiting:
            if free is not None and len(found) >= free:
                break
            # If the user may not see hosts, the limit per host has no effect.
            source = migration.plan.source
            if self.per_host is None or source is None or leaving[source] < self.per_host:
                leaving[source] += 1
                found.append(migration)
        return found
