#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module migration_audit_info lists what earlier migrations left behind in a cloud."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_audit_info
short_description: List what earlier migrations left behind in a cloud
version_added: 1.0.0
description:
  - Lists servers that are stuck, migration records that do not end, and resizes that wait for their confirmation. Lists
    allocations, ports, port bindings and volume attachments that do not belong where they are. Lists compute services
    that are disabled without a reason.
  - Each entry of RV(findings) has the evidence, the command that fixes it, and whether it blocks the next migration.
  - Reads the whole cloud once. Reads the values of each possible finding a second time, so that running migrations
    are not reported.
  - The number of requests grows with the compute hosts and with the findings. Servers, ports and volumes need only the
    pages of their lists. RV(requests) is the number of requests.
  - Changes nothing in the cloud. By the default policies, only administrators can see everything. For other users, and
    for tokens of the system, RV(unknown) lists what they cannot see.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  since:
    description:
      - A time in ISO 8601, or a period such as V(7d) or V(12h) before the present time.
      - The module reads all migration records since this time. Older records are read only if they are open, have
        allocations, or belong to a server with a finding.
      - The bindings of a port need one request for each port. The module reads them if the server of the port has a
        migration record since this time, if the port is not on the host of its server, or if the port is DOWN.
    type: str
    default: 7d
  settle_seconds:
    description:
      - The module does not judge a server that has changed in this number of seconds. Nova deletes allocations some
        seconds after the end of a migration.
    type: float
    default: 60
  stale_seconds:
    description:
      - A running migration whose record has not changed for this number of seconds counts as stuck. A migration that
        waits in Nova's queue for another migration does not count.
    type: float
    default: 3600
  max_parallel:
    description: The number of requests that the module sends at the same time.
    type: int
    default: 8
seealso:
  - module: stackproof.migration.migration_audit_repair
  - module: stackproof.migration.host_drain_info
"""

EXAMPLES = r"""
- name: Audit the cloud
  stackproof.migration.migration_audit_info:
    cloud: mycloud
    since: 30d
  register: audit

- name: Show the commands for findings that block a migration
  ansible.builtin.debug:
    msg: "{{ audit.findings | rejectattr('blocks', 'equalto', 'no') | map(attribute='command') }}"
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
since:
  description: The start of the period, in ISO 8601. Null if the module failed.
  returned: always
  type: str
  sample: "2026-03-25T10:00:00+00:00"
findings:
  description: What earlier migrations left behind. Findings that block a migration come first.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: The kind of the finding.
      type: str
      sample: allocation_doubled
    subject:
      description: Id of the server, record, consumer, port or attachment, or name of the compute host.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    message:
      description: What was found, as a sentence.
      type: str
      sample: The server is on compute1, but Placement also has allocations of it on compute2.
    effect:
      description: What the finding means for the next migration.
      type: str
      sample: The resources count as used, so a host can have no room for the next migration.
    blocks:
      description:
        - Whether the finding blocks the next migration. V(certain) means that Nova refuses it. V(likely) means that it
          can fail. V(no) means that the finding does not block a migration.
      type: str
      sample: likely
    remedy:
      description: What to do, as sentences.
      type: str
      sample: Confirm it if the server works. `openstack server resize revert` returns to the source.
    command:
      description: The command or the SQL statement that fixes the finding.
      type: str
      sample: openstack server resize confirm 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    since:
      description: Time of the last change of the migration that left the object. Null if the time is unknown.
      type: str
      sample: "2026-04-01T09:59:00.000000"
    server_id:
      description: Id of the server. Null if the finding belongs to no server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    server_name:
      description: Name of the server. Null if the server no longer exists.
      type: str
      sample: web-1
    project_id:
      description: Id of the project of the server.
      type: str
      sample: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
    host:
      description: The compute host or the root resource provider of the object.
      type: str
      sample: compute2
    evidence:
      description: The values on which the finding is based, such as the last migration record.
      type: dict
      sample: {status: ACTIVE, record: 8d0b7c1e-52f4-4a63-9f57-6e1a3c2b4d5f, record_status: completed}
    repairable:
      description: Whether M(stackproof.migration.migration_audit_repair) can repair the finding.
      type: bool
      sample: true
counts:
  description: The number of findings by kind.
  returned: always
  type: dict
  sample: {allocation_doubled: 1}
examined:
  description: The number of objects that the module has read. A number is null if the user may not read the objects.
  returned: always
  type: dict
  sample: {servers: 200, records: 12, compute_services: 10, consumers: 201, ports: 190, ports_with_bindings: 12,
    attachments: 80}
not_examined:
  description: What the module did not look at, as sentences.
  returned: always
  type: list
  elements: str
  sample: ["The bindings of 178 of 190 ports."]
unknown:
  description: What the user may not read, as sentences with the reason.
  returned: always
  type: list
  elements: str
  sample: []
requests:
  description: The number of requests to the services of the cloud. Null if the module failed.
  returned: always
  type: int
  sample: 74
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
    kind: input
    message: "since must be a time in ISO 8601 or a period such as 7d or 12h, found 'yesterday'."
    service: null
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._audit.audit import NOTHING, AuditRequest, audit
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import check_api_timeout
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def info(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    del check_mode  # The module changes nothing, so check mode runs the same code.
    check_api_timeout(params)
    request = AuditRequest(params["since"], params["settle_seconds"], params["stale_seconds"], params["max_parallel"])
    request.check()
    cloud = connect(params, clock)
    # A token of the system sees some values in older releases. The result lists what it does not see.
    cloud.requires_project = False
    return Report({"changed": False, **audit(cloud, request)})


MODULE = Definition(
    arguments={
        "since": {"type": "str", "default": "7d"},
        "settle_seconds": {"type": "float", "default": 60},
        "stale_seconds": {"type": "float", "default": 3600},
        "max_parallel": {"type": "int", "default": 8},
    },
    work=info,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
