"""Inventory variables of hosts do not affect the tasks on the controller."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"
PLAYS = [
    pytest.param(play, id=f"{path.name}: {play['name']}")
    for path in sorted([*PLAYBOOKS.glob("regression_*.yml"), PLAYBOOKS / "drain.yml", PLAYBOOKS / "undrain.yml"])
    for play in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("play", PLAYS)
def test_play_overrides_connection_become_shell_and_interpreter(play: dict[str, Any]) -> None:
    """An inventory may set these variables for the group all. localhost belongs to this group."""
    assert play["become"] is False
    expected = {
        "ansible_connection": "local",
        "ansible_become": False,
        "ansible_shell_type": "sh",
        "ansible_shell_executable": "/bin/sh",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    assert {name: play["vars"].get(name) for name in expected} == expected


@pytest.mark.parametrize("play", PLAYS)
def test_role_validates_its_inputs_itself(play: dict[str, Any]) -> None:
    """If Ansible validates the inputs, a failure prints the whole specification and writes no report."""
    text = yaml.safe_dump(play)
    roles = len(
        re.findall(
            r"name: stackproof\.migration\.(migration_cycle|migration_coverage|migration_scenarios|host_drain)$",
            text,
            re.MULTILINE,
        )
    )
    assert roles == text.count("rolespec_validate: false")


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ("regression_suites=volumes", "regression_suites"),
        ("regression_coverage=each_host regression_tags=quick", "regression_coverage, regression_tags"),
    ],
)
def test_many_clouds_refuse_inputs_for_one_cloud(tmp_path: Path, inputs: str, named: str) -> None:
    """Otherwise the playbook would run the default test, and say nothing about the chosen suites."""
    inventory = tmp_path / "clouds.ini"
    inventory.write_text("[migration_targets]\nberlin\nlisbon\n", encoding="utf-8")
    program = Path(sys.executable).with_name("ansible-playbook")
    arguments = [str(program), "-i", str(inventory), str(PLAYBOOKS / "regression.yml"), "-e", inputs]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(PLAYBOOKS.parent / "ansible.cfg")}
    ran = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert f"{named} cannot be used with an inventory of many clouds. Nothing was changed." in " ".join(
        ran.stdout.split()
    )
    assert not (tmp_path / "reports").exists()
