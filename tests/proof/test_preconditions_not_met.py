# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows whose preconditions are not met. The outcome of the run is inconclusive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row, nothing_booted

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

INCONCLUSIVE = "inconclusive"


def test_host_disabled(prover: Prover) -> None:
    row = Row(
        "the second host is disabled",
        INCONCLUSIVE,
        ("needs 2 usable compute hosts", "compute2: its nova-compute service is disabled"),
        further=nothing_booted,
    )
    prover.lab.start()
    with prover.lab.service_disabled("compute2"):
        result = prover.lab.run().result()
        tolerated = prover.lab.run(regression_inconclusive_is_ok=True).result()
    prover.record(row, result)
    assert (tolerated.outcome, tolerated.exit_code) == (INCONCLUSIVE, 0)


def test_host_disabled_for_a_manager(prover: Prover) -> None:
    """The role manager cannot list hosts. Therefore only Nova's errors show that no host is valid."""
    row = Row(
        "the second host is disabled, and the user has the role manager, which cannot list hosts",
        INCONCLUSIVE,
        (
            "No compute host accepts even a single server",
            "no valid host was found. .* The control experiment with a single server failed, too: .*no valid host was",
        ),
    )
    prover.lab.start()
    with prover.lab.service_disabled("compute2"):
        result = prover.lab.run(cloud="local-manager").result()
    prover.record(row, result)


@pytest.mark.parametrize(
    ("state", "change", "reason"),
    [
        ("service_down", "the second host is down", "its nova-compute service is down"),
        ("memory_full", "the memory of the second host is full", "it has no room for the flavor"),
    ],
    ids=["down", "full"],
)
def test_host_not_usable(prover: Prover, state: str, change: str, reason: str) -> None:
    row = Row(change, INCONCLUSIVE, ("needs 2 usable compute hosts", f"compute2: {reason}"), further=nothing_booted)
    prover.lab.start()
    with getattr(prover.lab, state)("compute2"):
        result = prover.lab.run().result()
    prover.record(row, result)


def test_passes_afterwards(prover: Prover) -> None:
    prover.run(Row("nothing: all changes above are reverted", PASSED))
