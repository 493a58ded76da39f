# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

import psutil
import pytest
from ansible_collections.stackproof.migration.bench import meter
from ansible_collections.stackproof.migration.bench.meter import CommandError, measure

if TYPE_CHECKING:
    from pathlib import Path

# A program that starts a child process. The child uses 0.25 s of processor time and 60 MB of memory.
WORK = """
import subprocess, sys
code = '''
import time
block = bytearray(b"x" * 60_000_000)
while time.process_time() < 0.25: pass
'''
subprocess.run([sys.executable, "-c", code], check=True)
"""


@pytest.fixture(autouse=True)
def _sample_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "SAMPLE_SECONDS", 0.01)
    monkeypatch.setattr(meter, "GRACE_SECONDS", 0.1)


def test_measures_a_command_and_its_child_processes(tmp_path: Path) -> None:
    found = measure([sys.executable, "-c", WORK], {}, tmp_path, tmp_path / "log")
    assert found.wall >= 0.25
    assert found.cpu >= 0.25
    assert 60 < found.memory < 200


def test_command_gets_environment_folder_and_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    measure(["sh", "-c", "echo $BENCH_WORD; pwd; echo oops >&2"], {"BENCH_WORD": "here"}, tmp_path, log)
    assert log.read_text(encoding="utf-8") == f"here\n{tmp_path}\noops\n"


def test_failed_command_raises_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"sh -c echo why; exit 3 failed with exit code 3\. Log file .*\nwhy"):
        measure(["sh", "-c", "echo why; exit 3"], {}, tmp_path, tmp_path / "log")


def test_interrupt_ends_all_processes_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt also ends a process that has created its own session."""
    waiting = threading.get_ident()

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    def interrupt_once_begun(_pid: int) -> float:
        if _sleepers():
            signal.pthread_kill(waiting, signal.SIGALRM)
        return 0.0

    monkeypatch.setattr(meter, "memory_of", interrupt_once_begun)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            measure(["sh", "-c", "setsid sleep 98765 & wait"], {}, tmp_path, tmp_path / "log")
    finally:
        signal.signal(signal.SIGALRM, before)
    _gone, left = psutil.wait_procs(_sleepers(), timeout=5)
    assert not left


def _sleepers() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", "98765"]]
