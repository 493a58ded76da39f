#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live-migrate servers."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_live_migrate
short_description: Live-migrate OpenStack servers and verify the outcome
version_added: 1.0.0
description:
  - Requests the live migration of one or more servers and monitors the migration records that Nova creates for the
    requests.
  - Verifies for each migration that the record, the server, its compute host and its allocations in Placement agree.
    If the server has volumes or ports, the module also verifies their attachments and bindings.
  - Ignores the migration records of earlier migrations.
  - If a server is already migrating to the requested destination, the module monitors the running migration and
    requests no second migration.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.migration_request
  - stackproof.migration.monitoring
  - stackproof.migration.notifications
  - stackproof.migration.timeout_action
  - stackproof.migration.probe
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Check mode does not predict whether a host has room.
      - Check mode does not predict whether the checks of the hypervisors pass.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - The module does not migrate a server that is already on its host in O(host) or O(destinations).
      - If neither option names a host for a server, every run migrates the server.
options:
  host:
    description:
      - The compute host to which the servers are migrated. By default, Nova's scheduler chooses a host for each server.
      - By Nova's default policies, only administrators may set a host. Since Nova 32 (2025.2), a user with the role
        C(manager) in the project may migrate servers without a host.
    type: str
  block_migration:
    description: Whether the migration copies the disks of the server. With V(auto), Nova decides.
    type: str
    choices: [auto, "true", "false"]
    default: auto
  wait:
    description:
      - Whether to wait until the migrations have ended.
      - With V(false), the module returns as soon as the new migration records exist. You can then wait with
        M(stackproof.migration.migration_wait).
    type: bool
    default: true
  timeout:
    description:
      - Timeout of each migration in seconds.
      - Nova may queue a migration behind another migration of this task from the same host. The time in this queue is
        not part of the timeout.
    type: int
    default: 900
seealso:
  - module: stackproof.migration.migration_wait
  - module: stackproof.migration.migration_action
"""

EXAMPLES = r"""
- name: Live-migrate two servers to compute2
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers:
      - web-1
      - web-2
    host: compute2

- name: Live-migrate three servers to three different hosts at the same time
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers:
      - web-1
      - web-2
      - web-3
    destinations:
      web-1: compute2
      web-2: compute3
      web-3: compute1

- name: Live-migrate a server to a host that the scheduler chooses, and abort after ten minutes
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers: "{{ server.id }}"
    timeout: 600
    on_timeout: abort

- name: Live-migrate a server, and fail when its port does not answer for more than a second
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers: web-1
    probe:
      protocol: tcp
      port: 443
    max_downtime: 1

- name: Start live migrations without waiting
  stackproof.migration.server_live_migrate:
    cloud: mycloud
    servers: "{{ batch.servers | map(attribute='id') }}"
    wait: false
  register: started

- name: Wait for the end
  stackproof.migration.migration_wait:
    cloud: mycloud
    migrations: "{{ started.migrations }}"
