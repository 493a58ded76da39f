# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The order in which the boots and the scenarios of a run start. The threads of the run share it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Condition
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.plan import Pool, places_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import ScenarioRun


@dataclass(frozen=True)
class Start:
    """What starts next: the boot of a pool, or a scenario with the servers of a pool or with its own servers."""

    pool: Pool | None
    run: ScenarioRun | None


class Schedule:
    """Starts boots in the order of the plan, as soon as the hosts have room for their servers.

    A scenario of a pool starts after the boot of the pool, and before further boots.
    """

    def __init__(self, plan: Sequence[Pool | ScenarioRun], places: int) -> None:
        self._waiting = deque(plan)
        self._free = places
        self._booting = 0
        self._booted: deque[Start] = deque()
        self._changed = Condition()

    def next(self) -> Start | None:
        """Wait until something can start, and return it. Return None if everything has started."""
        with self._changed:
            self._changed.wait_for(self._can_continue)
            if self._booted:
                return self._booted.popleft()
            if not self._waiting:
                return None
            unit = self._waiting.popleft()
            self._free -= _places(unit)
            if isinstance(unit, Pool):
                self._booting += 1
                return Start(unit, None)
            return Start(None, unit)

    def _can_continue(self) -> bool:
        if self._waiting:
            return bool(self._booted) or self._free >= _places(self._waiting[0])
        return bool(self._booted) or not self._booting

    def booted(self, pool: Pool) -> None:
        """Let the scenarios of a pool start, because its boot has ended."""
        with self._changed:
            self._booting -= 1
            self._booted.extend(Start(pool, run) for run in pool.runs)
            self._changed.notify_all()

    def ended(self, run: ScenarioRun) -> None:
        """Give the places of a scenario to others, because its servers are deleted."""
        with self._changed:
            self._free += places_of(run)
            self._changed.notify_all()


def _places(unit: Pool | ScenarioRun) -> int:
    return unit.places if isinstance(unit, Pool) else places_of(unit)
