#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module host_drain_info lists the servers of a compute host, and plans how they leave the host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_drain_info
short_description: Read the servers and allocations of an OpenStack compute host, and plan its drain
version_added: 1.0.0
description:
  - Lists the servers on a compute host. For each server, the module returns how the server can leave the host. If the
    server cannot leave the host, the module returns the reason.
  - Predicts which compute hosts can take each server. The prediction uses availability zones, server groups, traits,
    host aggregates and the room in Placement. The prediction assumes that all servers of the host move.
  - The API does not show all facts that Nova's scheduler uses. RV(unknown) and RV(servers[].unknown) list the facts
    that are missing.
  - Also lists servers whose cold migration from the host is not confirmed. Nova keeps the resources on the host
    allocated until the confirmation.
  - Returns whether the host is empty. An empty host has no server, and no allocation in its resource providers.
  - Changes nothing in the cloud. By Nova's default policies, only administrators can use this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  host:
    description: Name of the compute host, as C(openstack compute service list) shows it.
    type: str
    required: true
  target:
    description: Name of the compute host to which the servers will be moved. By default, Nova's scheduler chooses a
      host for each server.
    type: str
  cold:
    description:
      - Whether servers in status SHUTOFF may be cold-migrated. With V(false), RV(servers[].move_method) of a server in
        SHUTOFF is V(none).
    type: bool
    default: true
  predict:
    description:
      - Whether to predict the destinations of the servers. With V(false), the module sends fewer requests, and
        RV(servers[].destinations) and RV(servers[].room) are null.
    type: bool
    default: true
  moved:
    description: Whether to list the servers that were moved away from the host and can be moved back.
    type: bool
    default: false
  since:
    description:
      - A time in ISO 8601. With O(moved=true), the module lists the servers that were moved away at this time or later.
      - By default, the module reads the start time of the drain from the disabled reason of the compute service.
      - M(stackproof.migration.compute_service) can write the start time of the drain into the disabled reason.
    type: str
  timeout:
    description:
      - Maximum number of seconds to wait while a server has a task such as a build or a reboot. With V(0), the module
        does not wait.
    type: int
    default: 0
seealso:
  - module: stackproof.migration.compute_service
  - module: stackproof.migration.server_live_migrate
  - module: stackproof.migration.server_cold_migrate
"""

EXAMPLES = r"""
- name: Plan the drain of compute1
  stackproof.migration.host_drain_info:
    cloud: mycloud
    host: compute1
  register: plan

- name: Show the servers that cannot be moved
  ansible.builtin.debug:
    msg: "{{ plan.servers | selectattr('move_method', 'equalto', 'none') | map(attribute='obstacle') }}"

