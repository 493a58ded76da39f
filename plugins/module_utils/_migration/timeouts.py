# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions and data classes for the time limits of migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        MigrationPlan,
        Observation,
    )

# The module waits this many seconds until Nova creates the migration record.
APPEARANCE_SECONDS = 30.0
# The part of the running migrations that should end between two polls.
PART_PER_POLL = 0.25
# The poll interval is at least this part of the time after which another migration ends.
LEAST_PER_POLL = 0.5


class Monitored(Protocol):
    plan: MigrationPlan
    observation: Observation


M = TypeVar("M", bound=Monitored)


def queued_behind_ours(under_way: Sequence[M]) -> list[M]:
    """Return the queued migrations that wait for another migration of this module.

    The time in the queue does not count for the timeout of a migration.
    """
    busy = {
        migration.plan.source_identity
        for migration in under_way
        if migration.observation.record is not None and not migration.observation.is_queued
    }
    return [
        migration
        for migration in under_way
        if migration.observation.is_queued and migration.plan.source_identity in busy
    ]


def interval_of(usual: float, longest: float, running: int, ended: int, seconds: float) -> float:
    """Return the seconds until the next poll.

    When the first migrations have ended, the module polls after the time in which a quarter of the running migrations
    should end, but not more often than ``usual``, and at least every ``longest`` seconds. In the last ``seconds``
    seconds, ``ended`` migrations ended.
    """
    if not ended:
        return usual
    return min(longest, max(usual, max(LEAST_PER_POLL, PART_PER_POLL * running) * seconds / ended))
