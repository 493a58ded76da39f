# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: which of many migrations may begin next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import Tracked


@dataclass(frozen=True)
class Lanes:
    """How many migrations may go on at once; None is as many as there are."""

    at_once: int | None = None
    per_host: int | None = None

    def next(self, waiting: Iterable[Tracked], running: Iterable[Tracked]) -> list[Tracked]:
        """Those that may begin beside the running ones, in their order; a host that is busy holds up no other."""
        leaving = Counter(one.source for one in running)
        free = None if self.at_once is None else self.at_once - leaving.total()
        found: list[Tracked] = []
        for one in waiting:
            if free is not None and len(found) >= free:
                break
            # who may not see hosts cannot count by them
            if self.per_host is None or one.source is None or leaving[one.source] < self.per_host:
                leaving[one.source] += 1
                found.append(one)
        return found
