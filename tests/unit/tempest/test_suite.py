# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of Tempest and their table."""

from __future__ import annotations

from ansible_collections.stackproof.migration.tests.tempest.suite import Case, read, table

JUNIT = """<testsuite errors="0" failures="1" name="" tests="4" time="1.0">
<testcase classname="tempest.api.compute.admin.test_migrations.MigrationsAdminTest" name="test_list" time="0.1"/>
<testcase classname="tempest.api.compute.admin.test_migrations.MigrationsAdminTest" name="test_cold" time="0.1">
<failure type="testtools.testresult.real._StringException">Timed out.</failure></testcase>
<testcase classname="" name="setUpClass (tempest.api.compute.admin.test_live_migration.VTPM)" time="0.0">
<skipped>barbican | is
 not installed.</skipped></testcase>
<testcase classname="tempest.api.compute.admin.test_live_migration.A" name="test_trunk" time="0.0">
<skipped>Marked as unstable, failure was: 'x' 3</skipped></testcase>
</testsuite>"""


def test_read_returns_each_result_with_its_reason() -> None:
    cases = read(JUNIT)
    assert [(case.module, case.result) for case in cases] == [
        ("test_migrations", "passed"),
        ("test_migrations", "failed"),
        ("test_live_migration", "skipped"),
        ("test_live_migration", "skipped"),
    ]
    assert cases[1].reason == "Timed out."


def test_table_counts_and_gives_reasons() -> None:
    text = table({"fake": read(JUNIT), "libvirt": [Case("a.test_migrations.B.test_list", "passed", "")]})
    assert "| fake | `test_migrations` | 2 | 1 | 0 |  |" in text
    assert "| fake | `test_live_migration` | 0 | 0 | 2 | Marked as unstable; barbican \\| is not installed |" in text
    assert "| libvirt | `test_migrations` | 1 | 1 | 0 |  |" in text
