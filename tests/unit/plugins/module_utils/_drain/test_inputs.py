# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._drain.inputs import problems_of

DEFAULTS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[5] / "roles/host_drain/defaults/main.yml").read_text()
) | {"host_drain_cloud": "mycloud", "host_drain_host": "compute1"}


def inputs(**values: Any) -> dict[str, Any]:
    return DEFAULTS | {f"host_drain_{name}": value for name, value in values.items()}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"cloud": ""},
        {"max_rounds": "1", "max_parallel": "2"},
        {"task_timeout": 0, "wait_for_hosts": 0},
        {"target": "compute2"},
        {"state": "undrained", "bring_back": True, "since": "2026-04-01T10:00:00Z"},
        # Only a drain uses the target.
        {"state": "undrained", "target": "compute1"},
        {"reason": ""},
        {"reason": "r" * 226},
        {"report_dir": ""},
    ],
)
def test_accepts_inputs(values: dict[str, Any]) -> None:
    assert problems_of(inputs(**values), list(DEFAULTS)) == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (
            {"host": ""},
            (
                "host_drain_host must be the name of a compute host, found ''. Set it to a host that `openstack compute"
                " service list` shows."
            ),
        ),
        (
            {"state": "empty"},
            "host_drain_state must be one of drained, undrained, found 'empty'. Choose one of these values.",
        ),
        (
            {"target": "compute1"},
            (
                "host_drain_target must be a compute host other than host_drain_host, found 'compute1'."
                " Name another host, or leave it empty to let Nova's scheduler choose."
            ),
        ),
        ({"target": 7}, "host_drain_target must be the name of a compute host, found 7."),
        (
            {"max_rounds": 0},
            "host_drain_max_rounds must be a whole number of at least 1, found 0. Set it to 1 or more.",
        ),
        ({"max_parallel": "0"}, "host_drain_max_parallel must be a whole number of at least 1, found '0'."),
        (
            {"timeout": 0},
            "host_drain_timeout must be a whole number of at least 1, found 0. Set it to 1 second or more.",
        ),
        ({"cold_timeout": -1}, "host_drain_cold_timeout must be a whole number of at least 1, found -1."),
        ({"settle_timeout": "x"}, "host_drain_settle_timeout must be a whole number of at least 1, found 'x'."),
        ({"task_timeout": -1}, "host_drain_task_timeout must be a whole number of at least 0, found -1."),
        ({"wait_for_hosts": -0.5}, "host_drain_wait_for_hosts must be a number of seconds, at least 0, found -0.5."),
        (
            {"poll_interval_max": 0},
            "host_drain_poll_interval_max must be a number of seconds, greater than 0, found 0.",
        ),
        ({"poll_interval": 50}, "host_drain_poll_interval must be at most host_drain_poll_interval_max (30), found 50"),
        ({"on_failure": "ask"}, "host_drain_on_failure must be one of continue, stop, found 'ask'."),
        ({"on_timeout": "x"}, "host_drain_on_timeout must be one of fail, abort, force_complete, found 'x'."),
        ({"block_migration": "x"}, "host_drain_block_migration must be one of auto, true, false, found 'x'."),
        ({"cold": "x"}, "host_drain_cold must be true or false, found 'x'."),
        (
            {"reason": "r" * 227},
            "host_drain_reason has 227 characters, but Nova accepts only 226. Shorten the reason,",
        ),
        ({"reason": 7}, "host_drain_reason must be a text, found 7."),
        (
            {"since": "yesterday"},
            "host_drain_since must be a time in ISO 8601, found 'yesterday'. Use a time such as 2026-04",
        ),
        ({"report_dir": ["a"]}, "host_drain_report_dir must be the path of a folder, found ['a']."),
    ],
)
def test_refuses_input(values: dict[str, Any], problem: str) -> None:
    (found,) = problems_of(inputs(**values))
    assert found.startswith(problem)


def test_returns_all_problems_at_once() -> None:
    found = problems_of(inputs(max_rounds=0, host=None), [*DEFAULTS, "host_drain_result", "host_drain_paralel"])
    assert [problem.split(" must")[0] for problem in found] == [
        "There is no input host_drain_paralel. Did you mean host_drain_max_parallel?",
        "host_drain_host",
        "host_drain_max_rounds",
    ]
