# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The choice of scenarios, their applicability, and the plan of a run."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.lookup.scenario_catalogue import FILES
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.applicability import (
    CloudFacts,
    network_names,
    servers_within_quota,
    share_room,
    why_not_applicable,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.definition import (
    parse_profile,
    parse_scenario,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.inputs import choose
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.model import (
    DEFAULT_SCENARIO,
    ScenarioRun,
)
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.plan import Pool, places_of, plan
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.schedule import Schedule, Start
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.selection import select
from ansible_collections.stackproof.migration.plugins.plugin_utils._catalogue.files import read_catalogue

CATALOGUE = read_catalogue([FILES])
# The facts of a user who may not read the compute hosts
UNREAD: dict[str, Any] = {"hosts": (), "why_no_hosts": "HTTP 403"}
# A scenario that boots three servers
BATCH = DEFAULT_SCENARIO
SCENARIOS = {scenario.id: scenario for scenario in map(parse_scenario, CATALOGUE["scenarios"])}
PROFILES = {profile.name: profile for profile in map(parse_profile, CATALOGUE["profiles"])}
DEFAULTS: dict[str, Any] = {
    "cloud": "mycloud",
    "suites": [],
    "scenarios": [],
    "tags": [],
    "profiles": [],
    "folders": [],
    "networks": [],
    "image": "",
    "flavor": "",
    "name": "migration",
    "max_parallel": 4,
    "max_servers": 20,
    "max_image_mib": 64,
    "boot_timeout": 300,
    "migrate_timeout": 900,
    "settle_timeout": 30,
    "delete_timeout": 300,
    "same_host_resize": False,
    "allow_disruptive": False,
    "verify_guests": False,
    "remove_orphaned_servers": True,
    "fail": True,
    "inconclusive_is_ok": False,
    "report_dir": "",
    "redact_hosts": False,
}
FULL = CloudFacts(
    hosts=("compute1", "compute2", "compute3"),
    newest="2.103",
    versions=(34, 34),
    administrator=True,
    volumes=True,
    networks=("net1", "net2"),
    same_host_resize=True,
    disruptive=True,
)


def chosen(**changes: Any) -> dict[str, Any]:
    inputs = {f"migration_scenarios_{name}": value for name, value in {**DEFAULTS, **changes}.items()}
    return choose(inputs, CATALOGUE, inputs)


def ids(choice: dict[str, Any]) -> list[str]:
    assert choice["problems"] == []
    return [run["scenario"] for run in choice["runs"]]


def run_of(name: str) -> ScenarioRun:
    scenario = SCENARIOS[name]
    return ScenarioRun(scenario, PROFILES[scenario.profiles[0]])


def test_default_is_one_scenario() -> None:
    choice = chosen()
    assert choice["runs"] == [{"scenario": DEFAULT_SCENARIO, "profile": "default"}]
    assert [one["name"] for one in choice["scenarios"]] == ["one-of-several"]


def test_suites_and_scenarios_add_up() -> None:
    found = ids(chosen(suites=["volumes"], scenarios=["paused", "networks/port"]))
    assert found == ["live-migration/paused", "volumes/boot-volume", "volumes/data-volume", "networks/port"]


def test_tags_keep_scenarios() -> None:
    quick = ids(chosen(tags="quick"))
    assert quick
    assert ids(chosen(suites="all", tags=["quick"])) == quick
    assert all("quick" in SCENARIOS[name].tags for name in quick)
    assert ids(chosen(suites=["cold-migration"], tags=["quick"])) == ["cold-migration/named-host-confirmed"]


def test_all_selects_everything() -> None:
    assert set(ids(chosen(suites="all"))) == set(SCENARIOS)


def test_own_profiles_run_the_default_scenario_only() -> None:
    own = [{"name": "windows", "config_drive": True}, {"name": "port", "ports": [{"network": "prod"}]}]
    choice = chosen(profiles=own, scenarios=[DEFAULT_SCENARIO, "networks/port", "paused"])
    assert [(run["scenario"], run["profile"]) for run in choice["runs"]] == [
        (DEFAULT_SCENARIO, "windows"),
        (DEFAULT_SCENARIO, "port"),
        ("live-migration/paused", "default"),
        ("networks/port", "port"),
    ]
    by_name = {profile["name"]: profile for profile in choice["profiles"]}
    assert by_name["port"] == own[1]


def test_a_note_names_profiles_that_no_selected_scenario_uses() -> None:
    own = [{"name": "windows", "config_drive": True}, {"name": "port", "ports": [{"network": "prod"}]}]
    note = chosen(profiles=own, scenarios=["networks/port", "paused"])["note"]
    assert note.startswith("No selected scenario uses these profiles: windows. Only concurrent-instances/one-of")
    assert chosen(profiles=own, scenarios=[DEFAULT_SCENARIO])["note"] == ""
    assert chosen(profiles=own)["note"] == ""


def test_list_returns_the_catalogue() -> None:
    lines = chosen(suites="list")["catalogue"]
    assert "live-migration:" in lines
    assert sum(line.startswith("  ") for line in lines) == len(SCENARIOS)
    assert chosen(suites="volumes")["catalogue"] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"suites": ["volume"]}, "There is no suite 'volume'. Did you mean volumes?"),
        ({"suites": ["xyz"]}, "There is no suite 'xyz'. Known are concurrent-instances"),
        ({"scenarios": "pausd"}, "There is no scenario 'pausd'. Did you mean paused?"),
        ({"tags": ["quik"]}, "There is no tag 'quik'. Did you mean quick?"),
        ({"profiles": [{"name": "x", "flavr": "y"}]}, "Did you mean flavor?"),
        ({"profiles": {"name": "x"}}, "migration_scenarios_profiles must be a list of dictionaries"),
        ({"max_parallel": 0}, "migration_scenarios_max_parallel must be a whole number of at least 1"),
        ({"suites": 3}, "migration_scenarios_suites must be a list of names"),
        ({"suitez": 3}, ""),
    ],
)
def test_names_the_mistake(changes: dict[str, Any], message: str) -> None:
    choice = chosen(**changes)
    if not message:
        choice = choose({}, CATALOGUE, ["migration_scenarios_suitez"])
        message = "There is no input migration_scenarios_suitez."
    assert any(message in problem for problem in choice["problems"]), choice["problems"]
    assert choice["runs"] == []


