#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cold-migrate servers."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_cold_migrate
short_description: Cold-migrate OpenStack servers, confirm it, and tell what became of it
version_added: 1.0.0
description:
  - Asks for the cold migration of one or many servers, follows exactly the migration records that this creates,
    confirms each as soon as Nova waits for that, and judges the outcome from every side; the record, the server, its
    host and its allocations in Placement.
  - A server that runs is shut down for it and started again. One that is shut off stays so.
  - A cold migration that waits for its confirmation is confirmed. A resize of the owner's is not touched.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.waiting
  - stackproof.migration.moving
  - stackproof.migration.following
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Whether a host has room is not known before the request.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(host), a server that is there already is left alone.
      - Without O(host) every run moves the servers.
options:
  host:
    description:
      - Compute host to migrate to, which needs microversion 2.56 (Queens). When not given, the scheduler chooses.
    type: str
  timeout:
    description: Seconds to wait for the end of each migration, its confirmation included, from its request on.
    type: int
    default: 1800
seealso:
  - module: stackproof.migration.server_live_migrate
"""

EXAMPLES = r"""
- name: Move two servers that are shut off, wherever there is room
  stackproof.migration.server_cold_migrate:
    cloud: mycloud
    servers:
      - archive-1
      - archive-2
"""

RETURN = r"""
migrations:
  description: One entry per server, the same on failure as on success.
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
      sample: probe-1
    migration_id:
      description: Uuid of the migration record that was followed. Null when nothing was to be done, or none appeared.
      type: str
      sample: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
    migration_number:
      description: Number of that record in its cell.
      type: int
      sample: 17
    request_id:
      description: Id of the request, for Nova's logs and instance actions.
      type: str
      sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
    source:
      description: Compute host before the migration. Null when the user may not see it.
      type: str
      sample: compute1
    source_host_id:
      description: The server's C(hostId) before the migration.
      type: str
      sample: 1bd1a3b9a8b7f2c5a1b1a8d1e1e9f8c3e3e5d6c7b8a9f0e1d2c3b4a5
    destination:
      description: Compute host that the record names as the destination. Null when not chosen yet, or not visible.
      type: str
      sample: compute2
    expected_host:
      description: Compute host that was asked for. Null when the scheduler chooses.
      type: str
      sample: compute2
    initial_status:
      description: Status of the server before the migration, which it must have again after it.
      type: str
      sample: SHUTOFF
    project_id:
      description: Project of the server.
      type: str
      sample: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
    status:
      description: Status of the record, as last seen.
      type: str
      sample: confirmed
    started:
      description: When it was asked for, on the cloud's clock, in ISO 8601 and UTC.
      type: str
      sample: "2026-04-01T10:00:00Z"
    concluded:
      description:
        - When the outcome was known here, on the cloud's clock, in ISO 8601 and UTC. Null if nothing was followed.
      type: str
      sample: "2026-04-01T10:00:05.250+00:00"
    changed:
      description: Whether this module asked for a migration of the server.
      type: bool
      sample: true
    joined:
      description:
        - Whether a cold migration to the same place was going on, or waited for its confirmation, and was followed
          instead.
      type: bool
      sample: false
    on_timeout_action:
      description: Always null; a cold migration can be neither aborted nor forced.
      type: str
      sample: null
    state_reset:
      description: Always false; of live migrations it tells more.
      type: bool
      sample: false
    record:
      description: The migration record as last seen. Null when there is none.
      type: dict
      sample:
        uuid: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
        id: 17
        server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
        type: migration
        status: confirmed
        source: compute1
        destination: compute2
        source_node: compute1
        destination_node: compute2
        created: "2026-04-01T10:00:00.000000"
        updated: "2026-04-01T10:00:07.000000"
    server:
      description: The server as last seen, with the keys of RV(stackproof.migration.server_batch#module:servers).
      type: dict
      sample: {status: SHUTOFF, task_state: null, host: compute2, fault: null}
    history:
      description: Each status of the record, with the moment at which it was seen first, on the cloud's clock.
      type: list
      elements: dict
      sample:
        - status: running
          seen: "2026-04-01T10:00:01.480+00:00"
    progress:
      description: Always empty; of live migrations it tells more.
      type: list
      elements: dict
      sample: []
    probe:
      description:
        - How the server answered on the network meanwhile. Always null here, since
          M(stackproof.migration.server_live_migrate) alone asks.
      type: dict
      sample: null
    allocations_before:
      description:
        - What the server held in Placement before the request, per resource provider. Null when this user may not read
          Placement, or O(verify) is V(false).
      type: dict
      sample: {compute1: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}}
    allocations:
      description:
        - What Placement holds for the server and for the migration, per resource provider.
        - Null when it was not read, or the user may not read it.
      type: dict
      sample: {server: {compute2: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}}, migration: {}}
    events:
      description: Events of the instance action in the order of their start; C(seconds) is how long each took.
      type: list
      elements: dict
      sample:
        - event: compute_resize_instance
          start: "2026-04-01T10:00:01.000000"
          finish: "2026-04-01T10:00:07.000000"
          seconds: 6.0
          result: Success
          host: compute1
          details: null
    reason:
      description: Nova's own reason for a failure, from all events of the instance action. Null when it gave none.
      type: str
      sample: No valid host was found. There are not enough hosts available.
    outcome:
      description:
        - V(completed), the record is V(confirmed) and all checks agree.
        - V(disagreement), the record says confirmed, but server, host or Placement say something else.
        - V(failed), V(cancelled) as the record says; V(timeout), it is not over.
        - V(unknown), the cloud stopped to answer while it was followed.
        - V(unchanged), the server was on O(host) already; V(refused), Nova did not accept the request.
        - V(not_started), it was called off before it was asked for; see O(on_failure).
        - V(predicted), check mode.
      type: str
      sample: completed
    checks:
      description:
        - What was checked. C(name) is one of V(type), V(source), V(destination), V(status), V(server_status),
          V(server_task_state), V(server_host), V(server_allocations) and V(migration_allocations).
        - C(ok) is null where the user may not see what there is.
        - After a failed or cancelled migration the server is expected where it was, with its allocations there.
      type: list
      elements: dict
      sample:
        - name: server_host
          expected: compute2
          found: compute2
          ok: true
    message:
      description: One sentence for people.
      type: str
      sample: "probe-1: cold migration compute1 -> compute2 completed."
    failure:
      description: What failed for this server. Null when nothing did.
      type: dict
      sample: null
    seconds:
      description: How long it was followed, in seconds.
      type: float
      sample: 7.5
ticks:
  description: When the cloud was looked at while the migrations were followed, on the cloud's clock.
  returned: always
  type: list
  elements: str
  sample: ["2026-04-01T10:00:00.310+00:00", "2026-04-01T10:00:00.560+00:00"]
seconds:
  description: How long the module was at work, authentication included, in seconds.
  returned: always
  type: float
  sample: 1.9
failure:
  description: What failed first. C(kind) tells programs, C(message) people.
  returned: failure
  type: dict
  sample:
    kind: no_valid_host
    message: "probe-1: cold migration compute1 -> compute2 ended error. Nova's reason: No valid host was found."
    service: compute
    http_status: null
    request_id: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._migration.migrate import Migration
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import NOTHING
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions, order_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    following_arguments,
    moving_arguments,
    pace_of,
    waiting_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import COLD

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report


def cold_migrate(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """One run of the module."""
    order = order_of(params, COLD)
    options = MonitorOptions.of(params, pace_of(params))
    return Migration(connect(params, clock), order, options, check_mode).run()


MODULE = Definition(
    arguments={
        **waiting_arguments(timeout=1800),
        **moving_arguments(),
        **following_arguments(),
        "host": {"type": "str"},
    },
    work=cold_migrate,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Parse, run, exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
