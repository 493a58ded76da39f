#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cold-migrate servers."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server_cold_migrate
short_description: Cold-migrate OpenStack servers, confirm the migrations, and verify the outcome
version_added: 1.0.0
description:
  - Requests the cold migration of one or more servers and monitors the migration records that Nova creates for the
    requests.
  - Confirms each migration when Nova waits for the confirmation.
  - Verifies for each migration that the record, the server, its compute host and its allocations in Placement agree.
  - Nova shuts down a running server and starts the server again on the destination host. A server in status SHUTOFF
    stays in SHUTOFF.
  - If an earlier cold migration of a server waits for its confirmation, the module confirms this migration. The module
    does not confirm a resize.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.migration_request
  - stackproof.migration.monitoring
  - stackproof.migration.notifications
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Check mode does not predict whether a host has room.
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
      - The compute host to which the servers are migrated. This option needs microversion 2.56 (Queens). By default,
        Nova's scheduler chooses a host for each server.
    type: str
  timeout:
    description: Timeout of each migration in seconds. The time starts with the migration request and ends when Nova has
      confirmed the migration.
    type: int
    default: 1800
seealso:
  - module: stackproof.migration.server_live_migrate
"""

EXAMPLES = r"""
- name: Cold-migrate two servers to hosts that the scheduler chooses
  stackproof.migration.server_cold_migrate:
    cloud: mycloud
    servers:
      - archive-1
      - archive-2
"""

RETURN = r"""
migrations:
  description:
    - One entry per server, with the keys of RV(stackproof.migration.server_live_migrate#module:migrations).
    - The module returns all entries, also when it fails.
    - This page describes only the keys that differ from a live migration.
    - C(checks) never contains the checks V(answers) and V(downtime).
  returned: always
  type: list
  elements: dict
  contains:
    joined:
      description:
        - Whether the server already had an open cold migration to the destination. If V(true), the module monitors this
          migration and requests no new migration.
        - A cold migration is open until it is confirmed or reverted.
      type: bool
      sample: false
    on_timeout_action:
      description: Always null, because a cold migration cannot be aborted or forced to complete.
      type: str
      sample: null
    state_reset:
      description: Always false, because this module does not reset the state of servers.
      type: bool
      sample: false
    progress:
      description: Always empty. Nova reports the progress of live migrations only.
      type: list
      elements: dict
      sample: []
    probe:
      description:
        - Always null, because this module does not probe servers on the network.
      type: dict
      sample: null
    outcome:
      description:
        - V(completed) means that the record has the status C(confirmed) and all checks pass.
        - V(disagreement) means that the record has the status C(confirmed), but at least one check fails.
        - V(failed) means that Nova reports a failed migration. V(cancelled) means that Nova reports a cancelled
          migration.
        - V(timeout) means that the migration did not end within O(timeout).
        - V(unknown) means that the cloud stopped answering requests. The migration may still be running.
        - V(unchanged) means that the server is already on the requested host, or that the server is not on O(source).
        - V(refused) means that Nova refused the request, or that the module sent no request because a precondition is
          not met.
        - V(not_started) means that the module did not request the migration because another migration failed. See
          O(on_failure).
        - V(predicted) means that the module ran in check mode and would request the migration.
      type: str
      sample: completed
  sample:
    - server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
      server_name: probe-1
      migration_id: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
      migration_number: 17
      source: compute1
      destination: compute2
      status: confirmed
      outcome: completed
      message: "probe-1: cold migration compute1 -> compute2 completed."
      failure: null
      seconds: 7.5
polls:
  description: Times of the polls, as in RV(stackproof.migration.server_live_migrate#module:polls).
  returned: always
  type: list
  elements: str
  sample: ["2026-04-01T10:00:00.310+00:00", "2026-04-01T10:00:00.560+00:00"]
notifications:
  description: How the notifications of Nova worked, as in
    RV(stackproof.migration.server_live_migrate#module:notifications). Null without O(notifications).
  returned: always
  type: dict
  sample: {state: working, reason: null, events: 6, other_messages: 12, connections: 1}
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.9
failure:
  description: The first failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: no_valid_host
    message: >-
      probe-1: cold migration compute1 -> compute2 failed (record status error). Nova's reason: No valid host was
      found.
    service: compute
    http_status: null
    request_id: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._migration.migrate import MigrationWorkflow
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import NOTHING_HEARD
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions, order_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    migration_request_arguments,
    monitoring_arguments,
    notification_arguments,
    poll_intervals_of,
    wait_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import COLD

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report


def cold_migrate(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the module."""
    order = order_of(params, COLD)
    options = MonitorOptions.of(params, poll_intervals_of(params))
    return MigrationWorkflow(connect(params, clock), order, options, check_mode).run()


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=1800),
        **migration_request_arguments(),
        **monitoring_arguments(),
        **notification_arguments(),
        "host": {"type": "str"},
    },
    work=cold_migrate,
    empty=NOTHING_HEARD,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
