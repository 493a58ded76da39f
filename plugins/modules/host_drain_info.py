#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tell what stands on a compute host, and how it would leave."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_drain_info
short_description: Tell what stands on an OpenStack compute host, how it would leave, and whether the host is empty
version_added: 1.0.0
description:
  - Lists the servers on a compute host with the way in which each can be moved off, or the reason why it cannot, and
    asks Placement whether all together have room on the other hosts.
  - Lists servers that are elsewhere already, but whose move from here waits for a confirmation, which keeps their
    resources on this host.
  - Says whether the host is empty, by its servers and by what Placement holds for it.
  - Changes nothing. By Nova's default policies this is for administrators.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.waiting
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  host:
    description: Name of the compute host, as its service has it.
    type: str
    required: true
  cold:
    description:
      - Whether servers that are shut off may be cold-migrated. When V(false), they cannot leave, and so are reported.
    type: bool
    default: true
  moved:
    description: Whether to list, too, what was moved away and can be brought back.
    type: bool
    default: false
  since:
    description:
      - A time in ISO 8601; what was moved away from then on is meant. When not given, it is read from the stamp that
        M(stackproof.migration.compute_service) has put into the service's disabled reason.
    type: str
  timeout:
    description:
      - Seconds to wait for servers that are in a task which ends by itself, one that is being built or rebooted, say.
    type: int
    default: 0
seealso:
  - module: stackproof.migration.compute_service
  - module: stackproof.migration.server_live_migrate
  - module: stackproof.migration.server_cold_migrate
"""

EXAMPLES = r"""
- name: What would have to be moved off compute1?
  stackproof.migration.host_drain_info:
    cloud: mycloud
    host: compute1
  register: plan

- name: Show what cannot leave
  ansible.builtin.debug:
    msg: "{{ plan.servers | selectattr('how', 'equalto', 'none') | map(attribute='obstacle') }}"
"""

RETURN = r"""
service:
  description: The compute service, with the keys of RV(stackproof.migration.compute_service#module:service).
  returned: always
  type: dict
  sample: {host: compute1, status: disabled, state: up, disabled_reason: "new memory [since 2026-04-01T10:00:00Z]"}
targets:
  description: The other compute hosts that can take servers.
  returned: always
  type: list
  elements: str
  sample: [compute2, compute3]
unusable:
  description: The other compute hosts that cannot, and why.
  returned: always
  type: list
  elements: dict
  sample:
    - name: compute4
      obstacle: its nova-compute service is down
servers:
  description: What has to leave.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Id of the server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    name:
      description: Its name.
      type: str
      sample: web-1
    project_id:
      description: Its project.
      type: str
      sample: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
    status:
      description: Its status.
      type: str
      sample: ACTIVE
    task_state:
      description: The task that it is in, or null.
      type: str
      sample: null
    host:
      description: The compute host that it is on. Another one where it waits for a confirmation.
      type: str
      sample: compute1
    availability_zone:
      description: Its availability zone.
      type: str
      sample: nova
    locked:
      description: Whether it is locked. Administrators can move it all the same.
      type: bool
      sample: false
    how:
      description:
        - V(live) or V(cold), by which migration it can leave; V(confirm), it has left, and its cold migration waits for
          confirmation; V(none), it cannot.
      type: str
      sample: live
    obstacle:
      description: Why it cannot. Null when it can.
      type: str
      sample: null
    passing:
      description: Whether it cannot only because it is in a task that ends by itself.
      type: bool
      sample: false
    room:
      description:
        - Whether Placement has room for it on another host that can take servers, when all are moved. Whether the
          scheduler's filters let it go there is not known before it is tried.
        - Null where this user may not read Placement, and for V(confirm).
      type: bool
      sample: true
ways:
  description: How many leave in which way.
  returned: always
  type: dict
  sample: {live: 40, cold: 2, none: 1}
consumers:
  description:
    - What Placement holds for the host. C(kind) is V(server), V(migration) or V(unknown).
    - Null where this user may not read Placement.
  returned: always
  type: list
  elements: dict
  sample:
    - consumer: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
      kind: server
      server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
      resources: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}
empty:
  description: Whether nothing is there, by its servers and by Placement. Null when the module failed.
  returned: always
  type: bool
  sample: false
since:
  description: Since when the host is drained, by O(since) or by the service's stamp. Null when neither tells.
  returned: always
  type: str
  sample: "2026-04-01T10:00:00Z"
moved:
  description: With O(moved), what was moved away since then, with the keys of RV(servers); C(how) is its way back.
  returned: always
  type: list
  elements: dict
  sample: []
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
    kind: not_found
    message: "host: there is no compute host compute9. There are: compute1, compute2."
    service: compute
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._drain.host_inventory import (
    NOTHING,
    HostInventory,
    InventoryRequest,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import pace_of, waiting_arguments
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def info(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """One run of the module."""
    del check_mode  # changes nothing
    if params["timeout"] < 0:
        raise InputError(f"timeout must not be less than 0, found {params['timeout']}.")
    question = InventoryRequest(
        host=params["host"],
        cold=params["cold"],
        moved=params["moved"],
        since=params["since"],
        timeout=params["timeout"],
        # here it is no error to wait for nothing
        pace=pace_of({**params, "timeout": None, "settle_timeout": None}),
    )
    question.check()
    return Report({"changed": False, **HostInventory(connect(params, clock), question).read()})


MODULE = Definition(
    arguments={
        **waiting_arguments(timeout=0),
        "host": {"type": "str", "required": True},
        "cold": {"type": "bool", "default": True},
        "moved": {"type": "bool", "default": False},
        "since": {"type": "str"},
    },
    work=info,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Parse, run, exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
