#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read how far guests have counted on their consoles."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_console_info
short_description: Check on the consoles of servers that their guests keep running
version_added: 1.0.0
description:
  - Reads the consoles of servers whose guests print a counter, as the guest of the role
    P(stackproof.migration.local_cloud#role) does, and waits until each counter has increased.
  - With O(before), an earlier result of this module, returns for each server whether the same guest continued to count
    and its downtime. Fails when a guest has rebooted, or when its counter went back or stopped.
  - Any member of the project of a server may read its console.
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
    description: Whether to search names in all projects. For administrators only.
    type: bool
    default: false
  before:
    description: The RV(consoles) of an earlier call. The present consoles are compared with it.
    type: list
    elements: dict
  max_downtime:
    description:
      - Longest allowed downtime of a guest since O(before), in seconds. A longer downtime is a failure.
      - When not given, any downtime is allowed.
    type: float
  boot_pattern:
    description: Regular expression for the line that a guest prints at boot.
    type: str
    default: ^BOOT$
  count_pattern:
    description:
      - Regular expression for the lines with the counter, with the group C(count).
      - An optional group C(mismatches) is the number of memory pages whose content has changed unexpectedly.
      - An optional group C(boot) is a value that differs after each boot. Without it, a guest that rebooted on its
        host counts as the same guest when its counter is higher than before.
    type: str
    default: '^TICK (?P<count>\d+) (?P<mismatches>\d+)(?: (?P<boot>\d+))?$'
  period:
    description: Interval of the counter in seconds. The default is the time of two interrupts of a PC timer.
    type: float
    default: 0.10985
  timeout:
    description: Time in seconds within which the counter of a guest must increase.
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
  description: One entry per server, in the order given.
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
      description: C(hostId) of the server. The console log of a host starts with the arrival of the guest.
      type: str
      sample: 1bd1a3b9a8b7f2c5a1b1a8d1e1e9f8c3e3e5d6c7b8a9f0e1d2c3b4a5
    boots:
      description: Number of boots on the console.
      type: int
      sample: 0
    first_count:
      description: Oldest counter value on the console. Null when there is none.
      type: int
      sample: 45
    count:
      description: Newest counter value.
      type: int
      sample: 61
    mismatches:
      description: Number of memory pages whose content has changed unexpectedly. Null when the guest does not print it.
      type: int
      sample: 0
    boot:
      description: Value that identifies this boot of the guest. Null when the guest does not print it.
      type: str
      sample: "2175792"
    moment:
      description:
        - Time of the read in seconds, on the monotonic clock of this machine. Used with O(before) on the same
          machine.
      type: float
      sample: 5317.25
    counted_on:
      description:
        - Whether the guest of O(before) continued to count, with any downtime. Null without O(before).
      type: bool
      sample: true
    downtime_seconds:
      description:
        - Downtime of the guest since O(before) in seconds, exact to about 0.2 s. Null without O(before), and when the
          guest is not the same.
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
from ansible_collections.stackproof.migration.plugins.module_utils._guest.console_continuity import ConsolePatterns
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
    patterns = ConsolePatterns.of(params["boot_pattern"], params["count_pattern"], params["period"])
    order = ConsoleOptions.of(params, patterns)
    return ConsoleMonitor(connect(params, clock), order, intervals).run()


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=30),
        "servers": {"type": "list", "elements": "str", "required": True},
        "all_projects": {"type": "bool", "default": False},
        "before": {"type": "list", "elements": "dict"},
        "max_downtime": {"type": "float"},
        "boot_pattern": {"type": "str", "default": "^BOOT$"},
        "count_pattern": {"type": "str", "default": r"^TICK (?P<count>\d+) (?P<mismatches>\d+)(?: (?P<boot>\d+))?$"},
        "period": {"type": "float", "default": 0.10985},
    },
    work=read_consoles,
    empty={"consoles": []},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
