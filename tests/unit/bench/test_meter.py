# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from ansible_collections.stackproof.migration.bench.meter import CommandError, measure

if TYPE_CHECKING:
    from pathlib import Path

# A child of the command's works: half a second of processor time, and 60 MB of memory for a second.
WORK = """
import subprocess, sys
code = '''
import time
block = bytearray(b"x" * 60_000_000)
while time.process_time() < 0.5: pass
time.sleep(1)
'''
subprocess.run([sys.executable, "-c", code], check=True)
"""


def test_a_command_and_what_it_starts(tmp_path: Path) -> None:
    found = measure([sys.executable, "-c", WORK], {}, tmp_path, tmp_path / "log")
    assert found.wall >= 1.0
    assert found.cpu >= 0.5
    assert 60 < found.memory < 200


def test_environment_folder_and_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    measure(["sh", "-c", "echo $BENCH_WORD; pwd; echo oops >&2"], {"BENCH_WORD": "here"}, tmp_path, log)
    assert log.read_text(encoding="utf-8") == f"here\n{tmp_path}\noops\n"


def test_a_failure_measures_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"sh -c echo why; exit 3 ended with 3; its log is .*\nwhy"):
        measure(["sh", "-c", "echo why; exit 3"], {}, tmp_path, tmp_path / "log")


def test_interrupted(tmp_path: Path) -> None:
    """Nothing goes on, not even what has left the command's session."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    try:
        with pytest.raises(KeyboardInterrupt):
            measure(["sh", "-c", "setsid sleep 98765 & wait"], {}, tmp_path, tmp_path / "log")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any("98765" in one.info["cmdline"] for one in _commands()):
        time.sleep(0.1)
    assert not [one for one in _commands() if "98765" in one.info["cmdline"]]


def _commands() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"]]
