#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follow live migrations to their end."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_wait
short_description: Wait for live migrations and verify the outcome
version_added: 1.0.0
description:
  - Monitors the given migration records until they end, and verifies the record, the server, its host and its
    allocations in Placement.
  - Returns a failure with the reason of Nova as soon as Nova reports it, without waiting for the timeout.
  - One poll lists the migrations once and the servers at most once, for any number of migrations. Records and servers
    that are not on these lists are read one by one.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.monitoring
  - stackproof.migration.timeout_action
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - Polls once, and does not wait.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing unless O(on_timeout) is used.
  idempotent:
    support: full
    details:
      - The module reports a change only when O(on_timeout) aborted a migration or forced it to complete.
options:
  migrations:
    description:
      - The migrations, as M(stackproof.migration.server_live_migrate) returns them with O(ignore:wait=false).
      - Each entry needs C(server_id) and C(migration_id), the uuid of the migration record.
      - C(expected_host), C(request_id), C(source), C(source_host_id), C(initial_status), C(started), C(server_name) and
        C(project_id) are optional and make the checks stricter. Other keys are ignored.
    type: list
    elements: dict
    required: true
  timeout:
    description:
      - Timeout of each migration in seconds. It does not run while the migration waits in the queue of Nova for another
        migration of this task from the same host.
    type: int
    default: 900
seealso:
  - module: stackproof.migration.server_live_migrate
  - module: stackproof.migration.migration_info
"""

EXAMPLES = r"""
- name: Wait for migrations that server_live_migrate has started
  stackproof.migration.migration_wait:
    cloud: mycloud
    migrations: "{{ started.migrations }}"
    timeout: 600

- name: Wait for a migration that another client has started, and abort it after five minutes
  stackproof.migration.migration_wait:
    cloud: mycloud
    migrations:
      - server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
        migration_id: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
    timeout: 300
    on_timeout: abort
"""

RETURN = r"""
migrations:
  description:
    - One entry per given migration, in their order, with the keys of
      RV(stackproof.migration.server_live_migrate#module:migrations). A failure returns the same entries as a success.
    - The keys that have another meaning in this module are listed here. C(checks) does not contain V(answers) and
      V(downtime).
  returned: always
  type: list
  elements: dict
  contains:
    changed:
      description: Whether this module requested a migration of the server.
      type: bool
      sample: true
    joined:
      description: Whether a migration to the same destination was already in progress and was monitored instead.
      type: bool
      sample: false
    probe:
      description:
        - Result of the network probe. Always null, because only M(stackproof.migration.server_live_migrate) has
          O(stackproof.migration.server_live_migrate#module:probe).
      type: dict
      sample: null
    outcome:
      description:
        - V(completed) means that the record has the status completed and all checks pass.
        - V(disagreement) means that the record has the status completed, but a check of the server, its host or
          Placement fails.
        - V(failed) and V(cancelled) mean that the record has a status for a failed or a cancelled migration.
        - V(timeout) means that the migration has not ended within O(timeout).
        - V(unknown) means that the cloud stopped answering. The migration may continue.
        - V(unchanged) means that there was no migration to wait for.
        - V(predicted) means that the module ran in check mode, and the migration is in progress.
      type: str
      sample: completed
  sample:
    - server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
      server_name: probe-1
      migration_id: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
      migration_number: 17
      source: compute1
      destination: compute2
      status: completed
      outcome: completed
      message: "probe-1: live migration compute1 -> compute2 completed."
      failure: null
      seconds: 7.5
polls:
  description: Times of the polls, as in RV(stackproof.migration.server_live_migrate#module:polls).
  returned: always
  type: list
  elements: str
  sample: ["2026-04-01T10:00:00.310+00:00", "2026-04-01T10:00:00.560+00:00"]
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 1.9
failure:
  description: What failed first, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: no_valid_host
    message: >-
      probe-1: live migration compute1 -> compute2 failed (record status error). Nova's reason: No valid host was
      found.
    service: compute
    http_status: null
    request_id: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK, Clock
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import (
    NOTHING,
    MigrationMonitor,
    summary,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    monitoring_arguments,
    poll_intervals_of,
    timeout_action_arguments,
    wait_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report


def wait(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the module."""
    options = MonitorOptions.of(params, poll_intervals_of(params))
    tracked = [TrackedMigration.from_result(given) for given in params["migrations"]]
    monitor = None
    if any(migration.open for migration in tracked):
        monitor = MigrationMonitor(connect(params, clock), tracked, options)
        if check_mode:
            monitor.predict()
        else:
            monitor.run()
    values = summary(tracked, polls=monitor.polls if monitor is not None else ())
    return Report(values, failed="msg" in values)


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=900),
        **monitoring_arguments(),
        **timeout_action_arguments(),
        "migrations": {"type": "list", "elements": "dict", "required": True},
    },
    work=wait,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
