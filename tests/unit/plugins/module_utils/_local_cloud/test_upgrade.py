# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an upgrade and its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.upgrade import (
    plan_of,
    result_of,
    steps_of,
    summary_of,
)

ROLES = Path(__file__).parents[5] / "roles"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLES / "local_upgrade" / "defaults" / "main.yml").read_text())
RELEASES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text())["__local_cloud_release"]
    for path in (ROLES / "local_cloud" / "vars" / "releases").glob("*.yml")
}
OLD = {"controllers": "2025.1", "compute1": "2025.1", "compute2": "2025.1"}
LAST = ["newest messages", "online data migrations", "upgrade checks"]


def inspection(found: dict[str, str], release: str = "2026.1") -> dict[str, Any]:
    return {
        "dir": "/cloud",
        "releases": found,
        "release": release,
        "upgrade_levels_compute": "",
        "found_networks": "flat",
        "known_releases": RELEASES,
    }


def test_controllers_first_then_host_by_host() -> None:
    steps = steps_of(OLD, "2026.1")
    assert [(step.name, step.action, step.host_releases, step.upgrade_level, step.migrates) for step in steps] == [
        ("controllers", "start", ("2025.1", "2025.1"), "auto", True),
        ("compute1", "start", ("2026.1", "2025.1"), "auto", True),
        ("compute2", "start", ("2026.1", "2026.1"), "auto", True),
        ("newest messages", "start", ("2026.1", "2026.1"), "", True),
        ("online data migrations", "migrate-data", ("2026.1", "2026.1"), "", False),
        ("upgrade checks", "check-upgrade", ("2026.1", "2026.1"), "", False),
    ]
    assert {step.release for step in steps} == {"2026.1"}


@pytest.mark.parametrize(
    ("found", "names"),
    [
        ({"controllers": "2026.1", "compute1": "2026.1", "compute2": "2025.1"}, ["compute2", *LAST]),
        ({"controllers": "2026.1", "compute1": "2025.1", "compute2": "2025.2"}, ["compute1", "compute2", *LAST]),
        ({"controllers": "2026.1", "compute1": "2026.1"}, LAST),
    ],
)
def test_interrupted_upgrade_continues(found: dict[str, str], names: list[str]) -> None:
    assert [step.name for step in steps_of(found, "2026.1")] == names


def test_step_keeps_the_networks_and_the_wanted_level() -> None:
    plan = plan_of({**inspection(OLD), "upgrade_levels_compute": "2025.1"}, DEFAULTS)
    assert plan["problems"] == []
    first, *_others, last = [step["inputs"] for step in plan["steps"]]
    assert first == {
        "local_cloud_state": "started",
        "local_cloud_release": "2026.1",
        "local_cloud_hosts": [{"release": "2025.1"}, {"release": "2025.1"}],
        "local_cloud_upgrade_levels_compute": "auto",
        "local_cloud_networks": "flat",
    }
    assert last["local_cloud_upgrade_levels_compute"] == "2025.1"


def test_requires_the_pythons_of_the_upgraded_cloud_before_it_starts() -> None:
    (pythons,) = plan_of(inspection(OLD), DEFAULTS)["pythons"]
    assert (pythons["action"], pythons["migrates"]) == ("check-pythons", False)
    assert pythons["inputs"]["local_cloud_release"] == "2026.1"
    assert pythons["inputs"]["local_cloud_hosts"] == [{"release": "2026.1"}] * 2


@pytest.mark.parametrize(("found", "level"), [(OLD, "2025.1"), ({**OLD, "controllers": "2026.1"}, "auto")])
def test_stopped_cloud_starts_with_its_present_releases(found: dict[str, str], level: str) -> None:
    plan = plan_of({**inspection(found), "upgrade_levels_compute": "2025.1"}, DEFAULTS)
    (present,) = plan["present"]
    assert (present["action"], present["inputs"]["local_cloud_release"]) == ("start", found["controllers"])
    assert present["inputs"]["local_cloud_hosts"] == [{"release": "2025.1"}] * 2
    assert present["inputs"]["local_cloud_upgrade_levels_compute"] == level


