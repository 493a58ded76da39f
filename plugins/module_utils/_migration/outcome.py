# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Outcomes of a migration, such as completed, and the choice of the outcome."""

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
TIMEOUT = "timeout"
# The migration completed, but at least one check failed.
DISAGREEMENT = "disagreement"
# The cloud stopped answering during the migration.
UNKNOWN = "unknown"
# The server needed no migration.
UNCHANGED = "unchanged"
# Nova refused the migration, or a precondition was not met.
REFUSED = "refused"
# The module did not request this migration, because another migration failed.
NOT_STARTED = "not_started"
# The migration was requested but not monitored.
REQUESTED = "requested"
# In check mode, the module did not request the migration.
PREDICTED = "predicted"

GOOD = frozenset({COMPLETED, UNCHANGED, REQUESTED, PREDICTED})


def outcome_of(plan: MigrationPlan, observation: Observation, checks: Iterable[Check], *, timed_out: bool) -> str:
    """Return the outcome of a migration after its last poll."""
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
