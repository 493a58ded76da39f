# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration.concurrency import ConcurrencyLimit
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration


def on(*hosts: str | None) -> list[TrackedMigration]:
    return [TrackedMigration(MigrationPlan(f"{host}-{number}", "", source=host)) for number, host in enumerate(hosts)]


@pytest.mark.parametrize(
    ("lanes", "waiting", "running", "begin"),
    [
        (ConcurrencyLimit(), ["a", "a", "b"], [], ["a", "a", "b"]),
        (ConcurrencyLimit(2), ["a", "a", "b"], [], ["a", "a"]),
        (ConcurrencyLimit(2), ["a", "a", "b"], ["c"], ["a"]),
        (ConcurrencyLimit(2), ["a"], ["b", "c"], []),
        # A host at its limit does not delay the servers of other hosts.
        (ConcurrencyLimit(None, 1), ["a", "a", "b", "b"], [], ["a", "b"]),
        (ConcurrencyLimit(None, 1), ["a", "b"], ["a"], ["b"]),
        (ConcurrencyLimit(3, 2), ["a", "a", "a", "b", "c"], [], ["a", "a", "b"]),
        (ConcurrencyLimit(2, 1), ["a", "b", "c"], ["a"], ["b"]),
        # The user cannot read host names.
        (ConcurrencyLimit(None, 1), [None, None], [None], [None, None]),
        (ConcurrencyLimit(2, 1), [None, None], [None], [None]),
    ],
)
def test_chooses_the_next_migrations(
    lanes: ConcurrencyLimit, waiting: list[str | None], running: list[str | None], begin: list[str | None]
) -> None:
    assert [one.plan.source for one in lanes.next(on(*waiting), on(*running))] == begin


def moving(*ways: str) -> list[TrackedMigration]:
    """Return one migration for each text such as "a>b", or "a>" if the scheduler chooses the destination."""
    pairs = [way.split(">") for way in ways]
    return [
        TrackedMigration(MigrationPlan(way, "", source=source or None, expected_host=destination or None))
        for way, (source, destination) in zip(ways, pairs, strict=True)
    ]


@pytest.mark.parametrize(
    ("limit", "waiting", "running", "begin"),
    [
        # Migrations from a host and migrations to this host are counted separately, so a ring runs at once.
        (1, ["a>b", "b>c", "c>a"], [], ["a>b", "b>c", "c>a"]),
        (1, ["a>c", "b>c", "d>e"], [], ["a>c", "d>e"]),
        (1, ["a>c", "b>d"], ["e>c"], ["b>d"]),
        (2, ["a>c", "b>c", "d>c"], [], ["a>c", "b>c"]),
        (1, ["a>", "b>"], ["c>"], ["a>", "b>"]),
        (1, [">c", ">c", ">d"], [], [">c", ">d"]),
        (None, ["a>c", "b>c"], ["a>c"], ["a>c", "b>c"]),
    ],
)
def test_limits_the_migrations_to_a_named_host(
    limit: int | None, waiting: list[str], running: list[str], begin: list[str]
) -> None:
    chosen = ConcurrencyLimit(per_host=limit).next(moving(*waiting), moving(*running))
    assert [one.plan.server_id for one in chosen] == begin
