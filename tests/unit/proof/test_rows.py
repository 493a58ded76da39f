# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of the table of the proof."""

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score
from ansible_collections.stackproof.migration.tests.proof.rows import Row, Table


def plan(server: str, *, can_move: bool) -> list[dict[str, object]]:
    return [{"id": server, "move_method": "live" if can_move else "none"}]


def test_the_table_ends_with_the_sum_of_all_predictions() -> None:
    table = Table()
    table.add(Row("nothing", "passed"), "passed", "", 1.0, None)
    table.add_prediction(score(plan("a", can_move=True), moved=["a"], failed=[]))
    table.add_prediction(score(plan("b", can_move=True), moved=[], failed=["b"]))
    table.add_prediction(score(plan("c", can_move=False), moved=["c"], failed=[]))
    table.add_prediction(score(plan("d", can_move=True), moved=[], failed=["d"]), is_fault=True)
    without, _empty, with_fault = table.markdown().splitlines()[-3:]
    assert without.endswith("followed: 1 of 3 right; false can move: 1; false cannot move: 1; not tried: 0.")
    assert with_fault.startswith("Predictions of moves in rows with a fault")
    assert with_fault.endswith(": 0 of 1 right; false can move: 1; false cannot move: 0; not tried: 0.")


def test_a_table_without_predictions_has_no_such_line() -> None:
    table = Table()
    table.add(Row("nothing", "passed"), "passed", "", 1.0, None)
    assert "Predictions" not in table.markdown()
