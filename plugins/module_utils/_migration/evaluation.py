# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Choose the next step for a monitored migration from the values of the last poll."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import (
    PORT_CHECK,
    RECORD_CHECKS,
    SERVER_CHECKS,
    VOLUME_CHECK,
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

# Nova does not change a migration record that failed more than this many seconds ago.
FAILURE_SECONDS = 2.0
# A failed migration record can still change, so several equal polls are required.
FAILURE_POLLS = 2
# These checks return the same result at each poll after the end of a migration.
_LASTING_CHECKS = RECORD_CHECKS | {"downtime"}
# The module waits for each of these checks after the end of a migration, also after a failed migration.
_WAITING_CHECKS = frozenset({VOLUME_CHECK, PORT_CHECK})


class Step(Enum):
    """The next action of the module for a monitored migration."""

    WAIT = "wait"
    CONFIRM = "confirm"
    CONCLUDE = "conclude"
    # Nova lost the migration request, so there will be no migration record.
    LOST = "lost"
    # The timeout has passed, so abort the migration or force it to complete.
    INTERVENE = "intervene"
    GIVE_UP = "give up"


@dataclass(frozen=True)
class Situation:
    """The state of one migration at one poll. All times are in seconds."""

    plan: MigrationPlan
    observation: Observation
    # The uuid or number of the migration record. None means that the record is unknown.
    key: str | None = None
    verify: bool = True
    on_timeout: str = "fail"
    # The seconds since the migration ended, or None while the migration runs.
    seconds_since_end: float | None = None
    # Whether the time in the option settle_timeout has passed since the end of the migration.
    settled: bool = False
    # The module waits this many seconds after the end until the checks of volumes and of ports pass.
    volume_wait: float = 0.0
    port_wait: float = 0.0
    # The number of consecutive polls in which every failed check was already final.
    stable_polls: int = 0
    # Whether Nova may create the migration record later.
    may_appear: bool = True
    # Whether the timeout has passed.
    timed_out: bool = False
    # Whether the time ``settle_timeout`` is over after an abort or a forced completion.
    grace_over: bool = False
    intervened_with: str | None = None
    confirmation_sent: bool = False
    # Whether a poll after the end of a completed migration found the expected values of the server.
    server_agreed: bool = False


def is_final(situation: Situation) -> bool:
    observation = situation.observation
    if situation.seconds_since_end is None or observation.record is None:
        return False
    return situation.plan.kind.phase(observation.status) is not Phase.FAILED


def needs_server(situation: Situation) -> bool:
    """Return whether the next poll must read the server, and not only the migration record."""
    if situation.observation.record is None:
        return True
    # The server does not change again after its checks have passed. Only its allocations may change later.
    return situation.seconds_since_end is not None and not situation.server_agreed


def needs_confirmation(situation: Situation) -> bool:
    """Return whether the module must confirm the cold migration now.

    The status stays ``finished`` while the source host processes a confirmation. The module sends no second
    confirmation in this time.
    """
    waits = situation.plan.kind.wants_confirmation and situation.observation.status == UNCONFIRMED
    return waits and not situation.confirmation_sent


def checks_at(situation: Situation) -> list[Check]:
    """Return the checks of a migration that has ended."""
    return checks_of(situation.plan, situation.observation)


def server_agrees(situation: Situation, checks: Iterable[Check]) -> bool:
    """Return whether the checks of the server have passed after a completed migration."""
    passed = all(check["ok"] is not False for check in checks if check["name"] in SERVER_CHECKS)
    return is_final(situation) and passed


def may_change(situation: Situation, check: Check) -> bool:
    """Return whether a failed check can still pass at a later poll.

    Each check of volumes or ports has its own wait, which starts at the end of the migration.
    """
    if check["ok"] is not False or check["name"] in _LASTING_CHECKS:
        return False
    if check["name"] not in _WAITING_CHECKS:
        return True
    wait = situation.volume_wait if check["name"] == VOLUME_CHECK else situation.port_wait
    since_end = situation.seconds_since_end
    return since_end is not None and since_end < wait and not situation.settled


