# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find out whether the run that booted a server has ended."""

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
# The indexes of fields in /proc/PID/stat. The first field after the command has index 0.
STATE = 0
START_TIME = 19
# A process in one of these states has ended.
ENDED_STATES = frozenset("ZX")


@dataclasses.dataclass(frozen=True)
class RunOwner:
    """The Ansible process that booted the servers of a run.

    ``start_time`` is the start of the process, in clock ticks since the start of the machine.
    """

    namespace: str
    pid: int
    start_time: int

    def __str__(self) -> str:
        """Return the owner of the run as text for the metadata of a server."""
        return f"{self.namespace}:{self.pid}:{self.start_time}"

    @classmethod
    def parse(cls, text: str) -> RunOwner | None:
        """Parse the run owner in the metadata of a server. Return None if the text is not valid."""
        namespace, _colon, rest = text.partition(":")
        pid, _colon, start = rest.partition(":")
        if not namespace or not pid.isdecimal() or not start.isdecimal():
            return None
        return cls(namespace, int(pid), int(start))


def namespace_id(proc: Path = PROC) -> str | None:
    """Return an id for the PID namespace of this process. The id changes at each boot.

    Return None if /proc cannot be read.
    """
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = (proc / "self/ns/pid").readlink()
    except OSError:
        return None
    return hashlib.sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]


def process_start_time(pid: int, proc: Path = PROC) -> int | None:
    """Return the start time of a process in clock ticks since boot. Return None if the process does not run."""
    try:
        stat = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[STATE] in ENDED_STATES else int(fields[START_TIME])


def owner_of(pid: int, proc: Path = PROC) -> RunOwner | None:
    """Return the owner of a test run by its process id.

    Return None if /proc does not show the process.
    """
    namespace, start = namespace_id(proc), process_start_time(pid, proc)
    return None if namespace is None or start is None else RunOwner(namespace, pid, start)


def is_abandoned(metadata: Mapping[str, str], now: dt.datetime, proc: Path = PROC) -> bool:
    """Return whether the run that booted the server has ended. Return False if this is unknown."""
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
