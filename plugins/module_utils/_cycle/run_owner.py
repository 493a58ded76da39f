# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find servers whose run has ended.

The metadata of a server identifies the process that owns the run. It also contains the time at which the run must have
ended.

The process may have run in this process namespace since the last boot. Then the run has ended when the process has
ended. For any other process, only the time shows whether the run has ended.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RUN_KEY = "stackproof_run"
OWNER_KEY = "stackproof_run_owner"
UNTIL_KEY = "stackproof_run_until"

PROC = Path("/proc")
# Positions of the fields 3 and 22 of /proc/PID/stat, counted from the end of the command. The command may contain
# spaces, and it ends with the last parenthesis.
STATE = 0
START_TIME = 19
# States of a process that has ended but whose parent has not read the exit code. In a container without an init
# process, such a process is never removed.
ENDED_STATES = frozenset("ZX")


@dataclasses.dataclass(frozen=True)
class RunOwner:
    """The process that owns a run. It has a namespace, a process id, and a start time in clock ticks since boot."""

    namespace: str
    pid: int
    start_time: int

    def __str__(self) -> str:
        """Return the metadata value that identifies the owner."""
        return f"{self.namespace}:{self.pid}:{self.start_time}"

    @classmethod
    def parse(cls, text: str) -> RunOwner | None:
        """Return the owner that a metadata value identifies. Return None for a value of another form."""
        namespace, _colon, rest = text.partition(":")
        pid, _colon, start = rest.partition(":")
        if not namespace or not pid.isdecimal() or not start.isdecimal():
            return None
        return cls(namespace, int(pid), int(start))


def namespace_id(proc: Path = PROC) -> str | None:
    """Return an id of this process namespace. The id changes at each boot. Return None without /proc."""
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = (proc / "self/ns/pid").readlink()
    except OSError:
        return None
    return hashlib.sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]


def process_start_time(pid: int, proc: Path = PROC) -> int | None:
    """Return the start time of a process in clock ticks since boot. Return None when the process does not run."""
    try:
        stat = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[STATE] in ENDED_STATES else int(fields[START_TIME])


def owner_of(pid: int, proc: Path = PROC) -> RunOwner | None:
    """Return the owner for a process of this namespace. Return None when the process does not run, or without /proc."""
    namespace, start = namespace_id(proc), process_start_time(pid, proc)
    return None if namespace is None or start is None else RunOwner(namespace, pid, start)


def is_abandoned(metadata: Mapping[str, str], now: dt.datetime, proc: Path = PROC) -> bool:
    """Return whether it is certain that the run of a server with this metadata has ended."""
    owner = RunOwner.parse(metadata.get(OWNER_KEY, ""))
    if owner is not None and owner.namespace == namespace_id(proc):
        return process_start_time(owner.pid, proc) != owner.start_time
    try:
        until = dt.datetime.fromisoformat(metadata.get(UNTIL_KEY, ""))
    except ValueError:
        return False
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return now > until
