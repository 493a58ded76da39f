# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.migrations import followed, select

BOOTED: list[dict[str, Any]] = [
    {"id": "s1", "name": "probe-1", "host": "compute1"},
    {"id": "s2", "name": "probe-2", "host": "compute2"},
    {"id": "s3", "name": "probe-3", "host": None},
]


def migration(name: str, outcome: str = "completed") -> dict[str, Any]:
    return {"server_name": name, "outcome": outcome, "message": f"{name}: {outcome}."}


@pytest.mark.parametrize(
    ("target", "wanted", "selected"),
    [
        ("scheduler", 1, ["s1"]),
        ("scheduler", 3, ["s1", "s2", "s3"]),
        # what is on the target already cannot be migrated to it; where a server is may not be known
        ("compute1", 2, ["s2", "s3"]),
    ],
)
def test_the_first_servers_that_are_elsewhere(target: str, wanted: int, selected: list[str]) -> None:
    found = select(BOOTED, target, wanted)
    assert ([server["id"] for server in found.servers], found.problem) == (selected, "")
    assert found.names == ", ".join(id_.replace("s", "probe-") for id_ in selected)


def test_too_few_servers_are_told() -> None:
    assert select(BOOTED, "compute1", 3).problem == (
        "3 servers are to be migrated to compute1 (migration_cycle_target), but of 3 booted servers only 2 can"
        " be. Lower migration_cycle_migrate_count, raise migration_cycle_count, or choose another"
        " migration_cycle_target."
    )
    assert select([], "other", 1).problem.startswith(
        "1 servers are to be migrated, but of 0 booted servers only 0 can be."
    )


def test_the_records_are_followed_by_the_last_step_that_was_reached() -> None:
    requested, waited = [migration("a", "requested")], [migration("a")]
    assert followed({}, {}, probed=False).migrations == []
    assert followed({"migrations": requested}, {}, probed=False).migrations == requested
    assert followed({"migrations": requested}, {"skipped": True}, probed=True).migrations == requested
    assert followed({"migrations": requested}, {"migrations": waited}, probed=False).migrations == waited
    assert followed({"migrations": requested}, {"migrations": []}, probed=False).migrations == []


def test_those_that_are_not_as_they_should_be_come_first() -> None:
    good, bad = migration("a"), migration("b", "unchanged")
    found = followed({"migrations": [good, bad]}, {}, probed=True)
    assert found.not_completed == [bad]
    assert found.in_order == [bad, good]
    assert found.message == "b: unchanged."
    assert followed({"migrations": [good, migration("c", "requested")]}, {}, probed=False).message == (
        "a: completed. c: requested."
    )


@pytest.mark.parametrize(
    ("result", "probed", "not_requested"),
    [
        ({"migrations": [migration("a", "requested")]}, False, False),
        ({"failed": True}, False, True),
        ({"failed": True, "migrations": [migration("a", "refused"), migration("b", "requested")]}, False, True),
        # with a probe the request follows the migrations: what became of them is judged later
        ({"failed": True, "migrations": [migration("a", "refused"), migration("b", "failed")]}, True, False),
        ({"failed": True, "migrations": [migration("a", "refused")]}, True, True),
        ({"failed": True}, True, True),
    ],
)
def test_a_request_that_leaves_nothing_to_judge(result: dict[str, Any], probed: bool, not_requested: bool) -> None:
    assert followed(result, {}, probed=probed).not_requested is not_requested
