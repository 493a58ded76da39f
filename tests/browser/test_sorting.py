# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of many migrations can be sorted by mouse and keyboard. Screen readers announce the order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.browser.evidence import many

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window
    from playwright.sync_api import Page

    Opened = Callable[..., Window]

TOOK = 4
SORTS = "table[data-sorts]"


@pytest.fixture
def page(opened: Opened) -> Page:
    return opened(many(60)).page


def took(page: Page) -> list[float]:
    cells = page.locator(f"{SORTS} tbody tr > :nth-child({TOOK + 1})").all_text_contents()
    return [float(cell.removesuffix(" s")) for cell in cells]


def states(page: Page) -> list[str | None]:
    return [head.get_attribute("aria-sort") for head in page.locator(f"{SORTS} thead th").all()]


def test_is_unsorted_at_first(page: Page) -> None:
    assert states(page) == ["none"] * 6
    assert page.locator(f"{SORTS} thead th > button[type=button]").count() == 6


def test_sorts_by_click(page: Page) -> None:
    before = took(page)
    assert before != sorted(before)
    button = page.get_by_role("button", name="Duration")
    button.click()
    assert took(page) == sorted(before)
    assert states(page)[TOOK] == "ascending"
    button.click()
    assert took(page) == sorted(before, reverse=True)
    assert states(page)[TOOK] == "descending"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_sorts_by_keyboard(page: Page, key: str) -> None:
    before = took(page)
    page.get_by_role("button", name="Outcome").focus()
    page.keyboard.press("Tab")
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press(key)
    assert took(page) == sorted(before)
    assert states(page) == ["none", "none", "none", "none", "ascending", "none"]


def test_sorts_names_naturally(page: Page) -> None:
    page.get_by_role("button", name="Duration").click()
    page.get_by_role("button", name="Server").click()
    names = page.locator(f"{SORTS} tbody th").all_text_contents()
    assert [int(name.rsplit("-", 1)[1]) for name in names] == list(range(1, 61))
    assert states(page) == ["ascending", "none", "none", "none", "none", "none"]


def test_durations_are_drawn(page: Page) -> None:
    assert page.locator(".histogram rect").count() > 3
    counts = [int(text) for text in page.locator(".histogram svg text").all_text_contents()]
    assert sum(counts) == 60
