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