def needs_volumes(situation: Situation, checks: Iterable[Check]) -> bool:
    """Return whether the module must read the volumes of the server now."""
    unread = situation.observation.has_volumes and situation.observation.volumes is None
    return unread or any(may_change(situation, check) for check in checks if check["name"] == VOLUME_CHECK)


def needs_ports(situation: Situation, checks: Iterable[Check]) -> bool:
    """Return whether the module must read the ports of the server now."""
    unread = situation.observation.has_ports and situation.observation.ports is None
    return unread or any(may_change(situation, check) for check in checks if check["name"] == PORT_CHECK)


def needs_allocations(situation: Situation, checks: Iterable[Check]) -> bool:
    """Return whether the module must read the allocations from Placement now.

    Nova writes allocations last, so the module first waits until all other checks pass.
    """
    others = (check for check in checks if check["name"] not in _WAITING_CHECKS)
    return situation.verify and (is_last_poll(situation) or is_stable(situation, others))


def is_stable(situation: Situation, checks: Iterable[Check]) -> bool:
    """Return False if a failed check can still pass at a later poll."""
    return not any(may_change(situation, check) for check in checks)


def is_last_poll(situation: Situation) -> bool:
    """Return whether this poll of the migration is the last poll."""
    if situation.seconds_since_end is None or situation.settled or not situation.verify:
        return situation.settled or not situation.verify
    # After a failed migration, Nova removes the task state of the server when the rollback ends.
    server = situation.observation.server
    at_rest = server is None or server["task_state"] is None
    return (
        situation.observation.has_failed(situation.plan.kind)
        and at_rest
        and situation.seconds_since_end >= FAILURE_SECONDS
    )


def stable_polls(situation: Situation, checks: Iterable[Check]) -> int:
    """Return how many polls in a row passed all checks that can still change, including this poll."""
    return situation.stable_polls + 1 if is_stable(situation, checks) else 0


def step_after_end(situation: Situation, polls: int) -> Step:
    """Return the next step for a migration that has ended.

    ``polls`` is the number of polls since the last change.
    """
    enough = FAILURE_POLLS if situation.observation.has_failed(situation.plan.kind) else 1
    over = is_last_poll(situation) or polls >= enough
    return (
        Step.CONCLUDE if over and not (is_answer_awaited(situation) or _are_services_awaited(situation)) else Step.WAIT
    )


def _are_services_awaited(situation: Situation) -> bool:
    """Return whether the module must wait until Cinder and Neutron show the result of the migration."""
    checks = (check for check in checks_at(situation) if check["name"] in _WAITING_CHECKS)
    return situation.verify and not is_stable(situation, checks)


def is_answer_awaited(situation: Situation) -> bool:
    """Return whether the module must wait until the server answers the network probe."""
    reach = situation.observation.reach
    return (
        reach is not None
        and reach.answers is False
        and situation.seconds_since_end is not None
        and not situation.settled
    )


def step_before_end(situation: Situation) -> Step:
    """Return what the module does next with a migration that has not ended."""
    if situation.observation.record is None and is_lost(situation):
        return Step.LOST
    if not situation.timed_out:
        return Step.WAIT
    if situation.on_timeout == "fail" or situation.grace_over:
        return Step.GIVE_UP
    can_intervene = situation.intervened_with is None and situation.observation.record is not None
    return Step.INTERVENE if can_intervene else Step.WAIT


def is_lost(situation: Situation) -> bool:
    """Return True if the migration record is missing and cannot appear later."""
    server = situation.observation.server
    if server is None or situation.key is not None:
        return True
    return not situation.may_appear and server["task_state"] is None


def is_left_in_error(plan: MigrationPlan, observation: Observation, intervened_with: str | None) -> bool:
    """Return whether an abort left the server in ERROR on its source host. Nova 34 has this bug."""
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
    """Return whether to reset the state of the server from ERROR to ACTIVE.

    The server must have been ACTIVE before the migration, and its guest must still run.
    """
    runs = (observation.server or {}).get("power_state") == "running"
    was_active = plan.initial_known and plan.initial_status == "ACTIVE"
    return runs and was_active and is_left_in_error(plan, observation, intervened_with)
