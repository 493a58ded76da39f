# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Compare the predictions of the rules with what the migrations did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


def score(plan: Iterable[Mapping[str, Any]], *, moved: Collection[str], failed: Collection[str]) -> dict[str, Any]:
    """Count how many predictions came true.

    ``plan`` contains the servers with the keys of host_drain_info. ``moved`` and ``failed`` are the ids of the servers
    that migrations moved, and that migrations did not move. A server without a migration is not counted as right or
    wrong.
    """
    return count(
        (
            entry["id"],
            entry["move_method"] != "none" and entry.get("destination_obstacle") is None,
            True if entry["id"] in moved else False if entry["id"] in failed else None,
        )
        for entry in plan
    )


def count(predictions: Iterable[tuple[str, bool, bool | None]]) -> dict[str, Any]:
    """Count how many predictions came true.

    Each prediction has a name, whether the move is possible, and whether the move was made. None means not tried.
    """
    counts = _no_counts()
    for name, can_move, has_moved in predictions:
        if has_moved is None:
            counts["not_tried"] += 1
            continue
        predicted = "can_move" if can_move else "cannot_move"
        counts[predicted]["moved" if has_moved else "failed"] += 1
        if can_move != has_moved:
            counts[f"false_{predicted}"].append(name)
    return counts


def _no_counts() -> dict[str, Any]:
    return {
        "can_move": {"moved": 0, "failed": 0},
        "cannot_move": {"moved": 0, "failed": 0},
        "not_tried": 0,
        "false_can_move": [],
        "false_cannot_move": [],
    }


def add_up(scores: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sum of several results of ``score``."""
    total = _no_counts()
    for one in scores:
        for predicted in ("can_move", "cannot_move"):
            for actual in ("moved", "failed"):
                total[predicted][actual] += one[predicted][actual]
            total[f"false_{predicted}"] += one[f"false_{predicted}"]
        total["not_tried"] += one["not_tried"]
    return total


def score_text(counts: Mapping[str, Any]) -> str:
    """Return the counts as one line of text."""
    can, cannot = counts["can_move"], counts["cannot_move"]
    tried = sum((*can.values(), *cannot.values()))
    right = can["moved"] + cannot["failed"]
    if not tried:
        return ""
    return (
        f"{right} of {tried} right; false can move: {can['failed']}; false cannot move: {cannot['moved']};"
        f" not tried: {counts['not_tried']}"
    )
