# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ping servers until a file is removed, and print the longest time without an answer of each server.

The argument is JSON, for example ``{"addresses": ["fd00::5"], "netns": "/run/x", "interval": 0.1, "timeout": 60,
"while": "/tmp/y"}``. The program fails if a server does not answer within the timeout. Then it continues while the file
``while`` exists and is newer than ``MAX_AGE_SECONDS``. So it also ends if its playbook was killed. All times are in
seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._probe.prober import Icmp, Prober

POLL_SECONDS = 0.1
# Each step of the upgrade touches the file. A step does not take so long.
MAX_AGE_SECONDS = 1800.0


def is_new(file: str) -> bool:
    """Return whether the file exists and was touched in the last ``MAX_AGE_SECONDS``. An empty path is no file."""
    try:
        return bool(file) and time.time() - Path(file).stat().st_mtime < MAX_AGE_SECONDS
    except FileNotFoundError:
        return False


def main(order: dict[str, Any]) -> int:
    """Ping the servers of the order. Return the exit code."""
    targets = [Icmp(address, order["interval"]) for address in order["addresses"]]
    with Prober(targets, order["interval"], SYSTEM_CLOCK, order["netns"]) as prober:
        deadline = time.monotonic() + order["timeout"]
        while not all(target.tracker.answered for target in targets):
            if time.monotonic() > deadline:
                silent = [target.address for target in targets if not target.tracker.answered]
                print(f"no answer from {', '.join(silent)} within {order['timeout']:g} s", file=sys.stderr)
                return 1
            time.sleep(POLL_SECONDS)
        for target in targets:
            target.begin()
        while is_new(order["while"]) and prober.ended_by() is None:
            time.sleep(POLL_SECONDS)
        for target in targets:
            target.freeze()
        error = prober.ended_by()
    to_wall_clock = time.time() - time.monotonic()
    found = []
    for target in targets:
        tracker = target.tracker
        found.append(
            {
                "address": target.address,
                "asked": tracker.asked,
                "answered": tracker.answered,
                "longest": round(tracker.longest.seconds, 2),
                "longest_started": tracker.longest.started + to_wall_clock if tracker.longest.seconds else 0,
                "held_up": round(tracker.held_up, 2),
            }
        )
    print(json.dumps({"targets": found, "error": str(error or "")}))
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
