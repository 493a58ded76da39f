# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud's own processes, found by marks of ours and never by their name.

A mark is a variable in the environment, which all children inherit. Programs that set their own title overwrite it, so
the second mark is their working folder, which no other program uses.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .layout import Layout

MARK = "STACKPROOF_LOCAL_CLOUD"
PROC = Path("/proc")


def mark(layout: Layout) -> dict[str, str]:
    """The variable that every process of this cloud inherits."""
    return {MARK: str(layout.top)}


def own_processes(layout: Layout) -> list[int]:
    """The process ids of this cloud."""
    variable = f"{MARK}={layout.top}".encode()
    found = []
    # a compute host may be a world of its own, whose processes are ours even where libvirt started them without a mark
    worlds: dict[Path, list[int]] = {}
    own_worlds = set()
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # it has ended, or belongs to another user
            world = (entry / "ns" / "pid").readlink()
            worlds.setdefault(world, []).append(int(entry.name))
            if (entry / "cwd").readlink() == layout.process_dir or variable in (entry / "environ").read_bytes().split(
                b"\0"
            ):
                # a container may have a cloud in a folder of the same name
                if not _sees(entry, layout.marker):
                    continue
                found.append(int(entry.name))
                own_worlds.add(world)
    own_worlds.discard(Path("/proc/self/ns/pid").readlink())
    return sorted({*found, *(pid for world in own_worlds for pid in worlds[world])})


def _sees(process: Path, marker: Path) -> bool:
    """Whether what a process has by this name is no other file than ours."""
    try:
        return (process / "root" / marker.relative_to("/")).samefile(marker)
    except FileNotFoundError:
        return True  # the folder is gone, or a link in the process's own world does not lead there from here


def memory_bytes(layout: Layout) -> int:
    """What the cloud's processes take, shared pages counted once (PSS); 0 where the kernel does not tell."""
    total = 0
    for pid in own_processes(layout):
        with contextlib.suppress(OSError):
            for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def end_all(layout: Layout, patience: float, sleep: Callable[[float], None] = time.sleep) -> int:
    """End the processes of this cloud: SIGTERM, then SIGKILL. Return how many there were."""
    found = own_processes(layout)
    for number in (signal.SIGTERM, signal.SIGKILL):
        _send(own_processes(layout), number)
        deadline = time.monotonic() + patience
        while own_processes(layout) and time.monotonic() < deadline:
            sleep(0.1)
    return len(found)


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
