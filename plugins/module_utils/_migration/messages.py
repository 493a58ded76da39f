# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Create the message that describes how a migration ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import PORT_CHECK, VOLUME_CHECK
from ansible_collections.stackproof.migration.plugins.module_utils._migration.evaluation import is_left_in_error
from ansible_collections.stackproof.migration.plugins.module_utils._migration.not_taken import (
    PREPARATION,
    cause_of,
    destination_not_prepared,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import (
    CANCELLED,
    COMPLETED,
    DISAGREEMENT,
    FAILED,
    TIMEOUT,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import (
    ACCEPTED,
    WAITING,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        Check,
        Ending,
        MigrationPlan,
        Observation,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions

_DESTINATION_CHECK = "compute_check_can_live_migrate_destination"
# The order matters: a timeout can be the result of each other cause.
_RELEASE_ADVICE = {
    Meaning.RPC_VERSION: (
        "Two services of Nova have different releases, and one of them does not understand the messages of the other."
        " Set the option compute = auto in the section [upgrade_levels] of nova.conf on the controllers and compute"
        " hosts, and restart the services of Nova."
    ),
    Meaning.OLD_SERVICE: (
        "A service of Nova is older than the other services allow. Upgrade this service. In a new cloud with several"
        " releases, start the services of the oldest release first."
    ),
    Meaning.OLD_HYPERVISOR: (
        "The hypervisor of {destination} is older than the hypervisor of the source host. During an upgrade, migrate"
        " from old to new hosts only, or upgrade {destination} first."
    ),
    Meaning.RPC_TIMEOUT: (
        "A service of Nova did not answer in time. Check that nova-compute runs on {destination}. If the hosts have"
        " different releases, set the option compute = auto in the section [upgrade_levels] of nova.conf, and check"
        " that compute hosts have no sections [database] and [api_database]. The option has no effect with them."
    ),
}
_DONE = {"abort": "aborted", "force_complete": "forced to complete"}


def message_of(ending: Ending, options: MonitorOptions) -> str:
    """Return the message about a migration: outcome, reason and the next step for the operator."""
    outcome, intervened_with = ending.outcome, ending.intervened_with
    message = sentence_of(outcome, ending.plan, ending.observation, ending.checks, ending.reason)
    if outcome == TIMEOUT:
        message += _advice(ending, options)
    elif outcome in (CANCELLED, FAILED) and intervened_with and options.timeout:
        message += f" The migration was {_DONE[intervened_with]} (on_timeout) after timeout={options.timeout:.0f} s."
    elif outcome == FAILED and ending.observation.record is not None and ending.reason is None:
        message += _where_to_look(ending)
    elif outcome == FAILED and means(ending.reason, Meaning.NO_VALID_HOST):
        message += _refused_host(ending)
    elif outcome == FAILED:
        message += _about_releases(ending)
    if ending.state_reset:
        message += " Nova left the server in ERROR. The module reset the state of the server to ACTIVE (reset_state)."
    elif is_left_in_error(ending.plan, ending.observation, intervened_with):
        message += _how_to_reset(ending.plan)
    return message


def _how_to_reset(plan: MigrationPlan) -> str:
    return (
        " Nova 34 leaves a server in ERROR when its migration is aborted during the copy, although the guest keeps"
        " running on the source host. Check that the guest runs, then use reset_state, or run"
        f" `openstack server set --state active {plan.server_id}`."
    )


def _about_releases(ending: Ending) -> str:
    """Return the advice for a reason that services or hypervisors of different releases have. At most one applies."""
    destination = (ending.observation.record or {}).get("destination") or ending.plan.expected_host
    meaning = next((meaning for meaning in _RELEASE_ADVICE if means(ending.reason, meaning)), None)
    if meaning is None:
        return ""
    return f" {_RELEASE_ADVICE[meaning].format(destination=destination or 'the destination')}"


def _where_to_look(ending: Ending) -> str:
    destination = (ending.observation.record or {}).get("destination")
    if destination_not_prepared(ending.events):
        advice = _RELEASE_ADVICE[Meaning.RPC_TIMEOUT].format(destination=destination or "the destination")
        return f" Nova gives no reason, and the destination has not started {PREPARATION}. {advice}"
    hosts = [name for name in (ending.plan.source, destination) if name]
    where = f" on {' and '.join(hosts)}" if hosts else ""
    return f" Nova gives no reason: see the logs of nova-compute{where} for {ending.request_id or 'the server'}."


def checked_destination(events: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the last host that passed its own check of a live migration. None if no host passed the check.

    The result is an empty string if the user may not see the name of the host. Nova sends this check only to a host
    that the scheduler has chosen, and binds the ports of the server to the host after the check.
    """
    passed = [event for event in events if event["event"] == _DESTINATION_CHECK and event["result"] == "Success"]
    return str(passed[-1]["host"] or "") if passed else None


def _refused_host(ending: Ending) -> str:
    """Return what Nova's reason "no valid host" hides: a host that the scheduler found, and that Nova refused later."""
    host = checked_destination(ending.events)
    if host is None:
        return ""
    return (
        f" The scheduler found {host or 'a host'}, and this host passed its check, but Nova then refused the host. In"
        " most cases, Neutron did not bind a port of the server to the host: see the logs of nova-conductor and Neutron"
        f" for {ending.request_id or 'the server'}."
    )


def _advice(ending: Ending, options: MonitorOptions) -> str:
    timeout, settle_timeout = f" timeout={options.timeout:.0f} s", f"settle_timeout={options.settle_timeout:.0f} s"
    if ending.intervened_with:
        return f"{timeout}, then {settle_timeout} after {ending.intervened_with}."
    status = ending.observation.status
    if status == ACCEPTED:
        waited = timeout if options.on_timeout == "fail" else f"{timeout}, then {settle_timeout}"
        cause = cause_of(ending.plan, ending.observation, ending.events, ending.request_id)
        return f"{waited}. Nova refuses an abort in status {ACCEPTED}. {cause}"
    if options.on_timeout != "fail" and status in WAITING:
        return (
            f"{timeout}, then {settle_timeout} for {options.on_timeout}, which Nova refuses in status {status}."
            " The migration continues. Check whether other migrations use its host, or abort it with migration_action."
        )
    return f"{timeout}. The migration continues. Set on_timeout, or abort it with migration_action."


def _differences(observation: Observation, checks: Iterable[Check], *, without: tuple[str, ...] = ()) -> str:
    wrong = [check for check in checks if check["ok"] is False and check["name"] not in without]
    return "; ".join(_difference(observation, check) for check in wrong)


def _difference(observation: Observation, check: Check) -> str:
    expected, found = text_of(check["expected"]), text_of(check["found"])
    if check["name"] == "migration_allocations":
        consumer = (observation.record or {}).get("uuid")
        return f"Placement still holds an allocation of {found} for the migration {consumer}"
    if check["name"] == "server_allocations":
        consumer = (observation.server or {}).get("id")
        return f"Placement holds allocations of {found} for the server {consumer}, expected {expected}"
    if check["name"] in (VOLUME_CHECK, PORT_CHECK):
        pairs = zip(check["found"], check["expected"], strict=True)
        return "; ".join(f"found {one}, expected {other}" for one, other in pairs if one != other)
    if check["name"] == "answers":
        return f"the server does not answer at {expected}: {found}"
    if check["name"] == "downtime":
        return f"the downtime is {found}, allowed is {expected} (max_downtime)"
    return f"{check['name']} is {found}, expected {expected}"


def text_of(value: Any) -> str:
    """Convert the value of a check to text for a message."""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "none"
    return "none" if value is None else str(value)


def sentence_of(
    outcome: str, plan: MigrationPlan, observation: Observation, checks: Iterable[Check], reason: str | None
) -> str:
    """Return a sentence with the name of the server, the hosts, the outcome and Nova's reason."""
    record = observation.record or {}
    source = plan.source or record.get("source")
    destination = record.get("destination") or plan.expected_host
    move = f"{plan.server_name}: {plan.kind.noun} {source or 'from its host'} -> {destination or 'another host'}"
    why = f" Nova's reason: {reason.rstrip('.')}." if reason else ""
    if outcome == COMPLETED:
        return f"{move} {'was reverted' if plan.kind.reverts else 'completed'}."
    if outcome == TIMEOUT:
        state = f"record status is {observation.status}" if observation.status else "no migration record has appeared"
        return f"{move} timed out, {state}.{why}"
    if outcome == DISAGREEMENT:
        return f"{move}: record status is {observation.status}, but {_differences(observation, checks)}.{why}"
    other = _differences(observation, checks, without=("status",))
    state = f"record status {observation.status}" if observation.status else "no migration record"
    verb = "was cancelled" if outcome == CANCELLED else "failed"
    return f"{move} {verb} ({state}).{why}" + (f" Also: {other}." if other else "")
