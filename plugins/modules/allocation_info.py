#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read allocations from Placement."""

from __future__ import annotations

DOCUMENTATION = r"""
module: allocation_info
short_description: Read the allocations of servers and migrations
version_added: 1.0.0
description:
  - Reads the allocations of servers and of migration records from Placement. The result contains the names of the
    resource providers.
  - By Placement's default policies, only administrators may read allocations.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  consumers:
    description: Uuids of servers or of migration records.
    type: list
    elements: str
    required: true
seealso:
  - module: stackproof.migration.migration_info
"""

EXAMPLES = r"""
- name: Read the allocations of a server
  stackproof.migration.allocation_info:
    cloud: mycloud
    consumers:
      - 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
  register: allocations

- name: Require that only one consumer has allocations
  ansible.builtin.assert:
    that: allocations.allocations | map(attribute='resources') | select | length == 1
"""

RETURN = r"""
allocations:
  description: A list with one entry for each consumer. The list has the order of the option O(consumers).
  returned: always
  type: list
  elements: dict
  contains:
    consumer:
      description: Uuid of the consumer.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    resources:
      description:
        - The amount of each resource class, by the name of the resource provider. C(MEMORY_MB) is in MiB and C(DISK_GB)
          is in GiB.
        - The dictionary is empty if Placement has no allocations of the server or migration.
      type: dict
      sample: {compute2: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}}
    roots:
      description: Names of the root resource providers. The root provider of a compute host has the name of the
        hypervisor.
      type: list
      elements: str
      sample: [compute2]
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.9
failure:
  description: What failed, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: permission
    message: "Reading the allocations: the placement service answered HTTP 403."
    service: placement
    http_status: 403
    request_id: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import check_api_timeout
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import by_provider, root_providers

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def read_allocations(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the module."""
    del check_mode  # The module changes nothing, so check mode runs the same code.
    check_api_timeout(params)
    for consumer in params["consumers"]:
        if not nova_servers.is_uuid(consumer):
            raise InputError(f"consumers must be uuids of servers or migrations, found {consumer!r}.")
    placement = Placement(connect(params, clock))
    entries = []
    for consumer in dict.fromkeys(params["consumers"]):
        held = placement.require_allocations(consumer)
        entries.append({"consumer": consumer, "resources": by_provider(held), "roots": root_providers(held)})
    return Report({"changed": False, "allocations": entries})


MODULE = Definition(
    arguments={"consumers": {"type": "list", "elements": "str", "required": True}},
    work=read_allocations,
    empty={"allocations": []},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
