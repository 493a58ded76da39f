# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.step_seconds import seconds_by_step

RESULTS: dict[str, Any] = {
    "preflight": {"seconds": 1.5},
    "boot": {"seconds": "6.0"},
    "migrate": {"seconds": 0.5},
    "wait": {"skipped": True},
    "cleanup": {"seconds": 3.0},
}


@pytest.mark.parametrize("started", [1764172800.25, "1764172800.25"])
@pytest.mark.parametrize("ended", [1764172813.5, "1764172813.5"])
def test_time_outside_modules_counts_for_ansible(started: float | str, ended: float | str) -> None:
    assert seconds_by_step(RESULTS, started, ended) == {
        "preflight": 1.5,
        "boot": 6.0,
        "migrate": 0.5,
        "wait": 0.0,
        "cleanup": 3.0,
        "ansible": 2.2,
        "total": 13.2,
    }


def test_only_a_failure_has_a_diagnosis_and_a_control_experiment() -> None:
    more = {"diagnosis": {"seconds": 0.25}, "control_boot": {"seconds": "1.5"}, "control_migrate": {"seconds": 2}}
    assert "control" not in seconds_by_step(RESULTS | more, 0, 20)
    found = seconds_by_step({**RESULTS, **more, "failure": {"step": "verify"}}, 0, 20)
    assert (found["diagnosis"], found["control"], found["ansible"]) == (0.25, 3.5, 5.2)
    assert list(found) == [
        "preflight", "boot", "migrate", "wait", "cleanup", "diagnosis", "control", "ansible", "total",
    ]  # fmt: skip


def test_steps_that_were_not_reached_take_no_time() -> None:
    found = seconds_by_step({"preflight": {}, "boot": None}, 0, 0.5)
    assert set(found.values()) == {0.0, 0.5}
