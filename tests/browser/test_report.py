# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of report, opened in a real browser."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.headlines import split_first_sentence
from ansible_collections.stackproof.migration.tests.browser.conftest import DESKTOP, PHONE
from ansible_collections.stackproof.migration.tests.browser.evidence import SAMPLES, bare, many, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window
    from playwright.sync_api import Page

    Opened = Callable[..., Window]

LABELS = {"passed": "Passed", "failed": "Failed", "inconclusive": "Inconclusive", "error": "Error"}
VIEWS = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
# This function returns the elements that contain text and are not visible.
HIDDEN = """() => [...document.querySelectorAll("main *")].filter(
  (one) => one.textContent.trim() && !one.closest("svg") && !one.checkVisibility({visibilityProperty: true})
).map((one) => one.outerHTML.slice(0, 100))"""
WIDER_THAN_SCREEN = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def evidence_of(name: str) -> dict[str, Any]:
    return bare() if name == "error" else sample(name)


def in_sight(page: Page, selector: str) -> bool:
    box, size = page.locator(selector).first.bounding_box(), page.viewport_size
    assert box is not None
    assert size is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"] and box["x"] + box["width"] <= size["width"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", [*SAMPLES, "error"])
def test_outcome_and_reason_are_visible_without_scrolling(opened: Opened, name: str, view: dict[str, int]) -> None:
    evidence = evidence_of(name)
    page = opened(evidence, viewport=view).page
    assert LABELS[name] in page.locator("header .chip").inner_text()
    assert in_sight(page, "header .chip")
    assert in_sight(page, "h1")
    assert in_sight(page, "#lead")
    if evidence["reason"]:
        assert page.locator("#lead").inner_text() == split_first_sentence(evidence["reason"])[0]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", [*SAMPLES, "error", "many"])
def test_page_does_not_scroll_sideways(opened: Opened, name: str, view: dict[str, int]) -> None:
    page = opened(many(60) if name == "many" else evidence_of(name), viewport=view).page
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(WIDER_THAN_SCREEN) <= 0


def test_long_names_fit_a_phone(opened: Opened) -> None:
    evidence = sample("failed")
    long = "compute-" + "0123456789" * 12
    migration = evidence["migrations"][0]
    migration.update(server_name=long, source=long, expected_host=long, request_id="req-" + long, message=long)
    evidence["reason"] = f"{long}: it failed."
    evidence["servers"][0].update(name=long, id=long)
    evidence["cleanup"]["deleted"] = [long]
    page = opened(evidence, viewport=PHONE).page
    assert page.evaluate(WIDER_THAN_SCREEN) <= 0


@pytest.mark.parametrize("name", [*SAMPLES, "error", "many"])
def test_requests_nothing_and_reports_no_error(opened: Opened, name: str) -> None:
    window = opened(many(60) if name == "many" else evidence_of(name))
    window.page.wait_for_load_state("networkidle")
    assert window.complaints == []
    assert window.requests == [window.page.url]


def test_shows_text_of_the_cloud_as_text(opened: Opened) -> None:
    evidence = sample("failed")
    nasty = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>"
    evidence["reason"] = nasty
    evidence["run_id"] = nasty
    evidence["migrations"][0].update(server_name=nasty, message=nasty, reason=nasty)
    evidence["migrations"][0]["events"][0].update(event=nasty, details=nasty, host='" onmouseover="alert(3)')
    window = opened(evidence)
    window.page.wait_for_load_state("networkidle")
    assert window.complaints == []
    assert window.page.locator("script").count() == 1
    assert window.page.locator("img, [onmouseover]").count() == 0
    assert nasty in window.page.locator("#lead").inner_text()


def test_blocks_other_scripts(opened: Opened) -> None:
    window = opened(sample("passed"))
    window.page.evaluate(
        """() => { const one = document.createElement("script"); one.textContent = "window.ran = true";
        document.body.append(one); }"""
    )
    assert window.page.evaluate("() => window.ran") is None
    assert "Content Security Policy" in " ".join(window.complaints)


def test_schemes_differ(opened: Opened) -> None:
    paint = "() => getComputedStyle(document.body).backgroundColor"
    light = opened(sample("passed"), color_scheme="light").page.evaluate(paint)
    dark = opened(sample("passed"), color_scheme="dark").page.evaluate(paint)
    assert light != dark


@pytest.mark.parametrize("name", [*SAMPLES, "many"])
def test_has_the_same_text_without_javascript(opened: Opened, name: str) -> None:
    evidence = many(60) if name == "many" else sample(name)
    with_it, without = opened(evidence).page, opened(evidence, java_script_enabled=False).page
    assert without.locator("body").inner_text().split() == with_it.locator("body").inner_text().split()
    # Without JavaScript a button does nothing. Therefore the page has no button.
    assert without.locator("button").count() == 0
    closed = without.locator("details:not([open]) > summary").first
    if closed.count():
        closed.click()
        assert without.locator("details[open]").count() >= 1


@pytest.mark.parametrize("name", [*SAMPLES, "many"])
def test_prints_all(opened: Opened, name: str) -> None:
    page = opened(many(60) if name == "many" else sample(name), color_scheme="dark").page
    if name != "inconclusive":
        # This verifies that the check can fail.
        assert page.evaluate(HIDDEN) != []
    page.emulate_media(media="print")
    assert page.evaluate(HIDDEN) == []
    # The print is dark on light. The color scheme of the screen has no effect.
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(25, 28, 32)"
    assert page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "light"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_drawings_have_descriptions(opened: Opened) -> None:
    page = opened(many(8)).page
    drawings = page.locator("svg[role=img][aria-labelledby]")
    assert drawings.count() == 9
    for drawing in drawings.all():
        ids = str(drawing.get_attribute("aria-labelledby")).split()
        assert all(page.locator(f"[id='{one}']").text_content() for one in ids)


def test_headings_and_captions_are_in_order(opened: Opened) -> None:
    page = opened(sample("failed")).page
    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1, h2, h3, h4')].map((one) => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("table:not(:has(caption))").count() == 0
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("main").count() == page.locator("nav[aria-label]").count() == 1


def test_links_have_targets(opened: Opened) -> None:
    for name in [*SAMPLES, "error"]:
        page = opened(evidence_of(name)).page
        for link in page.locator("a[href^='#']").all():
            target = str(link.get_attribute("href"))[1:]
            assert page.locator(f"[id='{target}']").count() == 1, f"{name}: {target}"


def test_draws_copy_lag_and_polls(opened: Opened) -> None:
    page = opened(sample("passed")).page
    assert page.locator(".timeline .copy").count() == 1
    assert page.locator(".timeline .band").count() == 1
    assert page.locator(".timeline").get_by_text("Polls", exact=True).count() == 1
    band, copy = page.locator(".timeline .band").bounding_box(), page.locator(".timeline .copy").bounding_box()
    assert band is not None
    assert copy is not None
    # The lag begins with Nova's last update of the record, which is after the copy.
    assert band["x"] >= copy["x"] + copy["width"] - 3
