# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find and stop the processes of the local cloud.

cloudctl finds a process by an environment variable. Some programs overwrite their environment, and are found by their
working folder.
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

MARKER_VARIABLE = "STACKPROOF_LOCAL_CLOUD"
PROC = Path("/proc")


def environment_marker(layout: Layout) -> dict[str, str]:
    """Return the environment variable that identifies the processes of this cloud."""
    return {MARKER_VARIABLE: str(layout.top)}


def own_processes(layout: Layout) -> list[int]:
    """Return the ids of all processes of the cloud."""
    variable = f"{MARKER_VARIABLE}={layout.top}".encode()
    found = []
    # Every process in the PID namespace of a compute host belongs to the cloud.
    namespaces: dict[Path, list[int]] = {}
    own_namespaces = set()
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # the process has ended, or belongs to another user
            namespace = (entry / "ns" / "pid").readlink()
            namespaces.setdefault(namespace, []).append(int(entry.name))
            if (entry / "cwd").readlink() == layout.process_dir or variable in (entry / "environ").read_bytes().split(
                b"\0"
            ):
                # Containers may use another folder with the same path, so ignore their processes.
                if not _uses_folder(entry, layout.marker):
                    continue
                found.append(int(entry.name))
                own_namespaces.add(namespace)
    own_namespaces.discard(Path("/proc/self/ns/pid").readlink())
    return sorted({*found, *(pid for namespace in own_namespaces for pid in namespaces[namespace])})


def _uses_folder(process: Path, marker: Path) -> bool:
    """Return whether the process uses the folder of this cloud."""
    try:
        return (process / "root" / marker.relative_to("/")).samefile(marker)
    except FileNotFoundError:
        return True  # The folder has been removed, or a link in the namespace of the process cannot be followed here.


def memory_bytes(layout: Layout) -> int:
    """Return the memory of all processes in bytes. Shared pages count once."""
    total = 0
    for pid in own_processes(layout):
        with contextlib.suppress(OSError):
            for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def stop_all_processes(layout: Layout, timeout: float, sleep: Callable[[float], None] = time.sleep) -> int:
    """Stop all processes of the cloud, and return their number.

    Processes that ignore SIGTERM get SIGKILL.
    """
    found = own_processes(layout)
    for number in (signal.SIGTERM, signal.SIGKILL):
        _send(own_processes(layout), number)
        deadline = time.monotonic() + timeout
        while own_processes(layout) and time.monotonic() < deadline:
            sleep(0.1)
    return len(found)


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
