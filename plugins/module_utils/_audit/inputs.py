# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Pure functions that validate the inputs of the role migration_audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import KINDS, REPAIRABLE
from ansible_collections.stackproof.migration.plugins.module_utils._audit.period import FORM, period_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.role_inputs import (
    RoleInputs,
    number_of,
    unknown,
    whole_number_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROLE = "migration_audit"
# The role sets this fact.
RESULTS = ("migration_audit_result",)
# When the role fails: never, after a finding that blocks a migration, or after any finding.
NEVER, BLOCKING, ANY = "never", "blocking", "any"
# The role inputs that the report shows. Each value is a conversion function or None.
_REPORT_INPUTS: dict[str, Any] = {
    "since": None,
    "repair": None,
    "settle_seconds": number_of,
    "stale_seconds": number_of,
    "max_parallel": whole_number_of,
    "fail_on": None,
}


def problems_of(inputs: Mapping[str, Any], variables: Iterable[str] = ()) -> list[str]:
    """Return a message for each invalid input.

    ``variables`` are the names of all variables that start with ``migration_audit_``.
    """
    checked = RoleInputs(ROLE, inputs)
    checked.problems += unknown(variables, [*inputs, *RESULTS])
    checked.require_cloud("cloud")
    _check_since(checked)
    _check_repair(checked)
    checked.require_seconds("settle_seconds", zero=True)
    checked.require_seconds("stale_seconds")
    settle, stale = number_of(checked["settle_seconds"]), number_of(checked["stale_seconds"])
    if settle is not None and stale is not None and 0 < stale < settle:
        least = f"at least {checked.named('settle_seconds')} ({settle:g})"
        checked.refuse("stale_seconds", least, f"Raise it, or lower {checked.named('settle_seconds')}.")
    checked.require_whole_number("max_parallel", 1)
    checked.require_choice("fail_on", (NEVER, BLOCKING, ANY))
    checked.require_switches("redact_hosts")
    checked.require_text("report_dir", what="the path of a folder")
    return checked.problems


def report_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that the report shows, by name without the prefix of the role."""
    return RoleInputs(ROLE, inputs).typed(_REPORT_INPUTS)


def _check_since(checked: RoleInputs) -> None:
    since = checked["since"]
    if not isinstance(since, str) or (period_of(since) is None and read_time(since) is None):
        checked.refuse("since", FORM, "Use a time such as 2026-04-01T10:00:00Z, or a period such as 30d.")


def _check_repair(checked: RoleInputs) -> None:
    kinds = checked["repair"]
    if not isinstance(kinds, list):
        checked.refuse("repair", "a list of kinds", f"Set it to a list, such as [{REPAIRABLE[0]}], or to [].")
        return
    for kind in map(str, kinds):
        if kind in REPAIRABLE:
            continue
        what = "cannot be repaired" if kind in KINDS else "is not a kind of findings"
        checked.problems.append(
            f"{checked.named('repair')}: {kind} {what}. Choose from {', '.join(REPAIRABLE)}."
            f" {did_you_mean(kind, REPAIRABLE)}".rstrip()
        )
