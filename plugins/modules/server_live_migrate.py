#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live-migrate servers."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_live_migrate
short_description: Live-migrate OpenStack servers and tell what became of it
version_added: 1.0.0
description:
  - Asks for the live migration of one or many servers, follows exactly the migration records that this creates, and
    judges the outcome from every side; the record, the server, its host and its allocations in Placement.
  - Records from before are never mistaken for the new one.
  - A migration of a server to the same place that is going on already is joined.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.waiting
  - stackproof.migration.moving
  - stackproof.migration.following
  - stackproof.migration.stepping_in
  - stackproof.migration.probing
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Whether a host has room, and Nova's own checks of the hypervisors pass, is not known before the request.
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
      - Compute host to migrate to. When not given, the scheduler chooses.
      - Naming a host is for administrators by Nova's default policies. Managers of a project can migrate without one
        since Nova 32 (2025.2).
    type: str
  block_migration:
    description: Whether to copy the disks. V(auto) lets Nova find out.
    type: str
    choices: [auto, "true", "false"]
    default: auto
  wait:
    description:
      - Whether to wait for the end. When V(false), the module returns as soon as the new records are known, and
        M(stackproof.migration.migration_wait) can follow them.
    type: bool
    default: true
  timeout:
    description:
      - Seconds that each migration may take. While Nova moves other servers of this task off the same host, the time of
        those in its queue does not run.
    type: int
    default: 900
seealso:
  - module: stackproof.migration.migration_wait
  - module: stackproof.migration.migration_action
"""

EXAMPLES = r"""
- name: Move two servers to compute2
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers:
      - web-1
      - web-2
    host: compute2

- name: Move a server wherever there is room, and abort what takes longer than ten minutes
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers: "{{ server.id }}"
    timeout: 600
    on_timeout: abort

- name: Move a server that people use, and fail when it does not answer on its port for longer than a second
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers: web-1
    probe:
      protocol: tcp
      port: 443
    max_downtime: 1

- name: Begin, do something else, and wait
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers: "{{ batch.servers | map(attribute='id') }}"
    wait: false
  register: begun

