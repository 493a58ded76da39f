# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.clouds_page import Bar, html, page
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils import cloud_results, cycles
from ansible_collections.stackproof.migration.tests.unit.plugins.plugin_utils._report.test_html import parsed

WELL = cycles.passed()


def several(*kinds: dict[str, Any], **more: Any) -> dict[str, Any]:
    return cloud_results.clouds(*(cloud_results.target(f"t{at}", cycle, **more) for at, cycle in enumerate(kinds, 1)))


@pytest.mark.parametrize(
    ("clouds", "title", "lead"),
    [
        (several(WELL), "Live migration works on the only target", "Passed: t1."),
        (several(WELL, WELL), "Live migration works on all 2 targets", "Passed: t1, t2."),
        (several(cloud_results.BAD, WELL), "Live migration failed on 1 of 2 targets", "Failed: t1."),
        (several(cloud_results.NO_ROOM), "Preconditions not met on the only target", "Inconclusive: t1."),
        (
            several(*[cloud_results.BAD] * 7),
            "Live migration failed on all 7 targets",
            "Failed: t1, t2, t3, t4 and 3 more.",
        ),
        (
            cloud_results.mixed(),
            "Live migration failed on 1 of 4 targets",
            "Failed: lisbon. Error: oslo. Inconclusive: paris.",
        ),
    ],
)
def test_title_and_lead(clouds: dict[str, Any], title: str, lead: str) -> None:
    found = page(clouds)
    assert found.title == title
    assert found.lead == lead


def test_key_facts() -> None:
    facts = dict(page(cloud_results.mixed()).key_facts)
    assert facts == {
        "Targets": "4",
        "Started": "2026-04-01 09:59:59 UTC",
        "Duration": "25.0 s",
        "Sum of durations": "26.0 s",
        "Completed": "1 of 2 migrations",
    }
    assert "Sum of durations" not in dict(page(several(WELL)).key_facts)
    assert "Completed" not in dict(page(several(cloud_results.NO_ROOM)).key_facts)


def test_rows_show_the_targets() -> None:
    rows = {row.name: row for row in page(cloud_results.mixed()).rows}
    assert list(rows) == ["lisbon", "oslo", "paris", "berlin"]
    assert rows["berlin"].place == "mycloud, region eu-1"
    assert (rows["lisbon"].lead, rows["lisbon"].rest) == ("probe-1: it failed.", "Nova's reason: no host.")
    assert (rows["oslo"].link, rows["oslo"].time_bar, rows["oslo"].release) == ("", None, "not known")
    assert rows["paris"].accepted
    assert page(cloud_results.mixed()).rest == "The outcome inconclusive is accepted for paris."
    assert page(several(cloud_results.NO_ROOM)).rest == ""


def test_omits_a_place_that_equals_the_name() -> None:
    (row,) = page(cloud_results.clouds(cloud_results.target("mycloud", WELL, availability_zone="az1"))).rows
    assert row.place == "zone az1"


def test_bars_lie_within_the_run() -> None:
    clouds = several(WELL)
    (row,) = page(clouds).rows
    # The run took 25 s. The target started 1 s after the run and took 12 s.
    assert row.time_bar == Bar(x=4.0, width=48.0)
    short = {**clouds, "targets": [{**clouds["targets"][0], "ended": clouds["targets"][0]["started"]}]}
    assert page(short).rows[0].time_bar == Bar(x=4.0, width=1.0)
    # the clock can be changed during a run
    long = {**clouds, "seconds": 0.0}
    assert page(long).rows[0].time_bar == Bar(x=0.0, width=100.0)


def test_page_is_well_formed_and_links_each_report() -> None:
    found = parsed(html(cloud_results.mixed()))
    assert found.ids >= {"lead", "main", "targets"}
    links = [attrs["href"] for tag, attrs in found.seen if tag == "a" and attrs.get("class") == "name"]
    assert links == ["lisbon/report.html", "paris/report.html", "berlin/report.html"]


def test_quotes_links() -> None:
    odd = {**cloud_results.target("a", WELL), "report": "k%C3%B6ln 1?/report.html"}
    assert 'href="k%25C3%25B6ln%201%3F/report.html"' in html(cloud_results.clouds(odd))


def test_escapes_text_of_the_cloud() -> None:
    nasty = "<script>alert(1)</script>"
    text = html(cloud_results.clouds({"name": nasty, "error": nasty}))
    assert nasty not in text
    assert "&lt;script&gt;" in text
