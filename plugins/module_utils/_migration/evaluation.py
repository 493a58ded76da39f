# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what is to be done next about a migration, by what the last poll observed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import (
    RECORD_CHECKS,
    checks_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import UNCONFIRMED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        Check,
        MigrationPlan,
        Observation,
    )

# A failure is concluded so many seconds after Nova has left the server alone: by then its record is the last one.
FAILURE_SECONDS = 2.0
# A failed record may change after its server has come to rest: it must be the same in so many polls.
FAILURE_POLLS = 2
# The result of these checks does not change any more once the record has ended: a downtime does not get shorter.
_LASTING_CHECKS = RECORD_CHECKS | {"downtime"}


class Step(Enum):
    """What to do next about one migration."""

    WAIT = "wait"
    CONFIRM = "confirm"
    CONCLUDE = "conclude"
    # No record, and none to be expected
    LOST = "lost"
    # The time is over: on_timeout says what is requested of Nova
    INTERVENE = "intervene"
    GIVE_UP = "give up"


@dataclass(frozen=True)
class Situation:
    """One migration at the moment of a poll. Times are in seconds."""

    plan: MigrationPlan
    observation: Observation
    # The uuid of its record, or its number, once there was one
    key: str | None = None
    verify: bool = True
    on_timeout: str = "fail"
    # For how long the record has ended already; None while it has not
    seconds_since_end: float | None = None
    # Whether the time to settle is over
    settled: bool = False
    # In how many polls in a row, this one not counted, nothing was found that may still change
    stable_polls: int = 0
    # Whether a record can still be expected to appear
    may_appear: bool = True
    # Whether the migration has taken longer than it may, and whether the time after an intervention is over, too
    timed_out: bool = False
    grace_over: bool = False
    intervened_with: str | None = None
    confirmation_sent: bool = False


def is_final(situation: Situation) -> bool:
    """Whether the record is known not to change any more: completed and cancelled stay, an error may become failed."""
    observation = situation.observation
    if situation.seconds_since_end is None or observation.record is None:
        return False
    return situation.plan.kind.phase(observation.status) is not Phase.FAILED


def needs_server(situation: Situation) -> bool:
    """Whether the server is to be read: while the record goes on it tells enough."""
    return situation.seconds_since_end is not None or situation.observation.record is None


def needs_confirmation(situation: Situation) -> bool:
    """Nova says finished until the source has done its part: one confirmation is enough."""
    waits = situation.plan.kind.wants_confirmation and situation.observation.status == UNCONFIRMED
    return waits and not situation.confirmation_sent


def needs_allocations(situation: Situation) -> bool:
    """Whether Placement is to be read: only once the rest agrees, because it is written last."""
    return situation.verify and (is_last_poll(situation) or is_stable(checks_of(situation.plan, situation.observation)))


def is_stable(checks: Iterable[Check]) -> bool:
    """Whether no check that may still change found anything else than expected."""
    return all(check["ok"] is not False for check in checks if check["name"] not in _LASTING_CHECKS)


def is_last_poll(situation: Situation) -> bool:
    """Whether the migration is concluded now, whatever the checks say."""
    if situation.seconds_since_end is None or situation.settled or not situation.verify:
        return situation.settled or not situation.verify
    # Nova writes the error first and rolls back afterwards; what it has left alone does not change any more.
    server = situation.observation.server
    at_rest = server is None or server["task_state"] is None
    return (
        situation.observation.has_failed(situation.plan.kind)
        and at_rest
        and situation.seconds_since_end >= FAILURE_SECONDS
    )


def stable_polls(situation: Situation) -> int:
    """In how many polls in a row nothing was found that may still change, this one counted."""
    return situation.stable_polls + 1 if is_stable(checks_of(situation.plan, situation.observation)) else 0


def step_after_end(situation: Situation) -> Step:
    """What follows when the record has ended."""
    enough = FAILURE_POLLS if situation.observation.has_failed(situation.plan.kind) else 1
    over = is_last_poll(situation) or stable_polls(situation) >= enough
    return Step.CONCLUDE if over and not is_answer_awaited(situation) else Step.WAIT


def is_answer_awaited(situation: Situation) -> bool:
    """Whether the server is still to answer on the network again, for which there is time."""
    reach = situation.observation.reach
    return (
        reach is not None and reach.there is False and situation.seconds_since_end is not None and not situation.settled
    )


def step_before_end(situation: Situation) -> Step:
    """What follows while the record has not ended, or while there is none."""
    if situation.observation.record is None and is_lost(situation):
        return Step.LOST
    if not situation.timed_out:
        return Step.WAIT
    if situation.on_timeout == "fail" or situation.grace_over:
        return Step.GIVE_UP
    can_intervene = situation.intervened_with is None and situation.observation.record is not None
    return Step.INTERVENE if can_intervene else Step.WAIT


def is_lost(situation: Situation) -> bool:
    """Without a record: the server or the record is gone, or Nova lost the request."""
    server = situation.observation.server
    if server is None or situation.key is not None:
        return True
    return not situation.may_appear and server["task_state"] is None


def is_left_in_error(plan: MigrationPlan, observation: Observation, intervened_with: str | None) -> bool:
    """Aborted, and Nova holds the server for broken where it was: Nova 34 does so while a copy runs."""
    server = observation.server
    if intervened_with != "abort" or server is None or not observation.has_failed(plan.kind):
        return False
    if server["status"] != "ERROR" or server["task_state"] is not None:
        return False
    source = plan.source or (observation.record or {}).get("source")
    if server["host"] is not None and source is not None:
        return bool(server["host"] == source)
    return plan.source_host_id is not None and server["host_id"] == plan.source_host_id


def may_be_reset(plan: MigrationPlan, observation: Observation, intervened_with: str | None) -> bool:
    """Only what was seen to be ACTIVE before, and whose guest Nova itself calls running."""
    runs = (observation.server or {}).get("power_state") == "running"
    was_active = plan.initial_known and plan.initial_status == "ACTIVE"
    return runs and was_active and is_left_in_error(plan, observation, intervened_with)
