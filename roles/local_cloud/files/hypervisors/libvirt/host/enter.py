# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program within a compute host: ``enter.py host.json [--when SOCKET] -- COMMAND …``.

Waits until the host is there, and with ``--when`` until somebody listens on that socket within it. So the
programs of a host can be started in any order.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.1


def first_process(order_file: str) -> int | None:
    """The id of the host's first process; None while there is none."""
    pid_file = Path(json.loads(Path(order_file).read_text(encoding="utf-8"))["pid_file"])
    try:
        pid = int(pid_file.read_text(encoding="utf-8"))
        # the file outlives the host, and its number may be somebody else's by now
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    own = order_file.encode() in arguments and any(one.endswith(b"/init.py") for one in arguments)
    return pid if own and Path(f"/proc/{pid}/ns/pid").readlink() != Path("/proc/self/ns/pid").readlink() else None


def answers(pid: int, path: str) -> bool:
    """Whether somebody listens on a socket of the host."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(f"/proc/{pid}/root{path}") == 0


def await_host(order_file: str, when: str | None) -> int:
    """The id of the host's first process, once the host is ready."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        pid = first_process(order_file)
        if pid is not None and (when is None or answers(pid, when)):
            return pid
        if time.monotonic() > deadline:
            what = "there is no such host" if pid is None else f"nobody listens on {when} of the host"
            sys.exit(f"{what} after {PATIENCE_SECONDS} s: {order_file}")
        time.sleep(POLL_SECONDS)


def main() -> None:
    """Become the program, as a process of the host."""
    parser = argparse.ArgumentParser(prog="enter.py")
    parser.add_argument("order_file")
    parser.add_argument("--when", metavar="SOCKET")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    pid = await_host(arguments.order_file, arguments.when)
    enter = ["nsenter", "--target", str(pid), "--mount", "--uts", "--ipc", "--pid", "--"]
    # nsenter stays beside the program, which is its child: whoever ends the one ends the other
    along = ["setpriv", "--pdeathsig", "KILL", "--"]
    os.execvp(enter[0], [*enter, *along, *arguments.command])  # noqa: S606 - this process is to become that one


if __name__ == "__main__":
    main()