- name: Refuse a drain that cannot work
  ansible.builtin.assert:
    that: plan.problems | length == 0
    fail_msg: "{{ plan.problems | map(attribute='message') | join(' ') }}"
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
service:
  description: The compute service, with the keys of RV(stackproof.migration.compute_service#module:service).
  returned: always
  type: dict
  sample: {host: compute1, status: disabled, state: up, disabled_reason: "new memory [since 2026-04-01T10:00:00Z]"}
source_obstacle:
  description:
    - The reason why Nova cannot migrate servers from the host. For example, the compute service is down or forced down.
      Null if Nova can migrate servers from the host.
  returned: always
  type: str
  sample: null
target_obstacle:
  description: The reason why O(target) cannot take servers. Null if O(target) can take servers, or if O(target) is not
    set.
  returned: always
  type: str
  sample: "The target compute4 cannot take servers: its nova-compute service is down."
targets:
  description: Names of the compute hosts that can take servers from O(host).
  returned: always
  type: list
  elements: str
  sample: [compute2, compute3]
unusable:
  description: The compute hosts that cannot take the servers of O(host), with the reason for each host.
  returned: always
  type: list
  elements: dict
  sample:
    - name: compute4
      obstacle: its nova-compute service is down
servers:
  description: The servers that must leave the host.
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
    status:
      description: Status of the server.
      type: str
      sample: ACTIVE
    task_state:
      description: Task state of the server. Null if the server has no task.
      type: str
      sample: null
    host:
      description:
        - Compute host of the server.
        - For a cold migration that waits for its confirmation, the value is the destination host.
      type: str
      sample: compute1
    availability_zone:
      description: Availability zone of the compute host.
      type: str
      sample: nova
    locked:
      description: Whether the server is locked. Administrators can still move a locked server.
      type: bool
      sample: false
    move_method:
      description:
        - How the server can leave the host.
        - V(live) means a live migration, and V(cold) means a cold migration.
        - V(confirm) means that an earlier cold migration of the server only needs a confirmation.
        - V(none) means that the server cannot leave the host.
      type: str
      sample: live
    obstacle:
      description: The reason why the server cannot leave the host. Null if the server can leave the host.
      type: str
      sample: null
    obstacle_is_temporary:
      description: Whether the obstacle ends without an action of yours, for example the build of a server.
      type: bool
      sample: false
    destinations:
      description:
        - The hosts that can take the server, according to the facts that the API shows. Nova's scheduler may exclude
          more hosts.
        - Null if O(predict) is V(false), or if the server is already being migrated.
        - Null if RV(servers[].move_method) is V(confirm) or V(none).
      type: list
      elements: str
      sample: [compute2]
    destination_obstacle:
      description: The reason why no host can take the server. Null if a host can take the server, or if
        RV(servers[].destinations) is null.
      type: str
      sample: it is bound to availability zone za, and compute2, compute3 is in another zone
    room:
      description:
        - Whether each server of O(host) would find room if all servers of the host moved.
        - Null if the free room or the possible hosts of the server are unknown.
      type: bool
      sample: true
    unknown:
      description: Facts about this server that the API does not show.
      type: list
      elements: str
      sample: []
    blockers:
      description:
        - The reasons why the server cannot leave the host, or why this is doubtful. The most certain reasons are first.
        - A server with a blocker of the certainty V(certain) cannot leave the host.
      type: list
      elements: dict
      sample: []
      contains:
        reason:
          description: A short name of the reason. The guide "Before the maintenance window" explains each name.
          type: str
          sample: vtpm
        certainty:
          description:
            - V(certain) means that Nova refuses the move of this user in this release.
            - V(likely) means that the move usually fails, but a setting that the API does not show can allow it.
            - V(unknown) means that the API does not show whether the move works.
          type: str
          sample: certain
        detail:
          description: The problem as a sentence.
          type: str
          sample: The server has a virtual TPM 2.0, and the security of its secret is user (hw:tpm_secret_security).
        remedy:
          description: The action that removes the blocker.
          type: str
          sample: Resize the server to a flavor with hw:tpm_secret_security=host, or cold-migrate it with its owner.
move_methods:
  description: The number of servers by move method.
  returned: always
  type: dict
  sample: {live: 40, cold: 2, none: 1}
consumers:
  description:
    - The servers, migrations and other consumers that have allocations on the host. The list includes allocations of
      shared resources that only this host uses.
    - Null if the allocations are unknown, for example because the user cannot read Placement.
  returned: always
  type: list
  elements: dict
  contains:
    consumer:
      description: UUID of the consumer.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    kind:
      description: Kind of the consumer, V(server), V(migration) or V(unknown). V(unknown) means that Nova does not know
        the consumer.
      type: str
      sample: server
    server_id:
      description: Id of the server to which the consumer belongs. Null if the server is unknown.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    resources:
      description: The amount of all resources that are allocated to the consumer, by resource class.
      type: dict
      sample: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}
    providers:
      description: The allocated resources, by the name of the resource provider.
      type: dict
      sample: {compute1: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}}
empty:
  description:
    - Whether the host has no server and no allocation.
    - Null if the module failed, or if it could not read the allocations of a host without servers.
  returned: always
  type: bool
  sample: false
since:
  description:
    - The time at which the drain of the host started. The module reads this time from O(since) or from the disabled
      reason of the compute service. Null if there is no such time.
  returned: always
  type: str
  sample: "2026-04-01T10:00:00Z"
moved:
  description:
    - The servers that were moved away from O(host) since the time RV(since). The module returns these servers only with
      O(moved=true).
    - The entries have the keys of RV(servers).
    - The keys C(move_method) and C(destinations) describe the migration back to O(host).
  returned: always
  type: list
  elements: dict
  sample: []
problems:
  description:
    - The reasons why the drain cannot succeed. With O(moved=true), the list contains the reasons why servers cannot be
      moved back.
    - C(kind) is V(source), V(target) or V(hosts).
  returned: always
  type: list
  elements: dict
  sample:
    - kind: target
      message: "The target compute4 cannot take servers: its nova-compute service is down."
unknown:
  description: Facts that the API does not show, or that the user may not read, such as the filters of Nova's scheduler.
  returned: always
  type: list
  elements: str
  sample: []
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
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    poll_intervals_of,
    wait_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def info(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    del check_mode  # The module changes nothing, so check mode runs the same code.
    if params["timeout"] < 0:
        raise InputError(f"timeout must not be less than 0, found {params['timeout']}.")
    request = InventoryRequest(
        host=params["host"],
        target=params["target"] or None,
        cold=params["cold"],
        predict=params["predict"],
        moved=params["moved"],
        since=params["since"],
        timeout=params["timeout"],
        # This module accepts the timeout 0, but the function poll_intervals_of refuses 0.
        pace=poll_intervals_of({**params, "timeout": None, "settle_timeout": None}),
    )
    request.check()
    return Report({"changed": False, **HostInventory(connect(params, clock), request).read()})


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=0),
        "host": {"type": "str", "required": True},
        "target": {"type": "str"},
        "cold": {"type": "bool", "default": True},
        "predict": {"type": "bool", "default": True},
        "moved": {"type": "bool", "default": False},
        "since": {"type": "str"},
    },
    work=info,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
