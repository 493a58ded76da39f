# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report about many hosts: for programs, for pipelines and for people."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from ansible_collections.stackproof.migration.plugins.plugin_utils._report import coverage_page
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage import build, pages_of_pairs
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage_map import (
    MapCell,
    host_map,
    short_names,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage_page import (
    html,
    migration_pages,
    page,
)
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.files import COLLECTION
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.junit import junit_of_coverage
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import coverage_results

SCHEMA = json.loads((COLLECTION / "schemas/coverage.schema.json").read_text(encoding="utf-8"))
JUNIT = xmlschema.XMLSchema(Path(__file__).parent.with_name("junit.xsd"))
RESULTS = {
    "passed": coverage_results.passed,
    "failed": coverage_results.failed,
    "stopped": coverage_results.stopped,
}


def report(result: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return build(result or coverage_results.failed(), collection="1.1.0", **more)


def suite(result: dict[str, Any]) -> ET.Element:
    text = junit_of_coverage(report(result))
    JUNIT.validate(text)
    return ET.fromstring(text)  # noqa: S314  # the collection wrote this text


@pytest.mark.parametrize("name", RESULTS)
def test_report_matches_its_schema(name: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(report(RESULTS[name]()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "perhaps"},
        {"coverage": "pair"},
        {"cells": [coverage_results.cell((1, 2), "skipped")]},
        {"faults": [{"fault": "cloud", "hosts": ["compute1"], "detail": "x"}]},
        {"more": 1},
    ],
)
def test_schema_refuses_other_values(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(report() | wrong)


def test_junit_has_a_case_for_each_pair() -> None:
    found = suite(coverage_results.failed())
    # 8 pairs of the rings, 2 more pairs, a pair that Nova does not allow, and 3 hosts that could not be tested
    assert [found.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["14", "3", "0", "5"]
    cases = {str(case.get("name")): case for case in found.iter("testcase")}
    assert cases["compute7 to compute3"].find("skipped") is not None
    assert cases["compute2 to compute4"].get("time") == "5.000"
    (failure,) = cases["compute1 to compute3"]
    assert (failure.tag, failure.get("message")) == ("failure", coverage_results.REFUSED)
    assert [inner.get("message") for inner in cases["host compute10"]] == [
        "unusable: The nova-compute service is down."
    ]
    assert [inner.tag for inner in cases["compute3 to compute5"]] == ["skipped"]


def test_junit_of_a_run_that_stopped_is_an_error() -> None:
    found = suite(coverage_results.stopped())
    assert [(case.get("name"), inner.tag) for case in found.iter("testcase") for inner in case] == [
        ("coverage", "error")
    ]


def test_migration_without_a_record_is_found_by_its_hosts() -> None:
    found = report()
    pages = pages_of_pairs(found)
    number = pages["compute7", "compute1"]
    migration = found["migrations"][number - 1]
    assert (migration["source"], migration["expected_host"], migration["migration_id"]) == (
        "compute7",
        "compute1",
        None,
    )
    assert len(set(pages.values())) == len(pages) == 10


def test_map_joins_neighbours_without_a_migration() -> None:
    found = host_map(report())
    assert [host.name for host in found.hosts] == [f"compute{number}" for number in (1, 3, 5, 7, 2, 4, 6, 8)]
    assert (found.groups, found.missing) == (2, 4)
    for host in found.hosts:
        assert sum(cell.columns for cell in host.cells) == len(found.hosts)
    first, second = found.hosts[:2]
    assert [cell.code + str(cell.columns) for cell in first.cells] == ["s1", "f1", "u1", "p1", "n4"]
    assert first.cells[-1].title == "Hosts of zone-a and zone-b cannot exchange servers."
    assert first.cells[1].title == coverage_results.REFUSED
    assert (second.bad_source, second.bad_destination, second.failures) == (False, True, 2)
    assert found.hosts[3].cells[1] == MapCell("n", title=coverage_results.OTHER_CPU)


def test_map_names_hosts_without_their_common_domain() -> None:
    names = ["compute1.dc1.example.org", "compute11.dc1.example.org"]
    assert list(short_names(names).values()) == ["compute1", "compute11"]
    assert list(short_names(["a.one.example.org", "a.two.example.org"]).values()) == ["a.one", "a.two"]
    assert short_names([]) == {}
    assert short_names(["compute1", "compute2"]) == {"compute1": "compute1", "compute2": "compute2"}


def test_durations_are_those_of_passed_migrations() -> None:
    rows = {(row.host, row.role): row for row in page(report()).roles}
    bad = rows["compute3", "destination"]
    assert (bad.moves, bad.failed, bad.median, bad.longest_downtime) == (2, 2, None, None)
    both = rows["compute1", "source"]
    assert (both.moves, both.failed, both.median, both.longest) == (2, 1, 4.0, 4.0)
    assert next(iter(rows)) == ("compute1", "source")


def test_faults_link_to_their_failed_migrations() -> None:
    found = page(report()).faults
    assert [(fault.label, fault.hosts) for fault in found] == [
        ("destination", "compute3"),
        ("pair", "compute7 → compute1"),
    ]
    assert [link.label for link in found[0].links] == ["compute1 → compute3", "compute5 → compute3"]
    names = [name for name, _text in migration_pages(report())]
    assert all(link.href in names for fault in found for link in fault.links)


def test_page_shows_sample_prediction_and_untested_hosts() -> None:
    text = html(report())
    assert "All hosts are seen after 20 daily runs." in text
    assert "6 of 9 right; false can move: 3" in text
    for reason in (
        "The input exclude names the host.",
        "The nova-compute service is down.",
        "zone-z has no other host",
    ):
        assert reason in text
    assert text.index('id="faults"') < text.index('id="map"') < text.index('id="pairs"')


def test_page_shows_text_of_nova_as_text() -> None:
    for text in (html(report()), *(text for _name, text in migration_pages(report()))):
        assert "<b>" not in text
    assert "&lt;b&gt;Missing" in html(report())


def test_page_of_a_run_that_stopped_has_no_map() -> None:
    text = html(report(coverage_results.stopped()))
    assert "The user is no administrator." in text
    assert 'id="map"' not in text
    assert list(migration_pages(report(coverage_results.stopped()))) == []


def test_each_migration_has_a_page() -> None:
    found = report()
    pages = dict(migration_pages(found))
    assert list(pages) == [f"migrations/{number}.html" for number in range(1, 11)]
    text = pages[f"migrations/{pages_of_pairs(found)['compute5', 'compute3']}.html"]
    assert "<h1>compute5 → compute3</h1>" in text
    assert "another source for a failed pair" in text
    assert 'href="../index.html#map"' in text
    assert set(re.findall(r"href=(migrations/\d+\.html)>", html(found))) == set(pages)


def test_page_of_200_hosts_is_small() -> None:
    found = report(coverage_results.failed(hosts=200, groups=4))
    text = html(found)
    # The rings of 200 hosts have 40,000 pairs, of which 202 were tested.
    assert len(text) < 400_000
    assert len(re.findall("<td class=[a-z][ >]", text)) < 40_000 / 10
    assert len(host_map(found).hosts) == 200


@pytest.mark.parametrize(("hosts", "groups", "by_name"), [(400, 4, True), (404, 4, False), (404, 1, True)])
def test_large_map_keeps_groups_together(hosts: int, groups: int, by_name: bool) -> None:
    text = html(report(coverage_results.failed(hosts, groups)))
    assert ('<option value="name">' in text) is by_name


def test_page_lists_failed_pairs_first_and_names_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage_page, "MAX_PAIRS", 4)
    found = page(report())
    assert [row.outcome for row in found.pairs] == ["failed", "failed", "failed", "inconclusive"]
    assert found.hidden_pairs == 6
    assert "6 more pairs are only in coverage.json" in html(report())


def site_result() -> dict[str, Any]:
    """Return a result that contains names of the site in every place."""
    text = re.sub(r"compute(?=\d)", "blade", json.dumps(coverage_results.failed()))
    for old, new in (("zone-a", "rack-row-3"), ("zone-b", "gpu pool"), ("mycloud", "acme-lab")):
        text = text.replace(old, new)
    found: dict[str, Any] = json.loads(text)
    # The user of the role named this group.
    found["hosts"] = [host | ({"zone": None} if host["group"] == "gpu pool" else {}) for host in found["hosts"]]
    return found


def test_redacted_report_contains_no_names() -> None:
    sources = [{"project_name": "acme-payroll"}]
    plain = report(site_result(), name_sources=sources)
    redacted = report(site_result(), redact_hosts=True, name_sources=sources)
    for written in (plain, redacted):
        texts = [json.dumps(written), junit_of_coverage(written), html(written)]
        texts += [text for _name, text in migration_pages(written)]
        for name in ("blade", "rack-row-3", "gpu pool", "acme-lab"):
            assert any(name in text for text in texts) is (written is plain)
    assert {host["name"] for host in redacted["hosts"]} == {f"host-{number}" for number in range(1, 13)}
    assert [group["name"] for group in redacted["groups"]] == ["zone-1", "group-1"]
    assert [group["hosts"][0] for group in redacted["groups"]] == ["host-1", "host-2"]
    jsonschema.Draft202012Validator(SCHEMA).validate(redacted)


def test_mark_of_a_host_at_fault_is_explained_only_if_the_map_shows_it() -> None:
    explanation = "✕ before a name"
    assert explanation in html(report(coverage_results.failed()))
    assert explanation not in html(report(coverage_results.passed()))
