# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""axe-core finds no accessibility problem in the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from ansible_collections.stackproof.migration.tests.browser.conftest import DESKTOP, PHONE
from ansible_collections.stackproof.migration.tests.browser.evidence import (
    SAMPLES,
    Evidence,
    bare,
    clouds,
    coverage,
    drain,
    many,
    sample,
    scenario,
    scenarios,
)
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # the package has no py.typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.browser.conftest import Window

    Opened = Callable[..., Window]

AXE = Axe()
OTHERS: dict[str, Callable[[], Evidence]] = {
    "error": bare,
    "many": lambda: many(12),
    "clouds": clouds,
    "drain": drain,
    "coverage": lambda: coverage(24, groups=2),
    "scenarios": scenarios,
    "scenario": scenario,
}


@pytest.mark.parametrize("view", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*SAMPLES, *OTHERS])
def test_axe_reports_no_violation(
    opened: Opened, name: str, scheme: Literal["light", "dark"], view: dict[str, int]
) -> None:
    page = opened(OTHERS[name]() if name in OTHERS else sample(name), color_scheme=scheme, viewport=view).page
    # check the closed sections, too
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    violations = AXE.run(page).response["violations"]
    found = [
        f"{one['impact']}: {one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:3]]}"
        for one in violations
    ]
    assert found == []
