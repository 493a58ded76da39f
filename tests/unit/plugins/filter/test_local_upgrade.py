# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters local_upgrade_plan and local_upgrade_result as a role calls them."""

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.filter import local_upgrade_plan, local_upgrade_result

plan = local_upgrade_plan.FilterModule().filters()["local_upgrade_plan"]
result = local_upgrade_result.FilterModule().filters()["local_upgrade_result"]


def test_cloud_must_exist() -> None:
    inspection = {"dir": "/cloud", "releases": {}, "release": "2026.1", "upgrade_levels_compute": ""}
    inputs = {
        "local_upgrade_servers": "2",
        "local_upgrade_image": "a",
        "local_upgrade_flavor": "b",
        "local_upgrade_probe_interval": "0.1",
        "local_upgrade_probe_timeout": 60,
        "local_upgrade_max_downtime": 0,
        "local_upgrade_report_dir": "reports",
    }
    told = plan(inspection, inputs=inputs)
    assert told["steps"] == []
    (problem,) = told["problems"]
    assert problem.startswith(
        "There is no cloud to upgrade in /cloud. Start one with the old release first, for example"
    )


def test_result_contains_the_summary() -> None:
    recorded = {
        "found": {"controllers": "2026.1"},
        "release": "2026.2",
        "plan": [{"name": "controllers"}],
        "steps": [],
        "probe": {},
        "probe_started": False,
        "probe_problem": "",
        "consoles": [],
        "max_downtime": 0,
        "failure": "no valid host",
    }
    found = result(recorded)
    assert (found["outcome"], found["not_run"], found["changed"]) == ("failed", ["controllers"], False)
    assert found["summary"] == [
        "outcome    failed",
        "reason     no valid host",
        "upgraded   2026.1 -> 2026.2",
        "not run    controllers",
    ]
