# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that validate the inputs of the role host_drain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    is_empty,
    number_of,
    switch_of,
    unknown,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.disabled_reason import LONGEST, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROLE = "host_drain"
# The role sets these facts.
RESULTS = ("host_drain_result", "host_drain_results")
DRAINED, UNDRAINED = "drained", "undrained"
_WHOLE_SECONDS = ("timeout", "cold_timeout", "settle_timeout", "volume_settle_timeout", "port_settle_timeout")
# The role inputs that the report shows. Each value is a conversion function or None.
_REPORT_INPUTS: dict[str, Any] = {
    "host": None,
    "state": None,
    "cold": switch_of,
    "target": None,
    "block_migration": None,
    "max_parallel": whole_number_of,
    "on_failure": None,
    "max_rounds": whole_number_of,
    "wait_for_hosts": number_of,
    "task_timeout": whole_number_of,
    "timeout": whole_number_of,
    "on_timeout": None,
    "reset_state": switch_of,
    "cold_timeout": whole_number_of,
    "settle_timeout": whole_number_of,
    "volume_settle_timeout": whole_number_of,
    "port_settle_timeout": whole_number_of,
    "verify_interval": number_of,
    "warn_accepted_after": number_of,
    "reenable_on_failure": switch_of,
    "bring_back": switch_of,
    "since": None,
}
_SWITCHES = ("cold", "reset_state", "reenable_on_failure", "bring_back", "fail", "redact_hosts")
# The length of a disabled reason is calculated with this sample start time.
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def problems_of(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input.

    ``variables`` are the names of all variables that start with ``host_drain_``.
    """
    checked = RoleInputs(ROLE, inputs)
    checked.problems += unknown(variables, [*inputs, *RESULTS])
    checked.require_cloud("cloud")
    checked.require_choice("state", (DRAINED, UNDRAINED))
    _check_hosts(checked)
    _check_reason(checked)
    _check_since(checked)
    checked.require_choice("block_migration", ("auto", "true", "false"))
    checked.require_choice("on_failure", ("continue", "stop"))
    checked.require_choice("on_timeout", ("fail", "abort", "force_complete"))
    checked.require_whole_number("max_parallel", 1)
    checked.require_whole_number("max_rounds", 1)
    checked.require_seconds("wait_for_hosts", zero=True)
    checked.require_seconds("verify_interval", zero=True)
    checked.require_seconds("warn_accepted_after", zero=True)
    checked.require_whole_number("task_timeout", 0, " seconds")
    for name in _WHOLE_SECONDS:
        checked.require_whole_number(name, 1, " second")
    checked.require_notifications()
    checked.require_poll_intervals()
    checked.require_switches(*_SWITCHES)
    checked.require_text("report_dir", what="the path of a folder")
    return checked.problems


def report_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that the report shows, by name without the prefix of the role."""
    return RoleInputs(ROLE, inputs).typed(_REPORT_INPUTS)


def _check_hosts(checked: RoleInputs) -> None:
    checked.require_name(
        "host", "the name of a compute host", "Set it to a host that `openstack compute service list` shows."
    )
    checked.require_text("target", what="the name of a compute host")
    if checked["state"] == DRAINED and checked["target"] and checked["target"] == checked["host"]:
        checked.refuse(
            "target",
            f"a compute host other than {checked.named('host')}",
            "Name another host, or leave it empty to let Nova's scheduler choose.",
        )


def _check_reason(checked: RoleInputs) -> None:
    checked.require_text("reason")
    reason = checked["reason"]
    if not isinstance(reason, str):
        return
    length = len(str(Reason(reason, _SINCE)))
    if length > LONGEST:
        allowed = LONGEST - (length - len(reason))
        checked.problems.append(
            f"{checked.named('reason')} has {len(reason)} characters, but Nova accepts only {allowed}. Shorten the"
            " reason, because the role adds a timestamp."
        )


def _check_since(checked: RoleInputs) -> None:
    since = checked["since"]
    if is_empty(since):
        return
    try:
        datetime.fromisoformat(str(since))
    except ValueError:
        checked.refuse(
            "since", "a time in ISO 8601", "Use a time such as 2026-04-01T10:00:00Z, or leave the input empty."
        )
