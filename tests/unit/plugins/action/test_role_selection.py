# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action role_selection, tested in plays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAYBOOKS = Path(__file__).parents[4] / "playbooks"
MAIN = """
- stackproof.migration.role_selection:
  register: probe
  tags: [always]
- ansible.builtin.include_tasks: {file: work.yml, apply: {tags: [always]}}
  when: probe.selected
  tags: [always]
"""
WORK = "- ansible.builtin.debug: {msg: 'ran {{ label }}.'}\n"
# By label: a play, and the values of --tags that select the role in the play
PLAYS = {
    "include": ("tasks: [{include_role: {name: probe}, tags: [validate]}]", {"", "validate"}),
    "apply": (
        "tasks: [{include_role: {name: probe, apply: {tags: [validate]}}, tags: [validate]}]",
        {"", "validate"},
    ),
    "import": ("tasks: [{import_role: {name: probe}, tags: [validate]}]", {"", "validate"}),
    "block": ("tasks: [{tags: [always], block: [{import_role: {name: probe}}]}]", {"", "validate", "patch"}),
    "play": ("tags: [validate]\n  roles: [probe]", {"", "validate"}),
    "role": ("roles: [{role: probe, tags: [validate]}]", {"", "validate"}),
    "untagged": ("roles: [probe]", {""}),
}


@pytest.mark.parametrize("tag", ["", "validate", "patch"])
def test_role_runs_when_its_tags_are_selected(tmp_path: Path, tag: str) -> None:
    tasks = tmp_path / "roles" / "probe" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "main.yml").write_text(MAIN, encoding="utf-8")
    (tasks / "work.yml").write_text(WORK, encoding="utf-8")
    plays = [
        f"- hosts: localhost\n  connection: local\n  gather_facts: false\n  vars: {{label: {label}}}\n  {body}\n"
        for label, (body, _tags) in PLAYS.items()
    ]
    (tmp_path / "play.yml").write_text("".join(plays), encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(PLAYBOOKS / "collections"),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "play.yml", *(["--tags", tag] if tag else [])]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    assert [label for label in PLAYS if f"ran {label}." in ran.stdout] == [
        label for label, (_body, tags) in PLAYS.items() if tag in tags
    ]
