# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score, score_text


def server(server_id: str, method: str = "live", obstacle: str | None = None) -> dict[str, Any]:
    return {"id": server_id, "move_method": method, "destination_obstacle": obstacle}


def test_score_counts_each_kind_of_prediction() -> None:
    plan = [
        server("right-can"),
        server("false-can"),
        server("right-cannot", obstacle="no room"),
        server("false-cannot", obstacle="no room"),
        server("blocked", "none"),
    ]
    counts = score(plan, moved={"right-can", "false-cannot"}, failed={"false-can", "right-cannot"})
    assert counts == {
        "can_move": {"moved": 1, "failed": 1},
        "cannot_move": {"moved": 1, "failed": 1},
        "not_tried": 1,
        "false_can_move": ["false-can"],
        "false_cannot_move": ["false-cannot"],
    }
    assert score_text(counts) == "2 of 4 right; false can move: 1; false cannot move: 1; not tried: 1"


def test_score_without_a_migration_has_no_text() -> None:
    assert score_text(score([server("s1")], moved=set(), failed=set())) == ""
