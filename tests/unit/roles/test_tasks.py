# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles only order the steps. All decisions are in filters and modules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"
ROLES = Path(__file__).parents[3] / "roles"
FILES = sorted(
    path
    for role in ("host_drain", "migration_cycle")
    for part in ("tasks", "vars")
    for path in (ROLES / role / part).glob("*.yml")
)
# This pattern matches conditions, arithmetic, loops and concatenation. It does not match the `*` before an argument
# list.
COMPUTES = re.compile(r"\bif\b|\belse\b|{%|[~%+/]|(?<!, )\*|\s-\s|\b(?:and|or)\b")
# This pattern matches strings. The check ignores strings.
LITERAL = re.compile(r"'[^']*'")
# This pattern matches filters. An expression may contain one filter. `default` and `bool` do not count.
FILTER = re.compile(r"\|\s*(?!default\b|bool\b)([\w.]+)")


def expressions(value: Any) -> Iterator[str]:
    """Yield each Jinja expression in a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)
    elif isinstance(value, str):
        yield from re.findall(r"{{.*?}}|{%.*?%}", value, re.DOTALL)


def allowed(expression: str) -> bool:
    """Return whether an expression reads a template file. Such an expression may remove spaces."""
    return "lookup('ansible.builtin.template'" in expression


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}/{path.name}")
def test_no_template_computes(path: Path) -> None:
    found = [
        expression
        for expression in expressions(yaml.safe_load(path.read_text()))
        if not allowed(expression)
        and (COMPUTES.search(LITERAL.sub("''", expression)) or len(FILTER.findall(expression)) > 1)
    ]
    assert found == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}/{path.name}")
def test_no_file_of_tasks_includes_itself(path: Path) -> None:
    assert not re.search(rf"(include|import)_tasks: {re.escape(path.name)}$", path.read_text(), re.MULTILINE)


def test_names_of_tasks_are_not_parsed() -> None:
    assert [path.name for path in FILES if "ansible_failed_task" in path.read_text()] == []


# A role also sets the inputs of a role that it includes.
INPUTS_OF_OTHER_ROLES = {"local_upgrade": ("local_cloud_step",)}


def variables_set(value: Any) -> Iterator[str]:
    """Yield the names of the variables that tasks set: vars, registered results and facts."""
    if isinstance(value, list):
        for inner in value:
            yield from variables_set(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in ("vars", "ansible.builtin.set_fact") and isinstance(inner, dict):
                yield from inner
            elif key == "register":
                yield inner
            yield from variables_set(inner)


@pytest.mark.parametrize(
    ("path", "prefixes"),
    [
        *(
            (path, (path.parts[-3], *INPUTS_OF_OTHER_ROLES.get(path.parts[-3], ())))
            for path in sorted(ROLES.glob("*/tasks/*.yml"))
        ),
        # A playbook also sets the inputs of roles.
        *(
            (
                path,
                (
                    "regression",
                    "migration_cycle",
                    "migration_coverage",
                    "migration_scenarios",
                    "host_drain",
                    "local_cloud",
                ),
            )
            for path in sorted(PLAYBOOKS.glob("*.yml"))
        ),
    ],
    ids=lambda value: f"{value.parts[-3]}/{value.name}" if isinstance(value, Path) else "",
)
def test_variables_are_named_after_their_role(path: Path, prefixes: tuple[str, ...]) -> None:
    """A task may have vars with the name of a user's fact. The fact has priority over the vars of the task."""
    names = [name for name in variables_set(yaml.safe_load(path.read_text())) if not name.startswith("ansible_")]
    assert [name for name in names if not name.removeprefix("__").startswith(prefixes)] == []


@pytest.mark.parametrize("role", ["host_drain", "migration_cycle"])
def test_role_runs_when_it_is_included_with_tags_but_without_apply(role: str) -> None:
    tasks = yaml.safe_load((ROLES / role / "tasks" / "main.yml").read_text(encoding="utf-8"))
    assert "stackproof.migration.role_selection" in tasks[0]
    assert all(task["tags"] == ["always"] for task in tasks)
    assert all(task["ansible.builtin.include_tasks"]["apply"] == {"tags": ["always"]} for task in tasks[1:])
