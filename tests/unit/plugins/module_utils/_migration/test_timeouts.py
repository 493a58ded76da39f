# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan, Observation
from ansible_collections.stackproof.migration.plugins.module_utils._migration.timeouts import (
    interval_of,
    queued_behind_ours,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration


def migration(name: str, source: str | None, status: str | None, host_id: str | None = None) -> TrackedMigration:
    record = None if status is None else {"status": status}
    return TrackedMigration(MigrationPlan(name, name, source=source, source_host_id=host_id), Observation(record))


@pytest.mark.parametrize(
    ("under_way", "queued"),
    [
        ([("a", "compute1", "running"), ("b", "compute1", "queued")], ["b"]),
        ([("a", "compute1", "running"), ("b", "compute1", "accepted"), ("c", "compute1", "queued")], ["b", "c"]),
        # No migration of this task runs on the source host.
        ([("a", "compute1", "queued"), ("b", "compute1", "queued")], []),
        ([("a", "compute1", "running"), ("b", "compute2", "queued")], []),
        # The migration "a" has no record yet.
        ([("a", "compute1", None), ("b", "compute1", "queued")], []),
        ([("a", "compute1", "preparing"), ("b", "compute1", "running")], []),
    ],
)
def test_finds_migrations_queued_behind_a_migration_of_the_task(
    under_way: list[tuple[str, str, str | None]], queued: list[str]
) -> None:
    found = queued_behind_ours([migration(*one) for one in under_way])
    assert [one.plan.server_id for one in found] == queued


def test_host_id_identifies_hosts_without_host_names() -> None:
    first, second = migration("a", None, "running", "h1"), migration("b", None, "queued", "h1")
    other = migration("c", None, "queued", "h2")
    assert queued_behind_ours([first, second, other]) == [second]


@pytest.mark.parametrize(
    ("running", "ended", "seconds", "interval"),
    [
        # The pace is not known before the end of the first migration.
        (16, 0, 30, 1.0),
        # A migration ends every two seconds, so four migrations end in eight seconds.
        (16, 10, 20, 8.0),
        (8, 10, 20, 4.0),
        # The last migrations end at the same pace, so the module polls twice until the next end.
        (1, 20, 80, 2.0),
        # Migrations end too slowly or too fast for the limits.
        (16, 10, 200, 10.0),
        (4, 100, 10, 1.0),
    ],
)
def test_polls_when_a_quarter_of_the_migrations_should_end(
    running: int, ended: int, seconds: float, interval: float
) -> None:
    assert interval_of(1.0, 10.0, running, ended, seconds) == interval
