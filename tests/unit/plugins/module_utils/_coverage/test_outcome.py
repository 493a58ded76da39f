# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._coverage import inputs, outcome

ROOT = Path(__file__).parents[5]
DEFAULTS: dict[str, Any] = {
    **yaml.safe_load((ROOT / "roles" / "migration_coverage" / "defaults" / "main.yml").read_text(encoding="utf-8")),
    "migration_coverage_cloud": "mycloud",
}
HOSTS = [
    {"name": f"c{number}", "group": "nova", "zone": "nova", "status": "included", "reason": None}
    for number in range(1, 5)
]
MATRIX: dict[str, Any] = {
    "coverage": "each_host",
    "cloud": {"region": "RegionOne", "auth_url": "https://keystone.example.org/v3"},
    "hosts": [*HOSTS, {**HOSTS[0], "name": "c5", "status": "unusable", "reason": "its nova-compute service is down"}],
    "groups": [{"name": "nova", "hosts": ["c1", "c2", "c3", "c4"]}],
    "journeys": [{"id": "j1", "hosts": ["c1", "c2", "c3", "c4", "c1"], "purpose": "planned"}],
    "pairs": [
        {"source": source, "destination": destination, "prediction": "can_move", "blockers": []}
        for source, destination in (("c1", "c2"), ("c2", "c3"), ("c3", "c4"), ("c4", "c1"))
    ],
    "untested": [],
    "moves": 4,
    "servers": 1,
    "sample": None,
}


def booted(number: int, host: str) -> dict[str, Any]:
    return {"booted": [{"host": host, "server_id": f"s{number}", "reason": None}]}


def moved(number: int, destination: str, result: str = "completed") -> dict[str, Any]:
    one = {"server_id": f"s{number}", "destination": destination, "outcome": result, "message": "the reason"}
    return {"migrations": [{**one, "migration_id": "m", "seconds": 2.0}]}


