# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command and measure its wall time, CPU time and memory."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

# The bench measures the memory of a command at this interval in seconds.
SAMPLE_SECONDS = 0.25
GRACE_SECONDS = 5.0
_MB = 1_000_000
_TAIL = 3000


class CommandError(Exception):
    """The measured command failed."""


@dataclasses.dataclass(frozen=True)
class Measured:
    started: float
    ended: float
    # The CPU seconds of the measured command and of its child processes.
    cpu: float
    # The peak memory of the command and its child processes in MB.
    memory: float

    @property
    def wall(self) -> float:
        return self.ended - self.started


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> Measured:
    """Run a command, and measure its duration and memory. Raise CommandError if the command fails."""
    with log.open("wb") as out:
        started = time.time()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            with _sampling(process.pid) as peak:
                # The system call wait4 also returns the CPU time of child processes.
                _pid, status, usage = os.wait4(process.pid, 0)
                ended = time.time()
            process.returncode = os.waitstatus_to_exitcode(status)
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0:
        tail = log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
        raise CommandError(f"{' '.join(command)} failed with exit code {process.returncode}. Log file {log}:\n{tail}")
    return Measured(started, ended, usage.ru_utime + usage.ru_stime, peak())


@contextlib.contextmanager
def _sampling(pid: int) -> Iterator[Callable[[], float]]:
    over = threading.Event()
    largest = [0.0]

    def sample() -> None:
        while not over.wait(SAMPLE_SECONDS):
            largest[0] = max(largest[0], memory_of(pid))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield lambda: largest[0]
    finally:
        over.set()
        thread.join()


def memory_of(pid: int) -> float:
    """Return the memory in MB that a process and its descendants use together."""
    total = 0
    for one in _tree(pid):
        with contextlib.suppress(psutil.Error):
            total += one.memory_full_info().pss
    return total / _MB


def _tree(pid: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and its child processes.

    The child processes are listed first, because Linux gives them a new parent later.
    """
    below = _tree(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    _gone, left = psutil.wait_procs(below, timeout=GRACE_SECONDS)
    for one in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    with contextlib.suppress(ChildProcessError):
        process.wait()
