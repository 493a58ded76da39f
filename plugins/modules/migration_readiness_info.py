#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module migration_readiness_info reports which compute hosts can be emptied, and which servers block this."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_readiness_info
short_description: Report which OpenStack compute hosts can be emptied
version_added: 1.1.0
description:
  - Reports for each compute host whether migrations can move all its servers to other hosts. The module judges each
    host alone, and together with the other hosts of its batch.
  - Returns each server that cannot move, or whose move is doubtful, with the reasons and the remedies.
  - Returns the free resources of each availability zone.
  - Uses the rules of M(stackproof.migration.host_drain_info). The prediction uses the resources of the flavors, zones,
    server groups, traits, and the room in Placement.
  - The number of requests grows with the pages of Nova's lists, and not with the servers. The module sends up to 8
    requests at the same time.
  - Changes nothing in the cloud. By Nova's default policies, only administrators can use this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  hosts:
    description: Names of the compute hosts to report on. By default, the module reports on all compute hosts.
    type: list
    elements: str
    default: []
  aggregate:
    description: Name or id of a host aggregate. The module reports only on its hosts.
    type: str
  availability_zone:
    description: Name of an availability zone. The module reports only on its hosts.
    type: str
  at_once:
    description:
      - The number of hosts that you plan to empty at the same time.
      - The module divides the hosts into batches of this size, in the order of their names. It judges each batch as if
        the earlier batches were in use again.
    type: int
    default: 1
  cold:
    description: Whether servers in status SHUTOFF may be cold-migrated. With V(false), such servers block their host.
    type: bool
    default: true
  block_migration:
    description: The value of the option with the same name with which you plan to live-migrate the servers.
    type: str
    choices: [auto, "true", "false"]
    default: auto
seealso:
  - module: stackproof.migration.host_drain_info
"""

EXAMPLES = r"""
- name: Read which hosts of an aggregate can be emptied, two at the same time
  stackproof.migration.migration_readiness_info:
    cloud: mycloud
    aggregate: rack-7
    at_once: 2
  register: readiness

- name: Show the servers that block a host
  ansible.builtin.debug:
    msg: "{{ readiness.servers }}"
"""

RETURN = r"""
cloud:
  description: URL of the Identity service and region of the cloud. Null if the module failed.
  returned: always
  type: dict
  sample: {auth_url: "https://cloud.example.org:5000/v3", region: RegionOne}
microversion:
  description: The oldest and the newest microversion of the Compute API. Null if the module failed.
  returned: always
  type: dict
  sample: {min: "2.1", max: "2.104"}
at_once:
  description: The value of O(at_once). Null if the module failed.
  returned: always
  type: int
  sample: 2
totals:
  description:
    - The number of hosts for each value of RV(hosts[].can_be_emptied) under C(alone), and for each value of
      RV(hosts[].can_be_emptied_together) under C(together).
    - Null if the module failed.
  returned: always
  type: dict
  sample: {alone: {"yes": 3, unknown: 0, doubtful: 1, "no": 0}, together: {"yes": 2, unknown: 0, doubtful: 2, "no": 0}}
hosts:
  description: The compute hosts, sorted by name.
  returned: always
  type: list
  elements: dict
  contains:
    host:
      description: Name of the compute host.
      type: str
      sample: compute1
    zone:
      description: Availability zone of the compute host.
      type: str
      sample: nova
    status:
      description: Status of the compute service, V(enabled) or V(disabled).
      type: str
      sample: enabled
    state:
      description: State of the compute service, V(up) or V(down).
      type: str
      sample: up
    servers:
      description: The number of servers on the host.
      type: int
      sample: 12
    can_be_emptied:
      description:
        - Whether all servers can leave the host if no other host is emptied at the same time.
        - With V(yes), no rule speaks against the move of any server.
        - With V(no), Nova refuses the move of at least one server.
        - With V(doubtful), a server has a blocker that is not certain, or its task must end first.
        - With V(unknown), the room on other hosts is unknown.
      type: str
      sample: "yes"
    can_be_emptied_together:
      description: The same if all hosts of the batch are emptied at the same time.
      type: str
      sample: doubtful
    batch:
      description: Number of the batch of the host. The first batch has the number 1.
      type: int
      sample: 1
    blocked_servers:
      description: The number of servers with a blocker.
      type: int
      sample: 1
    reasons:
      description: The number of servers for each reason.
      type: dict
      sample: {vtpm: 1}
servers:
  description: The servers with a blocker when only their host is emptied.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: Id of the server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    name:
      description: Name of the server.
      type: str
      sample: web-1
    project_id:
      description: Id of the project of the server.
      type: str
      sample: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
    host:
      description: Compute host of the server.
      type: str
      sample: compute1
    status:
      description: Status of the server.
      type: str
      sample: ACTIVE
    move_method:
      description: How the server can leave the host, V(live), V(cold) or V(none).
      type: str
      sample: none
    destinations:
      description: The number of hosts that can take the server. Null if the server cannot move.
      type: int
      sample: null
    blockers:
      description: The reasons, with the keys of RV(stackproof.migration.host_drain_info#module:servers[].blockers).
      type: list
      elements: dict
      sample:
        - reason: vtpm
          certainty: certain
          detail: The server has a virtual TPM 2.0, and the security of its secret is user (hw:tpm_secret_security).
          remedy: Resize the server to a flavor with hw:tpm_secret_security=host, or cold-migrate it with its owner.
projects:
  description: The projects that own blocked servers, with the number of servers in total and by reason.
  returned: always
  type: list
  elements: dict
  sample:
    - project_id: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
      servers: 1
      reasons: {vtpm: 1}
zones:
  description:
    - The availability zones, with their hosts and the free resources of the usable hosts in Placement.
    - C(free) is empty if the user cannot read Placement.
  returned: always
  type: list
  elements: dict
  sample:
    - zone: nova
      hosts: 4
      usable_hosts: 4
      free: {VCPU: 60, MEMORY_MB: 30000, DISK_GB: 400}
unknown:
  description: Facts that the API does not show, or that the user may not read.
  returned: always
  type: list
  elements: str
  sample: []
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 4.2
failure:
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: not_found
    message: "aggregate: there is no host aggregate rack-8. Did you mean rack-7?"
    service: compute
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._readiness.cloud_readiness import (
    NOTHING,
    CloudReadiness,
    ReadinessRequest,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def info(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    del check_mode  # The module changes nothing, so check mode runs the same code.
    request = ReadinessRequest(
        hosts=tuple(params["hosts"]),
        aggregate=params["aggregate"] or None,
        zone=params["availability_zone"] or None,
        at_once=params["at_once"],
        cold=params["cold"],
        block_migration=params["block_migration"],
    )
    request.check()
    return Report({"changed": False, **CloudReadiness(connect(params, clock), request).read()})


MODULE = Definition(
    arguments={
        "hosts": {"type": "list", "elements": "str", "default": []},
        "aggregate": {"type": "str"},
        "availability_zone": {"type": "str"},
        "at_once": {"type": "int", "default": 1},
        "cold": {"type": "bool", "default": True},
        "block_migration": {"type": "str", "choices": ["auto", "true", "false"], "default": "auto"},
    },
    work=info,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
