# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a drain in a real browser."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.browser.conftest import PHONE
from ansible_collections.stackproof.migration.tests.browser.evidence import drain
from ansible_collections.stackproof.migration.tests.browser.test_report import (
    HIDDEN,
    VIEWS,
    WIDER_THAN_SCREEN,
    in_sight,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window

    Opened = Callable[..., Window]

KINDS = {
    "drained": ("Drained", "compute1 is drained"),
    "not_drained": ("Not drained", "compute1 is not drained"),
    "many": ("Not drained", "compute1 is not drained"),
    "error": ("Error", "The run on compute1 stopped with an error"),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("kind", "label", "title"), [(kind, *texts) for kind, texts in KINDS.items()])
def test_shows_outcome_and_reason_without_scrolling(
    opened: Opened, view: dict[str, int], kind: str, label: str, title: str
) -> None:
    page = opened(drain(kind), viewport=view).page
    assert label in page.locator("header .chip").inner_text()
    assert page.locator("h1").inner_text() == title
    for part in ("header .chip", "h1", "#lead"):
        assert in_sight(page, part)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", KINDS)
def test_does_not_scroll_sideways(opened: Opened, view: dict[str, int], kind: str) -> None:
    page = opened(drain(kind), viewport=view).page
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(WIDER_THAN_SCREEN) <= 0


def test_long_names_fit_a_phone(opened: Opened) -> None:
    long = "compute-" + "0123456789" * 12
    found = drain()
    found["host"] = found["left"][0]["server_name"] = found["plan"][0]["name"] = found["service"]["host"] = long
    found["left"][0]["reason"] = found["reason"] = long
    assert opened(found, viewport=PHONE).page.evaluate(WIDER_THAN_SCREEN) <= 0


@pytest.mark.parametrize("kind", KINDS)
def test_requests_nothing_and_reports_no_error(opened: Opened, kind: str) -> None:
    window = opened(drain(kind))
    window.page.wait_for_load_state("networkidle")
    assert window.complaints == []
    assert window.requests == [window.page.url]


def test_shows_text_of_the_cloud_as_text(opened: Opened) -> None:
    found = drain()
    nasty = "</title><script>alert(1)</script><img src=x onerror=alert(2)>"
    found["reason"] = found["left"][0]["reason"] = found["plan"][0]["name"] = found["gone"][0]["server_name"] = nasty
    window = opened(found)
    window.page.wait_for_load_state("networkidle")
    assert window.complaints == []
    assert window.page.locator("img").count() == 0
    assert nasty in window.page.locator("#lead").inner_text()


@pytest.mark.parametrize("kind", KINDS)
def test_has_the_same_text_without_javascript(opened: Opened, kind: str) -> None:
    with_it, without = opened(drain(kind)).page, opened(drain(kind), java_script_enabled=False).page
    assert without.locator("body").inner_text().split() == with_it.locator("body").inner_text().split()


@pytest.mark.parametrize("kind", ["not_drained", "many"])
def test_prints_all_on_white(opened: Opened, kind: str) -> None:
    page = opened(drain(kind), color_scheme="dark").page
    assert page.evaluate(HIDDEN) != []
    page.emulate_media(media="print")
    assert page.evaluate(HIDDEN) == []
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(25, 28, 32)"


@pytest.mark.parametrize("kind", KINDS)
def test_structure_is_in_order(opened: Opened, kind: str) -> None:
    page = opened(drain(kind)).page
    levels = page.evaluate("() => [...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("table:not(:has(caption))").count() == page.locator("th:not([scope])").count() == 0
    for link in page.locator("a[href^='#']").all():
        target = str(link.get_attribute("href"))[1:]
        assert page.locator(f"[id='{target}']").count() == 1, target


def test_plan_sorts_by_method(opened: Opened) -> None:
    page = opened(drain()).page
    page.locator("#plan").get_by_role("button", name="Method").click()
    methods = page.locator("#plan tbody td:nth-child(2)").all_inner_texts()
    assert [method.split()[-2:] for method in methods] == [
        ["be", "moved"],
        ["cold", "migration"],
        ["live", "migration"],
        ["live", "migration"],
    ]
