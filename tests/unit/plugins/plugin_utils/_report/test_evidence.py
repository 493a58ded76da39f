# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import release_of
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles

SCHEMA = json.loads(Path(__file__).parents[5].joinpath("schemas/evidence.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def evidence(cycle: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = build(cycle, collection="0.2.0", ended="2026-04-01T10:00:12.000+00:00", **more)
    # convert to JSON and back, as for a file
    return dict(json.loads(json.dumps(found)))


@pytest.mark.parametrize(
    "cycle",
    [
        cycles.passed(),
        cycles.not_asked("error", "preflight", "No such cloud."),
        cycles.not_asked("inconclusive", "boot", "No room."),
        cycles.failed(cycles.migration(outcome="timeout", record=None, server=None, checks=[], history=[])),
        {**cycles.failed(cycles.migration(outcome="failed")), "control": {"migration": cycles.migration()}},
        {**cycles.failed(cycles.migration(outcome="failed")), "control": {"reason": "No room."}},
        cycles.passed(cloud={"auth": {"password": "secret"}}),
    ],
    ids=["passed", "error", "inconclusive", "timeout", "control", "no control", "settings"],
)
def test_follows_its_schema(cycle: dict[str, Any]) -> None:
    for given in (cycle, cycle | {"diagnosis": {"hosts": [cycles.host("compute1", "it is down")]}}):
        for redact in (False, True):
            VALIDATOR.validate(evidence(given, redact_hosts=redact))


def test_schema_refuses_invalid_values() -> None:
    found = evidence(cycles.passed())
    for broken in (
        {**found, "outcome": "well"},
        {**found, "token": "secret"},
        {**found, "failure_kinds": "input"},
        {key: value for key, value in found.items() if key != "polls"},
        {**found, "migrations": [{**found["migrations"][0], "checks": [{"name": "x"}]}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(broken)


def test_has_requests_polls_servers_and_cleanup() -> None:
    found = evidence(cycles.passed())
    assert found["requests"] == [
        {"what": "boot 2 servers", "request_id": "req-boot"},
        {"what": "live-migrate probe-1", "request_id": "req-live"},
    ]
    assert found["polls"] == ["2026-04-01T10:00:05.600+00:00", "2026-04-01T10:00:06.100+00:00"]
    assert found["cloud"]["release"] == "2024.1 or 2024.2"
    first, second = found["servers"]
    assert (first["before"]["host"], first["after"]["host"]) == ("compute1", "compute2")
    # The last poll of the other server took place before its deletion.
    assert (second["after"]["host"], second["after"]["status"]) == ("compute2", "ACTIVE")
    assert found["cleanup"]["deleted"] == ["probe-1", "probe-2"]


@pytest.mark.parametrize(
    ("failure", "cleanup_failure", "kinds"),
    [
        ({}, {}, []),
        ({"step": "preflight", "reason": "No.", "kinds": ["quota", "input", "quota"]}, {}, ["input", "quota"]),
        ({}, {"step": "cleanup", "reason": "No.", "kinds": ["permission"]}, ["permission"]),
        # The reason begins with the first failure. Therefore the kinds belong to this failure.
        (
            {"step": "boot", "reason": "No.", "kinds": ["tls"]},
            {"step": "cleanup", "reason": "No.", "kinds": ["orphaned"]},
            ["tls"],
        ),
        # The task failed, and its result has no kind of failure.
        ({"step": "preflight", "reason": "No.", "kinds": []}, {}, []),
    ],
)
def test_kinds_of_failure(failure: dict[str, Any], cleanup_failure: dict[str, Any], kinds: list[str]) -> None:
    found = evidence(cycles.passed(failure=failure, cleanup_failure=cleanup_failure))
    VALIDATOR.validate(found)
    assert found["failure_kinds"] == kinds


def test_accepts_evidence_without_kinds() -> None:
    found = evidence(cycles.passed())
    del found["failure_kinds"]
    VALIDATOR.validate(found)


def test_requests_include_the_control_experiment() -> None:
    cycle = cycles.failed(cycles.migration(outcome="failed"))
    cycle["control_boot"] = {"request_id": "req-control"}
    cycle["control"] = {"migration": cycles.migration(server_name="probe-control", request_id="req-single")}
    assert [one["request_id"] for one in evidence(cycle)["requests"]][2:] == ["req-control", "req-single"]


def test_omits_settings_of_the_cloud() -> None:
    found = evidence(cycles.passed(cloud={"auth": {"password": "hush"}}))
    assert found["cloud"]["name"] is None
    assert "hush" not in json.dumps(found)


@pytest.mark.parametrize(
    ("newest", "release"),
    [
        ("2.1", None),
        ("2.79", "Train"),
        ("2.94", "Zed or later"),
        ("2.88", "Wallaby"),
        ("2.96", "2024.1 or 2024.2"),
        ("2.100", "2025.1 or 2025.2"),
        ("2.103", "2026.1"),
        ("2.104", "2026.2"),
        ("2.110", "2026.2 or later"),
    ],
)
def test_release(newest: str, release: str | None) -> None:
    assert release_of(newest) == release


def test_redacts_hosts_everywhere() -> None:
    one = cycles.migration(
        outcome="failed",
        message="probe-1: live migration compute1 -> compute2 failed. See compute11 and compute2.",
        events=[{"event": "x", "start": None, "finish": None, "result": "Error", "host": "compute11", "details": None}],
    )
    cycle = cycles.failed(one)
    cycle["cleanup"]["allocations_released"] = {cycles.UUID: {"node7.example": cycles.HELD}}
    cycle["diagnosis"] = {"hosts": [cycles.host("compute1"), cycles.host("compute3", "it is down")]}
    text = json.dumps(evidence(cycle, redact_hosts=True))
    assert "compute" not in text
    assert "node7" not in text
    # A host has the same alias in all places.
    plain = evidence(cycle, redact_hosts=True)
    source, destination = plain["migrations"][0]["source"], plain["migrations"][0]["destination"]
    assert plain["reason"].startswith(f"server-1: live migration {source} -> {destination} failed")
    assert list(plain["migrations"][0]["allocations_before"]) == [source]
    assert len({source, destination, plain["migrations"][0]["events"][0]["host"]}) == 3


def test_redacts_addresses_of_servers() -> None:
    found = cycles.check("answers", "203.0.113.17 (icmp)", "203.0.113.17 (icmp)")
    one = cycles.migration(checks=[found], probe={"address": "203.0.113.17"})
    cycle = cycles.passed(migrations=[one], inputs={"probe": {"protocol": "icmp", "address": ""}})
    told = evidence(cycle, redact_hosts=True)
    assert "203.0.113.17" not in json.dumps(told)
    assert told["migrations"][0]["checks"][0]["found"] == "address-1 (icmp)"
    # an empty address is not replaced
    assert told["outcome"] == "passed"
