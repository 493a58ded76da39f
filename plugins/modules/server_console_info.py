#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check on the consoles of servers that their guests keep running."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_console_info
short_description: Check on the consoles of servers that their guests keep running
version_added: 1.0.0
description:
  - Reads the consoles of servers whose guests print increasing numbers. The module waits until each guest has printed a
    larger number.
  - Guests with an image of the role P(stackproof.migration.local_cloud#role) print increasing numbers.
  - With O(before), the module compares the consoles with an earlier result. For each server, the module returns the
    downtime, and whether the same guest still runs.
  - If O(before) is set, the module fails for a guest that has rebooted. The module also fails if the number that a
    guest prints has stopped or decreased.
  - A guest with a data disk can write a pattern to this disk and verify it. The module fails if the guest finds a
    damaged block, or if the guest no longer verifies its disk.
  - By Nova's default policies, any member of a project may read the consoles of the servers of the project.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  servers:
    description: Names or ids of the servers.
    type: list
    elements: str
    required: true
  all_projects:
    description: Whether to search for the server names in all projects. Only administrators can do this.
    type: bool
    default: false
  before:
    description: The value RV(consoles) from an earlier run of this module. The module compares the consoles with this
      value.
    type: list
    elements: dict
  max_downtime:
    description:
      - Longest accepted downtime of a guest since O(before), in seconds. If the downtime is longer, the module fails.
      - By default, the module accepts any downtime.
    type: float
  boot_pattern:
    description: Regular expression for the line that a guest prints at boot.
    type: str
    default: ^BOOT$
  count_pattern:
    description:
      - Regular expression for the console lines in which the guest prints its counter. The group C(count) must match
        the number.
      - The regular expression may have a group C(mismatches), which must match the number of damaged memory pages.
      - If the regular expression has a group C(boot), its value must change with each boot of the guest.
      - If the regular expression has no group C(boot), the module may not notice a reboot on the same compute host.
    type: str
    default: '^TICK (?P<count>\d+) (?P<mismatches>\d+)(?: (?P<boot>\d+))?$'
  disk_pattern:
    description:
      - Regular expression for the console lines in which the guest prints the result of reading and writing its data
        disk. The group C(verified) must match the number of blocks that the guest has verified. The group C(damage)
        must match the description of a damaged block.
      - Guests that print no such line have no data disk to check.
    type: str
    default: '^disk (?:OK (?P<verified>\d+) (?P<written>\d+)|BAD (?P<damage>.+))$'
  disk_checks:
    description:
      - With O(before), the number of blocks that each guest must verify on its data disks after the first reading. Use
        at least the number of blocks after which the guest verifies the first block again.
      - The default is two rounds of a guest of the local cloud with one data disk.
      - The module ignores this option for guests that print no line about a data disk.
    type: int
    default: 64
  period:
    description: Interval at which the guest prints a line on its console, in seconds. The default is the interval of
      the guests of the local cloud.
    type: float
    default: 0.10985
  timeout:
    description: Maximum number of seconds to wait until the counter of each guest has increased, and until
      the guests have verified their data disks.
    type: int
    default: 30
seealso:
  - module: stackproof.migration.server_live_migrate
"""

EXAMPLES = r"""
- name: Read the counter of a guest
  stackproof.migration.server_console_info:
    cloud: mycloud
    servers:
      - web-1
  register: before

- name: Live-migrate the server
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers:
      - web-1

- name: Check that the same guest continues to count
  stackproof.migration.server_console_info:
    cloud: mycloud
    servers:
      - web-1
    before: "{{ before.consoles }}"
"""

RETURN = r"""
consoles:
  description: The guest console of each server, in the order of O(servers).
  returned: always
  type: list
  elements: dict
  contains:
    server_id:
      description: Id of the server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    server_name:
      description: Name of the server.
      type: str
      sample: web-1
    host_id:
      description: C(hostId) of the server. The console log starts again after each move to another host.
      type: str
      sample: 1bd1a3b9a8b7f2c5a1b1a8d1e1e9f8c3e3e5d6c7b8a9f0e1d2c3b4a5
    boots:
      description: Number of boots that the console shows.
      type: int
      sample: 0
    first_count:
      description: Oldest counter value on the console. Null if the console shows no counter.
      type: int
      sample: 45
    count:
      description: Newest counter value on the console.
      type: int
      sample: 61
    mismatches:
      description: Number of memory pages that changed unexpectedly in the guest. Null if the guest does not print this
        number.
      type: int
      sample: 0
    boot:
      description: Value that the guest prints and that changes with each boot. Null if the guest prints no such value.
      type: str
      sample: "2175792"
    disk_verified:
      description: Number of blocks on its data disk that the guest has verified since its boot. Null if the guest
        prints no such number.
      type: int
      sample: 5120
    disk_damage:
      description: The damaged block of the data disk, and the expected and the found pattern. Null if the guest has
        found no damage.
      type: str
      sample: null
    moment:
      description:
        - Time of the reading in seconds, on the monotonic clock of the machine that runs the module. The option
          O(before) needs this time.
      type: float
      sample: 5317.25
    counted_on:
      description:
        - Whether the same guest still runs, without a reboot since O(before). A long downtime does not change this
          value. The value is null without O(before).
      type: bool
      sample: true
    downtime_seconds:
      description:
        - Downtime of the guest in seconds. The time before the readings in O(before) does not count.
        - The error of the measured downtime is about 0.2 s.
        - Null without O(before). Also null if the server runs another guest, or if the guest has rebooted.
      type: float
      sample: 0.31
    message:
      description: The outcome as text.
      type: str
      sample: "web-1: the guest continued from 12 to 61 with a downtime of 0.31 s."
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.9
failure:
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: guest
    message: "web-1: the guest did not continue: it has rebooted."
    service: compute
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_continuity import (
    BOOT_PATTERN,
    COUNT_PATTERN,
    DISK_CHECKS,
    DISK_PATTERN,
    PERIOD,
    ConsolePatterns,
)
from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_monitor import (
    ConsoleMonitor,
    ConsoleOptions,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    poll_intervals_of,
    wait_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report


def read_consoles(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the module."""
    del check_mode  # The module changes nothing, so check mode runs the same code.
    intervals = poll_intervals_of(params)
    patterns = ConsolePatterns.of(
        params["boot_pattern"], params["count_pattern"], params["period"], params["disk_pattern"]
    )
    order = ConsoleOptions.of(params, patterns)
    return ConsoleMonitor(connect(params, clock), order, intervals).run()


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=30),
        "servers": {"type": "list", "elements": "str", "required": True},
        "all_projects": {"type": "bool", "default": False},
        "before": {"type": "list", "elements": "dict"},
        "max_downtime": {"type": "float"},
        "boot_pattern": {"type": "str", "default": BOOT_PATTERN},
        "count_pattern": {"type": "str", "default": COUNT_PATTERN},
        "disk_pattern": {"type": "str", "default": DISK_PATTERN},
        "disk_checks": {"type": "int", "default": DISK_CHECKS},
        "period": {"type": "float", "default": PERIOD},
    },
    work=read_consoles,
    empty={"consoles": []},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
