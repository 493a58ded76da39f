# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report about 200 hosts in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.browser.evidence import coverage
from ansible_collections.stackproof.migration.tests.browser.test_report import VIEWS, WIDER_THAN_SCREEN, in_sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window
    from playwright.sync_api import Page

    Opened = Callable[..., Window]

# This function returns the letters of the map by source and destination.
LETTERS = """() => {
  const table = document.querySelector("#map table");
  const names = (cells) => [...cells].map((cell) => cell.textContent.replace("✕ ", ""));
  const columns = names(table.tHead.rows[0].cells).slice(1), found = {};
  for (const row of table.tBodies[0].rows) {
    const [source, ...cells] = row.cells;
    let at = 0;
    for (const cell of cells) {
      if (cell.textContent) found[`${names([source])[0]} ${columns[at]}`] = cell.textContent;
      at += cell.colSpan;
    }
    if (at !== columns.length) throw new Error(`a row has ${at} of ${columns.length} cells`);
  }
  return found;
}"""
CODES = {"passed": "P", "failed": "F", "inconclusive": "?"}


@pytest.fixture
def page(opened: Opened) -> Page:
    return opened(coverage()).page


def expected(found: dict[str, Any]) -> dict[str, str]:
    return {
        f"{cell['source']} {cell['destination']}": CODES[cell["outcome"]]
        for cell in found["cells"]
        if cell["outcome"] in CODES
    }


def rows(page: Page) -> list[str]:
    return [text.removeprefix("✕ ") for text in page.locator("#map tbody th").all_text_contents()]


def columns(page: Page) -> list[str]:
    return [text.removeprefix("✕ ") for text in page.locator("#map thead th").all_text_contents()[1:]]


@pytest.mark.parametrize("view", VIEWS)
def test_outcome_and_faults_come_first(opened: Opened, view: dict[str, int]) -> None:
    window = opened(coverage(), viewport=view)
    for part in ("header .chip", "h1", "#lead"):
        assert in_sight(window.page, part)
    assert window.page.locator("main section").first.get_attribute("id") == "faults"
    assert window.page.locator("#faults strong").all_inner_texts() == ["compute5", "compute197 → compute1"]
    assert window.page.evaluate(WIDER_THAN_SCREEN) <= 0
    assert window.complaints == []
    assert window.requests == [window.page.url]


@pytest.mark.parametrize("order", ["group", "name", "failures"])
def test_order_moves_rows_and_columns_together(page: Page, order: str) -> None:
    before = rows(page)
    page.locator("#map-order").select_option(order)
    assert rows(page) == columns(page)
    assert page.evaluate(LETTERS) == expected(coverage())
    assert sorted(rows(page)) == sorted(before)
    first = {"group": ["compute1", "compute5"], "name": ["compute1", "compute2"], "failures": ["compute1", "compute5"]}
    assert rows(page)[:2] == first[order]
    if order == "failures":
        assert set(rows(page)[2:4]) == {"compute9", "compute197"}


def test_map_is_readable_without_colour(page: Page) -> None:
    assert page.evaluate(LETTERS) == expected(coverage())
    assert page.locator("#map .legend dd").all_inner_texts() == [
        "passed", "failed", "inconclusive", "not applicable", "not tested", "same host",
    ]  # fmt: skip
    # Cells without a letter have a pattern or a grey.
    for code, image in (("n", "repeating-linear-gradient"), ("u", "repeating-linear-gradient")):
        found = page.locator(f"#map td.{code}").first.evaluate("(cell) => getComputedStyle(cell).backgroundImage")
        assert image in found


def test_filter_shows_the_pairs_of_a_host(page: Page) -> None:
    page.locator("#map-filter").fill("compute197")
    assert rows(page) == ["compute193", "compute197"]
    assert columns(page) == ["compute1", "compute197"]
    assert page.evaluate(LETTERS) == {"compute193 compute197": "P", "compute197 compute1": "F"}
    page.locator("#map-filter").fill("no such host")
    assert (rows(page), columns(page)) == ([], [])
    page.locator("#map-filter").fill("")
    assert page.evaluate(LETTERS) == expected(coverage())


def test_headers_stay_in_sight(page: Page) -> None:
    page.locator("#map .map").scroll_into_view_if_needed()
    page.locator("#map .map").evaluate("(map) => map.scrollTo(1500, 1500)")
    box = page.locator("#map .map").bounding_box()
    head, label = (
        page.locator("#map thead th").nth(90).bounding_box(),
        page.locator("#map tbody th").nth(80).bounding_box(),
    )
    assert box
    assert head
    assert label
    assert abs(head["y"] - box["y"]) < 5
    assert abs(label["x"] - box["x"]) < 5


def test_pair_under_the_pointer_is_named(page: Page) -> None:
    help_text = page.locator("#map-here").inner_text()
    page.locator("#map td.f").first.hover()
    assert page.locator("#map-here").inner_text().startswith("compute1 → compute5: failed. Unacceptable CPU info")
    # A wide cell stands for several pairs. The pointer is on the last of them.
    wide = page.locator("#map tbody tr").first.locator("td").nth(2)
    wide.hover()
    assert page.locator("#map-here").inner_text() == "compute1 → compute9: not tested"
    page.locator("#map-order").hover()
    assert page.locator("#map-here").inner_text() == help_text


def test_focus_names_the_pair_and_links_to_its_page(page: Page) -> None:
    link = page.locator("#map td.p a").first
    link.focus()
    assert page.locator("#map-here").inner_text() == "compute1 → compute13: passed"
    assert str(link.get_attribute("href")).startswith("migrations/")


def test_map_of_200_hosts_is_fast(page: Page) -> None:
    seconds = page.evaluate("""() => {
      const order = document.querySelector("#map-order"), start = performance.now();
      order.value = "name";
      order.dispatchEvent(new Event("change"));
      document.querySelector("#map .map").getBoundingClientRect();
      return (performance.now() - start) / 1000;
    }""")
    # It takes about 0.2 s. The limit is high, because the machine of the test can be busy.
    assert seconds < 5


def test_map_without_scripts(opened: Opened) -> None:
    page = opened(coverage(), java_script_enabled=False).page
    assert page.locator("#map tbody tr").count() == 200
    assert page.locator("#map td.f a").count() == 3
    assert not page.locator("#map .tools").is_visible()


def test_finds_the_durations_of_a_host(page: Page) -> None:
    page.locator("#durations input[type=search]").fill("compute5 destination")
    visible = page.locator("#durations tbody tr:visible")
    texts = [row.locator("th, td").all_inner_texts() for row in visible.all()]
    assert [one[:5] for one in texts if one[0] == "compute5"] == [["compute5", "destination", "zone-a", "2", "✕ 2"]]


def test_host_names_with_markup_and_great_length(opened: Opened) -> None:
    found = coverage(8, groups=1)
    long = "<i>compute-" + "0123456789" * 12 + ".example.org"
    for host in found["hosts"]:
        if host["name"] == "compute2":
            host["name"] = long
    for cell in found["cells"]:
        for side in ("source", "destination"):
            if cell[side] == "compute2":
                cell[side] = long
    window = opened(found)
    assert window.page.locator("#map i").count() == 0
    assert window.page.evaluate(WIDER_THAN_SCREEN) <= 0
    window.page.locator("#map-filter").fill("<i>compute-0")
    assert long in [head.get_attribute("title") for head in window.page.locator("#map tbody th").all()]
