# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action displays the lines of the progress file. It does not change the result."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import become_loader, connection_loader
from ansible.template import Templar
from ansible.utils.display import Display
from ansible_collections.stackproof.migration.plugins.action.server_live_migrate import ActionModule
from ansible_collections.stackproof.migration.plugins.plugin_utils._action import progress_display


def action(module: Any, args: dict[str, Any], **of_task: Any) -> ActionModule:
    """Return the action. A function replaces the module that Ansible would run."""
    task = Task()
    task.action = "stackproof.migration.server_live_migrate"
    task.args = args
    for name, value in of_task.items():
        setattr(task, name, value)
    context, loader = PlayContext(), DataLoader()
    made = ActionModule(task, connection_loader.get("local", context), context, loader, Templar(loader), None)
    vars(made)["_execute_module"] = module
    return made


def test_displays_lines_during_the_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    given, displayed = Display().display, threading.Event()

    def display(text: str) -> None:
        given(text)
        displayed.set()

    monkeypatch.setattr(Display(), "display", display)
    monkeypatch.setattr(progress_display, "POLL_SECONDS", 0.01)

    def module(module_name: str, module_args: dict[str, Any], **_more: Any) -> dict[str, Any]:
        assert module_name == "stackproof.migration.server_live_migrate"
        with Path(module_args["progress_file"]).open("a", encoding="utf-8") as out:
            out.write("1 of 2 done\n2 of")
            out.flush()
            assert displayed.wait(10)
            shown.append(capsys.readouterr().out)
            out.write(" 2 done\n")
        return {"changed": True, "invocation": {"module_args": dict(module_args)}}

    result = action(module, {"servers": ["a"]}).run(task_vars={})
    assert shown == ["  1 of 2 done\n"]
    assert capsys.readouterr().out == "  2 of 2 done\n"
    assert result == {"changed": True, "invocation": {"module_args": {"servers": ["a"]}}}


@pytest.mark.parametrize(
    ("args", "of_task"),
    [({"progress_file": "/of/the/user"}, {}), ({}, {"no_log": True}), ({}, {"async_val": 60})],
    ids=["own file", "no_log", "async"],
)
def test_displays_nothing_with_progress_file_no_log_or_async(args: dict[str, Any], of_task: dict[str, Any]) -> None:
    seen: list[dict[str, Any]] = []

    def module(module_args: dict[str, Any], **_more: Any) -> dict[str, Any]:
        seen.append(dict(module_args))
        return {"changed": False}

    assert action(module, dict(args), **of_task).run(task_vars={}) == {"changed": False}
    assert seen == [args]


def test_displays_nothing_with_become() -> None:
    seen: list[dict[str, Any]] = []

    def module(module_args: dict[str, Any], **_more: Any) -> dict[str, Any]:
        seen.append(dict(module_args))
        return {"changed": False}

    made = action(module, {"servers": ["a"]})
    made._connection.set_become_plugin(become_loader.get("sudo"))
    made.run(task_vars={})
    assert seen == [{"servers": ["a"]}]