@pytest.mark.parametrize(
    ("found", "release", "problem"),
    [
        ({}, "2026.1", "There is no cloud to upgrade in /cloud."),
        (OLD, "2026.3", "local_cloud_release must be one of 2023.1,"),
        (OLD, "2026.2", "OpenStack supports an upgrade only to the next release"),
        (OLD, "2024.1", "OpenStack supports no downgrade"),
        # The controllers of 2026.2 do not support hosts that the last upgrade has left at 2025.1.
        ({**OLD, "controllers": "2026.1"}, "2026.2", "local_cloud_hosts: compute1 has release=2025.1"),
    ],
)
def test_impossible_upgrade_has_no_steps(found: dict[str, str], release: str, problem: str) -> None:
    plan = plan_of(inspection(found, release), DEFAULTS)
    assert plan["steps"] == []
    assert plan["problems"][0].find(problem) >= 0


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"servers": -1}, "local_upgrade_servers must be a whole number of at least 0, found -1."),
        ({"image": ""}, "local_upgrade_image must be the name of an image, found ''."),
        ({"probe_interval": 0}, "local_upgrade_probe_interval must be a number of seconds, greater than 0, found 0."),
        ({"max_downtime": "long"}, "local_upgrade_max_downtime must be a number of seconds, at least 0, found 'long'."),
        ({"report_dir": ""}, "local_upgrade_report_dir must be the path of a folder, found ''."),
    ],
)
def test_invalid_inputs(changes: dict[str, Any], problem: str) -> None:
    inputs = DEFAULTS | {f"local_upgrade_{name}": value for name, value in changes.items()}
    assert plan_of(inspection(OLD), inputs)["problems"][0].startswith(problem)


def test_misspelt_input() -> None:
    told = plan_of(inspection(OLD), DEFAULTS, ["local_upgrade_server", "local_upgrade_result"])["problems"]
    assert told == ["There is no input local_upgrade_server. Did you mean local_upgrade_servers?"]


def recorded(**changes: Any) -> dict[str, Any]:
    move = {"server_name": "a", "source": "compute1", "destination": "compute2", "status": "completed", "id": 1}
    steps = [
        {
            "name": "controllers",
            "started": "1000",
            "ended": 1061.04,
            "migrations": [move],
            "result": {"changed": True, "releases": OLD},
        },
        {
            "name": "upgrade checks",
            "started": 1061.0,
            "ended": 1065.0,
            "migrations": [],
            "result": {"changed": False, "checks": [{"service": "nova", "check": "Cells v2", "result": "Success"}]},
        },
    ]
    probe = {"address": "fd00::5", "asked": 600, "answered": 596, "longest": 0.42, "longest_started": 1030.0}
    return {
        "found": OLD,
        "release": "2026.1",
        "plan": [{"name": name} for name in ("controllers", "upgrade checks")],
        "steps": steps,
        "probe": {"targets": [{**probe, "held_up": 0.0}]},
        "probe_started": True,
        "probe_problem": "",
        "consoles": [{"server_name": "a", "counted_on": True, "downtime_seconds": 0.4}],
        "max_downtime": 0,
        "failure": "",
    } | changes


def test_result_names_the_step_of_the_longest_downtime() -> None:
    result = result_of(recorded())
    assert (result["outcome"], result["changed"], result["migrations"], result["not_run"]) == ("passed", True, 1, [])
    assert result["probes"][0]["during"] == "controllers"
    assert summary_of(result) == [
        "outcome    passed",
        "upgraded   2025.1 -> 2026.1",
        "step       controllers (61 s): compute1 -> compute2 completed",
        "step       upgrade checks (4 s): 1 Success",
        "downtime   fd00::5: longest 0.42 s in the step controllers, 596 of 600 pings answered",
        "guest      a: counts on",
    ]


def test_too_long_downtime_fails() -> None:
    result = result_of(recorded(max_downtime="0.3"))
    assert result["outcome"] == "failed"
    assert result["reason"].startswith("fd00::5 did not answer for 0.42 s during the step 'controllers'")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"probe": {}, "probe_problem": "no socket"}, "downtime is unknown: no socket"),
        ({"probe": {**recorded()["probe"], "error": "no socket"}}, "downtime is unknown: no socket"),
        ({"probe": {}}, "downtime is unknown: no result"),
        ({"probe": {}, "probe_started": "False"}, ""),
    ],
)
def test_unknown_downtime_is_a_failure(changes: dict[str, Any], reason: str) -> None:
    result = result_of(recorded(**changes))
    assert (result["outcome"] == "failed") is bool(reason)
    assert result["reason"].endswith(reason)


def test_failure_names_the_steps_that_did_not_run() -> None:
    full = recorded()
    result = result_of(full | {"steps": full["steps"][:1], "failure": "no valid host", "probe": {}, "consoles": []})
    assert (result["outcome"], result["not_run"]) == ("failed", ["upgrade checks"])
    assert summary_of(result)[1] == "reason     no valid host"
    assert summary_of(result)[-1] == "not run    upgrade checks"
