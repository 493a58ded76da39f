# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nuisances that a healthy cloud knows: none may turn a run red."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row, long_copy

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

RESTARTED = (("nova", "the Compute API"), ("rabbitmq", "RabbitMQ"), ("nova-conductor", "nova-conductor"))

ROWS = (
    Row("one answer of the Compute API in ten is lost", PASSED, faults=("drops-answers",)),
    Row("the Compute API answers 503 now and then", PASSED, faults=("unavailable-at-times",)),
    Row("each answer of the Compute API is 2 s late", PASSED, faults=("answers-late",)),
    Row("the token expires while the migration is followed", PASSED, faults=("tokens-expire",)),
)


@pytest.mark.parametrize(("program", "name"), RESTARTED, ids=lambda one: one)
def test_service_restarted(prover: Prover, program: str, name: str) -> None:
    # so long that the service is back before the copy ends: a message that Nova loses is no nuisance
    row = Row(f"{name} restarted during the copy", PASSED, inputs=long_copy(20))
    lab = prover.lab
    lab.start()
    lab.await_hosts()
    run = lab.run(**row.inputs)
    run.until(lab.migrating(), "a migration that runs")
    lab.restart(program)
    prover.note(row, run.result())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.faults[0])
def test_unsteady_api(prover: Prover, row: Row) -> None:
    prover.run(row)