- name: Wait for the end
  stackproof.migration.migration_wait:
    cloud: mycloud
    migrations: "{{ begun.migrations }}"
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
      description: Number of that record in its cell, which Nova's API takes to abort a migration.
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
      sample: ACTIVE
    project_id:
      description: Project of the server.
      type: str
      sample: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
    status:
      description: Status of the record, as last seen.
      type: str
      sample: completed
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
      description: Whether a migration to the same place was going on already and was followed instead.
      type: bool
      sample: false
    on_timeout_action:
      description: V(abort) or V(force_complete) when Nova accepted one after the timeout.
      type: str
      sample: null
    state_reset:
      description: Whether Nova had left the server in ERROR after an abort and was told otherwise (O(reset_state)).
      type: bool
      sample: false
    record:
      description: The migration record as last seen. Null when there is none.
      type: dict
      sample:
        uuid: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
        id: 17
        server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
        type: live-migration
        status: completed
        source: compute1
        destination: compute2
        source_node: compute1
        destination_node: compute2
        created: "2026-04-01T10:00:00.000000"
        updated: "2026-04-01T10:00:07.000000"
    server:
      description: The server as last seen, with the keys of RV(stackproof.migration.server_batch#module:servers).
      type: dict
      sample: {status: ACTIVE, task_state: null, host: compute2, fault: null}
    history:
      description: Each status of the record, with the moment at which it was seen first, on the cloud's clock.
      type: list
      elements: dict
      sample:
        - status: running
          seen: "2026-04-01T10:00:01.480+00:00"
    progress:
      description:
        - What was copied, each time that it was looked at (O(read_progress)); in bytes, processed and remaining of the
          total, of C(memory) and of C(disk). A guest that writes much has more processed than there is in total.
        - Empty where it was not asked for, where the user may not see it, or the hypervisor does not tell.
      type: list
      elements: dict
      sample:
        - seen: "2026-04-01T10:00:02.510+00:00"
          memory_total_bytes: 67108864
          memory_processed_bytes: 41943040
          memory_remaining_bytes: 25165824
          disk_total_bytes: 1073741824
          disk_processed_bytes: 1073741824
          disk_remaining_bytes: 0
    probe:
      description:
        - How the server answered on the network meanwhile (O(probe)). C(longest_downtime) is the longest time between
          two answers and C(silent) that since the last one, in seconds; C(longest_downtime_started) is on the clock of
          the cloud.
        - C(held_up) is for how many seconds the module itself could not ask, which count for no gap.
        - Null where it was not asked, the migration was not begun, or had been begun by somebody else before.
      type: dict
      sample:
        address: 203.0.113.17
        protocol: tcp
        port: 443
        interval: 0.02
        asked: 352
        answered: 331
        longest_downtime: 0.43
        longest_downtime_started: "2026-04-01T10:00:04.120+00:00"
        silent: 0.01
        held_up: 0.0
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
        - event: compute_live_migration
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
        - V(completed), the record is and all checks agree.
        - V(disagreement), the record says completed, but server, host or Placement say something else, or the server
          does not answer on the network as it must (O(probe)).
        - V(failed), V(cancelled) as the record says; V(timeout), it is not over.
        - V(unknown), the cloud stopped to answer while it was followed.
        - V(unchanged), the server was on O(host) already; V(refused), Nova did not accept the request.
        - V(not_started), it was called off before it was asked for; see O(on_failure).
        - V(requested), it has begun and is not waited for; V(predicted), check mode.
      type: str
      sample: completed
    checks:
      description:
        - What was checked. C(name) is one of V(type), V(source), V(destination), V(status), V(server_status),
          V(server_task_state), V(server_host), V(server_allocations) and V(migration_allocations).
        - With O(probe) also V(answers), whether the server answers again, and with O(max_downtime) V(downtime), whose
          C(ok) is null where a longer one may have been missed while the module could not ask.
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
      sample: "probe-1: live migration compute1 -> compute2 completed."
    failure:
      description: What failed for this server. Null when nothing did.
      type: dict
      sample: null
    seconds:
      description: How long it was followed, in seconds.
      type: float
      sample: 7.5
polls:
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
  description: What failed first. The modules of this collection return it with these keys.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - The kind of failure, for programs.
        - Of the client, V(input), V(configuration), V(authentication), V(catalog), V(unreachable), V(tls), V(dropped)
          where the connection ended before the answer, and V(timeout).
        - Of an answer of the cloud, V(bad_request), V(permission), V(quota), V(not_found), V(conflict), V(rate_limit),
          V(microversion) and V(service).
        - V(no_valid_host), no compute host can take the server; V(busy), migrations of others are open on the host;
          V(guest), the guest does not answer or does not count on.
        - Of a migration also its RV(migrations[].outcome); of a server that was booted V(server); and the kinds of
          RV(stackproof.migration.migration_preflight#module:problems).
      type: str
      sample: no_valid_host
    message:
      description: What failed, why, and what to do, for people.
      type: str
      sample: "probe-1: live migration compute1 -> compute2 ended error. Nova's reason: No valid host was found."
    service:
      description: The service that was asked, such as V(compute), V(identity) or V(placement). Null when none was.
      type: str
      sample: compute
    http_status:
      description: HTTP status of its answer. Null when there was none, or no answer failed.
      type: int
      sample: null
    request_id:
      description: Id of the request, for the service's logs. Null when there is none.
      type: str
      sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK, Clock
from ansible_collections.stackproof.migration.plugins.module_utils._migration.migrate import MigrationWorkflow
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import NOTHING
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions, order_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    following_arguments,
    moving_arguments,
    pace_of,
    probing_arguments,
    stepping_in_arguments,
    waiting_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE
from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import ProbeOrder

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

BLOCK_MIGRATION: dict[str, str | bool] = {"auto": "auto", "true": True, "false": False}


def live_migrate(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """One run of the module."""
    order = order_of(
        params,
        LIVE,
        block_migration=BLOCK_MIGRATION[params["block_migration"]],
        wait=params["wait"],
        probing=ProbeOrder.of(params, wait=params["wait"]),
    )
    options = MonitorOptions.of(params, pace_of(params))
    return MigrationWorkflow(connect(params, clock), order, options, check_mode).run()


MODULE = Definition(
    arguments={
        **waiting_arguments(timeout=900),
        **following_arguments(),
        **stepping_in_arguments(),
        **moving_arguments(),
        **probing_arguments(),
        "host": {"type": "str"},
        "block_migration": {"type": "str", "choices": list(BLOCK_MIGRATION), "default": "auto"},
        "wait": {"type": "bool", "default": True},
    },
    work=live_migrate,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Parse, run, exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
