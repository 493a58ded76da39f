# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command as a user would type it, and measure it: time, processor, memory."""

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

# How often memory is looked at. Each look costs some milliseconds of processor time.
SAMPLE_SECONDS = 0.25
GRACE_SECONDS = 5.0
_MB = 1_000_000
_TAIL = 3000


class CommandError(Exception):
    """A command that did not end well measures nothing."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """What one command took."""

    started: float
    ended: float
    # The command and all that it started, in seconds
    cpu: float
    # The largest sum over its processes, shared pages counted once, in MB
    memory: float

    @property
    def wall(self) -> float:
        return self.ended - self.started


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> Measured:
    """Run it to its end; raise when it fails. When we are interrupted, it ends with us."""
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
                # Children that were waited for are in the usage of who waited for them.
                _pid, status, usage = os.wait4(process.pid, 0)
                ended = time.time()
            process.returncode = os.waitstatus_to_exitcode(status)
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0:
        tail = log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
        raise CommandError(f"{' '.join(command)} ended with {process.returncode}; its log is {log}:\n{tail}")
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
    """The memory of a process and all below it, in MB: proportional set sizes, which add up without counting twice."""
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
    """Ansible's workers leave the session of their parent, so the whole tree is named before its top goes."""
    below = _tree(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    _gone, left = psutil.wait_procs(below, timeout=GRACE_SECONDS)
    for one in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    with contextlib.suppress(ChildProcessError):
        process.wait()
