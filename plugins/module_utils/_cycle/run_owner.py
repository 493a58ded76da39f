# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Who owns a run, and whether that owner is still at work.

Servers carry their run's owner and the time until which the run may last. Where the owner
lives here, a server is left behind when the owner is gone; elsewhere, when the time is over.
"Here" is one process namespace of one boot of one kernel: only there does a process id
mean anything. Of an owner elsewhere nothing is known but the time.
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
# Fields 3 and 22 of /proc/PID/stat, counted behind the command, which may hold spaces and ends with the last
# parenthesis.
STATE = 0
START_TIME = 19
# ended, but nobody has asked for the exit code yet; in a container without an init process that may last for ever
ENDED = frozenset("ZX")


@dataclasses.dataclass(frozen=True)
class RunOwner:
    """A process: where it lives, its id there, and when it started (in clock polls since boot)."""

    place: str
    pid: int
    started: int

    def __str__(self) -> str:
        """The form in which servers carry it."""
        return f"{self.place}:{self.pid}:{self.started}"

    @classmethod
    def parse(cls, text: str) -> RunOwner | None:
        """Read what __str__ wrote; None for anything else."""
        place, _colon, rest = text.partition(":")
        pid, _colon, started = rest.partition(":")
        if not place or not pid.isdecimal() or not started.isdecimal():
            return None
        return cls(place, int(pid), int(started))


def this_place(proc: Path = PROC) -> str | None:
    """A name for this process namespace of this boot, the same for all its processes. None where /proc is unknown."""
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = (proc / "self/ns/pid").readlink()
    except OSError:
        return None
    return hashlib.sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]


def start_time(pid: int, proc: Path = PROC) -> int | None:
    """When the process started; None when there is none of this id, or it has ended."""
    try:
        stat = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[STATE] in ENDED else int(fields[START_TIME])


def owner_of(pid: int, proc: Path = PROC) -> RunOwner | None:
    """The owner that this process would be."""
    place, started = this_place(proc), start_time(pid, proc)
    return None if place is None or started is None else RunOwner(place, pid, started)


def is_abandoned(metadata: Mapping[str, str], now: dt.datetime, proc: Path = PROC) -> bool:
    """Whether the run that a server belongs to is certainly over. In doubt it is not."""
    owner = RunOwner.parse(metadata.get(OWNER_KEY, ""))
    if owner is not None and owner.place == this_place(proc):
        return start_time(owner.pid, proc) != owner.started
    try:
        until = dt.datetime.fromisoformat(metadata.get(UNTIL_KEY, ""))
    except ValueError:
        return False
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return now > until
