# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: the outcome of a migration, from all that was observed of it."""

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import Check, Seen, agrees
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase

COMPLETED = "completed"
FAILED = "failed"
CANCELLED = "cancelled"
TIMEOUT = "timeout"
DISAGREEMENT = "disagreement"
UNKNOWN = "unknown"
UNCHANGED = "unchanged"
REFUSED = "refused"
NOT_STARTED = "not_started"
REQUESTED = "requested"
PREDICTED = "predicted"
GOOD = frozenset({COMPLETED, UNCHANGED, REQUESTED, PREDICTED})


def outcome_of(seen: Seen, checks: list[Check], *, timed_out: bool) -> str:
    """What became of the migration, once no more is waited for."""
    if seen.record is None:
        return TIMEOUT if timed_out else FAILED
    match seen.kind.phase(seen.record["status"]):
        case Phase.FAILED:
            return FAILED
        case Phase.CANCELLED:
            return CANCELLED
        case Phase.DONE:
            return COMPLETED if agrees(checks) else DISAGREEMENT
    return TIMEOUT