"""

RETURN = r"""
migrations:
  description: One entry per server. The module returns all entries, also when it fails.
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
      description: Uuid of the migration record that the module monitored. Null if the server needed no migration, or if
        Nova created no record.
      type: str
      sample: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
    migration_number:
      description: Number of the migration record, which is unique only within a cell. A request that aborts the
        migration needs this number.
      type: int
      sample: 17
    request_id:
      description: Id of the migration request. Nova uses this id in its logs and in the instance actions.
      type: str
      sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
    source:
      description: Compute host of the server before the migration. Null if the user cannot see hosts.
      type: str
      sample: compute1
    source_host_id:
      description: The C(hostId) of the server before the migration.
      type: str
      sample: 1bd1a3b9a8b7f2c5a1b1a8d1e1e9f8c3e3e5d6c7b8a9f0e1d2c3b4a5
    destination:
      description: Destination compute host in the migration record. Null before Nova has chosen a host, or if the user
        cannot see hosts.
      type: str
      sample: compute2
    expected_host:
      description: The compute host in the migration request. Null if Nova's scheduler chooses the host.
      type: str
      sample: compute2
    initial_status:
      description: Status of the server before the migration. After the migration the server must have the same status.
      type: str
      sample: ACTIVE
    project_id:
      description: Project of the server.
      type: str
      sample: 0f1c2d3e4b5a69788796a5b4c3d2e1f0
    status:
      description: Status of the migration record at the last poll.
      type: str
      sample: completed
    started:
      description: Time of the migration request, on the clock of the cloud, in ISO 8601 and UTC.
      type: str
      sample: "2026-04-01T10:00:00Z"
    concluded:
      description:
        - Time at which the module determined the outcome, in ISO 8601 and UTC. The module uses the clock of the cloud.
          Null if the module did not monitor a migration of the server.
      type: str
      sample: "2026-04-01T10:00:05.250+00:00"
    changed:
      description: Whether this module requested a migration of the server.
      type: bool
      sample: true
    joined:
      description: Whether the module found a running migration of the server to the same destination. The module then
        monitors this migration and requests no new migration.
      type: bool
      sample: false
    on_timeout_action:
      description:
        - The action that Nova accepted after the timeout, V(abort) or V(force_complete). Null if Nova accepted no
          action.
      type: str
      sample: null
    state_reset:
      description: Whether the module set the server from V(ERROR) to V(ACTIVE) after an abort. See O(reset_state).
      type: bool
      sample: false
    record:
      description: The migration record at the last poll. Null if there is no record.
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
      description: The server as Nova returned it at the last poll. It has the keys of
        RV(stackproof.migration.server_batch#module:servers).
      type: dict
      sample: {status: ACTIVE, task_state: null, host: compute2, fault: null}
    history:
      description:
        - Each status of the migration record, with the time of the first poll that returned it. The time is on the
          clock of the cloud.
      type: list
      elements: dict
      sample:
        - status: running
          seen: "2026-04-01T10:00:01.480+00:00"
    progress:
      description:
        - Progress of the copy. Each entry contains the bytes of memory and disk that Nova had copied at one time. See
          O(read_progress).
        - If the guest changes memory during the copy, the hypervisor copies this memory again. The number of processed
          bytes can then exceed the total.
        - The list C(progress) is empty if O(read_progress=false) is set.
        - If the module cannot read the progress, the list C(progress) is empty.
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
        - Result of the network probe during the migration. See O(probe).
        - C(longest_downtime) is the longest time without an answer from the server, in seconds.
        - C(longest_downtime_started) is the time at which the longest downtime started, on the clock of the cloud.
        - C(silent) is the number of seconds since the probed server last answered.
        - C(held_up) is the number of seconds in which the module was too busy to send probe requests. The downtime does
          not include these seconds.
        - The value is null without O(probe), or if the module did not request the migration.
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
    volume_attachments_before:
      description:
        - Attachments of the volumes of the server in Cinder before the migration request. Null if the server has no
          volumes, if the user cannot read attachments, or if O(verify) is V(false).
        - C(host) is always null, because the module does not read the hosts before the migration.
      type: list
      elements: dict
      sample:
        - volume_id: 7c1f0a52-5d0e-4f0a-9d3b-0d9b1a6b7a11
          attachment_id: e0b0f5a4-7f0f-4a3f-8f39-6f1c3a5e2d10
          status: attached
          host: null
    volume_attachments:
      description:
        - Attachments of the volumes of the server after the migration. Null if the module did not read them. A volume
          without an attachment has one entry.
        - C(host) is null if the user cannot see hosts, or if the status of the attachment is not V(attached).
        - C(nova_attachment_id) is the attachment that Nova uses. It is null before microversion 2.89.
      type: list
      elements: dict
      sample:
        - volume_id: 7c1f0a52-5d0e-4f0a-9d3b-0d9b1a6b7a11
          volume_status: in-use
          attachment_id: 3b9a6f0e-2c2e-4c8e-9a47-5f1f6b0d9c22
          status: attached
          host: compute2
          in_nova: true
          nova_attachment_id: 3b9a6f0e-2c2e-4c8e-9a47-5f1f6b0d9c22
    port_bindings_before:
      description:
        - Bindings of the ports of the server in Neutron before the migration request, without V(INACTIVE) bindings.
          Null if the server has no ports, if the user cannot read ports, or if O(verify) is V(false).
      type: list
      elements: dict
      sample:
        - port_id: 1d6f3f2b-0a0e-4b0f-8f6c-2b9a1f4c5e33
          port_status: ACTIVE
          host: compute1
          status: ACTIVE
    port_bindings:
      description:
        - Bindings of the ports of the server after the migration. Null if the module did not read them. C(host) and
          C(status) are null if the port is not bound, or if the user cannot see hosts.
      type: list
      elements: dict
      sample:
        - port_id: 1d6f3f2b-0a0e-4b0f-8f6c-2b9a1f4c5e33
          port_status: ACTIVE
          host: compute2
          status: ACTIVE
    allocations_before:
      description:
        - Allocations of the server before the migration request, by resource provider. Null if the user cannot read
          Placement, or if O(verify) is V(false).
      type: dict
      sample: {compute1: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}}
    allocations:
      description:
        - Allocations of the server and of the migration record, by resource provider.
        - Null if the user cannot read allocations, or if the module did not read them.
      type: dict
      sample: {server: {compute2: {VCPU: 1, MEMORY_MB: 64, DISK_GB: 1}}, migration: {}}
    events:
      description: The events of the instance action, sorted by start time. C(seconds) is the duration of an event.
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
      description: The reason that Nova gives for a failure. The module reads all events of the instance action to find
        the reason. Null if Nova gives no reason.
      type: str
      sample: No valid host was found. There are not enough hosts available.
    outcome:
      description:
        - V(completed) means that the status of the record is completed and all checks pass.
        - V(disagreement) means that the status of the record is completed, but at least one check fails. See
          RV(migrations[].checks).
        - V(failed) means that Nova reports a failed migration. V(cancelled) means that Nova reports a cancelled
          migration.
        - V(timeout) means that the migration did not end within O(timeout).
        - V(unknown) means that the cloud stopped answering requests. The migration may still be running.
        - V(unchanged) means that the server is already on the requested host, or that the server is not on O(source).
        - V(refused) means that Nova refused the request, or that the module sent no request because a precondition is
          not met.
        - V(not_started) means that the module did not request the migration because another migration failed. See
          O(on_failure).
        - V(requested) means that the module requested the migration and did not wait for its end. See O(wait).
        - V(predicted) means that the module ran in check mode and would request the migration.
      type: str
      sample: completed
    checks:
      description:
        - The results of the checks of this migration. C(name) is one of V(type), V(source), V(destination), V(status),
          V(server_status), V(server_task_state), V(server_host), V(server_allocations) and V(migration_allocations).
        - For a server with volumes, the list also contains the check V(volume_attachments). Each volume must be
          V(in-use), with one attachment to this server, in the status V(attached) on the destination. Nova must use
          this attachment. After a failed live migration, the attachments must be those from before the migration.
        - For a server with ports, the list also contains the check V(port_bindings). Each port must be V(ACTIVE), with
          one binding, which is V(ACTIVE) on the destination. A port of a server that does not run, or a port that was
          not V(ACTIVE) before the migration, need not be V(ACTIVE).
        - In these two checks, C(expected) and C(found) are lists with one text for each volume or port.
        - With O(probe), the list also contains the check V(answers). This check requires an answer of the server after
          the migration.
        - If O(max_downtime) is set, C(checks) also contains the check V(downtime).
        - If the module may have missed a longer downtime, C(ok) of the check V(downtime) is null.
        - The value C(ok) of a check is null if the user cannot read the value that the check compares.
        - After a failed or cancelled migration, the checks require that the server and its allocations are on the
          source host.
        - V(server_allocations) compares the allocations of the server with its host. Allocations of shared storage need
          not change.
      type: list
      elements: dict
      sample:
        - name: server_host
          expected: compute2
          found: compute2
          ok: true
    message:
      description: The outcome as text.
      type: str
      sample: "probe-1: live migration compute1 -> compute2 completed."
    failure:
      description: The error of this migration. Null if the migration did not fail.
      type: dict
      sample: null
    seconds:
      description: Duration of the monitoring in seconds.
      type: float
      sample: 7.5
