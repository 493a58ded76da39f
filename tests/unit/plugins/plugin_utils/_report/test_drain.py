# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain import build, junit_cases
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain_page import html, page
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_drain
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cycles, drain_results
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils._report.test_html import parsed

SCHEMA = json.loads(Path(__file__).parents[5].joinpath("schemas/drain.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
JUNIT_SCHEMA = xmlschema.XMLSchema(Path(__file__).parent.with_name("junit.xsd"))
ENDED = dt.datetime(2026, 4, 1, 10, 0, 42, 500000, tzinfo=dt.UTC)
RESULTS: dict[str, dict[str, Any]] = {
    "drained": drain_results.drained(),
    "not drained": drain_results.not_drained(),
    "undrained": drain_results.undrained(),
    "error": drain_results.stopped(),
    "planned": drain_results.drained(outcome="planned", moved=[], migrations=[]),
    "nothing to do": drain_results.drained(moved=[], migrations=[], plan=[]),
}


def drain(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = build(result, collection="1.0.0", ended=ENDED, **more)
    # convert to JSON and back, as for a file
    return dict(json.loads(json.dumps(found)))


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("redact", [False, True])
def test_follows_its_schema(result: dict[str, Any], redact: bool) -> None:
    VALIDATOR.validate(drain(result, redact_hosts=redact))


def test_schema_refuses_invalid_reports() -> None:
    found = drain(drain_results.not_drained())
    for invalid in (
        {**found, "outcome": "passed"},
        {**found, "token": "secret"},
        {key: value for key, value in found.items() if key != "plan"},
        {**found, "left": [{"server_id": None}]},
        {**found, "started": "yesterday"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(invalid)


def test_start_is_end_minus_duration() -> None:
    found = drain(drain_results.drained())
    assert (found["started"], found["ended"]) == ("2026-04-01T10:00:00.000+00:00", "2026-04-01T10:00:42.500+00:00")


def test_path_of_the_report_is_left_out() -> None:
    assert "/reports/" not in json.dumps(drain(drain_results.drained()))


def test_junit_has_a_case_for_the_host_and_for_each_server() -> None:
    text = junit_of_drain(drain(drain_results.not_drained(), cloud="production"))
    JUNIT_SCHEMA.validate(text)
    suite = ET.fromstring(text)  # noqa: S314 - the collection wrote this text
    assert {case.get("name"): [inner.tag for inner in case] for case in suite.iter("testcase")} == {
        "compute1": ["failure"],
        "probe-1": [],
        "probe-2": ["failure"],
        "probe-3": ["failure"],
        "allocation": ["failure"],
        "probe-4": ["skipped"],
    }
    assert {case.get("classname") for case in suite.iter("testcase")} == {"stackproof.migration.drain"}
    assert (suite.get("failures"), suite.get("time")) == ("4", "42.500")
    names = {one.get("name"): one.get("value") for one in suite.iterfind("properties/property")}
    assert names["cloud"] == "production"


def test_junit_of_an_error_is_one_error() -> None:
    text = junit_of_drain(drain(drain_results.stopped()))
    JUNIT_SCHEMA.validate(text)
    suite = ET.fromstring(text)  # noqa: S314 - the collection wrote this text
    (case,) = suite.iter("testcase")
    (error,) = case
    assert (error.tag, error.get("message")) == ("error", drain_results.stopped()["reason"])


def test_junit_tells_servers_of_the_same_name_apart() -> None:
    migrations = [drain_results.migration(number) | {"server_name": "web"} for number in (1, 2)]
    result = drain_results.drained(migrations=migrations, moved=[drain_results.moved(found) for found in migrations])
    names = [case["name"] for case in junit_cases(drain(result))]
    assert names == ["compute1", *(f"web ({found['server_id']})" for found in migrations)]


def test_junit_lists_a_server_that_was_on_its_host_already() -> None:
    unchanged = drain_results.migration(1, outcome="unchanged")
    cases = junit_cases(drain(drain_results.undrained() | {"migrations": [unchanged]}))
    assert [(case["name"], case["outcome"]) for case in cases] == [("compute1", "passed"), ("probe-1", "passed")]


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_page_is_well_formed(result: dict[str, Any]) -> None:
    assert parsed(html(drain(result))).ids >= {"lead", "main", "service"}


@pytest.mark.parametrize(
    ("name", "kind", "title", "lead"),
    [
        ("drained", "passed", "compute1 is drained", "2 servers were moved to compute2."),
        ("not drained", "failed", "compute1 is not drained", "2 remain."),
        ("undrained", "passed", "compute1 takes servers again", "No server was moved."),
        ("error", "error", "The run on compute1 stopped with an error", "host: there is no compute host compute9."),
        ("planned", "passed", "Plan for compute1", "2 servers would be moved."),
        ("nothing to do", "passed", "compute1 is drained", "No server was moved."),
    ],
)
def test_page_begins_with_the_outcome(name: str, kind: str, title: str, lead: str) -> None:
    found = page(drain(RESULTS[name]))
    assert (found.kind, found.title, found.lead) == (kind, title, lead)


def test_plan_counts_only_servers_that_can_move() -> None:
    plan = [drain_results.planned_server(1), drain_results.planned_server(2, "none", "it is locked")]
    result = drain_results.drained(outcome="planned", moved=[], migrations=[], plan=plan)
    assert page(drain(result)).lead == "1 server would be moved, 1 cannot be moved."


def test_page_shows_remaining_servers_plan_and_requests() -> None:
    text = html(drain(drain_results.not_drained(), cloud="production"))
    for words in (
        "production",
        "it is busy (deleting): run again when that is over",
        "Allocation without a server",
        "cold migration",
        "new memory",
        "req-2",
        "compute1 → compute2",
        "it had left before its turn",
        "2026-04-01 10:00:00 UTC",
    ):
        assert words in text, words


def test_page_escapes_text_of_the_cloud() -> None:
    nasty = "<script>alert('1')</script>"
    result = drain_results.not_drained()
    result["left"][0] |= {"server_name": nasty, "reason": nasty}
    result["plan"][0]["name"] = nasty
    found = parsed(html(drain(result | {"reason": nasty})))
    assert [tag for tag, _ in found.seen].count("script") == 1


def test_redacts_hosts() -> None:
    found = drain(drain_results.not_drained(), redact_hosts=True)
    for text in (json.dumps(found), html(found), junit_of_drain(found)):
        assert "compute1" not in text
        assert "compute2" not in text
    assert found["host"] == found["migrations"][0]["source"]
    assert found["migrations"][0]["allocations_before"][found["host"]] == cycles.HELD
