# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what is said of a migration that was followed, and what its user can do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration import messages
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import (
    COMPLETED,
    DISAGREEMENT,
    TIMEOUT,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import WAITING

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import Check, Seen

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import Manner
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import Tracked

# What was done to a migration that was not over in time.
_DONE = {"abort": "aborted", "force_complete": "forced to complete"}


def message_of(one: Tracked, outcome: str, manner: Manner) -> str:
    """What became of it, why, and what to do."""
    message = messages.sentence_of(outcome, one.server_name, one.seen, one.checks, one.reason)
    if outcome == outcomes.TIMEOUT:
        message += _advice(one, manner)
    elif outcome in (outcomes.CANCELLED, outcomes.FAILED) and one.stepped_in and manner.timeout:
        why = f"it was not over after {manner.timeout:.0f} s (timeout)"
        message += f" It was {_DONE[one.stepped_in]} (on_timeout), because {why}."
    elif outcome == outcomes.FAILED and one.record is not None and one.reason is None:
        message += _where_to_look(one)
    if one.reset:
        message += " Nova had left the server in ERROR; its state was set back to ACTIVE (reset_state)."
    elif _is_left_in_error(one):
        message += _how_to_reset(one)
    return message


def may_be_reset(one: Tracked) -> bool:
    """Only what was ACTIVE for sure, and whose guest Nova itself calls running."""
    runs = (one.server or {}).get("power_state") == "running"
    return runs and one.initial_known and one.initial_status == "ACTIVE" and _is_left_in_error(one)


def _is_left_in_error(one: Tracked) -> bool:
    """Aborted, and Nova holds the server for broken where it was: Nova 34 does so to a copy that runs."""
    server = one.server
    if one.stepped_in != "abort" or server is None or not one.has_failed:
        return False
    if server["status"] != "ERROR" or server["task_state"] is not None:
        return False
    home = one.source or (one.record or {}).get("source")
    if server["host"] is not None and home is not None:
        return bool(server["host"] == home)
    return one.source_host_id is not None and server["host_id"] == one.source_host_id


def _how_to_reset(one: Tracked) -> str:
    return (
        " Nova 34 leaves a server in ERROR when its migration is aborted while it copies, although the guest goes"
        " on where it was. Once it is sure that it does, set it back with reset_state, or by"
        f" `openstack server set --state active {one.server_id}`."
    )


def _where_to_look(one: Tracked) -> str:
    hosts = [name for name in (one.source, (one.record or {}).get("destination")) if name]
    where = f" on {' and '.join(hosts)}" if hosts else ""
    return f" Nova gives no reason: see the logs of nova-compute{where} for {one.request_id or 'the server'}."


def _advice(one: Tracked, manner: Manner) -> str:
    waited = f" {manner.timeout:.0f} s were allowed (timeout)"
    settled = f"{manner.settle_timeout:.0f} s"
    if one.stepped_in:
        return f"{waited}, and {settled} after {one.stepped_in} (settle_timeout)."
    status = (one.record or {}).get("status")
    if manner.on_timeout != "fail" and status in WAITING:
        return (
            f"{waited}, and {settled} more for {manner.on_timeout} (settle_timeout), which cannot be had while"
            f" it is {status}. It was left as it is: see what else migrates from its host, or abort it with"
            " migration_action."
        )
    return f"{waited}; it was left as it is. See on_timeout, or abort it with migration_action."


def _differences(seen: Seen, checks: list[Check], *, but: tuple[str, ...] = ()) -> str:
    wrong = [check for check in checks if check["ok"] is False and check["name"] not in but]
    return "; ".join(_difference(seen, check) for check in wrong)


def _difference(seen: Seen, check: Check) -> str:
    expected, found = text_of(check["expected"]), text_of(check["found"])
    if check["name"] == "migration_allocations":
        consumer = (seen.record or {}).get("uuid")
        return f"Placement still holds an allocation of {found} for the migration {consumer}"
    if check["name"] == "server_allocations":
        consumer = (seen.server or {}).get("id")
        return f"Placement holds allocations of {found} for the server {consumer}, which should be of {expected}"
    if check["name"] == "answers":
        return f"the server has not answered at {expected}: {found}"
    if check["name"] == "pause":
        return f"the server did not answer for {found}, and {expected} is allowed (max_pause)"
    return f"{check['name']} should be {expected} and is {found}"


def text_of(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "none"
    return "none" if value is None else str(value)


def sentence_of(outcome: str, name: str, seen: Seen, checks: list[Check], reason: str | None) -> str:
    """One sentence for people: what, where, why."""
    record = seen.record
    source = seen.source or (record or {}).get("source")
    destination = (record or {}).get("destination") or seen.expected_host
    way = f"{name}: {seen.kind.noun} {source or 'from its host'} -> {destination or 'another host'}"
    why = f" Nova's reason: {reason.rstrip('.')}." if reason else ""
    if outcome == COMPLETED:
        return f"{way} completed."
    if outcome == TIMEOUT:
        status = record["status"] if record else "no record has appeared"
        return f"{way} is not over in time: {status}.{why}"
    if outcome == DISAGREEMENT:
        said = record["status"] if record else "nothing"
        return f"{way}: the record says {said}, but {_differences(seen, checks)}.{why}"
    status = record["status"] if record else "leaving no record"
    rest = _differences(seen, checks, but=("status",))
    return f"{way} ended {status}.{why}" + (f" Besides, {rest}." if rest else "")
