# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect the cards of a guest to the bridge of its compute host.

libvirtd runs this module as its hook (https://libvirt.org/hooks.html). Nova has created the taps. If the hook fails,
the guest does not start.
"""

from __future__ import annotations

import re
import subprocess

BRIDGE = "guests"


def run_hook(guest: str, operation: str, domain: str) -> None:
    """Connect the taps before the guest starts, also if the guest comes from another host."""
    del guest
    if operation != "prepare/begin":
        return
    for tap in re.findall(r"<target dev='(tap[^']*)'", domain):
        command = ["ip", "link", "set", "dev", tap, "master", BRIDGE, "up"]
        subprocess.run(command, check=True)
