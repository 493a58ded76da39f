# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Run a module on this machine and show the lines that it writes to its progress file while it works."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.utils.display import Display
from ansible_collections.stackproof.migration.plugins.plugin_utils._action.in_process import ModuleAction

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTION = "progress_file"
POLL_SECONDS = 0.5


class ProgressAction(ModuleAction):
    """The action behind a module that has the option progress_file."""

    def _run_module(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """What the module says meanwhile is shown where its file can be read and nobody asked for silence."""
        # another user (become) could not write into a folder of ours
        here = self._connection.transport == "local" and not self._connection.become
        if not here or self._task.async_val or self._task.no_log or args.get(OPTION):
            return super()._run_module(args, task_vars)
        # Ansible removes its own folder also after Ctrl-C, which ends this process on the spot
        ansibles_own = constants.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]  # it is set when Ansible starts
        with tempfile.TemporaryDirectory(dir=ansibles_own) as folder:
            path = Path(folder, "progress")
            with _reading_along(path):
                ran = super()._run_module({**args, OPTION: str(path)}, task_vars)
        ran.get("invocation", {}).get("module_args", {}).pop(OPTION, None)
        return ran


@contextlib.contextmanager
def _reading_along(path: Path) -> Iterator[None]:
    over = threading.Event()
    reader = threading.Thread(target=_show, args=(path, over), daemon=True)
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()


def _show(path: Path, over: threading.Event) -> None:
    display, shown = Display(), 0
    while True:
        # what was written before the end is shown, too
        last = over.wait(POLL_SECONDS)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        complete = text[: text.rfind("\n") + 1]
        for line in complete[shown:].splitlines():
            display.display(f"  {line}")
        shown = len(complete)
        if last:
            return
