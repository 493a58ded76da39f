# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that judge the migrations of a coverage run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PASSED, FAILED, INCONCLUSIVE, NOT_APPLICABLE = "passed", "failed", "inconclusive", "not_applicable"
# Failures of these kinds say nothing about the two hosts.
_OTHER_CAUSES = frozenset(
    {
        "authentication",
        "busy",
        "catalog",
        "configuration",
        "dropped",
        "guest",
        "input",
        "internal",
        "microversion",
        "no_valid_host",
        "permission",
        "quota",
        "rate_limit",
        "tls",
        "unexpected_answer",
        "unreachable",
    }
)


def cell_outcome(migration: Mapping[str, Any], destination: str) -> tuple[str, str | None]:
    """Return the outcome of a migration to a named host, with the reason if it did not pass."""
    message = str(migration.get("message") or migration.get("reason") or "")
    if migration["outcome"] == outcomes.COMPLETED:
        if migration.get("destination") in (None, destination):
            return PASSED, None
        return FAILED, f"Nova moved the server to {migration['destination']}, not to {destination}."
    kind = (migration.get("failure") or {}).get("kind")
    undecided = (outcomes.UNKNOWN, outcomes.NOT_STARTED, outcomes.UNCHANGED)
    if migration["outcome"] in undecided or kind in _OTHER_CAUSES:
        return INCONCLUSIVE, message
    return FAILED, message


def run_outcome(cells: Iterable[Mapping[str, Any]]) -> str:
    """Return the outcome of the run: failed if a migration failed, passed if a migration passed and none failed.

    A migration without an answer makes the run inconclusive.
    """
    found = {str(cell["outcome"]) for cell in cells}
    if FAILED in found:
        return FAILED
    return PASSED if PASSED in found and INCONCLUSIVE not in found else INCONCLUSIVE
