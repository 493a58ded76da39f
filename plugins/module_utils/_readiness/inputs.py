# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that validate the inputs of the role migration_readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    switch_of,
    unknown,
    whole_number_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROLE = "migration_readiness"
# The role sets this fact.
RESULTS = ("migration_readiness_result",)
_REPORT_INPUTS: dict[str, Any] = {
    "hosts": None,
    "aggregate": None,
    "availability_zone": None,
    "at_once": whole_number_of,
    "cold": switch_of,
    "block_migration": None,
}


def problems_of(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input.

    ``variables`` are the names of all variables that start with ``migration_readiness_``.
    """
    checked = RoleInputs(ROLE, inputs)
    checked.problems += unknown(variables, [*inputs, *RESULTS])
    checked.require_cloud("cloud")
    hosts = checked["hosts"]
    if not isinstance(hosts, (list, tuple)) or not all(isinstance(one, str) and one for one in hosts):
        checked.refuse("hosts", "a list of names of compute hosts", "Leave it empty for all compute hosts.")
    checked.require_text("aggregate", what="the name of a host aggregate")
    checked.require_text("availability_zone", what="the name of an availability zone")
    checked.require_whole_number("at_once", 1)
    checked.require_choice("block_migration", ("auto", "true", "false"))
    checked.require_switches("cold", "fail", "redact_hosts")
    checked.require_text("report_dir", what="the path of a folder")
    return checked.problems


def report_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that the report shows, by name without the prefix of the role."""
    return RoleInputs(ROLE, inputs).typed(_REPORT_INPUTS)