polls:
  description: The times at which the module polled the migrations, on the clock of the cloud.
  returned: always
  type: list
  elements: str
  sample: ["2026-04-01T10:00:00.310+00:00", "2026-04-01T10:00:00.560+00:00"]
notifications:
  description: Statistics about the notifications that the module received. Null without O(notifications).
  returned: always
  type: dict
  contains:
    state:
      description:
        - V(working) means that RabbitMQ delivered a notification about the end of each migration.
        - V(silent) means that no notification about the servers arrived.
        - V(lossy) means that some migrations ended without a notification.
        - V(interrupted) means that the connection to RabbitMQ ended at least once.
        - V(down) means that RabbitMQ did not answer.
        - V(unused) means that the module saw no migration end, so it needed no notification.
        - In the states V(silent), V(lossy), V(interrupted) and V(down), the module polled for some time as often as
          without notifications.
      type: str
      sample: working
    reason:
      description: The reason for the state, for example a lost connection to RabbitMQ. Null if there is no reason.
      type: str
      sample: null
    events:
      description: Number of notifications about the migrations of the servers.
      type: int
      sample: 6
    other_messages:
      description: Number of received messages that are not about the migrations of the servers.
      type: int
      sample: 12
    connections:
      description: Number of connections to RabbitMQ.
      type: int
      sample: 1
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.9
failure:
  description: Describes the first failure. Other modules of this collection return the same keys.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - The kind of failure. Programs can use it to distinguish failures.
        - The kinds of client-side errors are V(input), V(configuration), V(authentication), V(catalog), V(unreachable),
          V(tls), V(dropped) and V(timeout). V(dropped) means that the connection ended before the answer,
          or that a proxy answered a change with HTTP 502, 503 or 504.
        - The kinds of errors in the answers of the cloud are V(bad_request), V(permission), V(quota), V(not_found),
          V(conflict), V(rate_limit), V(microversion), V(service) and V(unexpected_answer). V(unexpected_answer) means
          that the answer does not have the format of the API.
        - V(no_valid_host) means that no compute host can take the server. V(busy) means that a migration of another
          server is open on the source host or on the destination host.
        - V(guest) means that the guest does not answer the probe, or that it no longer prints increasing numbers on its
          console.
        - V(internal) means that an unexpected exception occurred in the collection.
        - If a migration failed, the kind can be a value of RV(migrations[].outcome). If a precondition is not met, the
          kind is a value of C(kind) in RV(stackproof.migration.migration_preflight#module:problems). V(server) means
          that Nova did not boot a server.
      type: str
      sample: no_valid_host
    message:
      description: The problem, its cause and the action to take.
      type: str
      sample: >-
        probe-1: live migration compute1 -> compute2 failed (record status error). Nova's reason: No valid host was
        found.
    service:
      description:
        - The service to which the failed request was sent, such as V(compute), V(identity) or V(placement). Null if no
          request failed.
      type: str
      sample: compute
    http_status:
      description: HTTP status of the answer. Null if the service did not answer.
      type: int
      sample: null
    request_id:
      description: Id of the failed request in the logs of the service. Null if the id is unknown.
      type: str
      sample: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK, Clock
from ansible_collections.stackproof.migration.plugins.module_utils._migration.migrate import MigrationWorkflow
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import NOTHING_HEARD
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions, order_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    migration_request_arguments,
    monitoring_arguments,
    notification_arguments,
    poll_intervals_of,
    probe_arguments,
    timeout_action_arguments,
    wait_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE
from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import ProbeOrder

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

BLOCK_MIGRATION: dict[str, str | bool] = {"auto": "auto", "true": True, "false": False}


def live_migrate(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the module."""
    order = order_of(
        params,
        LIVE,
        block_migration=BLOCK_MIGRATION[params["block_migration"]],
        wait=params["wait"],
        probing=ProbeOrder.of(params, wait=params["wait"]),
    )
    options = MonitorOptions.of(params, poll_intervals_of(params))
    return MigrationWorkflow(connect(params, clock), order, options, check_mode).run()


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=900),
        **monitoring_arguments(),
        **timeout_action_arguments(),
        **migration_request_arguments(),
        **probe_arguments(),
        **notification_arguments(),
        "host": {"type": "str"},
        "block_migration": {"type": "str", "choices": list(BLOCK_MIGRATION), "default": "auto"},
        "wait": {"type": "bool", "default": True},
    },
    work=live_migrate,
    empty=NOTHING_HEARD,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
