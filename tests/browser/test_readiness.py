# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The readiness report of 200 hosts in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.browser.evidence import readiness
from ansible_collections.stackproof.migration.tests.browser.test_report import VIEWS, WIDER_THAN_SCREEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window
    from playwright.sync_api import Page

    Opened = Callable[..., Window]

ROWS = "#hosts tbody tr"


@pytest.fixture
def page(opened: Opened) -> Page:
    return opened(readiness(200)).page


def names(page: Page) -> list[str]:
    return page.locator(f"{ROWS}:visible th").all_text_contents()


def test_worst_hosts_are_first(page: Page) -> None:
    assert page.locator("h1").text_content() == "Some hosts cannot be emptied"
    assert len(names(page)) == 200
    assert names(page)[0] == "compute10"
    assert page.locator(f"{ROWS} .chip.failed").count() == 40


def test_filters_the_hosts(page: Page) -> None:
    search = page.locator("#hosts input[type=search]")
    search.fill("compute1 zone-1")
    found = names(page)
    assert 0 < len(found) < 200
    assert all(name.startswith("compute1") for name in found)
    search.fill("no such host")
    assert names(page) == []
    search.fill("")
    assert len(names(page)) == 200


def test_sorts_by_the_number_of_servers(page: Page) -> None:
    page.locator("#hosts").get_by_role("button", name="Servers").click()
    numbers = [int(text) for text in page.locator(f"{ROWS} td:nth-child(4)").all_text_contents()]
    assert numbers == sorted(numbers)


def test_filters_the_servers(page: Page) -> None:
    page.locator("#servers input[type=search]").fill("web-200")
    assert page.locator("#servers tbody tr:visible").count() == 1


@pytest.mark.parametrize("view", VIEWS)
def test_page_is_not_wider_than_the_screen(opened: Opened, view: dict[str, int]) -> None:
    window = opened(readiness(200), viewport=view)
    assert not window.page.evaluate(WIDER_THAN_SCREEN)
    assert window.complaints == []
