#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read migration records."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_info
short_description: Read migration records and Nova's account of them
version_added: 1.0.0
description:
  - Reads migration records by server, by uuid or by Nova's own filters, and on request the events of the instance
    action that belongs to each, with their times, and Nova's reason where it failed.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
  - stackproof.migration.attributes.info
options:
  servers:
    description: Names or ids of servers whose records to read.
    type: list
    elements: str
  all_projects:
    description: Whether names of servers are looked for in all projects, which is for administrators.
    type: bool
    default: false
  migrations:
    description: Uuids of the records to read. Others are left out.
    type: list
    elements: str
  status:
    description: Only records in this status.
    type: str
  migration_type:
    description: Only records of this type.
    type: str
    choices: [live-migration, migration, resize, evacuation]
  host:
    description: Only records with this compute host as source or destination.
    type: str
  changed_since:
    description: Only records that changed since this moment, in ISO 8601.
    type: str
  events:
    description:
      - Whether to read the events of each live migration, which costs one or two requests for each.
    type: bool
    default: false
  limit:
    description: Read at most this many records, the newest first.
    type: int
    default: 1000
seealso:
  - module: stackproof.migration.migration_wait
"""

EXAMPLES = r"""
- name: Which live migrations run now?
  stackproof.migration.migration_info:
    cloud: mycloud
    migration_type: live-migration
    status: running

- name: What became of a server's migrations, and why?
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
      description: Status as Nova has it.
      type: str
      sample: completed
    phase:
      description: V(running), V(done), V(failed) or V(cancelled), whatever the type's own words are.
      type: str
      sample: done
    source:
      description: Compute host that the server leaves. Null when the user may not see it.
      type: str
      sample: compute1
    destination:
      description: Compute host that the server goes to. Null when not chosen, or not visible.
      type: str
      sample: compute2
    source_node:
      description: Compute node that the server leaves.
      type: str
      sample: compute1
    destination_node:
      description: Compute node that the server goes to.
      type: str
      sample: compute2
    created:
      description: When the record was created, in UTC.
      type: str
      sample: "2026-04-01T10:00:00.000000"
    updated:
      description: When it changed last, in UTC.
      type: str
      sample: "2026-04-01T10:00:07.000000"
    request_id:
      description: Id of the request, with O(events).
      type: str
      sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
    events:
      description: Events of the request in the order of their start, with O(events).
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
      description: Nova's reason when one of these events failed, with O(events).
      type: str
      sample: null
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
    """One run of the module."""
    del check_mode  # changes nothing
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
    """Parse, run, exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
