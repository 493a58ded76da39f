#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read migration records."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_info
short_description: Read migration records and their instance actions
version_added: 1.0.0
description:
  - Reads migration records. You can select the records by server, by uuid or with the filters of Nova.
  - With O(events=true), the module also reads the events of each migration from Nova's instance actions.
  - The events show when each step of a migration took place, and why a step failed.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  servers:
    description: Names or ids of the servers whose records are read.
    type: list
    elements: str
  all_projects:
    description: Whether to search for the server names in all projects. Only administrators can do this.
    type: bool
    default: false
  migrations:
    description: Uuids of the records to read.
    type: list
    elements: str
  status:
    description: If set, the module returns only migration records with this status.
    type: str
  migration_type:
    description: If set, the module reads only records with this type of migration.
    type: str
    choices: [live-migration, migration, resize, evacuation]
  host:
    description: If set, the module reads only records whose source or destination is this compute host.
    type: str
  changed_since:
    description: A time in ISO 8601. If set, the module reads only records that changed at this time or later.
    type: str
  events:
    description:
      - Whether to read the events of each migration. The module sends one or two requests per migration record for the
        events.
    type: bool
    default: false
  limit:
    description: Maximum number of records that the module reads. The module reads the newest records first.
    type: int
    default: 1000
seealso:
  - module: stackproof.migration.migration_wait
"""

EXAMPLES = r"""
- name: Read the live migrations that run now
  stackproof.migration.migration_info:
    cloud: mycloud
    migration_type: live-migration
    status: running

- name: Read the migrations of a server and the reasons for failures
  stackproof.migration.migration_info:
    cloud: mycloud
    servers:
      - web-1
    events: true
"""

RETURN = r"""
migrations:
  description: The records, newest first.
  returned: always
  type: list
  elements: dict
  contains:
    uuid:
      description: Uuid of the record.
      type: str
      sample: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
    id:
      description: Number of the record in its cell.
      type: int
      sample: 17
    server_id:
      description: Id of the server.
      type: str
      sample: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
    type:
      description: Type of the migration.
      type: str
      sample: live-migration
    status:
      description: Status of the record in Nova.
      type: str
      sample: completed
    phase:
      description: Phase of the migration, one of V(running), V(done), V(failed) and V(cancelled). The phases are the
        same for all types of migration.
      type: str
      sample: done
    source:
      description: Source compute host. Null if the user cannot see hosts.
      type: str
      sample: compute1
    destination:
      description: The destination compute host. Null until Nova chooses a host, or if the user cannot see hosts.
      type: str
      sample: compute2
    source_node:
      description: Source compute node.
      type: str
      sample: compute1
    destination_node:
      description: Destination compute node.
      type: str
      sample: compute2
    created:
      description: Time at which Nova created the record, in UTC.
      type: str
      sample: "2026-04-01T10:00:00.000000"
    updated:
      description: Time at which Nova last changed the record, in UTC.
      type: str
      sample: "2026-04-01T10:00:07.000000"
    request_id:
      description: Id of the migration request. This key exists only with O(events=true).
      type: str
      sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
    events:
      description: Events of the migration request, sorted by start time. This key exists only with O(events=true).
      type: list
      elements: dict
      sample:
        - event: compute_live_migration
          start: "2026-04-01T10:00:01.000000"
          finish: "2026-04-01T10:00:07.000000"
          seconds: 6.0
          result: Success
          host: compute1
          details: null
    reason:
      description: The reason that Nova gives for a failed event. Null if no event failed. This key exists only with
        O(events=true).
      type: str
      sample: null
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
    kind: permission
    message: "Listing the migrations: the compute service answered HTTP 403."
    service: compute
    http_status: 403
    request_id: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._migration.history import HistoryQuery, read_history
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import check_api_timeout
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def info(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the module."""
    del check_mode  # The module changes nothing, so check mode runs the same code.
    check_api_timeout(params)
    if params["limit"] < 1:
        raise InputError(f"limit must be at least 1, found {params['limit']}.")
    query = HistoryQuery(
        servers=params["servers"],
        all_projects=params["all_projects"],
        migrations=params["migrations"],
        status=params["status"],
        migration_type=params["migration_type"],
        host=params["host"],
        changed_since=params["changed_since"],
        events=params["events"],
        limit=params["limit"],
    )
    return Report({"changed": False, "migrations": read_history(connect(params, clock), query)})


MODULE = Definition(
    arguments={
        "servers": {"type": "list", "elements": "str"},
        "all_projects": {"type": "bool", "default": False},
        "migrations": {"type": "list", "elements": "str"},
        "status": {"type": "str"},
        "migration_type": {"type": "str", "choices": ["live-migration", "migration", "resize", "evacuation"]},
        "host": {"type": "str"},
        "changed_since": {"type": "str"},
        "events": {"type": "bool", "default": False},
        "limit": {"type": "int", "default": 1000},
    },
    work=info,
    empty={"migrations": []},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
