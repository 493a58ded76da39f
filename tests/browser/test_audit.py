# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of an audit in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.filter.audit_result import audit_result
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit import build
from ansible_collections.stackproof.migration.tests.browser.test_report import VIEWS, WIDER_THAN_SCREEN, in_sight
from ansible_collections.stackproof.migration.tests.unit.plugins.module_utils._audit.test_audit_report import (
    FINDING,
    recorded,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window

    Opened = Callable[..., Window]

LONG = {
    **FINDING,
    "kind": "server_error",
    "subject": "server-2",
    "blocks": "certain",
    "server_name": "name-" + "0123456789" * 12,
    "command": "openstack server set --state active " + "0123456789" * 12,
}


def report(*findings: dict[str, Any]) -> dict[str, Any]:
    result = audit_result(recorded(*findings), 100.0, 102.5)["result"]
    return build(result, collection="1.0.0", ended=datetime(2026, 4, 1, tzinfo=UTC))


@pytest.mark.parametrize("view", VIEWS)
def test_shows_the_outcome_and_fits_the_screen(opened: Opened, view: dict[str, int]) -> None:
    page = opened(report(LONG, FINDING), viewport=view).page
    assert page.locator("h1").inner_text() == "Earlier migrations left something behind"
    assert page.locator("#lead").inner_text() == "2 findings, 2 can block the next migration."
    for part in ("header .chip", "h1", "#lead"):
        assert in_sight(page, part)
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(WIDER_THAN_SCREEN) <= 0


def test_finding_links_to_its_remedy(opened: Opened) -> None:
    window = opened(report(LONG, FINDING))
    page = window.page
    page.locator("#findings tbody a").nth(1).click()
    assert page.url.endswith("#finding-2")
    assert in_sight(page, "#finding-2 .command")
    # The name of the server contains markup, which the page shows as text.
    assert page.locator("#finding-2 h3").inner_text() == "2. allocation doubled: <b>payroll</b>"
    assert window.complaints == []


def test_sorts_by_what_blocks(opened: Opened) -> None:
    page = opened(report(FINDING, LONG)).page
    page.locator("#findings").get_by_role("button", name="Blocks").click()
    assert page.locator("#findings tbody .chip").all_inner_texts() == ["✕ certain", "? likely"]


def test_filters_the_findings(opened: Opened) -> None:
    page = opened(report(FINDING, LONG)).page
    page.locator("#findings input[type=search]").fill("server error")
    assert page.locator("#findings tbody tr:visible th").all_inner_texts() == ["server error"]


def test_clean_cloud(opened: Opened) -> None:
    page = opened(report()).page
    assert page.locator("header .chip").inner_text() == "✓ Clean"
    assert page.locator("#findings").count() == 0
    assert "not known" in page.locator("#examined").inner_text()
