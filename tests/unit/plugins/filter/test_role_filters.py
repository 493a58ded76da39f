# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the roles, tested in templates."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import jinja2
import pytest

FILTERS = "ansible_collections.stackproof.migration.plugins.filter"


def render(name: str, expression: str, **variables: Any) -> Any:
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(import_module(f"{FILTERS}.{name}").FilterModule().filters())
    return environment.compile_expression(expression)(**variables)


def test_returns_problems_of_inputs() -> None:
    names = ["migration_cycle_counts"]
    problems = render("cycle_inputs", "given | cycle_inputs(variables=names)", given={}, names=names)
    assert problems[0].startswith("There is no input migration_cycle_counts.")
    assert render("drain_inputs", "given | drain_inputs", given={})[0].startswith("host_drain_state must be one of")


def test_settings() -> None:
    assert (
        render("cycle_settings", "given | cycle_settings", given={"migration_cycle_migrate_count": "2"})[
            "migrate_count"
        ]
        == 2
    )


@pytest.mark.parametrize("count", [1, "1"])
def test_servers(count: int | str) -> None:
    booted = [{"name": "probe-1", "host": "compute1"}, {"name": "probe-2", "host": "compute2"}]
    expression = "booted | cycle_servers(target='compute1', count=count)"
    found = render("cycle_servers", expression, booted=booted, count=count)
    assert found == {"servers": booted[1:], "names": "probe-2", "problem": ""}


def test_migrations() -> None:
    one = {"server_name": "probe-1", "outcome": "failed", "message": "probe-1: failed."}
    found = render("cycle_migrations", "migrate | cycle_migrations(in_migrate=true)", migrate={"migrations": [one]})
    assert found == {
        "migrations": [one],
        "not_completed": [one],
        "failures_first": [one],
        "message": "probe-1: failed.",
        "not_requested": False,
        "prediction": {
            "can_move": {"moved": 0, "failed": 1},
            "cannot_move": {"moved": 0, "failed": 0},
            "not_tried": 0,
            "false_can_move": ["probe-1"],
            "false_cannot_move": [],
        },
        "prediction_text": "0 of 1 right; false can move: 1; false cannot move: 0; not tried: 0",
    }


def test_seconds() -> None:
    results = {"boot": {"seconds": "1.5"}}
    assert (
        render("cycle_seconds", "results | cycle_seconds(started='10', ended=12.5)", results=results)["ansible"] == 1.0
    )


@pytest.mark.parametrize(("remove", "fate"), [("false", "The servers are kept"), (True, "The servers are deleted now")])
def test_preflight(remove: bool | str, fate: str) -> None:
    inputs = {"migration_cycle_cloud": "mycloud", "migration_cycle_remove_orphaned_servers": remove}
    preflight = {"problems": [{"message": "One host."}, {"message": "No image."}]}
    expression = "preflight | cycle_preflight(inputs=inputs, orphaned_servers=[{'name': 'probe-1'}])"
    found = render("cycle_preflight", expression, preflight=preflight, inputs=inputs)
    assert (found["cloud"], found["lines"], found["problem"]) == ("mycloud", [], "One host. No image.")
    assert fate in found["orphaned_servers"]
    assert render("cycle_preflight", "{} | cycle_preflight(inputs={})")["orphaned_servers"] == ""
    resources = [{"kind": "port", "id": str(number), "name": "", "run_id": f"r{number % 2}"} for number in range(3)]
    found = render(
        "cycle_preflight", "{} | cycle_preflight(inputs={}, orphaned_resources=resources)", resources=resources
    )
    assert found["orphaned_runs"] == ["r0", "r1"]


def test_returns_kinds_of_a_failure() -> None:
    assert render("failure_kinds", "result | failure_kinds", result={"failure": {"kind": "quota"}}) == ["quota"]
