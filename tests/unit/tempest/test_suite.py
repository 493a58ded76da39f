# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of Tempest and their table."""

from __future__ import annotations

import json

from ansible_collections.stackproof.migration.tests.tempest.suite import Case, read, table

RESULTS = [
    {
        "name": "tempest.api.compute.admin.test_migrations.MigrationsAdminTest.test_list",
        "status": "success",
        "reason": "",
    },
    {
        "name": "tempest.api.compute.admin.test_migrations.MigrationsAdminTest.test_cold",
        "status": "fail",
        "reason": "Timed out.",
    },
    {
        "name": "tempest.api.compute.admin.test_migrations.MigrationsAdminTest.test_hang",
        "status": "unknown",
        "reason": "",
    },
    {
        "name": "setUpClass (tempest.api.compute.admin.test_live_migration.VTPM)",
        "status": "skip",
        "reason": "barbican | is\n not installed.",
    },
    {
        "name": "tempest.api.compute.admin.test_live_migration.A.test_trunk",
        "status": "skip",
        "reason": "Marked as unstable, failure was: 'x' 3",
    },
]


def test_read_returns_each_result_with_its_reason() -> None:
    cases = read(json.dumps(RESULTS))
    assert [(case.module, case.result) for case in cases] == [
        ("test_migrations", "passed"),
        ("test_migrations", "failed"),
        ("test_migrations", "failed"),
        ("test_live_migration", "skipped"),
        ("test_live_migration", "skipped"),
    ]
    assert cases[1].reason == "Timed out."


def test_table_counts_and_gives_reasons() -> None:
    text = table({"fake": read(json.dumps(RESULTS)), "libvirt": [Case("a.test_migrations.B.test_list", "passed", "")]})
    assert "| fake | `test_migrations` | 3 | 1 | 0 |  |" in text
    assert "| fake | `test_live_migration` | 0 | 0 | 2 | Marked as unstable; barbican \\| is not installed |" in text
    assert "| libvirt | `test_migrations` | 1 | 1 | 0 |  |" in text
