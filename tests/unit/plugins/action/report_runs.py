# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the action plugin of a report, and read the files that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.stackproof.migration.plugins.doc_fragments.report import ModuleDocFragment

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from ansible.plugins.action import ActionBase


def run_report(plugin: type[ActionBase], directory: Path, *, check: bool = False, **args: Any) -> dict[str, Any]:
    """Return the result of the module whose action plugin is ``plugin``."""
    task = Task()
    task.action = f"stackproof.migration.{plugin.__module__.rpartition('.')[2]}"
    task.args = {"directory": str(directory), **args}
    task.check_mode = check
    context, loader = PlayContext(), DataLoader()
    action = plugin(task, connection_loader.get("local", context), context, loader, Templar(loader), None)
    result: dict[str, Any] = action.run(task_vars={})
    return result


def files(directory: Path) -> dict[str, str]:
    """Return the texts of all files of a folder, by their paths in it."""
    paths = [path for path in directory.rglob("*") if path.is_file()]
    return {str(path.relative_to(directory)): path.read_text(encoding="utf-8") for path in paths}


def documented_options(module: ModuleType) -> dict[str, Any]:
    """Return the documented options of the module of a report, without their descriptions."""
    texts = (ModuleDocFragment.DOCUMENTATION, module.DOCUMENTATION)
    documented = {name: option for text in texts for name, option in yaml.safe_load(text)["options"].items()}
    for option in documented.values():
        del option["description"]
    return documented
