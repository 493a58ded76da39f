# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import jinja2
from ansible_collections.stackproof.migration.plugins.filter import cycle_outcome


def test_filter_returns_outcome_of_a_cycle() -> None:
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(cycle_outcome.FilterModule().filters())
    found = environment.compile_expression("cycle | cycle_outcome")(
        cycle={"failure": {"step": "preflight", "reason": "One host.", "kinds": ["hosts"]}}
    )
    assert found == {
        "outcome": "inconclusive",
        "reason": "One host.",
        "failed_step": "preflight",
        "needs_control": False,
    }
