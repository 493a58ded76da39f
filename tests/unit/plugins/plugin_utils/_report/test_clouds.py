# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.clouds import (
    failure_messages,
    folder_of,
    summary_lines,
    worst_first,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cloud_results, cycles

SCHEMA = json.loads(Path(__file__).parents[5].joinpath("schemas/clouds.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# The result of the role if it writes no report
RESULT = {
    "outcome": "failed",
    "reason": "probe-1 stayed on compute1.",
    "failed_step": "verify",
    "run_id": cycles.RUN_ID,
    "seconds": {"total": 30.0},
    "migrations": [cycles.migration(outcome="failed")],
    "report": "",
}


def one(**found: Any) -> dict[str, Any]:
    (target,) = cloud_results.clouds({"name": "berlin", **found})["targets"]
    return dict(target)


def test_follows_its_schema() -> None:
    VALIDATOR.validate(json.loads(json.dumps(cloud_results.mixed())))
    VALIDATOR.validate(
        json.loads(json.dumps(cloud_results.clouds({"name": "a", "result": RESULT}, names=["a", "lost"])))
    )


@pytest.mark.parametrize(
    "wrong", [{"outcome": "odd"}, {"targets": []}, {"counts": {}}, {"more": 1}, {"started": "now"}]
)
def test_schema_refuses_invalid_values(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**cloud_results.mixed(), **wrong})


def test_outcome_is_the_worst_of_the_targets() -> None:
    well, unasked = cloud_results.target("a", cycles.passed()), cloud_results.target("b", cloud_results.NO_ROOM)
    bad, broken = cloud_results.target("c", cloud_results.BAD), {"name": "d", "error": "No such cloud."}
    assert [
        cloud_results.clouds(*some)["outcome"]
        for some in ([well], [well, unasked], [broken, unasked, well], [well, bad, broken, unasked])
    ] == ["passed", "inconclusive", "error", "failed"]
    assert cloud_results.mixed()["counts"] == {"passed": 1, "inconclusive": 1, "error": 1, "failed": 1}


def test_inconclusive_is_ok_only_if_accepted() -> None:
    for accepted in (True, False):
        found = cloud_results.clouds(cloud_results.target("a", cloud_results.NO_ROOM, inconclusive_is_ok=accepted))
        assert found["ok"] is accepted
        assert bool(failure_messages(found)) is not accepted
    assert not cloud_results.clouds(cloud_results.target("a", cloud_results.BAD, inconclusive_is_ok=True))["ok"]


def test_target_has_the_values_of_its_evidence() -> None:
    berlin = cloud_results.mixed()["targets"][0]
    told = ("outcome", "cloud", "region", "release", "microversion", "migrations", "completed", "report")
    assert [berlin[key] for key in told] == [
        "passed",
        "mycloud",
        "eu-1",
        "2024.1 or 2024.2",
        "2.96",
        1,
        1,
        "berlin/report.html",
    ]
    assert [step["name"] for step in berlin["steps"]][:2] == ["preflight", "boot"]


def test_target_without_result_is_an_error() -> None:
    oslo = cloud_results.mixed()["targets"][3]
    assert (oslo["outcome"], oslo["reason"]) == ("error", "Validation of arguments failed: no such count")
    assert (oslo["cloud"], oslo["report"], oslo["seconds"]) == ("north", None, {})
    assert oslo["steps"] == [{"name": "cycle", "outcome": "error", "seconds": None, "reason": oslo["reason"]}]


def test_missing_target_is_an_error() -> None:
    found = cloud_results.clouds(cloud_results.target("berlin", cycles.passed()), names=["berlin", "oslo"])
    assert [target["outcome"] for target in found["targets"]] == ["passed", "error"]
    assert "Ansible reported no result" in found["targets"][1]["reason"]
    assert not found["ok"]


def test_target_without_evidence_has_its_result() -> None:
    target = one(result=RESULT)
    assert (target["outcome"], target["failed_step"], target["report"]) == ("failed", "verify", None)
    assert (target["migrations"], target["completed"], target["seconds"]) == (1, 0, {"total": 30.0})
    assert target["steps"][0]["outcome"] == "failed"
    assert one(result={**RESULT, "outcome": "inconclusive"})["steps"][0]["outcome"] == "skipped"


def test_redacts_names_of_the_site() -> None:
    names = {"cloud": "acme", "region": "berlin", "availability_zone": "rack7"}
    plain = one(result=RESULT, **names)
    assert plain["reason"] == "probe-1 stayed on compute1."
    assert {key: plain[key] for key in names} == names
    found = one(result=RESULT, redact_hosts=True, **names)
    assert found["reason"] == "server-1 stayed on host-1."
    assert {key: found[key] for key in names} == {
        "cloud": "cloud-1",
        "region": "region-1",
        "availability_zone": "zone-1",
    }
    assert found["name"] == plain["name"]


def test_redacts_an_error_without_a_result() -> None:
    found = one(error="https://keystone.acme.example:5000 does not answer.", redact_hosts=True)
    assert found["reason"] == "https://endpoint-1:5000 does not answer."


def test_sorts_by_outcome_then_by_inventory() -> None:
    found = cloud_results.clouds(
        cloud_results.target("z", cycles.passed()),
        cloud_results.target("b", cloud_results.BAD),
        cloud_results.target("a", cycles.passed()),
    )
    assert [target["name"] for target in worst_first(found["targets"])] == ["b", "z", "a"]


def test_summary_has_a_line_per_target() -> None:
    assert summary_lines(cloud_results.mixed()) == [
        "failed        lisbon    12.0 s  probe-1: it failed.",
        "error         oslo              Validation of arguments failed: no such count",
        "inconclusive  paris      2.0 s  There is one usable compute host.",
        "passed        berlin    12.0 s",
    ]
    assert failure_messages(cloud_results.mixed()) == {
        "lisbon": "failed, in verify: probe-1: it failed. Nova's reason: no host.",
        "oslo": "error: Validation of arguments failed: no such count",
    }


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("berlin", "berlin"),
        ("eu-1.example.org", "eu-1.example.org"),
        ("berlin az1", "berlin az1"),
        ("berlin:az1", "berlin%3Aaz1"),
        ("../../etc", "%2E.%2F..%2Fetc"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("köln", "k%C3%B6ln"),
    ],
)
def test_folder_names_are_unique_and_relative(name: str, folder: str) -> None:
    assert folder_of(name) == folder
