#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read how far guests have counted on their consoles."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_console_info
short_description: Tell by their consoles whether guests lived on
version_added: 1.0.0
description:
  - Reads the consoles of servers whose guests count there, as that of the role
    P(stackproof.migration.local_cloud#role) does, and waits until each has counted.
  - With O(before), an earlier result of this module, it tells of each whether the same guest went on counting, and how
    long it stood still in between. It fails where a guest has booted anew, has gone back, or has stopped.
  - Nova gives the console to whoever owns the server.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.waiting
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  servers:
    description: Names or ids of the servers.
    type: list
    elements: str
    required: true
  all_projects:
    description: Whether to look for names in all projects, which is for administrators.
    type: bool
    default: false
  before:
    description: RV(consoles) of an earlier call, to which these are compared.
    type: list
    elements: dict
  max_downtime:
    description:
      - How long, in seconds, a guest may have stood still since O(before). More is a failure.
      - Without it any pause will do.
    type: float
  boot_pattern:
    description: A regular expression for the line that a guest prints when it boots.
    type: str
    default: ^BOOT$
  count_pattern:
    description:
      - A regular expression for the lines by which a guest counts, with the group C(count).
      - A group C(mismatches), where there is one, counts pages of its memory that did not hold what it had written.
      - A group C(boot), where there is one, is another one after each boot.
      - Without it a guest that was started anew where it was is taken for the same, once it has counted further.
    type: str
    default: '^TICK (?P<count>\d+) (?P<mismatches>\d+)(?: (?P<boot>\d+))?$'
  period:
    description: Seconds from one count to the next. The default is two interrupts of a PC's timer.
    type: float
    default: 0.10985
  timeout:
    description: How long a guest may take until it counts, or counts on, in seconds.
    type: int
    default: 30
seealso:
  - module: stackproof.migration.server_live_migrate
"""

EXAMPLES = r"""
- name: See that the guest counts
  stackproof.migration.server_console_info:
    cloud: mycloud
    servers:
      - web-1
  register: before

- name: Migrate it
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers:
      - web-1

- name: See that it is the same guest which counts on
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
      description: The server's C(hostId). A host's log of a console begins with the guest's arrival there.
      type: str
      sample: 1bd1a3b9a8b7f2c5a1b1a8d1e1e9f8c3e3e5d6c7b8a9f0e1d2c3b4a5
    boots:
      description: How many boots are on the console.
      type: int
      sample: 0
    first_count:
      description: The oldest count that is on the console. Null when there is none.
      type: int
      sample: 45
    count:
      description: The newest count.
      type: int
      sample: 61
    mismatches:
      description: How many pages did not hold what the guest had written there. Null when it does not tell.
      type: int
      sample: 0
    boot:
      description: What tells this boot of the guest from others. Null when it does not tell.
      type: str
      sample: "2175792"
    moment:
      description: When it was read, in seconds, on a clock that has a meaning for O(before) on the same machine only.
      type: float
      sample: 5317.25
    counted_on:
      description:
        - Whether it is the guest of O(before), and has counted on, however long it stood still. Null without O(before).
      type: bool
      sample: true
    downtime_seconds:
      description:
        - How much longer the guest took since O(before) than its counting tells, in seconds, which is how long it stood
          still. It is exact to about 0.2 s. Null without O(before), and where the guest is not the same.
      type: float
      sample: 0.31
    message:
      description: One sentence for people.
      type: str
      sample: "web-1: the guest went on from 12 to 61 and stood still for 0.31 s."
seconds:
  description: How long the module was at work, authentication included, in seconds.
  returned: always
  type: float
  sample: 1.9
failure:
  description: What failed, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: guest
    message: "web-1: the guest is not as it was: it has booted anew."
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
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import pace_of, waiting_arguments
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report


def read_consoles(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """One run of the module."""
    del check_mode  # changes nothing
    pace = pace_of(params)
    language = ConsolePatterns.of(params["boot_pattern"], params["count_pattern"], params["period"])
    order = ConsoleOptions.of(params, language)
    return ConsoleMonitor(connect(params, clock), order, pace).run()


MODULE = Definition(
    arguments={
        **waiting_arguments(timeout=30),
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
    """Parse, run, exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
