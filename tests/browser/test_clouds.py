# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page about many clouds, opened in a real browser."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.browser.conftest import PHONE
from ansible_collections.stackproof.migration.tests.browser.evidence import clouds
from ansible_collections.stackproof.migration.tests.browser.test_report import (
    HIDDEN,
    VIEWS,
    WIDER_THAN_SCREEN,
    in_sight,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window
    from playwright.sync_api import Page

    Opened = Callable[..., Window]

# This function returns the texts of cells whose content is wider than the cell.
CUT_OFF = """() => [...document.querySelectorAll(".targets th[scope=row], .targets td")].filter(
  (one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1
).map((one) => one.textContent)"""


def names(page: Page) -> list[str]:
    return page.locator(".targets .name").all_text_contents()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("well", "label", "title"),
    [(False, "Failed", "Live migration failed on 1 of 6 targets"), (True, "Passed", "Live migration works on all 6")],
)
def test_outcome_is_visible_without_scrolling(
    opened: Opened, view: dict[str, int], well: bool, label: str, title: str
) -> None:
    page = opened(clouds(6, well=well), viewport=view).page
    assert label in page.locator("header .chip").inner_text()
    assert page.locator("h1").inner_text().startswith(title)
    for part in ("header .chip", "h1", "#lead", ".counts .chip"):
        assert in_sight(page, part)


def test_targets_are_sorted_and_link_to_reports(opened: Opened) -> None:
    page = opened(clouds(6)).page
    assert names(page) == ["cloud-1", "cloud-5", "cloud-3", "cloud-0", "cloud-2", "cloud-4"]
    links = {str(one.get_attribute("href")) for one in page.locator(".targets a.name").all()}
    assert links == {f"cloud-{number}/report.html" for number in range(5)}
    assert "Batch failure" in page.locator(".targets tbody tr").first.inner_text()
    assert "no report" in page.locator(".targets tr", has_text="cloud-5").inner_text()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("count", [5, 60])
def test_does_not_cut_off_or_scroll_sideways(opened: Opened, view: dict[str, int], count: int) -> None:
    found = clouds(count)
    found["targets"][0]["name"] = "a-cloud-with-quite-a-long-name.region-one.example.org"
    page = opened(found, viewport=view).page
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(WIDER_THAN_SCREEN) <= 0
    assert page.evaluate(CUT_OFF) == []
    wider = page.evaluate(
        "() => { const one = document.querySelector('.scrolls'); return one.scrollWidth - one.clientWidth; }"
    )
    assert wider <= 0


def test_a_row_is_a_card_on_a_phone(opened: Opened) -> None:
    page = opened(clouds(), viewport=PHONE).page
    name, chip, why = (
        page.locator(f".targets tbody tr:first-child {part}").bounding_box() for part in ("th", ".chip", ".why")
    )
    assert name is not None
    assert chip is not None
    assert why is not None
    assert abs(name["y"] - chip["y"]) < 8
    assert why["y"] > name["y"]
    assert why["width"] > 300


def test_requests_nothing_and_reports_no_error(opened: Opened) -> None:
    found = clouds()
    nasty = "</title><script>alert(1)</script><img src=x onerror=alert(2)>"
    found["targets"][1].update(name=nasty, reason=nasty, report='x" onmouseover="alert(3)')
    window = opened(found)
    window.page.wait_for_load_state("networkidle")
    assert window.complaints == []
    assert window.requests == [window.page.url]
    assert window.page.locator("img, [onmouseover]").count() == 0


def test_has_the_same_text_without_javascript(opened: Opened) -> None:
    with_it, without = opened(clouds(12)).page, opened(clouds(12), java_script_enabled=False).page
    assert without.locator("body").inner_text().split() == with_it.locator("body").inner_text().split()
    assert without.locator("button").count() == 0


def test_prints_all_on_white(opened: Opened) -> None:
    page = opened(clouds(12), color_scheme="dark").page
    # This verifies that the check can fail.
    assert page.evaluate(HIDDEN) != []
    page.emulate_media(media="print")
    assert page.evaluate(HIDDEN) == []
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(25, 28, 32)"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_headings_and_captions_are_in_order(opened: Opened) -> None:
    page = opened(clouds()).page
    levels = page.evaluate("() => [...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("table:not(:has(caption))").count() == page.locator("th:not([scope])").count() == 0


def test_sorts_by_name_and_by_outcome(opened: Opened) -> None:
    page = opened(clouds(6)).page
    at_first = names(page)
    page.get_by_role("button", name="Target").click()
    assert names(page) == sorted(at_first)
    page.get_by_role("button", name="Outcome").click()
    assert names(page) == at_first


def test_bars_show_when_targets_ran(opened: Opened) -> None:
    page = opened(clouds(6, well=True)).page
    bars = [bar.bounding_box() for bar in page.locator(".share .passed").all()]
    starts = [bar["x"] for bar in bars if bar]
    assert len(starts) == 6
    assert all(before < after for before, after in pairwise(starts))
