# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what is said of a migration that was followed, and what its user can do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._migration import checks as migration_checks
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import WAITING

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import Manner
    from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import Tracked

# What was done to a migration that was not over in time.
_DONE = {"abort": "aborted", "force_complete": "forced to complete"}


def message_of(one: Tracked, outcome: str, manner: Manner) -> str:
    """What became of it, why, and what to do."""
    message = migration_checks.message_of(outcome, one.server_name, one.seen, one.checks, one.reason)
    if outcome == migration_checks.TIMEOUT:
        message += _advice(one, manner)
    elif outcome in (migration_checks.CANCELLED, migration_checks.FAILED) and one.stepped_in and manner.timeout:
        why = f"it was not over after {manner.timeout:.0f} s (timeout)"
        message += f" It was {_DONE[one.stepped_in]} (on_timeout), because {why}."
    elif outcome == migration_checks.FAILED and one.record is not None and one.reason is None:
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
