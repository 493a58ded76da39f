# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Run a module on this machine, and display its progress while the module runs."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.utils.display import Display
from ansible_collections.stackproof.migration.plugins.module_utils._module.progress_file import WARNING
from ansible_collections.stackproof.migration.plugins.plugin_utils._action.in_process import ModuleAction

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTION = "progress_file"
POLL_SECONDS = 0.5


class ProgressAction(ModuleAction):
    """The action plugin of modules that have the option progress_file."""

    def _run_module(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Display the progress of a module that runs on the controller.

        A task with no_log, async or progress_file displays no progress.
        """
        # With become, the module runs as another user and cannot write into a folder of the Ansible user.
        is_local = self._connection.transport == "local" and not self._connection.become
        if not is_local or self._task.async_val or self._task.no_log or args.get(OPTION):
            return super()._run_module(args, task_vars)
        # Use Ansible's temporary folder, because Ansible also removes this folder after Ctrl-C.
        local_tmp = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]  # it is set when Ansible starts
        with tempfile.TemporaryDirectory(dir=local_tmp) as folder:
            path = Path(folder, "progress")
            with _displaying(path):
                result = super()._run_module({**args, OPTION: str(path)}, task_vars)
        result.get("invocation", {}).get("module_args", {}).pop(OPTION, None)
        return result


@contextlib.contextmanager
def _displaying(path: Path) -> Iterator[None]:
    ended = threading.Event()
    reader = threading.Thread(target=_show, args=(path, ended), daemon=True)
    reader.start()
    try:
        yield
    finally:
        ended.set()
        reader.join()


def _show(path: Path, ended: threading.Event) -> None:
    display, shown = Display(), 0
    while True:
        # After the end of the module, the progress file is read one last time.
        last = ended.wait(POLL_SECONDS)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        complete = text[: text.rfind("\n") + 1]
        for line in complete[shown:].splitlines():
            if line.startswith(WARNING):
                display.warning(line.removeprefix(WARNING))
            else:
                display.display(f"  {line}")
        shown = len(complete)
        if last:
            return
