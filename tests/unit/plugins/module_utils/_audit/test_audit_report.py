# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inputs, the outcome and the report of the role migration_audit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.stackproof.migration.plugins.filter.audit_result import audit_result
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._audit.inputs import problems_of
from ansible_collections.stackproof.migration.plugins.module_utils._audit.model import KINDS
from ansible_collections.stackproof.migration.plugins.module_utils._audit.outcome import must_fail
from ansible_collections.stackproof.migration.plugins.module_utils._audit.period import start_of
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit_page import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import COLLECTION
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_audit
from jsonschema import Draft202012Validator

NOW = datetime(2026, 4, 1, 10, tzinfo=UTC)
DEFAULTS: dict[str, Any] = {
    "migration_audit_cloud": "mycloud",
    "migration_audit_since": "7d",
    "migration_audit_repair": [],
    "migration_audit_settle_seconds": 60.0,
    "migration_audit_stale_seconds": "3600",
    "migration_audit_max_parallel": 8,
    "migration_audit_fail_on": "never",
    "migration_audit_report_dir": "reports",
    "migration_audit_redact_hosts": False,
}
FINDING: dict[str, Any] = {
    "kind": "allocation_doubled",
    "subject": "5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e",
    "message": "The server is on rack7-node1, but Placement also has allocations of it on rack7-node2.",
    "effect": "The resources count as used.",
    "blocks": "likely",
    "remedy": "Delete the allocations.",
    "command": "openstack resource provider allocation show",
    "since": None,
    "server_id": "5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e",
    "server_name": "<b>payroll</b>",
    "project_id": "p1",
    "host": "rack7-node2",
    "evidence": {"status": "ACTIVE", "allocations": {"rack7-node1": {"VCPU": 1}, "rack7-node2": {"VCPU": 1}}},
    "repairable": True,
}
REPAIR: dict[str, Any] = {
    "kind": "allocation_doubled",
    "consumer": FINDING["subject"],
    "server_id": FINDING["server_id"],
    "server_name": FINDING["server_name"],
    "outcome": "repaired",
    "reason": "",
    "allocations_before": {"rack7-node1": {"VCPU": 1}, "rack7-node2": {"VCPU": 1}},
    "allocations_after": {"rack7-node1": {"VCPU": 1}},
}


def suite_of(audit: dict[str, Any]) -> ET.Element:
    return ET.fromstring(junit_of_audit(audit))  # noqa: S314  # the collection wrote this text


