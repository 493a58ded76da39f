# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run Open vSwitch on a compute host, with the bridges that OVN requires.

usage: chassis.py host.json

OVN connects the guests to the bridge ``br-int``. The bridge ``br-guests`` is the physical network of the guests, and
``br-tunnels`` has the address with which the hosts exchange the packets of other networks. All bridges forward
packets in the process ovs-vswitchd (``datapath_type=netdev``), so the machine needs no kernel module of Open vSwitch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

DATABASE = "unix:/run/openvswitch/db.sock"
CONTROL = "/run/openvswitch/vswitchd.ctl"
# Each bridge, and the card of the host that is a port of it.
BRIDGES = {"br-int": None, "br-guests": "to-guests", "br-tunnels": "to-tunnels"}
BRIDGE_SECONDS = 60
POLL_SECONDS = 0.1


def database_commands(host: dict[str, Any]) -> list[str]:
    """Return the commands of ovs-vsctl that create the bridges, and that connect the host to OVN."""
    ovn = host["ovn"]
    settings = {
        "system-id": host["name"],
        "hostname": host["name"],
        "ovn-remote": ovn["database"],
        "ovn-encap-type": "geneve",
        "ovn-encap-ip": ovn["address"],
        "ovn-bridge-datapath-type": "netdev",
        "ovn-bridge-mappings": f"{ovn['physical_network']}:br-guests",
        "ovn-monitor-all": "true",
    }
    commands = ["set", "Open_vSwitch", "."]
    commands += [f'external-ids:{name}="{value}"' for name, value in settings.items()]
    for bridge, card in BRIDGES.items():
        commands += ["--", "--may-exist", "add-br", bridge, "--", "set", "Bridge", bridge, "datapath_type=netdev"]
        if card is not None:
            commands += ["--", "--may-exist", "add-port", bridge, card]
    return [*commands, "--", "set", "Bridge", "br-int", "fail-mode=secure", "other-config:disable-in-band=true"]


def set_up_bridges(address: str) -> None:
    """Wait until ovs-vswitchd has created the bridges. Then give them their state and their address."""
    deadline = time.monotonic() + BRIDGE_SECONDS
    missing = ["ip", "link", "show", "br-tunnels"]
    while subprocess.run(missing, capture_output=True, check=False).returncode != 0:
        if time.monotonic() > deadline:
            sys.exit(f"ovs-vswitchd has not created br-tunnels: timeout={BRIDGE_SECONDS} s")
        time.sleep(POLL_SECONDS)
    commands = [["ip", "link", "set", bridge, "up"] for bridge in BRIDGES]
    for command in (*commands, ["ip", "address", "replace", f"{address}/24", "dev", "br-tunnels"]):
        subprocess.run(command, check=True)


def main(host_file: str) -> None:
    """Prepare the database, and replace this process with ovs-vswitchd."""
    host = json.loads(Path(host_file).read_text(encoding="utf-8"))
    for command in (
        ["ovs-vsctl", f"--db={DATABASE}", "--no-wait", "init"],
        ["ovs-vsctl", f"--db={DATABASE}", "--no-wait", *database_commands(host)],
    ):
        subprocess.run(command, check=True)
    # The bridges exist only when ovs-vswitchd runs, so a process beside it sets their addresses. The first process of
    # the host reaps it, because its parent ends at once.
    if os.fork() == 0:
        if os.fork() == 0:
            set_up_bridges(host["ovn"]["address"])
        os._exit(0)
    os.wait()
    command = ["/usr/lib/openvswitch-switch/ovs-vswitchd", f"--unixctl={CONTROL}", DATABASE]
    os.execv(command[0], command)  # noqa: S606 - no shell is needed


if __name__ == "__main__":
    main(sys.argv[1])