def evaluate(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    evidence = {
        "cloud": "mycloud",
        "inputs": {**DEFAULTS, "migration_coverage_max_parallel": 1},
        "run_id": "coverage-1",
    }
    return outcome.result_of({**evidence, "matrix": MATRIX, "events": events, **more}, started=1.0, ended=11.04)


WHOLE = (booted(1, "c1"), moved(1, "c2"), moved(1, "c3"), moved(1, "c4"), moved(1, "c1"))
BAD_DESTINATION = (
    booted(1, "c1"),
    moved(1, "c2", "failed"),
    booted(2, "c3"),
    moved(2, "c2", "failed"),
    booted(3, "c1"),
    moved(3, "c3"),
    booted(4, "c2"),
    moved(4, "c3"),
    moved(4, "c4"),
    moved(4, "c1"),
)


def test_healthy_cloud() -> None:
    found = evaluate(*WHOLE)
    assert (found["outcome"], found["reason"], found["faults"]) == ("passed", "", [])
    assert found["counts"] == {"passed": 4, "failed": 0, "inconclusive": 0, "not_applicable": 0, "moves": 4}
    assert {host["name"]: host["status"] for host in found["hosts"]} == {
        **{f"c{number}": "tested" for number in range(1, 5)},
        "c5": "unusable",
    }
    assert found["prediction"]["can_move"] == {"moved": 4, "failed": 0}
    assert found["seconds"] == 10.0


def test_faulty_destination_is_named() -> None:
    found = evaluate(*BAD_DESTINATION)
    assert found["outcome"] == "failed"
    assert found["reason"] == "Live migrations to c2 fail (from c1, c3)."
    assert found["faults"] == [{"fault": "destination", "hosts": ["c2"], "detail": found["reason"]}]
    assert {(one["source"], one["destination"]): one["fault"] for one in found["cells"] if one["fault"]} == {
        ("c1", "c2"): "destination",
        ("c3", "c2"): "destination",
    }
    assert found["prediction"]["false_can_move"] == ["c1:c2"]


def test_pair_that_nova_refuses_is_not_applicable() -> None:
    untested = {"source": "c1", "destination": "c5", "outcome": "not_applicable", "reason": "The hypervisors differ."}
    found = evaluate(*WHOLE, matrix={**MATRIX, "untested": [untested]})
    assert found["outcome"] == "passed"
    assert found["counts"]["not_applicable"] == 1


@pytest.mark.parametrize(
    ("more", "result", "reason"),
    [
        ({"failure": {"reason": "no cloud"}}, "error", "no cloud"),
        ({"cleanup_failure": {"reason": "a server is left"}}, "failed", "The cleanup failed: a server is left"),
        ({"matrix": {}, "failure": {"reason": "no cloud"}}, "error", "no cloud"),
    ],
)
def test_failed_run(more: dict[str, Any], result: str, reason: str) -> None:
    found = evaluate(*(WHOLE if "matrix" not in more else ()), **more)
    assert (found["outcome"], found["reason"]) == (result, reason)


def test_fault_is_reported_although_the_run_ended_early() -> None:
    found = evaluate(*BAD_DESTINATION, failure={"reason": "the cloud is gone"})
    assert found["outcome"] == "failed"
    assert found["reason"].endswith("The run ended early: the cloud is gone")


def test_host_that_goes_down_is_at_fault() -> None:
    after = [
        {"name": "c2", "status": "unusable", "reason": "its nova-compute service is down"},
        {"name": "c5", "status": "unusable", "reason": "its nova-compute service is down"},
    ]
    found = evaluate(*BAD_DESTINATION, hosts_after=after)
    assert found["outcome"] == "failed"
    # c5 was already down before the run.
    assert found["reason"] == "c2 became unusable during the run: its nova-compute service is down."
    assert [(fault["fault"], fault["hosts"]) for fault in found["faults"]] == [("host", ["c2"])]
    assert {cell["fault"] for cell in found["cells"] if cell["outcome"] == "failed"} == {"host"}


def test_host_that_goes_down_without_a_failed_migration() -> None:
    refused = {**moved(1, "c2", "refused")["migrations"][0], "failure": {"kind": "no_valid_host"}}
    after = [{"name": "c2", "status": "unusable", "reason": "it is disabled"}]
    found = evaluate(booted(1, "c1"), {"migrations": [refused]}, hosts_after=after)
    assert found["outcome"] == "inconclusive"
    assert found["reason"].startswith("c2 became unusable during the run: it is disabled. 1 migration has no result.")


def test_check_mode() -> None:
    assert evaluate(check_mode=True)["outcome"] == "checked"


def test_nothing_to_test_is_inconclusive() -> None:
    untested = {"source": "c1", "destination": "c2", "outcome": "not_applicable", "reason": "The CPUs differ."}
    found = evaluate(matrix={**MATRIX, "journeys": [], "pairs": [], "moves": 0, "untested": [untested]})
    assert found["outcome"] == "inconclusive"
    assert found["reason"] == (
        "No pair of compute hosts can be tested. c1 to c2: The CPUs differ. c5: unusable, its nova-compute service is"
        " down."
    )


def test_summary_names_what_failed_and_what_was_left_out() -> None:
    text = "\n".join(outcome.summary_lines(evaluate(*BAD_DESTINATION)))
    assert "c1 to c2: the reason" in text
    assert "c5: unusable, its nova-compute service is down" in text
    assert "hosts      4 of 5 tested" in text


def test_hosts_of_other_parts_of_a_sample_are_counted_and_not_named() -> None:
    sample = {"share": "50%", "part": 1, "parts": 2, "date": "2026-11-27"}
    journeys = [{"id": "j1", "hosts": ["c1", "c2"], "purpose": "planned"}]
    result = evaluate(*WHOLE[:2], matrix={**MATRIX, "sample": sample, "journeys": journeys, "moves": 1})
    reasons = {host["name"]: (host["status"], host["reason"]) for host in result["hosts"]}
    assert reasons["c2"] == ("tested", None)
    assert reasons["c3"] == ("not_tested", "It is in another part of the sample.")
    lines = outcome.summary_lines(result)
    assert "hosts      2 of 5 tested, 2 in other parts of the sample" in lines
    assert "sample     part 1 of 2 (50%, 2026-11-27)" in lines
    assert not any("c3" in line for line in lines)
    assert any("c5: unusable" in line for line in lines)


def test_plan_names_groups_and_hosts_without_a_test() -> None:
    text = "\n".join(outcome.plan_lines(MATRIX, {"image": {"name": "cirros"}, "flavor": {"name": "tiny"}}))
    assert "group      nova: c1, c2, c3, c4" in text
    assert "unusable   c5: its nova-compute service is down" in text
    assert "migrations 4 with 1 servers" in text


def test_defaults_of_the_role_are_valid() -> None:
    assert inputs.problems_of(DEFAULTS, DEFAULTS) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"coverage": "each"}, "migration_coverage_coverage must be one of each_host, all_pairs, between_groups, list"),
        ({"max_moves": 0}, "migration_coverage_max_moves must be a whole number of at least 1, found 0."),
        ({"hosts": "compute1"}, "migration_coverage_hosts must be a list of names of compute hosts"),
        ({"host_groups": ["compute1"]}, "migration_coverage_host_groups must be a dictionary"),
        ({"pairs": ["a:b"]}, "need each other"),
        ({"coverage": "list"}, "need each other"),
        ({"on_timeout": "wait"}, "migration_coverage_on_timeout must be one of fail, abort, force_complete"),
        ({"probe": {"protocol": "icmp"}}, "needs servers with an address, but migration_coverage_networks is none"),
        ({"probe": {"protocol": "udp"}, "networks": "auto"}, "protocol must be icmp or tcp, found 'udp'"),
        ({"probe": {"protocol": "icmp", "address": "192.0.2.1"}}, "migration_coverage_probe has no option address"),
        ({"max_downtime": 1}, "does not measure the downtime of the guests. Set migration_coverage_probe."),
        ({"security_groups": "web"}, "migration_coverage_security_groups must be a list of names"),
    ],
)
def test_wrong_input(changes: dict[str, Any], message: str) -> None:
    given = {**DEFAULTS, **{f"migration_coverage_{name}": value for name, value in changes.items()}}
    assert message in " ".join(inputs.problems_of(given))


def test_misspelt_input() -> None:
    (problem,) = inputs.problems_of(DEFAULTS, [*DEFAULTS, "migration_coverage_max_move"])
    assert "migration_coverage_max_moves" in problem


@pytest.mark.parametrize(
    ("value", "coverage", "pairs"),
    [
        ("pair", "pair", []),
        ("", "pair", []),
        ("each_host", "each_host", []),
        ("a:b, b:a", "list", ["a:b", "b:a"]),
        (["a:b"], "list", ["a:b"]),
    ],
)
def test_coverage_of_the_playbook(value: Any, coverage: str, pairs: list[str]) -> None:
    assert inputs.choice_of(value, "") == {"coverage": coverage, "pairs": pairs, "problem": ""}


@pytest.mark.parametrize(
    ("value", "target", "message"),
    [
        ("each_hosts", "", "Did you mean each_host?"),
        ([], "", "or a list of source:destination"),
        (3, "", "or a list of source:destination"),
        ("each_host", "compute2", "migration_cycle_target is compute2"),
    ],
)
def test_wrong_coverage_of_the_playbook(value: Any, target: str, message: str) -> None:
    assert message in inputs.choice_of(value, target)["problem"]
