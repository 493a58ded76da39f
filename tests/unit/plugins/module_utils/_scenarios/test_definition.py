# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The definitions of scenarios and profiles, and the messages about their mistakes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.lookup.scenario_catalogue import FILES
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import (
    PRECONDITIONS,
    parse_profile,
    parse_scenario,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import DEFAULT_SCENARIO, SUITES
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.selection import unknown_profiles
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.step_types import (
    STEP_TYPES,
    requirements_of,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.steps import STEPS
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.texts import step_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._catalogue.files import read_catalogue

CATALOGUE = read_catalogue([FILES])
SCENARIOS = [parse_scenario(given) for given in CATALOGUE["scenarios"]]


def definition(**changes: Any) -> dict[str, Any]:
    return {
        "suite": "live-migration",
        "name": "example",
        "title": "A server moves",
        "tests": "Moves a server.",
        "steps": ["boot", {"live_migrate": {"to": "another"}}],
        "checks": ["status"],
        **changes,
    }


def test_catalogue_has_the_default_scenario_and_every_suite() -> None:
    assert DEFAULT_SCENARIO in {scenario.id for scenario in SCENARIOS}
    assert {scenario.suite for scenario in SCENARIOS} == set(SUITES)


def test_catalogue_names_only_profiles_that_exist() -> None:
    assert unknown_profiles(SCENARIOS, [profile["name"] for profile in CATALOGUE["profiles"]]) == []
    assert all(parse_profile(profile).title for profile in CATALOGUE["profiles"])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_each_scenario_has_a_fault_or_says_why_there_is_none(scenario: Any) -> None:
    assert bool(scenario.faults) != bool(scenario.no_fault)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_known_issues_explain_only_expected_checks(scenario: Any) -> None:
    assert all(issue.checks <= set(scenario.checks) for issue in scenario.known_issues)


def test_examples_of_the_guide_are_valid() -> None:
    guide = (Path(__file__).parents[5] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    examples = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)]
    profiles = [profile for one in examples for profile in one.get("regression_profiles", [])]
    scenarios = [one for one in examples if "steps" in one]
    assert [parse_profile(one).name for one in profiles] == ["database", "port"]
    assert [parse_scenario({**one, "suite": "live-migration", "name": "x"}).tags for one in scenarios] == [("ours",)]


def test_each_kind_of_step_has_a_function_and_a_text() -> None:
    assert set(STEPS) == set(STEP_TYPES) - {"boot"}
    steps = [step for scenario in SCENARIOS for step in scenario.steps]
    assert {step.name for step in steps} == set(STEP_TYPES)
    assert all(step_text(step) for step in steps)


def test_each_requirement_of_a_step_is_a_precondition() -> None:
    for scenario in SCENARIOS:
        for step in scenario.steps:
            assert set(requirements_of(step.name, step.options)) <= set(PRECONDITIONS)


def test_steps_add_their_requirements_to_the_preconditions() -> None:
    steps = ["boot", {"cold_migrate": {"to": "another"}}]
    assert parse_scenario(definition(steps=steps, preconditions={"hosts": 3})).preconditions == {
        "hosts": 3,
        "microversion": "2.56",
        "named_hosts": True,
    }


def test_newest_microversion_counts() -> None:
    steps = [{"boot": {"host": "same", "count": 2}}, {"interrupt": {"when": "queued"}}]
    found = parse_scenario(definition(steps=steps, preconditions={"microversion": "2.100"}))
    assert found.preconditions["microversion"] == "2.100"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stepz": []}, "unknown key 'stepz'. Did you mean steps?"),
        ({"title": ""}, "title is missing"),
        ({"suite": "volume"}, "found 'volume'. Did you mean volumes?"),
        ({"steps": ["boot", "live_migrat"]}, "no step live_migrat. Did you mean live_migrate?"),
        ({"steps": ["boot", {"live_migrate": {"too": "x"}}]}, "unknown key 'too'. Did you mean to?"),
        ({"steps": ["boot", {"live_migrate": {"to": "originn"}}]}, "found 'originn'. Did you mean origin?"),
        ({"steps": [{"boot": {"count": 0}}]}, "count of the step boot must be a whole number, at least 1, found 0"),
        ({"steps": ["pause"]}, "the first step, and no other step, must be boot"),
        ({"steps": [["boot"]]}, "a step must be a name"),
        ({"steps": "boot"}, "steps must be a list"),
        ({"preconditions": {"host": 2}}, "unknown key 'host'. Did you mean hosts?"),
        ({"preconditions": {"hosts": "two"}}, "hosts must be of the type int"),
        ({"bugs": [1718455]}, "a bug needs number and title"),
        ({"checks": [1]}, "checks must be a list of names"),
        ({"known_issues": [{"title": "x"}]}, "a known issue needs"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_names_each_mistake_of_a_scenario(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_scenario(definition(**changes))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "x", "flavr": "m1"}, "profile x: the profile has the unknown key 'flavr'. Did you mean flavor?"),
        ({"flavor": "m1"}, "name is missing"),
        ({"name": "x", "volumes": [{"sizes": 1}]}, "unknown key 'sizes'. Did you mean size?"),
        ({"name": "x", "volumes": [{}]}, "size is missing"),
        ({"name": "x", "ports": [{"netwrk": "a"}]}, "unknown key 'netwrk'. Did you mean network?"),
        ({"name": "x", "ports": ["a"]}, "ports must be a list of dictionaries"),
        ({"name": "x", "server_group_policy": "anti"}, "must be one of affinity"),
        ({"name": "x", "config_drive": "yes"}, "config_drive must be true or false"),
        ({"name": "x", "metadata": ["a"]}, "metadata must be a dictionary"),
        ("x", "a profile must be a dictionary"),
    ],
)
def test_names_each_mistake_of_a_profile(given: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_profile(given, 1)
    assert message in str(caught.value)


def test_ports_with_only_a_network_can_boot_together() -> None:
    devices = parse_profile({"name": "x", "ports": [{"network": "a"}, {"network": "auto"}]}).devices
    assert (devices.networks, devices.ports) == (["a", "auto"], ())


def test_other_ports_belong_to_one_server() -> None:
    devices = parse_profile({"name": "x", "ports": [{"network": "a", "vnic_type": "direct"}]}).devices
    assert (devices.networks, devices.ports[0].vnic_type) == ("none", "direct")


def test_boot_volume_true_has_the_smallest_size() -> None:
    devices = parse_profile({"name": "x", "boot_volume": True, "volumes": [{"size": "2"}]}).devices
    assert devices.boot_volume is not None
    assert (devices.boot_volume.size, devices.volumes[0].size) == (None, 2)
