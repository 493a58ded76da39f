# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of many hosts with several kinds of servers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.inputs import problems_of
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.profiles import (
    outcome_of_profiles,
    servers_of_profile,
)

OFFER = {"scenarios": [{"outcome": "planned", "reason": ""}], "networks": ["net1"]}


def test_a_profile_becomes_options_of_the_boot() -> None:
    profile = {
        "name": "database",
        "flavor": "m1",
        "boot_volume": True,
        "volumes": [{"size": 2, "type": "fast"}],
        "ports": [{"network": "auto"}, {"network": "backend"}],
        "config_drive": False,
        "metadata": {"team": "a"},
    }
    assert servers_of_profile(profile, OFFER) == {
        "outcome": "",
        "reason": "",
        "networks": ["net1", "backend"],
        "devices": {
            "boot_volume": {"delete_on_termination": True},
            "volumes": [{"size": 2, "type": "fast", "delete_on_termination": True}],
            "config_drive": False,
            "metadata": {"team": "a"},
        },
    }


def test_a_plain_profile_has_no_devices() -> None:
    found = servers_of_profile({"name": "x"}, OFFER)
    assert (found["outcome"], found["networks"], found["devices"]) == ("", "none", {})


@pytest.mark.parametrize(
    ("profile", "offer", "outcome", "reason"),
    [
        ({}, {"scenarios": [{"outcome": "not_applicable", "reason": "No Cinder."}]}, "not_applicable", "No Cinder."),
        ({}, {"msg": "HTTP 503."}, "error", "HTTP 503."),
        ({"ports": [{"network": "a", "vnic_type": "direct"}]}, OFFER, "not_applicable", "can only have a network"),
    ],
)
def test_says_why_a_profile_is_not_tested(
    profile: dict[str, Any], offer: dict[str, Any], outcome: str, reason: str
) -> None:
    found = servers_of_profile({"name": "x", **profile}, offer)
    assert found["outcome"] == outcome
    assert reason in found["reason"]


def profile(name: str, outcome: str) -> dict[str, str]:
    return {"profile": name, "outcome": outcome, "reason": f"because {outcome}"}


@pytest.mark.parametrize(
    ("outcomes", "expected", "reason"),
    [
        (["passed", "not_applicable"], "passed", ""),
        (["passed", "failed"], "failed", "p1: because failed"),
        (
            ["not_applicable", "not_applicable"],
            "inconclusive",
            "No profile is applicable. p0: because not_applicable p1:",
        ),
        (["inconclusive", "passed"], "inconclusive", "p0: because inconclusive"),
    ],
)
def test_outcome_of_all_profiles(outcomes: list[str], expected: str, reason: str) -> None:
    found = outcome_of_profiles([profile(f"p{number}", outcome) for number, outcome in enumerate(outcomes)])
    assert found["outcome"] == expected
    assert found["reason"].startswith(reason)
    assert bool(reason) == bool(found["reason"])


@pytest.mark.parametrize(
    ("devices", "message"),
    [
        ({"volume": []}, "migration_coverage_devices has the unknown key 'volume'. Did you mean volumes?"),
        ({"volumes": [{}]}, "migration_coverage_devices.volumes, entry 1: size is missing"),
        ("x", "migration_coverage_devices must be a dictionary"),
    ],
)
def test_coverage_names_a_wrong_device(devices: Any, message: str) -> None:
    assert any(message in problem for problem in problems_of({"migration_coverage_devices": devices}))
