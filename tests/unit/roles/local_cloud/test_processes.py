# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import eventually
from cloudctl.layout import Layout
from cloudctl.processes import environment_marker, memory_bytes, own_processes, stop_all_processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLEEP = "import sys, time; print(flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@contextlib.contextmanager
def process(code: str, env: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process. Yield the process when it sleeps."""
    with subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, **env}, cwd=cwd, stdout=subprocess.PIPE
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline()
            yield child
        finally:
            child.kill()


def test_finds_processes_by_variable_or_folder(layout: Layout, tmp_path: Path) -> None:
    longer = Layout(layout.top.with_name(f"{layout.top.name}-2"))
    with (
        process(SLEEP, environment_marker(layout), tmp_path) as by_variable,
        process(SLEEP, {}, layout.process_dir) as by_folder,
        process(SLEEP, environment_marker(longer), tmp_path) as of_another_cloud,
        process(SLEEP, {"OTHER": str(layout.top)}, layout.top) as stranger,
    ):
        assert set(own_processes(layout)) == {by_variable.pid, by_folder.pid}
        assert memory_bytes(layout) > 2**20
        # The function does not count ended processes, although no process has read their exit codes.
        assert stop_all_processes(layout, timeout=5) == 2
        assert own_processes(layout) == []
        assert (of_another_cloud.poll(), stranger.poll()) == (None, None)


def test_own_process_does_not_count(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(layout.process_dir)
    assert own_processes(layout) == []
    assert memory_bytes(layout) == 0
    assert stop_all_processes(layout, timeout=0) == 0


@pytest.mark.parametrize(("code", "number"), [(SLEEP, -15), (STUBBORN, -9)])
def test_sends_sigterm_then_sigkill(layout: Layout, code: str, number: int) -> None:
    with process(code, environment_marker(layout), layout.top) as child:
        timeout = 5 if number == -15 else 0.3
        assert stop_all_processes(layout, timeout) == 1
        eventually(lambda: child.poll() is not None)
        assert child.returncode == number