def test_a_mistake_in_a_definition_is_the_only_message() -> None:
    wrong = {"suite": "volumes", "name": "mine", "title": "T", "tests": "T.", "steps": ["bot"], "checks": ["status"]}
    inputs = {f"migration_scenarios_{name}": value for name, value in {**DEFAULTS, "scenarios": "mine"}.items()}
    choice = choose(inputs, {**CATALOGUE, "scenarios": [*CATALOGUE["scenarios"], wrong]}, inputs)
    assert choice["problems"] == ["scenario volumes/mine: there is no step bot. Did you mean boot?"]


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_everything_is_applicable_to_a_full_cloud(name: str) -> None:
    assert why_not_applicable(run_of(name), FULL) is None


def test_the_scheduler_needs_no_names_of_hosts() -> None:
    """A project manager may live-migrate servers of the project, but may not read the hosts."""
    facts = replace(FULL, administrator=False, **UNREAD)
    found = [name for name in sorted(SCENARIOS) if why_not_applicable(run_of(name), facts) is None]
    assert found == [DEFAULT_SCENARIO, "live-migration/group-deleted"]


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        (DEFAULT_SCENARIO, {"hosts": ("compute1",), "unusable": {"compute2": "down"}}, "found 1. compute2: down."),
        ("concurrent-instances/anti-affinity", {"hosts": ("a", "b")}, "needs 3 usable compute hosts, found 2"),
        (
            "concurrent-instances/anti-affinity",
            UNREAD,
            "needs 3 usable compute hosts, and this user may not read them.",
        ),
        ("live-migration/paused", UNREAD, "names compute hosts, and this user may not read them. HTTP 403"),
        ("volumes/boot-volume", {"volumes": False}, "no Block Storage service"),
        ("networks/port", {"networks": (), "why_no_network": "No subnet."}, "No subnet."),
        ("live-migration/flavor-deleted", {"administrator": False}, "may create a private flavor"),
        ("live-migration/image-deleted", {"why_no_own_image": "Too large."}, "Too large."),
        ("live-migration/forced-host", {"administrator": False}, "does not have the role admin"),
        ("cold-migration/same-host-resize", {"same_host_resize": False}, "set same_host_resize"),
        ("cold-migration/from-disabled-host", {"disruptive": False}, "set allow_disruptive"),
        ("cold-migration/reverted", {"newest": "2.53"}, "needs the Compute microversion 2.56"),
        (DEFAULT_SCENARIO, {"max_servers": 2}, "needs room for 3 servers, but only 2 fit"),
        (DEFAULT_SCENARIO, {"profile_problems": {"default": "No image."}}, "No image."),
    ],
)
def test_says_why_a_scenario_is_not_applicable(name: str, changes: dict[str, Any], reason: str) -> None:
    why = why_not_applicable(run_of(name), replace(FULL, **changes))
    assert why is not None
    assert reason in why


