# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program in the namespaces of a compute host.

usage: enter.py host.json [--when SOCKET]… [--net] -- COMMAND …

The script first waits until the host runs. Each option ``--when`` also waits for a Unix socket of another program. With
``--net``, the program also uses the network of the host.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
from pathlib import Path

TIMEOUT_SECONDS = 60
POLL_SECONDS = 0.1


def find_init(host_file: str) -> int | None:
    """Return the process id of ``init.py`` of the compute host. Return None if the host does not run."""
    pid_file = Path(json.loads(Path(host_file).read_text(encoding="utf-8"))["pid_file"])
    try:
        pid = int(pid_file.read_text(encoding="utf-8"))
        # The PID file can be old, so check that this process still belongs to the compute host.
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    is_init = host_file.encode() in arguments and any(argument.endswith(b"/init.py") for argument in arguments)
    return pid if is_init and Path(f"/proc/{pid}/ns/pid").readlink() != Path("/proc/self/ns/pid").readlink() else None


def accepts_connections(pid: int, path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(f"/proc/{pid}/root{path}") == 0


def wait_for_host(host_file: str, required_sockets: list[str]) -> int:
    """Wait until the simulated compute host is ready. Return the process id of its init process."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        pid = find_init(host_file)
        missing = [] if pid is None else [path for path in required_sockets if not accepts_connections(pid, path)]
        if pid is not None and not missing:
            return pid
        if time.monotonic() > deadline:
            problem = "The host does not run" if pid is None else f"No program of the host listens on {missing[0]}"
            sys.exit(f"{problem}: timeout={TIMEOUT_SECONDS} s host={host_file}")
        time.sleep(POLL_SECONDS)


def main() -> None:
    """Start the program in the namespaces of the compute host."""
    parser = argparse.ArgumentParser(prog="enter.py")
    parser.add_argument("host_file")
    parser.add_argument("--when", metavar="SOCKET", action="append", default=[])
    parser.add_argument("--net", action="store_true")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    pid = wait_for_host(arguments.host_file, arguments.when)
    network = ["--net"] if arguments.net else []
    enter = ["nsenter", "--target", str(pid), "--mount", "--uts", "--ipc", "--pid", *network, "--"]
    # The option --pdeathsig kills the program when nsenter, its parent process, ends.
    end_with_parent = ["setpriv", "--pdeathsig", "KILL", "--"]
    # Replace this process with nsenter, so that supervisord controls nsenter.
    os.execvp(enter[0], [*enter, *end_with_parent, *arguments.command])  # noqa: S606 - no shell is needed


if __name__ == "__main__":
    main()
