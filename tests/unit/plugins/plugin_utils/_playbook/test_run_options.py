# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.plugin_utils._playbook.run_options import (
    refusal,
    runs_playbook_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def refused(**options: Any) -> str:
    defaults: dict[str, Any] = {"tags": ["all"], "skip_tags": [], "start_at_task": None, "limit": "", "hosts": []}
    return refusal(**(defaults | options))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"tags": ["untagged"]},
        {"tags": ["validate", "all"]},
        # These tags leave out no task.
        {"skip_tags": ["slow", "never"]},
        {"limit": "localhost", "hosts": ["localhost"]},
    ],
)
def test_accepts_options_with_which_all_tasks_run(options: dict[str, Any]) -> None:
    assert refused(**options) == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tags": ["validate"]}, "--tags validate selects no task"),
        ({"tags": ["always"]}, "--tags always selects no task"),
        ({"tags": ["tagged", "never"]}, "--tags tagged,never selects no task"),
        ({"skip_tags": ["always"]}, "--skip-tags always leaves out tasks"),
        ({"skip_tags": ["slow", "untagged", "all"]}, "--skip-tags all,untagged leaves out tasks"),
        ({"skip_tags": ["tagged"]}, "--skip-tags tagged leaves out tasks"),
        ({"start_at_task": "Report"}, "--start-at-task 'Report' leaves out tasks"),
        ({"limit": "compute1"}, "--limit compute1 excludes all hosts"),
    ],
)
def test_refuses_options_that_leave_out_tasks(options: dict[str, Any], words: str) -> None:
    assert refused(**options).startswith(words)


def test_finds_playbooks_of_the_collection(tmp_path: Path) -> None:
    folder, elsewhere = (tmp_path / "playbooks").resolve(), tmp_path / "site"
    for path in (folder, elsewhere):
        path.mkdir()
    (tmp_path / "link").symlink_to(folder)
    assert runs_playbook_of(folder, [f"{folder}/drain.yml"])
    assert runs_playbook_of(folder, [f"{tmp_path}/link/regression.yml"])
    assert runs_playbook_of(folder, [f"{elsewhere}/site.yml", "stackproof.migration.undrain"])
    assert not runs_playbook_of(folder, [f"{elsewhere}/drain.yml"])
    assert not runs_playbook_of(folder, [])
