# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the network namespace of this process as the switch that connects the compute hosts.

usage: unshare --net … switch.py network.json

The compute hosts copy guests over the bridge ``hosts``. The bridge ``guests`` is the physical network of the guests,
and has an address, so that a program in this namespace can reach the guests. With OVN, the hosts also exchange packets
over the bridge ``tunnels``.

The end of this process removes the network namespace.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

IPV6_SETTINGS = Path("/proc/sys/net/ipv6/conf")


def ip(*arguments: str) -> None:
    """Run the program ip."""
    command = ["ip", *arguments]
    subprocess.run(command, check=True)


def set_up_bridges(bridges: list[str], address: str) -> None:
    """Create the bridges. Only the bridge ``guests`` has an address."""
    for name in ("all", "default"):
        (IPV6_SETTINGS / name / "disable_ipv6").write_text("1\n", encoding="ascii")
    ip("link", "set", "lo", "up")
    for bridge in bridges:
        # A guest is reachable at once on its new host, because a new port of the bridge forwards without a delay.
        ip("link", "add", bridge, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        ip("link", "set", bridge, "up")
    (IPV6_SETTINGS / "guests" / "disable_ipv6").write_text("0\n", encoding="ascii")
    ip("address", "add", address, "dev", "guests", "nodad")


def main(network_file: str) -> None:
    """Set up the switch, and publish its namespace until the signal SIGTERM."""
    network: dict[str, Any] = json.loads(Path(network_file).read_text(encoding="utf-8"))
    pid_file, link = Path(network["pid_file"]), Path(network["namespace"])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for path in (pid_file, link):
        path.unlink(missing_ok=True)
    try:
        set_up_bridges(network["bridges"], network["address"])
        link.symlink_to(f"/proc/{os.getpid()}/ns/net")
        pid_file.write_text(f"{os.getpid()}\n", encoding="utf-8")
        while True:
            signal.pause()
    finally:
        for path in (pid_file, link):
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1])
