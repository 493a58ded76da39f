# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.evidence import build
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit, junit_of_clouds
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cloud_results, cycles

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent.with_name("junit.xsd"))


def suite(cycle: dict[str, Any]) -> ET.Element:
    text = junit(build(cycle, collection="0.2.0", ended="2026-04-01T10:00:12.000+00:00"))
    SCHEMA.validate(text)
    return ET.fromstring(text)  # noqa: S314 - the collection wrote this text


def children(element: ET.Element) -> dict[str, str]:
    """Return the failure, error or skipped element of each case that did not pass."""
    return {str(case.get("name")): inner.tag for case in element.iter("testcase") for inner in case}


def properties(element: ET.Element) -> dict[str, str]:
    return {str(one.get("name")): str(one.get("value")) for one in element.iterfind("properties/property")}


def test_passes_each_step_of_a_passed_cycle() -> None:
    found = suite(cycles.passed())
    assert {name: found.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "8",
        "failures": "0",
        "errors": "0",
        "skipped": "0",
        "time": "12.000",
    }
    assert children(found) == {}
    assert [case.get("time") for case in found.iter("testcase")][:2] == ["1.500", "2.500"]


def test_properties_name_run_and_cloud() -> None:
    assert properties(suite(cycles.passed())) == {
        "run_id": cycles.RUN_ID,
        "outcome": "passed",
        "reason": "",
        "cloud": "mycloud",
    }


def test_omits_cloud_without_name() -> None:
    found = properties(suite(cycles.passed(cloud={"auth": {"password": "hush"}})))
    assert list(found) == ["run_id", "outcome", "reason"]


@pytest.mark.parametrize(("outcome", "tag"), [("error", "error"), ("inconclusive", "skipped"), ("failed", "failure")])
def test_outcome_selects_the_element(outcome: str, tag: str) -> None:
    found = suite(cycles.not_asked(outcome, "preflight", "One host."))
    (case,) = [case for case in found.iter("testcase") if case.get("name") == "preflight"]
    (inner,) = case
    assert (inner.tag, inner.get("message")) == (tag, "One host.")
    # steps that the run did not reach are skipped
    assert children(found)["record"] == "skipped"


def test_replaces_invalid_characters() -> None:
    odd = "<b>&\x00\x1b[31m ends ]]>"
    found = suite(cycles.not_asked("error", "preflight", odd))
    (error,) = found.iter("error")
    assert error.get("message") == "<b>&\ufffd\ufffd[31m ends ]]>"


def test_schema_refuses_invalid_values() -> None:
    for wrong in (
        "<testsuite/>",
        '<testsuite name="x"><testcase/></testsuite>',
        '<testsuite name="x"><odd/></testsuite>',
    ):
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            SCHEMA.validate(wrong)


def test_suite_per_target() -> None:
    text = junit_of_clouds(cloud_results.mixed())
    SCHEMA.validate(text)
    root = ET.fromstring(text)  # noqa: S314 - the collection wrote this text
    assert [found.get("name") for found in root] == ["berlin", "paris", "lisbon", "oslo"]
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "time")} == {
        "tests": "25",
        "failures": "1",
        "errors": "1",
        "time": "25.000",
    }
    berlin, _, _, oslo = root
    # GitLab identifies cases by classname and name
    assert {case.get("classname") for case in berlin.iter("testcase")} == {"stackproof.migration.cycle.berlin"}
    assert children(oslo) == {"cycle": "error"}
    assert (properties(berlin)["cloud"], properties(oslo)["cloud"]) == ("mycloud", "north")
    assert oslo.get("timestamp") is None


def test_names_with_invalid_characters() -> None:
    text = junit_of_clouds(cloud_results.clouds({"name": "<a>\x00", "error": "no\x1b"}))
    SCHEMA.validate(text)