@pytest.mark.parametrize(
    ("room", "hosts", "most"),
    [
        ({"a": 8, "b": 8, "c": 7}, ("a", "b", "c"), 7),
        ({"a": 8, "b": 8, "c": 7, "d": 2}, ("a", "b", "c"), 7),
        ({"a": 8, "b": 3}, ("a", "b"), 3),
        ({"a": 50, "b": 60}, ("a", "b"), 20),
        ({"a": None, "b": None}, ("a", "b"), 20),
        ({}, (), 20),
    ],
)
def test_each_host_has_room_for_all_servers(room: dict[str, int | None], hosts: tuple[str, ...], most: int) -> None:
    found = share_room(room, {"x": "down"}, {}, 20)
    assert (found.hosts, found.max_servers) == (hosts, most)
    assert found.unusable.keys() == {"x", *(room.keys() - set(hosts))}


@pytest.mark.parametrize(
    ("limits", "servers"),
    [
        ({}, 20),
        ({"maxTotalInstances": 10, "totalInstancesUsed": 3, "maxTotalCores": -1}, 7),
        ({"maxTotalInstances": 10, "maxTotalCores": 8, "totalCoresUsed": 2}, 3),
        ({"maxTotalRAMSize": 1024, "totalRAMUsed": 512}, 8),
        ({"maxTotalInstances": 1, "totalInstancesUsed": 3}, 0),
    ],
)
def test_quota_limits_the_number_of_servers(limits: dict[str, int], servers: int) -> None:
    assert servers_within_quota(limits, {"vcpus": 2, "ram": 64}, 20) == servers


def test_automatic_networks_are_different_as_long_as_there_are_some() -> None:
    profile = parse_profile({"name": "x", "ports": [{"network": "auto"}, {"network": "own"}, {"network": "auto"}]})
    assert network_names(profile, ["a", "b"]) == ["a", "own", "b"]
    assert network_names(profile, ["a"]) == ["a", "own", "a"]


def planned(names: list[str], max_servers: int) -> list[str | list[str]]:
    """Return the scenarios that boot their own servers, and the scenarios of each pool as a list."""
    return [
        [run.id for run in unit.runs] if isinstance(unit, Pool) else unit.id
        for unit in plan([run_of(name) for name in names], max_servers)
    ]


def test_plain_servers_share_one_boot_request() -> None:
    names = ["live-migration/paused", "volumes/boot-volume", DEFAULT_SCENARIO, "live-migration/there-and-back"]
    pool = ["live-migration/paused", "live-migration/there-and-back"]
    assert planned(names, 20) == [pool, "volumes/boot-volume[boot-volume]", DEFAULT_SCENARIO]


def test_a_pool_has_at_most_half_of_the_places() -> None:
    names = [
        "live-migration/paused",
        "live-migration/there-and-back",
        "interruptions/deleted",
        "cold-migration/reverted",
    ]
    assert planned(names, 4) == [names[:2], names[2:]]
    assert planned(names, 3) == names


@pytest.mark.parametrize(
    ("name", "places"),
    [("live-migration/paused", 1), (DEFAULT_SCENARIO, 3), ("cold-migration/same-host-resize", 3)],
)
def test_a_resized_server_needs_room_twice(name: str, places: int) -> None:
    assert places_of(run_of(name)) == places


def test_a_disruptive_scenario_is_not_planned_with_others() -> None:
    assert planned(["cold-migration/from-disabled-host", "live-migration/paused"], 20) == ["live-migration/paused"]


def test_a_boot_waits_for_room_and_scenarios_of_a_pool_wait_for_their_boot() -> None:
    paused, back, batch = (run_of(name) for name in ("live-migration/paused", "live-migration/there-and-back", BATCH))
    pool = Pool(1, (paused, back))
    schedule = Schedule([pool, batch], 4)
    assert schedule.next() == Start(pool, None)
    schedule.booted(pool)
    assert [schedule.next(), schedule.next()] == [Start(pool, paused), Start(pool, back)]
    started: list[Start | None] = []
    thread = threading.Thread(target=lambda: started.append(schedule.next()), daemon=True)
    thread.start()
    # Two places are free, and the boot needs three.
    thread.join(0.05)
    assert thread.is_alive()
    schedule.ended(paused)
    thread.join(10)
    assert started == [Start(None, batch)]
    assert schedule.next() is None


def test_selection_keeps_the_order_of_the_catalogue() -> None:
    found = select(list(SCENARIOS.values()), [], ["networks/port", "paused"], [])
    assert [scenario.id for scenario in found] == ["live-migration/paused", "networks/port"]
