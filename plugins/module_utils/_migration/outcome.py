# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: the outcomes of a migration, and which of them a monitored one has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import agree
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        Check,
        MigrationPlan,
        Observation,
    )

COMPLETED = "completed"
FAILED = "failed"
CANCELLED = "cancelled"
# The record had not ended when the time was over
TIMEOUT = "timeout"
# The record says completed, and a check found otherwise
DISAGREEMENT = "disagreement"
# The cloud stopped answering while the migration was under way
UNKNOWN = "unknown"
# There was nothing to do
UNCHANGED = "unchanged"
# Nova refused the request, or it was not sent because of what was found before
REFUSED = "refused"
# Not requested, because another migration did not go well
NOT_STARTED = "not_started"
# Requested, and not monitored
REQUESTED = "requested"
# Check mode
PREDICTED = "predicted"

GOOD = frozenset({COMPLETED, UNCHANGED, REQUESTED, PREDICTED})


def outcome_of(plan: MigrationPlan, observation: Observation, checks: Iterable[Check], *, timed_out: bool) -> str:
    """The outcome, once no more is waited for."""
    if observation.record is None:
        return TIMEOUT if timed_out else FAILED
    match plan.kind.phase(observation.status):
        case Phase.FAILED:
            return FAILED
        case Phase.CANCELLED:
            return CANCELLED
        case Phase.DONE:
            return COMPLETED if agree(checks) else DISAGREEMENT
    return TIMEOUT
