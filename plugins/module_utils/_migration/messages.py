# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: the message about a migration that was monitored: what happened, why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration.evaluation import is_left_in_error
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import (
    CANCELLED,
    COMPLETED,
    DISAGREEMENT,
    FAILED,
    TIMEOUT,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import (
        Check,
        Ending,
        MigrationPlan,
        Observation,
    )
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions

# What was done to a migration that was not over in time.
_DONE = {"abort": "aborted", "force_complete": "forced to complete"}


def message_of(ending: Ending, options: MonitorOptions) -> str:
    """The outcome, its reason, and what to do."""
    outcome, intervened_with = ending.outcome, ending.intervened_with
    message = sentence_of(outcome, ending.plan, ending.observation, ending.checks, ending.reason)
    if outcome == TIMEOUT:
        message += _advice(ending, options)
    elif outcome in (CANCELLED, FAILED) and intervened_with and options.timeout:
        why = f"it was not over after {options.timeout:.0f} s (timeout)"
        message += f" It was {_DONE[intervened_with]} (on_timeout), because {why}."
    elif outcome == FAILED and ending.observation.record is not None and ending.reason is None:
        message += _where_to_look(ending)
    if ending.state_reset:
        message += " Nova had left the server in ERROR; its state was set back to ACTIVE (reset_state)."
    elif is_left_in_error(ending.plan, ending.observation, intervened_with):
        message += _how_to_reset(ending.plan)
    return message


def _how_to_reset(plan: MigrationPlan) -> str:
    return (
        " Nova 34 leaves a server in ERROR when its migration is aborted while it copies, although the guest goes"
        " on where it was. Once it is sure that it does, set it back with reset_state, or by"
        f" `openstack server set --state active {plan.server_id}`."
    )


def _where_to_look(ending: Ending) -> str:
    hosts = [name for name in (ending.plan.source, (ending.observation.record or {}).get("destination")) if name]
    where = f" on {' and '.join(hosts)}" if hosts else ""
    return f" Nova gives no reason: see the logs of nova-compute{where} for {ending.request_id or 'the server'}."


def _advice(ending: Ending, options: MonitorOptions) -> str:
    waited = f" {options.timeout:.0f} s were allowed (timeout)"
    settled = f"{options.settle_timeout:.0f} s"
    if ending.intervened_with:
        return f"{waited}, and {settled} after {ending.intervened_with} (settle_timeout)."
    status = ending.observation.status
    if options.on_timeout != "fail" and status in WAITING:
        return (
            f"{waited}, and {settled} more for {options.on_timeout} (settle_timeout), which cannot be had while"
            f" it is {status}. It was left as it is: see what else migrates from its host, or abort it with"
            " migration_action."
        )
    return f"{waited}; it was left as it is. See on_timeout, or abort it with migration_action."


def _differences(observation: Observation, checks: Iterable[Check], *, but: tuple[str, ...] = ()) -> str:
    wrong = [check for check in checks if check["ok"] is False and check["name"] not in but]
    return "; ".join(_difference(observation, check) for check in wrong)


def _difference(observation: Observation, check: Check) -> str:
    expected, found = text_of(check["expected"]), text_of(check["found"])
    if check["name"] == "migration_allocations":
        consumer = (observation.record or {}).get("uuid")
        return f"Placement still holds an allocation of {found} for the migration {consumer}"
    if check["name"] == "server_allocations":
        consumer = (observation.server or {}).get("id")
        return f"Placement holds allocations of {found} for the server {consumer}, which should be of {expected}"
    if check["name"] == "answers":
        return f"the server has not answered at {expected}: {found}"
    if check["name"] == "downtime":
        return f"the server did not answer for {found}, and {expected} is allowed (max_downtime)"
    return f"{check['name']} should be {expected} and is {found}"


def text_of(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "none"
    return "none" if value is None else str(value)


def sentence_of(
    outcome: str, plan: MigrationPlan, observation: Observation, checks: Iterable[Check], reason: str | None
) -> str:
    """What, where, why: in one sentence."""
    record = observation.record or {}
    source = plan.source or record.get("source")
    destination = record.get("destination") or plan.expected_host
    way = f"{plan.server_name}: {plan.kind.noun} {source or 'from its host'} -> {destination or 'another host'}"
    why = f" Nova's reason: {reason.rstrip('.')}." if reason else ""
    if outcome == COMPLETED:
        return f"{way} completed."
    if outcome == TIMEOUT:
        return f"{way} is not over in time: {observation.status or 'no record has appeared'}.{why}"
    if outcome == DISAGREEMENT:
        return (
            f"{way}: the record says {observation.status or 'nothing'}, but {_differences(observation, checks)}.{why}"
        )
    rest = _differences(observation, checks, but=("status",))
    return f"{way} ended {observation.status or 'leaving no record'}.{why}" + (f" Besides, {rest}." if rest else "")
