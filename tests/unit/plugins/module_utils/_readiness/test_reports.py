# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._readiness.inputs import problems_of
from ansible_collections.stackproof.migration.plugins.module_utils._readiness.outcome import result_of, summary_lines
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_readiness
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.readiness import build, csv_text
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.readiness_page import html

ROOT = Path(__file__).parents[5]
VALID: dict[str, Any] = {
    "migration_readiness_cloud": "mycloud",
    "migration_readiness_hosts": [],
    "migration_readiness_aggregate": "",
    "migration_readiness_availability_zone": "",
    "migration_readiness_at_once": 1,
    "migration_readiness_cold": True,
    "migration_readiness_block_migration": "auto",
    "migration_readiness_fail": False,
    "migration_readiness_report_dir": "reports/{run_id}",
    "migration_readiness_redact_hosts": False,
}


def test_valid_inputs() -> None:
    assert problems_of(VALID, VALID) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hosts", "compute1"),
        ("hosts", [1]),
        ("at_once", 0),
        ("at_once", "many"),
        ("block_migration", "maybe"),
        ("cold", "perhaps"),
        ("fail", 3),
        ("aggregate", ["a"]),
    ],
)
def test_invalid_inputs(name: str, value: Any) -> None:
    (problem,) = problems_of({**VALID, f"migration_readiness_{name}": value})
    assert problem.startswith(f"migration_readiness_{name} ")


def test_a_misspelled_input_is_named() -> None:
    (problem,) = problems_of(VALID, [*VALID, "migration_readiness_at_onc"])
    assert "migration_readiness_at_once" in problem


def counts(**given: int) -> dict[str, int]:
    return {"yes": 0, "unknown": 0, "doubtful": 0, "no": 0, **given}


def host(name: str, verdict: str = "yes", **reasons: int) -> dict[str, Any]:
    return {
        "host": name, "zone": "nova", "status": "enabled", "state": "up", "servers": 2, "can_be_emptied": verdict,
        "can_be_emptied_together": verdict, "batch": 1, "blocked_servers": sum(reasons.values()), "reasons": reasons,
    }  # fmt: skip


SERVER = {
    "id": "5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e",
    "name": "=cmd|'/c calc'!A1 <b>",
    "project_id": "p1",
    "host": "compute1",
    "status": "ACTIVE",
    "move_method": "none",
    "destinations": None,
    "blockers": [{"reason": "vtpm", "certainty": "certain", "detail": "It has a TPM.", "remedy": "Resize it."}],
}
READINESS: dict[str, Any] = {
    "cloud": {"auth_url": "https://cloud.example.org/v3", "region": "RegionOne"},
    "microversion": {"min": "2.1", "max": "2.104"},
    "at_once": 1,
    "totals": {"alone": counts(yes=1, no=1), "together": counts(yes=1, no=1)},
    "hosts": [host("compute1", "no", vtpm=1), host("compute2")],
    "servers": [SERVER],
    "projects": [{"project_id": "p1", "servers": 1, "reasons": {"vtpm": 1}}],
    "zones": [{"zone": "nova", "hosts": 2, "usable_hosts": 2, "free": {"VCPU": 8}}],
    "unknown": ["File shares are unknown."],
}


def result(readiness: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    evidence = {"run_id": "r1", "cloud": "mycloud", "inputs": VALID, "readiness": readiness, **more}
    return result_of(evidence, seconds=4.0)


@pytest.mark.parametrize(
    ("together", "outcome"),
    [
        (counts(yes=2), "ready"),
        (counts(yes=1, doubtful=1), "doubtful"),
        (counts(yes=1, unknown=1), "doubtful"),
        (counts(doubtful=1, no=1), "blocked"),
    ],
)
def test_outcome(together: dict[str, int], outcome: str) -> None:
    totals = {"alone": together, "together": together}
    assert result({**READINESS, "totals": totals})["outcome"] == outcome


def test_a_failure_is_an_error() -> None:
    found = result({}, failure={"reason": "HTTP 403"})
    assert (found["outcome"], found["reason"], found["hosts"]) == ("error", "HTTP 403", [])
    assert summary_lines(found)[0] == "outcome    error"


def test_summary_names_hosts_servers_and_room() -> None:
    lines = summary_lines(result(READINESS))
    assert "hosts      1 can be emptied, 1 cannot be emptied" in lines
    assert "host       compute1: no (vtpm 1)" in lines
    assert "zone       nova: 2 of 2 hosts usable, free: VCPU=8" in lines
    assert any("certain: It has a" in line for line in lines)


def report(**more: Any) -> dict[str, Any]:
    return build(result(READINESS), collection="1.1.0", ended=datetime(2026, 4, 1, tzinfo=UTC), **more)


def test_report_matches_its_schema() -> None:
    schema = json.loads((ROOT / "schemas/readiness.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report(), schema)
    failed = build(result({}, failure={"reason": "x"}), collection="1.1.0", ended=datetime(2026, 4, 1, tzinfo=UTC))
    jsonschema.validate(failed, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**report(), "outcome": "perhaps"}, schema)


def test_junit_has_a_case_for_each_host() -> None:
    text = junit_of_readiness(report())
    assert 'tests="2" failures="1" errors="0" skipped="0"' in text
    assert 'name="compute1"' in text
    assert "It has a TPM." in text


def test_csv_cannot_run_formulas() -> None:
    header, row, end = csv_text(report()).split("\r\n")
    assert header.startswith("host,server,id,project_id")
    assert ",'=cmd" in row
    assert end == ""


def test_page_shows_text_of_users_as_text() -> None:
    page = html(report())
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "Some hosts cannot be emptied" in page


def test_redacted_report_contains_no_names() -> None:
    text = json.dumps(report(redact_hosts=True))
    for name in ("compute1", "calc", "mycloud", "cloud.example.org"):
        assert name not in text
