# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a row to a verdict on the verdict."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.tests.proof.reports import require_report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Row, Table
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

# The proof is complete with this many runs of a healthy cloud.
RUNS = 20


def healthy_runs() -> int:
    """How many runs without a fault: PROOF_RUNS, for those who are in a hurry."""
    return int(os.environ.get("PROOF_RUNS") or RUNS)


class Prover:
    """Runs a row, notes it, and judges it."""

    def __init__(self, lab: Lab, table: Table) -> None:
        self.lab = lab
        self.table = table

    def note(self, row: Row, result: Result) -> None:
        """Into the table, be it right or wrong; then require what the row says, and that nothing is left."""
        self.table.add(row, result.outcome, result.reason, result.seconds, result.lag)
        row.check(result)
        require_report(result)
        assert self.lab.left() == {"servers": [], "allocations": []}

    def run(self, row: Row) -> Result:
        """A row that needs nothing but faults and inputs."""
        self.lab.start(row.faults)
        result = self.lab.run(**row.inputs).result()
        self.note(row, result)
        return result
