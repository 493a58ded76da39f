# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of awx.awx take what the example gives them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible_collections.stackproof.migration.tests.pipelines.judges import EXAMPLES, JUDGES, OURS, ROOT, judge

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
# what an entry of an argument spec says, and the documentation, too
SPEC_KEYS = ("type", "elements", "choices", "required", "aliases", "suboptions")


def tasks() -> list[tuple[str, Task]]:
    """Module and arguments of each task."""
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
    """Argument specs, from the modules' documentation, which awx.awx's own tests hold to what the modules take."""
    code, said = judge(
        "ansible-doc", "--json", *(f"awx.awx.{name}" for name in MODULES), home=tmp_path_factory.mktemp("home")
    )
    assert code == 0, said
    documented = json.loads(said[said.index("{") :])
    return {
        name: {
            option: {key: known[key] for key in SPEC_KEYS if key in known}
            for option, known in documented[f"awx.awx.{name}"]["doc"]["options"].items()
        }
        for name in MODULES
    }


def complaints(spec: dict[str, Any], arguments: Task) -> list[str]:
    return list(ArgumentSpecValidator(spec).validate(arguments).error_messages)


@pytest.mark.parametrize(("module", "arguments"), tasks(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_module_takes_its_arguments(module: str, arguments: Task, specs: dict[str, Any]) -> None:
    assert complaints(specs[module], arguments) == []


def test_every_module_of_the_example_is_looked_at() -> None:
    assert {module for module, _arguments in tasks()} == set(MODULES)


@pytest.mark.parametrize(
    ("slip", "word"), [({"fork": 12}, "fork"), ({"job_type": "runn"}, "runn"), ({"forks": "many"}, "many")]
)
def test_a_slip_would_be_seen(slip: Task, word: str, specs: dict[str, Any]) -> None:
    right = dict(tasks())["job_template"]
    (complaint,) = complaints(specs["job_template"], {**right, **slip})
    assert word in complaint


def test_ansible_knows_every_module_and_keyword(tmp_path: Path) -> None:
    code, said = judge("ansible-playbook", "--syntax-check", str(EXAMPLE), home=tmp_path)
    assert code == 0, said


def test_the_linter_takes_it(tmp_path: Path) -> None:
    collections = next((JUDGES.parent / "lib").glob("python3.*/site-packages"))
    code, said = judge(
        "ansible-lint",
        "--offline",
        "--strict",
        "--profile=production",
        f"--config-file={ROOT / 'tests' / 'pipelines' / 'ansible-lint.yml'}",
        str(EXAMPLE),
        home=tmp_path,
        programs=OURS,
        ANSIBLE_COLLECTIONS_PATH=str(collections),
    )
    assert code == 0, said


def test_the_survey_asks_for_what_awx_takes() -> None:
    """The API's own rules (awx/api/views, JobTemplateSurveySpec), as far as they concern such questions."""
    survey = dict(tasks())["job_template"]["survey_spec"]
    assert set(survey) == {"name", "description", "spec"}
    for question in survey["spec"]:
        assert {"question_name", "variable", "type", "required"} <= set(question)
        assert question["type"] in {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}
        if question["type"] == "integer":
            assert question["min"] <= question["default"] <= question["max"]
        else:
            assert question["default"] in question["choices"]


def test_awx_would_list_the_playbook_of_the_project() -> None:
    name = dict(tasks())["job_template"]["playbook"]
    (play,) = yaml.safe_load((EXAMPLES / "cron" / "project" / name).read_text(encoding="utf-8"))
    assert play["ansible.builtin.import_playbook"] == "stackproof.migration.regression"
