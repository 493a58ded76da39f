# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that recognize requests of a live migration that no nova-compute has taken.

nova-conductor creates the record with the status ``accepted``. When nova-compute on the source host receives the
request, the first thing it does is to set the status ``queued`` (``ComputeManager.live_migration`` of Nova). It then
asks nova-compute on the destination to prepare (``ComputeManager.pre_live_migration``), and waits for an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        MigrationPlan,
        Observation,
    )

_COMPUTE, _CONDUCTOR = "compute_", "conductor_"
_START = "compute_live_migration"
# The destination records this event when it receives the request of the source host.
PREPARATION = "compute_pre_live_migration"


def cause_of(
    plan: MigrationPlan, observation: Observation, events: Iterable[Mapping[str, Any]], request_id: str | None
) -> str:
    """Return the likely cause and one advice. ``events`` are empty if the user may not see them."""
    unfinished = [event for event in events if not event["finish"]]
    for event in unfinished:
        if str(event["event"]).startswith(_COMPUTE):
            host = event["host"] or "the destination host"
            return f"nova-compute on {host} has not finished {event['event']}. See the log of nova-compute on {host}."
    if any(str(event["event"]).startswith(_CONDUCTOR) for event in unfinished):
        return (
            "nova-conductor has not sent the request to the source host, because it waits for an answer of"
            " nova-scheduler or of nova-compute on the destination host. See the log of nova-conductor for"
            f" {request_id or plan.server_id}."
        )
    source = plan.source or (observation.record or {}).get("source")
    return (
        f"No nova-compute has taken the request. Check that nova-compute runs on {source or 'the source host'}. If it"
        " has another release than nova-conductor, see the option compute in the section [upgrade_levels] of nova.conf."
    )


def destination_not_prepared(events: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the source host has started a live migration, and the destination has not received its request.

    The source records no reason when it gives up, so the missing event is the only trace. Without any ``events``, the
    user may not see them, and the answer is false.
    """
    names = {event["event"] for event in events}
    return _START in names and PREPARATION not in names


def warning_of(name: str, others: int, seconds: float, cause: str) -> str:
    """Return the warning about a migration that has this status for some seconds.

    ``others`` is the number of other migrations from the same host to which the warning also applies.
    """
    which = f"{name} and {others} more from the same host" if others else name
    records = "the migration records have" if others else "the migration record has"
    return f"{which}: {records} had the status {ACCEPTED} for {seconds:.0f} s. {cause}"
