# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Functions that create the outcome and the message of a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import Failure
from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.messages import (
    checked_destination,
    message_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import Conclusion

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        Ending,
        MigrationPlan,
        Observation,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions


def ended(ending: Ending, options: MonitorOptions, failure: Failure | None = None) -> Conclusion:
    """Return the outcome, the message and the checks of a migration that has ended.

    ``failure`` is the error of an abort or a forced completion that failed.
    """
    message = message_of(ending, options)
    if failure is not None:
        message += f" {failure.message}"
    elif ending.outcome not in outcomes.GOOD:
        kind = "no_valid_host" if _has_no_host(ending) else ending.outcome
        failure = Failure(kind, message, "compute", None, ending.request_id)
    return _of(ending, message, failure)


def _has_no_host(ending: Ending) -> bool:
    """Return whether the scheduler found no host. If a host passed its own check, Nova gives the same reason."""
    return means(ending.reason, Meaning.NO_VALID_HOST) and checked_destination(ending.events) is None


def lost(ending: Ending, key: str | None) -> Conclusion:
    """Return the outcome of a migration whose server or migration record no longer exists."""
    name, server_id = ending.plan.server_name, ending.plan.server_id
    if ending.observation.server is None:
        message = f"{name}: the server {server_id} no longer exists. Nova also deleted its migration record."
    elif key is not None:
        message = f"{name}: there is no migration record {key} of server {server_id}."
    else:
        message = f"{name}: Nova accepted the request, but no migration record has appeared."
    if ending.reason:
        message += f" Nova's reason: {ending.reason}"
    return _of(ending, message, Failure("not_found", message, "compute", None, ending.request_id))


def _of(ending: Ending, message: str, failure: Failure | None) -> Conclusion:
    return Conclusion(
        ending.outcome,
        message,
        failure,
        checks=ending.checks,
        events=ending.events,
        reason=ending.reason,
        state_reset=ending.state_reset,
    )


def unknown(plan: MigrationPlan, key: str | None, failure: Failure) -> Conclusion:
    """Return the conclusion with the outcome ``unknown``, after the cloud stopped answering.

    Nova may continue the migration.
    """
    message = f"{plan.server_name}: the outcome of the {plan.kind.noun} {key or ''} is unknown."
    return Conclusion(outcomes.UNKNOWN, f"{message} {failure.message}", failure)


def refused(error: CloudError) -> Conclusion:
    return Conclusion(outcomes.REFUSED, error.failure.message, error.failure)


def not_started(plan: MigrationPlan, why: str) -> Conclusion:
    return Conclusion(outcomes.NOT_STARTED, f"{plan.server_name}: not started, because {why}.")


def unchanged(message: str) -> Conclusion:
    return Conclusion(outcomes.UNCHANGED, message)


def requested(message: str) -> Conclusion:
    return Conclusion(outcomes.REQUESTED, message)


def predicted(message: str) -> Conclusion:
    """Return the conclusion for a migration that check mode did not request."""
    return Conclusion(outcomes.PREDICTED, message)


def started(plan: MigrationPlan, observation: Observation, key: str | None, request_id: str | None) -> Conclusion:
    """Return the conclusion of a migration that was requested with ``wait=false``.

    Without a migration record, the outcome is a timeout.
    """
    if observation.record is None:
        return Conclusion(
            outcomes.TIMEOUT,
            f"{plan.server_name}: Nova accepted the request {request_id}, but no migration record has appeared."
            " See the logs of nova-conductor and nova-scheduler for this id.",
        )
    return requested(f"{plan.server_name}: the {plan.kind.noun} {key} has started.")
