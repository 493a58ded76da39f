# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action in plays that Ansible runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAYBOOKS = Path(__file__).parents[4] / "playbooks"
ROLE = """
- stackproof.migration.role_selection:
  register: probe
  tags: [always]
- ansible.builtin.include_tasks: {file: work.yml, apply: {tags: [always]}}
  when: probe.selected
  tags: [always]
"""
PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
"""


@pytest.mark.parametrize(
    ("play", "arguments", "runs"),
    [
        ("tasks: [{include_role: {name: probe}, tags: [validate]}]", "--tags validate", True),
        ("tasks: [{include_role: {name: probe}, tags: [validate]}]", "--tags patch", False),
        (
            "tasks: [{include_role: {name: probe, apply: {tags: [validate]}}, tags: [validate]}]",
            "--tags validate",
            True,
        ),
        ("tasks: [{import_role: {name: probe}, tags: [validate]}]", "--tags validate", True),
        ("tasks: [{import_role: {name: probe}, tags: [validate]}]", "--tags patch", False),
        ("tasks: [{import_role: {name: probe}, tags: [validate]}]", "--skip-tags validate", False),
        ("tasks: [{tags: [always], block: [{import_role: {name: probe}}]}]", "--tags patch", True),
        ("{tags: [validate], roles: [probe]}", "--tags validate", True),
        ("{tags: [validate], roles: [probe]}", "--tags patch", False),
        ("roles: [{role: probe, tags: [validate]}]", "--tags validate", True),
        ("roles: [probe]", "", True),
    ],
)
def test_role_runs_when_its_tags_are_selected(tmp_path: Path, play: str, arguments: str, *, runs: bool) -> None:
    tasks = tmp_path / "roles" / "probe" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "main.yml").write_text(ROLE, encoding="utf-8")
    (tasks / "work.yml").write_text("- ansible.builtin.debug: {msg: the role runs}\n", encoding="utf-8")
    body = play.removeprefix("{").removesuffix("}").replace("], roles", "]\n  roles")
    (tmp_path / "play.yml").write_text(f"{PLAY}  {body}\n", encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(PLAYBOOKS / "collections"),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "play.yml", *arguments.split()]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    assert ("the role runs" in ran.stdout) is runs
