# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what is wrong with the inputs of a drain.

Inputs have the names of the role ``host_drain``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    is_empty,
    unknown,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.disabled_reason import LONGEST, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROLE = "host_drain"
# What the role sets itself, under a name that looks like an input
RESULT = "host_drain_result"
DRAINED, UNDRAINED = "drained", "undrained"
_WHOLE_SECONDS = ("timeout", "cold_timeout", "settle_timeout")
_SWITCHES = ("cold", "reset_state", "reenable_on_failure", "bring_back", "fail")
# Any moment: they are all of one length
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def problems_of(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Why the role cannot be run with these inputs; empty when it can.

    ``variables`` are the names of all variables that begin like the role's inputs.
    """
    given = RoleInputs(ROLE, inputs)
    given.problems += unknown(variables, [*inputs, RESULT])
    given.require_cloud("cloud")
    given.require_choice("state", (DRAINED, UNDRAINED))
    _check_hosts(given)
    _check_reason(given)
    _check_since(given)
    given.require_choice("block_migration", ("auto", "true", "false"))
    given.require_choice("on_failure", ("continue", "stop"))
    given.require_choice("on_timeout", ("fail", "abort", "force_complete"))
    given.require_whole_number("max_parallel", 1)
    given.require_whole_number("max_rounds", 1)
    given.require_seconds("wait_for_hosts", zero=True)
    given.require_whole_number("task_timeout", 0, " seconds")
    for name in _WHOLE_SECONDS:
        given.require_whole_number(name, 1, " second")
    given.require_poll_intervals()
    given.require_switches(*_SWITCHES)
    given.require_text("report_dir", what="the path of a folder")
    return given.problems


def _check_hosts(given: RoleInputs) -> None:
    given.require_name("host", "the name of a compute host", "Name one that `openstack compute service list` shows.")
    given.require_text("target", what="the name of a compute host")
    if given["state"] == DRAINED and given["target"] and given["target"] == given["host"]:
        given.refuse(
            "target",
            f"another compute host than {given.named('host')}, which is drained",
            "Name another one, or leave it empty: Nova's scheduler chooses.",
        )


def _check_reason(given: RoleInputs) -> None:
    given.require_text("reason")
    reason = given["reason"]
    if not isinstance(reason, str):
        return
    stamped = len(str(Reason(reason, _SINCE)))
    if stamped > LONGEST:
        most = LONGEST - (stamped - len(reason))
        given.problems.append(
            f"{given.named('reason')} has {len(reason)} characters, and Nova takes {most} beside the moment that is"
            " added. Shorten it."
        )


def _check_since(given: RoleInputs) -> None:
    since = given["since"]
    if is_empty(since):
        return
    try:
        datetime.fromisoformat(str(since))
    except ValueError:
        given.refuse("since", "a time in ISO 8601", "Give one such as 2026-04-01T10:00:00Z, or leave it empty.")
