# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example for AWX. The modules of awx.awx accept its arguments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible_collections.stackproof.migration.tests.pipelines.linters import (
    EXAMPLES,
    LINTERS,
    OWN_PROGRAMS,
    ROOT,
    run_program,
)

if TYPE_CHECKING:
    from pathlib import Path

Task = dict[str, Any]
EXAMPLE = EXAMPLES / "awx.yml"
MODULES = (
    "credential",
    "credential_type",
    "execution_environment",
    "group",
    "host",
    "inventory",
    "job_template",
    "project",
    "schedule",
)
# An argument spec and the documentation of an option both have these keys.
SPEC_KEYS = ("type", "elements", "choices", "required", "aliases", "suboptions")


def tasks() -> list[tuple[str, Task]]:
    """Return the module and the arguments of each task."""
    (play,) = DataLoader().load_from_file(str(EXAMPLE))
    found = [
        (key.removeprefix("awx.awx."), arguments)
        for task in play["tasks"]
        for key, arguments in task.items()
        if key.startswith("awx.awx.")
    ]
    assert len(found) == len(play["tasks"])
    return found


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return the argument specs from the documentation of the modules.

    The tests of awx.awx require that the specs and the documentation agree.
    """
    code, output = run_program(
        "ansible-doc", "--json", *(f"awx.awx.{name}" for name in MODULES), home=tmp_path_factory.mktemp("home")
    )
    assert code == 0, output
    documented = json.loads(output[output.index("{") :])
    return {
        name: {
            option: {key: known[key] for key in SPEC_KEYS if key in known}
            for option, known in documented[f"awx.awx.{name}"]["doc"]["options"].items()
        }
        for name in MODULES
    }


def problems(spec: dict[str, Any], arguments: Task) -> list[str]:
    return list(ArgumentSpecValidator(spec).validate(arguments).error_messages)


@pytest.mark.parametrize(("module", "arguments"), tasks(), ids=lambda value: value if isinstance(value, str) else "")
def test_module_accepts_arguments(module: str, arguments: Task, specs: dict[str, Any]) -> None:
    assert problems(specs[module], arguments) == []


def test_checks_every_module_of_example() -> None:
    assert {module for module, _arguments in tasks()} == set(MODULES)


@pytest.mark.parametrize(
    ("slip", "word"), [({"fork": 12}, "fork"), ({"job_type": "runn"}, "runn"), ({"forks": "many"}, "many")]
)
def test_reports_invalid_argument(slip: Task, word: str, specs: dict[str, Any]) -> None:
    right = dict(tasks())["job_template"]
    (problem,) = problems(specs["job_template"], {**right, **slip})
    assert word in problem


def test_syntax_check_passes(tmp_path: Path) -> None:
    code, output = run_program("ansible-playbook", "--syntax-check", str(EXAMPLE), home=tmp_path)
    assert code == 0, output


def test_ansible_lint_passes(tmp_path: Path) -> None:
    collections = next((LINTERS.parent / "lib").glob("python3.*/site-packages"))
    code, output = run_program(
        "ansible-lint",
        "--offline",
        "--strict",
        "--profile=production",
        f"--config-file={ROOT / 'tests' / 'pipelines' / 'ansible-lint.yml'}",
        str(EXAMPLE),
        home=tmp_path,
        programs=OWN_PROGRAMS,
        ANSIBLE_COLLECTIONS_PATH=str(collections),
    )
    assert code == 0, output


def test_survey_follows_rules_of_awx() -> None:
    """The API of AWX checks these rules (awx/api/views, JobTemplateSurveySpec)."""
    survey = dict(tasks())["job_template"]["survey_spec"]
    assert set(survey) == {"name", "description", "spec"}
    for question in survey["spec"]:
        assert {"question_name", "variable", "type", "required"} <= set(question)
        assert question["type"] in {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}
        if question["type"] == "integer":
            assert question["min"] <= question["default"] <= question["max"]
        else:
            assert question["default"] in question["choices"]


def test_playbook_of_project_exists() -> None:
    name = dict(tasks())["job_template"]["playbook"]
    (play,) = yaml.safe_load((EXAMPLES / "cron" / "project" / name).read_text(encoding="utf-8"))
    assert play["ansible.builtin.import_playbook"] == "stackproof.migration.regression"
