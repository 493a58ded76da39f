# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transient faults of a healthy cloud. The run must pass despite each fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row, long_copy

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

RESTARTED = (("nova", "the Compute API"), ("rabbitmq", "RabbitMQ"), ("nova-conductor", "nova-conductor"))

ROWS = (
    Row("1 of 10 responses of the Compute API is lost", PASSED, faults=("drops-answers",)),
    Row("1 of 7 read requests to the Compute API gets status 503", PASSED, faults=("unavailable-at-times",)),
    Row("each response of the Compute API is delayed by 2 s", PASSED, faults=("answers-late",)),
    Row("tokens expire 2 s after their first use", PASSED, faults=("tokens-expire",)),
)


@pytest.mark.parametrize(("program", "name"), RESTARTED, ids=lambda value: value)
def test_service_restarted(prover: Prover, program: str, name: str) -> None:
    # The service runs again before the copy ends, because the copy is long enough. Nova does not resend a lost message.
    row = Row(f"{name} restarted during the copy", PASSED, inputs=long_copy(20))
    lab = prover.lab
    lab.start()
    lab.wait_for_hosts()
    run = lab.run(**row.inputs)
    run.wait_until(lab.running_migration(), "a live migration runs")
    lab.restart(program)
    prover.record(row, run.result())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.faults[0])
def test_api_fault(prover: Prover, row: Row) -> None:
    prover.run(row)