def recorded(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    counts = {one["kind"]: 1 for one in findings}
    audit = {
        "cloud": {"auth_url": "https://cloud.example.org:5000/v3", "region": "RegionOne"},
        "microversion": {"min": "2.1", "max": "2.104"},
        "since": "2026-03-25T10:00:00+00:00",
        "findings": list(findings),
        "counts": counts,
        "examined": {"servers": 3, "consumers": None},
        "not_examined": ["The bindings of 2 of 3 ports."],
        "unknown": [],
        "requests": 28,
        **more.pop("audit", {}),
    }
    run = {
        "cloud": "mycloud",
        "inputs": DEFAULTS,
        "run_id": "audit-1",
        "check_mode": False,
        "failure": {},
        "repair": {},
    }
    return {**run, "audit": audit, "report_folder": {"directory": "/reports"}, **more}


def concluded(run: dict[str, Any], fail_on: str = "never") -> dict[str, Any]:
    return audit_result(run, "100.0", 102.5, fail_on=fail_on)


UNKNOWN = {"unknown": ["The allocations cannot be read: HTTP 403."]}
BAD = {"failure": {"reason": "HTTP 500"}, "audit": {"findings": []}}


@pytest.mark.parametrize(
    ("run", "outcome", "blocking", "fails"),
    [
        (recorded(), "clean", 0, (False, False, False)),
        (recorded(FINDING), "findings", 1, (False, True, True)),
        (recorded({**FINDING, "blocks": "no"}), "findings", 0, (False, False, True)),
        (recorded(FINDING, repair={"repairs": [REPAIR]}), "clean", 0, (False, False, False)),
        (recorded(FINDING, repair={"repairs": [{**REPAIR, "outcome": "refused"}]}), "findings", 1, (False, True, True)),
        (recorded(audit=UNKNOWN), "incomplete", 0, (False, False, True)),
        (recorded(**BAD), "error", 0, (True, True, True)),
    ],
)
def test_outcome(run: dict[str, Any], outcome: str, blocking: int, fails: tuple[bool, ...]) -> None:
    result = concluded(run)["result"]
    assert (result["outcome"], result["blocking"], result["seconds"]) == (outcome, blocking, 2.5)
    assert tuple(must_fail(result, fail_on) for fail_on in ("never", "blocking", "any")) == fails
    assert bool(result["reason"]) is (outcome != "clean")


def test_summary() -> None:
    lines = concluded(recorded(*[FINDING] * 25, audit=UNKNOWN))["summary"]
    assert lines[0] == "outcome    findings"
    assert f"finding    allocation_doubled: <b>payroll</b>: {FINDING['message']}" in lines
    assert "           5 more findings are in the report" in lines
    assert "unknown    The allocations cannot be read: HTTP 403." in lines
    assert lines[-2:] == ["took       2.5 s, 28 requests", "report     /reports/audit.json"]


def test_check_mode_has_no_report() -> None:
    assert concluded(recorded(check_mode=True))["result"]["report"] == ""


RUNS = [
    recorded(),
    recorded(FINDING, repair={"repairs": [{**REPAIR, "outcome": "refused", "reason": "A record is open."}]}),
    recorded(audit=UNKNOWN),
    recorded(**BAD),
]


@pytest.mark.parametrize("redact", [False, True])
@pytest.mark.parametrize("run", RUNS, ids=lambda run: concluded(run)["result"]["outcome"])
def test_report(run: dict[str, Any], redact: bool) -> None:
    result = concluded(run)["result"]
    audit = build(result, collection="1.0.0", ended=NOW, redact_hosts=redact)
    schema = json.loads((COLLECTION / "schemas/audit.schema.json").read_text())
    Draft202012Validator(schema).validate(audit)
    files = json.dumps(audit), junit_of_audit(audit), html(audit)
    assert suite_of(audit).get("tests") == str(1 if result["outcome"] == "error" else len(KINDS))
    assert "<b>payroll</b>" not in files[2]
    for text in files if redact else ():
        for name in ("rack7", "payroll", "mycloud", "example.org"):
            assert name not in text


def test_junit() -> None:
    clean, found, unknown = (suite_of(build(concluded(run)["result"], collection="1", ended=NOW)) for run in RUNS[:3])
    assert (clean.get("failures"), clean.get("skipped")) == ("0", "0")
    assert (found.get("failures"), found.get("skipped")) == ("1", "0")
    (failure,) = found.iter("failure")
    assert "Command: openstack resource provider allocation show" in str(failure.text)
    assert (unknown.get("failures"), unknown.get("skipped")) == ("0", str(len(KINDS)))


def test_defaults_are_valid() -> None:
    assert problems_of(DEFAULTS, DEFAULTS) == []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("since", "last week", "must be a time in ISO 8601 or a period such as 7d or 12h, found 'last week'."),
        ("repair", "allocation_doubled", "must be a list of kinds"),
        ("repair", ["allocation_doubeld"], "is not a kind of findings. Choose from allocation_of_migration,"),
        ("repair", ["port_elsewhere"], "port_elsewhere cannot be repaired."),
        ("settle_seconds", "soon", "must be a number of seconds, at least 0"),
        ("stale_seconds", 5, "must be at least migration_audit_settle_seconds (60), found 5."),
        ("max_parallel", 0, "must be a whole number of at least 1"),
        ("fail_on", "all", "must be one of never, blocking, any"),
        ("redact_hosts", "perhaps", "must be true or false"),
        ("report_dir", 3, "must be the path of a folder"),
        ("cloud", 3, "must be an entry of clouds.yaml"),
    ],
)
def test_invalid_input(name: str, value: object, message: str) -> None:
    (problem,) = problems_of({**DEFAULTS, f"migration_audit_{name}": value})
    assert problem.startswith(f"migration_audit_{name}")
    assert message in problem


def test_suggests_names() -> None:
    (problem,) = problems_of(DEFAULTS, ["migration_audit_repiar"])
    assert problem == "There is no input migration_audit_repiar. Did you mean migration_audit_repair?"


def test_period() -> None:
    assert start_of("12h", NOW) == NOW - timedelta(hours=12)
    assert start_of("7d", NOW) == NOW - timedelta(days=7)
    assert start_of("2026-03-01T00:00:00Z", NOW) == datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(InputError, match="future"):
        start_of("2027-01-01T00:00:00Z", NOW)
