# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.migrations import (
    collect_migrations,
    select_servers,
)

BOOTED: list[dict[str, Any]] = [
    {"id": "s1", "name": "probe-1", "host": "compute1"},
    {"id": "s2", "name": "probe-2", "host": "compute2"},
    {"id": "s3", "name": "probe-3", "host": None},
]


def migration(name: str, outcome: str = "completed") -> dict[str, Any]:
    return {"server_name": name, "outcome": outcome, "message": f"{name}: {outcome}."}


@pytest.mark.parametrize(
    ("target", "count", "selected"),
    [
        ("scheduler", 1, ["s1"]),
        ("scheduler", 3, ["s1", "s2", "s3"]),
        # The host of a server may be unknown.
        ("compute1", 2, ["s2", "s3"]),
    ],
)
def test_selects_the_first_servers_that_are_not_on_the_target(target: str, count: int, selected: list[str]) -> None:
    found = select_servers(BOOTED, target, count)
    assert ([server["id"] for server in found.servers], found.problem) == (selected, "")
    assert found.names == ", ".join(id_.replace("s", "probe-") for id_ in selected)


def test_reports_too_few_servers() -> None:
    assert select_servers(BOOTED, "compute1", 3).problem == (
        "Too few servers to migrate to compute1 (migration_cycle_target): requested=3 booted=3 movable=2. Lower"
        " migration_cycle_migrate_count, raise migration_cycle_count, or choose another migration_cycle_target."
    )
    assert select_servers([], "other", 1).problem.startswith(
        "Too few servers to migrate: requested=1 booted=0 movable=0."
    )


def test_collects_migrations_of_the_last_step_that_ran() -> None:
    requested, waited = [migration("a", "requested")], [migration("a")]
    assert collect_migrations({}, {}, in_migrate=False).migrations == []
    assert collect_migrations({"migrations": requested}, {}, in_migrate=False).migrations == requested
    assert collect_migrations({"migrations": requested}, {"skipped": True}, in_migrate=True).migrations == requested
    assert collect_migrations({"migrations": requested}, {"migrations": waited}, in_migrate=False).migrations == waited
    assert collect_migrations({"migrations": requested}, {"migrations": []}, in_migrate=False).migrations == []


def test_failed_migrations_come_first() -> None:
    good, bad = migration("a"), migration("b", "unchanged")
    found = collect_migrations({"migrations": [good, bad]}, {}, in_migrate=True)
    assert found.not_completed == [bad]
    assert found.failures_first == [bad, good]
    assert found.message == "b: unchanged."
    assert collect_migrations({"migrations": [good, migration("c", "requested")]}, {}, in_migrate=False).message == (
        "a: completed. c: requested."
    )


@pytest.mark.parametrize(
    ("result", "in_migrate", "not_requested"),
    [
        ({"migrations": [migration("a", "requested")]}, False, False),
        ({"failed": True}, False, True),
        ({"failed": True, "migrations": [migration("a", "refused"), migration("b", "requested")]}, False, True),
        # With a probe, one task requests the migrations and waits for them.
        ({"failed": True, "migrations": [migration("a", "refused"), migration("b", "failed")]}, True, False),
        ({"failed": True, "migrations": [migration("a", "refused")]}, True, True),
        ({"failed": True}, True, True),
    ],
)
def test_detects_that_no_migration_was_requested(result: dict[str, Any], in_migrate: bool, not_requested: bool) -> None:
    assert collect_migrations(result, {}, in_migrate=in_migrate).not_requested is not_requested
