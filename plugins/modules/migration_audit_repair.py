#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module migration_audit_repair deletes allocations that earlier migrations left behind."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_audit_repair
short_description: Delete allocations that earlier migrations left behind
version_added: 1.0.0
description:
  - Repairs findings of M(stackproof.migration.migration_audit_info) whose kind is in O(kinds). Without a kind, the
    module does nothing.
  - Reads the present values of each finding first. Replaces the allocations of one consumer with one request, which
    Placement refuses if another client has changed the consumer in the meantime.
  - Refuses a repair while a migration record of the server is open, while a resize of the server waits for its
    confirmation, and while nova-compute of a host with these allocations is down. RV(repairs[].reason) then contains
    the reason.
  - Deletes allocations and creates none. If a server has no allocations on its own host, use C(nova-manage placement
    heal_allocations). If a host has many orphaned allocations, C(nova-manage placement audit --delete) deletes all of
    them.
  - By the default policies, only administrators can use this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode, RV(repairs[].outcome) is V(would_repair), and RV(repairs[].allocations_after) is a prediction.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  findings:
    description: Findings of M(stackproof.migration.migration_audit_info). Findings of other kinds are ignored.
    type: list
    elements: dict
    required: true
  kinds:
    description:
      - The kinds of findings to repair.
      - V(allocation_of_migration) are allocations of migrations that have ended.
      - V(allocation_orphaned) are allocations of consumers that Nova does not know. Nova knows neither a server nor a
        migration with this id.
      - V(allocation_doubled) are allocations of a server on a host where the server is not, beside those on its host.
    type: list
    elements: str
    required: true
  settle_seconds:
    description: The module does not change allocations of a server whose migration ended in this number of seconds.
    type: float
    default: 60
seealso:
  - module: stackproof.migration.migration_audit_info
"""

EXAMPLES = r"""
- name: Audit the cloud
  stackproof.migration.migration_audit_info:
    cloud: mycloud
  register: audit

- name: Delete allocations of servers that no longer exist
  stackproof.migration.migration_audit_repair:
    cloud: mycloud
    findings: "{{ audit.findings }}"
    kinds: [allocation_orphaned]
"""

RETURN = r"""
repairs:
  description: One entry for each finding of the requested kinds.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description: The kind of the finding.
      type: str
      sample: allocation_doubled
    consumer:
      description: UUID of the consumer of the allocations.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    server_id:
      description: Id of the server. Null if the consumer belongs to no known server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    server_name:
      description: Name of the server. Null if the server is unknown.
      type: str
      sample: web-1
    outcome:
      description: >-
        V(repaired), V(would_repair) in check mode, V(refused), V(unchanged) if nothing was left to repair, or V(failed)
        if a request failed.
      type: str
      sample: repaired
    reason:
      description: Why the allocations were not changed. Empty after a repair.
      type: str
      sample: ""
    allocations_before:
      description: The allocations before the repair, by the name of the resource provider.
      type: dict
      sample: {compute1: {VCPU: 1, MEMORY_MB: 64}, compute2: {VCPU: 1, MEMORY_MB: 64}}
    allocations_after:
      description: The allocations after the repair. Null if they are unknown.
      type: dict
      sample: {compute1: {VCPU: 1, MEMORY_MB: 64}}
counts:
  description: The number of entries by outcome.
  returned: always
  type: dict
  sample: {repaired: 1}
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.1
failure:
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: input
    message: "kinds: port_elsewhere cannot be repaired. Choose from allocation_of_migration, allocation_orphaned,
      allocation_doubled."
    service: null
    http_status: null
    request_id: null
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._audit.repair_decision import FAILED
from ansible_collections.stackproof.migration.plugins.module_utils._audit.repairer import NOTHING, RepairRequest, repair
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import check_api_timeout
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def work(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    check_api_timeout(params)
    request = RepairRequest(params["findings"], params["kinds"], params["settle_seconds"])
    request.check()
    values = repair(connect(params, clock), request, check_mode=check_mode)
    failed = [f"{one['consumer']}: {one['reason']}" for one in values["repairs"] if one["outcome"] == FAILED]
    return Report(values | ({"msg": " ".join(failed)} if failed else {}), failed=bool(failed))


MODULE = Definition(
    arguments={
        "findings": {"type": "list", "elements": "dict", "required": True},
        "kinds": {"type": "list", "elements": "str", "required": True},
        "settle_seconds": {"type": "float", "default": 60},
    },
    work=work,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
