# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a row, add it to the table, and check it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.tests.proof.reports import (
    require_coverage_report,
    require_report,
    require_scenarios_report,
)
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, SUCCESS, Row

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Table
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

# The proof writes docs/proof.md only after at least this number of runs against a healthy cloud.
RUNS = 20


def healthy_runs() -> int:
    """Return the number of runs against a healthy cloud. The variable PROOF_RUNS overrides the default RUNS."""
    return int(os.environ.get("PROOF_RUNS") or RUNS)


class Prover:
    """Run rows against one cloud."""

    def __init__(self, lab: Lab, table: Table) -> None:
        self.lab = lab
        self.table = table

    def record(self, row: Row, result: Result) -> None:
        """Add the result to the table. Require what the row expects, a valid report, and no orphaned resources."""
        self.table.add(row, result.outcome, result.reason, result.seconds, result.lag)
        if prediction := result.facts.get("prediction"):
            self.table.add_prediction(prediction, is_fault=row.expected not in SUCCESS)
        row.check(result)
        require_report(result)
        self._require_no_orphans()

    def record_coverage(self, row: Row, result: Result, tested: AbstractSet[str]) -> dict[str, Any]:
        """Do the same for a run of a coverage. Return its report.

        Each of the ``tested`` hosts must have been the source and the destination of a migration with an answer.
        """
        self.table.add(row, result.outcome, result.reason, result.seconds, None)
        self.table.add_prediction(result.facts["prediction"], is_fault=row.expected not in SUCCESS)
        row.check(result)
        self._require_no_orphans()
        report = require_coverage_report(result)
        answered = [cell for cell in report["cells"] if cell["outcome"] in ("passed", "failed")]
        assert {cell["source"] for cell in answered} >= tested
        assert {cell["destination"] for cell in answered} >= tested
        return report

    def record_scenarios(self, row: Row, result: Result) -> dict[str, dict[str, Any]]:
        """Do the same for a run of scenarios. Return the scenarios by their ids."""
        self.table.add(row, result.outcome, result.reason, result.seconds, None)
        row.check(result)
        self._require_no_orphans()
        return require_scenarios_report(result)

    def run_healthy(self, change: str, count: int, **inputs: Any) -> None:
        """Run ``count`` times against a healthy cloud, add one line to the table, and require that each run passes."""
        row = Row(f"{change}: {count} runs in sequence", f"{count} of {count} {PASSED}")
        results = [self.lab.run(**inputs).result() for _number in range(count)]
        outcomes = [result.outcome for result in results]
        slowest = max(result.seconds for result in results)
        self.table.add(row, f"{outcomes.count(PASSED)} of {count} {PASSED}", "", slowest, None)
        assert outcomes == [PASSED] * count, [result.reason for result in results]
        self._require_no_orphans()

    def _require_no_orphans(self) -> None:
        orphans = self.lab.orphans()
        assert orphans == {"servers": [], "allocations": []}, orphans

    def run(self, row: Row) -> Result:
        """Run a row that changes the cloud only with faults and inputs."""
        self.lab.start(row.faults)
        result = self.lab.run(**row.inputs).result()
        self.record(row, result)
        return result
