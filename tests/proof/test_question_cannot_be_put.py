# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The question cannot be put: that is neither a success nor the fault of live migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row, nothing_booted

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

INCONCLUSIVE = "inconclusive"


def test_host_disabled(prover: Prover) -> None:
    row = Row(
        "the second host disabled",
        INCONCLUSIVE,
        ("needs 2 usable compute hosts", "compute2: its nova-compute service is disabled"),
        further=nothing_booted,
    )
    prover.lab.start()
    with prover.lab.disabled("compute2"):
        result = prover.lab.run().result()
        tolerated = prover.lab.run(regression_inconclusive_is_ok=True).result()
    prover.note(row, result)
    assert (tolerated.outcome, tolerated.exit_code) == (INCONCLUSIVE, 0)


def test_host_disabled_for_a_manager(prover: Prover) -> None:
    """Who may not see hosts finds out by the migration, and by the control experiment."""
    row = Row(
        "the second host disabled, and a project's manager asks, who may not see hosts",
        INCONCLUSIVE,
        (
            "No host takes a server, whether booted with others or alone",
            "no valid host was found; .* A single server, booted by itself, fared no better: .*no valid host was found",
        ),
    )
    prover.lab.start()
    with prover.lab.disabled("compute2"):
        result = prover.lab.run(cloud="local-manager").result()
    prover.note(row, result)


@pytest.mark.parametrize(
    ("state", "what", "why"),
    [
        ("down", "the second host down", "its nova-compute service is down"),
        ("full", "no room on the second host", "it has no room for the flavor"),
    ],
    ids=["down", "full"],
)
def test_host_of_no_use(prover: Prover, state: str, what: str, why: str) -> None:
    row = Row(what, INCONCLUSIVE, ("needs 2 usable compute hosts", f"compute2: {why}"), further=nothing_booted)
    prover.lab.start()
    with getattr(prover.lab, state)("compute2"):
        result = prover.lab.run().result()
    prover.note(row, result)


def test_healthy_again(prover: Prover) -> None:
    prover.run(Row("all of that undone", PASSED))
