# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that create reports in the JUnit format that Jenkins and GitLab read. Each check is a test case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ansible_collections.stackproof.migration.plugins.plugin_utils._report import audit as audit_report
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import coverage, readiness, scenarios
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain import junit_cases

if TYPE_CHECKING:
    from collections.abc import Mapping

SUITE = "stackproof.migration"
CASES = f"{SUITE}.cycle"
DRAIN_CASES = f"{SUITE}.drain"
READINESS_CASES = f"{SUITE}.readiness"
AUDIT_CASES = f"{SUITE}.audit"
COVERAGE_CASES = f"{SUITE}.coverage"
SCENARIO_CASES = f"{SUITE}.scenarios"
# An XML 1.0 file must not contain these characters.
_INVALID_CHARACTERS = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {"failed": "failure", "error": "error", "skipped": "skipped"}


def junit(evidence: Mapping[str, Any]) -> str:
    """Return the JUnit report of one migration cycle."""
    return _text(_suite(evidence, SUITE, CASES))


def junit_of_clouds(clouds: Mapping[str, Any]) -> str:
    """Return the JUnit report of a run with several targets. Each target is a test suite."""
    suites = [_suite(target, target["name"], f"{CASES}.{target['name']}") for target in clouds["targets"]]
    return _text(_suites(suites, clouds["seconds"]))


def junit_of_drain(drain: Mapping[str, Any]) -> str:
    """Return the JUnit report of a drain.

    The report has one test case for the host and one for each server.
    """
    seconds = {"total": drain["seconds"]}
    suite = _suite({**drain, "seconds": seconds, "steps": junit_cases(drain)}, SUITE, DRAIN_CASES)
    return _text(suite)


def junit_of_readiness(report: Mapping[str, Any]) -> str:
    """Return the JUnit report of a readiness report, with one test case for each host."""
    seconds = {"total": report["seconds"]}
    found = {**report, "seconds": seconds, "steps": readiness.junit_cases(report)}
    return _text(_suite(found, SUITE, READINESS_CASES))


def junit_of_audit(audit: Mapping[str, Any]) -> str:
    """Return the JUnit report of an audit. The report has a test case for each finding and for each other kind."""
    seconds = {"total": audit["seconds"]}
    suite = _suite({**audit, "seconds": seconds, "steps": audit_report.junit_cases(audit)}, SUITE, AUDIT_CASES)
    return _text(suite)


def junit_of_coverage(report: Mapping[str, Any]) -> str:
    """Return the JUnit report about many hosts, with a test case for each tested pair."""
    seconds = {"total": report["seconds"]}
    found = {**report, "seconds": seconds, "steps": coverage.junit_cases(report)}
    return _text(_suite(found, SUITE, COVERAGE_CASES))


def junit_of_scenarios(report: Mapping[str, Any]) -> str:
    """Return the JUnit report of a run of scenarios, with a test suite for each suite.

    A run that failed before its first scenario has one suite with one test case.
    """
    suites = []
    for name, found in scenarios.suites_of(report).items():
        seconds = {"total": sum(scenario["seconds"] for scenario in found)}
        steps = scenarios.junit_cases(found)
        suites.append(_suite({**report, "seconds": seconds, "steps": steps}, name, f"{SCENARIO_CASES}.{name}"))
    if not suites:
        case = {"name": "scenarios", "outcome": "error", "seconds": report["seconds"], "reason": report["reason"]}
        suites = [_suite({**report, "seconds": {"total": report["seconds"]}, "steps": [case]}, SUITE, SCENARIO_CASES)]
    return _text(_suites(suites, report["seconds"]))


def _suites(suites: list[ET.Element], seconds: float) -> ET.Element:
    root = ET.Element("testsuites", {"name": SUITE, "time": _seconds(seconds)})
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.extend(suites)
    return root


def _suite(found: Mapping[str, Any], name: str, classname: str) -> ET.Element:
    """Return a JUnit test suite with the outcome, the reason and the steps in ``found``."""
    steps = found["steps"]
    counted = {element: sum(step["outcome"] == outcome for step in steps) for outcome, element in _ELEMENTS.items()}
    suite = ET.Element(
        "testsuite",
        {
            "name": _valid_xml(name),
            "tests": str(len(steps)),
            "failures": str(counted["failure"]),
            "errors": str(counted["error"]),
            "skipped": str(counted["skipped"]),
            "time": _seconds(found["seconds"].get("total")),
        },
    )
    if found["started"]:
        suite.set("timestamp", str(found["started"])[:19])
    properties = ET.SubElement(suite, "properties")
    for key in ("run_id", "outcome", "reason"):
        ET.SubElement(properties, "property", {"name": key, "value": _valid_xml(str(found[key]))})
    if cloud := _cloud_of(found):
        ET.SubElement(properties, "property", {"name": "cloud", "value": _valid_xml(cloud)})
    for step in steps:
        case = ET.SubElement(
            suite,
            "testcase",
            {"classname": _valid_xml(classname), "name": _valid_xml(step["name"]), "time": _seconds(step["seconds"])},
        )
        element = _ELEMENTS.get(step["outcome"])
        if element is not None:
            inner = ET.SubElement(case, element, {"message": _valid_xml(step["reason"])})
            if element != "skipped":
                inner.set("type", found["outcome"])
                inner.text = _valid_xml(step["reason"])
    return suite


def _cloud_of(found: Mapping[str, Any]) -> str:
    cloud = found.get("cloud")
    return str((cloud.get("name") if isinstance(cloud, dict) else cloud) or "")


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _seconds(value: float | None) -> str:
    return f"{value or 0:.3f}"


def _valid_xml(text: str) -> str:
    return _INVALID_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)
