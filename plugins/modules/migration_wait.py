#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for live migrations and verify their outcome."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_wait
short_description: Wait for live migrations and verify the outcome
version_added: 1.0.0
description:
  - Monitors the given migration records until the migrations have ended.
  - Verifies for each migration that the record, the server, its compute host and its allocations in Placement agree.
  - When Nova reports a failed migration, the module returns Nova's reason and does not wait for the timeout.
  - Each poll sends at most two requests, one for all migrations and one for all servers.
  - The module lists migration records and servers. If a list does not contain a server or a record, the module reads
    the server or record separately.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.monitoring
  - stackproof.migration.notifications
  - stackproof.migration.timeout_action
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode, the module polls once and then returns.
  diff_mode:
    support: N/A
    details:
      - The module changes a migration only if O(on_timeout) is V(abort) or V(force_complete).
  idempotent:
    support: full
    details:
      - C(changed) is true only if the module aborted a migration or forced a migration to complete. See O(on_timeout).
options:
  migrations:
    description:
      - The migrations that M(stackproof.migration.server_live_migrate) returned with O(ignore:wait=false).
      - Each entry needs C(server_id) and C(migration_id), the uuid of the migration record.
      - To verify the migration, the module also uses the optional keys C(expected_host), C(request_id), C(source),
        C(source_host_id), C(initial_status), C(started), C(server_name) and C(project_id).
      - The module ignores all other keys.
    type: list
    elements: dict
    required: true
  timeout:
    description:
      - Timeout of each migration in seconds.
      - The time in which Nova queues a migration behind other migrations is not part of the timeout.
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
    - One entry per migration of O(migrations), in the same order. The entries have the keys of
      RV(stackproof.migration.server_live_migrate#module:migrations).
    - The module returns all entries, also when it fails.
    - Most keys have the same meaning as in M(stackproof.migration.server_live_migrate). This page describes only the
      other keys.
    - The key C(checks) never contains the checks V(answers) and V(downtime), because this module does not probe
      servers.
  returned: always
  type: list
  elements: dict
  contains:
    changed:
      description: Whether this module requested a migration of the server.
      type: bool
      sample: true
    joined:
      description: Whether the module found a running migration of the server to the same destination. The module then
        monitors this migration and requests no new migration.
      type: bool
      sample: false
    probe:
      description:
        - The value is always null, because this module sends no probe requests.
      type: dict
      sample: null
    outcome:
      description:
        - V(completed) means that the status of the record is completed and all checks pass.
        - V(disagreement) means that the status of the record is completed, but at least one check fails.
        - V(failed) means that Nova reports a failed migration. V(cancelled) means that Nova reports a cancelled
          migration.
        - V(timeout) means that the migration did not end within O(timeout).
        - V(unknown) means that the cloud stopped answering requests. The migration may still be running.
        - V(unchanged) means that O(migrations) contains no migration record for this server.
        - V(predicted) means that the module ran in check mode and that the migration is still running.
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
notifications:
  description: Whether the module received the notifications of Nova. Null if O(notifications) is not set. See
    RV(stackproof.migration.server_live_migrate#module:notifications) for the keys.
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
    NOTHING_HEARD,
    MigrationMonitor,
    summary,
)
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
from ansible_collections.stackproof.migration.plugins.module_utils._migration.poll_wait import listening, warnings_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    monitoring_arguments,
    notification_arguments,
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
    monitor, warnings = None, list[str]()
    if any(migration.open for migration in tracked):
        with listening(options.notifications, clock, warnings) as listener:
            monitor = MigrationMonitor(connect(params, clock), tracked, options, listener=listener)
            if check_mode:
                monitor.predict()
            else:
                monitor.run()
    values = summary(tracked, polls=monitor.polls if monitor else ())
    values["notifications"] = monitor.notifications() if monitor else None
    return Report(
        values,
        failed="msg" in values,
        warnings=[*warnings, *warnings_of(values["notifications"]), *(monitor.warnings if monitor else [])],
    )


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=900),
        **monitoring_arguments(),
        **timeout_action_arguments(),
        **notification_arguments(),
        "migrations": {"type": "list", "elements": "dict", "required": True},
    },
    work=wait,
    empty=NOTHING_HEARD,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
