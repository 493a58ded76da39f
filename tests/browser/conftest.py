# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start one headless Chromium for all tests.

Each test gets a new window without access to the network.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.audit_page import html as audit_html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.clouds_page import html as clouds_html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.coverage_page import html as coverage_html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.drain_page import html as drain_html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.html import html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.readiness_page import html as readiness_html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.scenarios_page import html as scenarios_html
from ansible_collections.stackproof.migration.plugins.plugin_utils._report.scenarios_page import scenario_pages
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Route

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@dataclass
class Window:
    """An open report, its requests, and the messages on the browser's console."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("These tests need the browser Chromium: apt-get install chromium (as root; make browser does it).")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    # Chromium's sandbox does not work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


def opened_scenario(found: Mapping[str, Any]) -> str:
    """Return the page of one scenario."""
    return str(list(scenario_pages(found))[found["opened_scenario"]][1])


# The function that creates the page, by a key that only this kind of reports has
PAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "targets": clouds_html,
    "opened_scenario": opened_scenario,
    "scenarios": scenarios_html,
    "findings": audit_html,
    "cells": coverage_html,
    "at_once": readiness_html,
    "moved": drain_html,
}


def page_of(found: Mapping[str, Any]) -> str:
    return next((create for key, create in PAGES.items() if key in found), html)(found)


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Window]]:
    """Open the report of a run or of many clouds in a window.

    The window has these settings of Playwright.
    """
    contexts: list[BrowserContext] = []

    def open_(evidence: Mapping[str, Any], **settings: Any) -> Window:
        file = tmp_path / f"report-{len(contexts)}.html"
        file.write_text(page_of(evidence), encoding="utf-8")
        context = browser.new_context(**{"viewport": DESKTOP, **settings})
        contexts.append(context)
        window = Window(context.new_page())

        def only_the_file(route: Route) -> None:
            window.requests.append(route.request.url)
            if route.request.url == file.as_uri():
                route.continue_()
            else:
                route.abort()

        context.route("**/*", only_the_file)
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("dialog", lambda dialog: window.complaints.append(f"dialog: {dialog.message}"))
        window.page.on(
            "console",
            lambda message: window.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        window.page.goto(file.as_uri())
        return window

    yield open_
    for context in contexts:
        context.close()
