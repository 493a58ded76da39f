#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Abort live migrations, or force them to complete."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_action
short_description: Abort live migrations, or force them to complete
version_added: 1.0.0
description:
  - Aborts running live migrations, or forces running live migrations to complete. By default, the module waits until
    the migrations have ended.
  - Nova refuses an abort and a forced completion shortly before a migration ends. If Nova refuses the action, the
    module reads the migration record again. The module fails only if the migration has not ended.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.wait
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - The module does not change a migration that has ended.
options:
  migrations:
    description:
      - The migrations in the form in which M(stackproof.migration.server_live_migrate) returns them.
      - Each entry needs the keys C(server_id) and C(migration_id). C(migration_id) is the uuid of the migration record.
    type: list
    elements: dict
    required: true
  action:
    description:
      - V(abort) cancels the migrations. The servers stay on their source hosts. The cloud needs microversion 2.65
        (Rocky) to abort a migration with the status V(queued) or V(preparing).
      - V(force_complete) forces running migrations to complete. Nova may pause the servers for a moment. If a migration
        is queued, the module waits until the migration runs.
    type: str
    choices: [abort, force_complete]
    required: true
  reset_state:
    description:
      - Whether to reset the status of a server to ACTIVE if the server is in ERROR after the abort. The module resets
        only a server that was ACTIVE before the migration.
      - Some Nova releases, such as 34 (2026.2), set the status ERROR if the migration is aborted during the copy. The
        guest still runs on the source host.
      - With V(false), the module fails if a server is in ERROR after the abort.
      - By Nova's default policies, only administrators may reset the state of a server.
    type: bool
    default: false
  wait:
    description: Whether to wait until the migrations have ended and the servers are usable again.
    type: bool
    default: true
  timeout:
    description: Timeout for all migrations together, in seconds.
    type: int
    default: 120
seealso:
  - module: stackproof.migration.server_live_migrate
"""

EXAMPLES = r"""
- name: Abort live migrations
  stackproof.migration.migration_action:
    cloud: mycloud
    migrations: "{{ started.migrations }}"
    action: abort

- name: Force a live migration that does not converge to complete
  stackproof.migration.migration_action:
    cloud: mycloud
    migrations:
      - server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
        migration_id: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
    action: force_complete
"""

RETURN = r"""
migrations:
  description:
    - One entry per migration of O(migrations), in the same order. The entries have the keys of
      RV(stackproof.migration.server_live_migrate#module:migrations).
    - If the module fails, it still returns an entry for each migration.
    - After O(action=abort), the outcomes V(cancelled) and V(completed) are a success.
    - After O(action=force_complete), only the outcome V(completed) is a success.
    - With O(wait=false), the outcome V(requested) is a success.
  returned: always
  type: list
  elements: dict
  sample:
    - server_id: 5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e
      migration_id: 1f7c9b0e-6e8e-4a52-9c43-2f3d9b3b6f0a
      status: cancelled
      outcome: cancelled
      changed: true
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
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: permission
    message: "Aborting the migration 17: the compute service answered HTTP 403."
    service: compute
    http_status: 403
    request_id: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._migration.intervention import Intervention
from ansible_collections.stackproof.migration.plugins.module_utils._migration.monitor import NOTHING
from ansible_collections.stackproof.migration.plugins.module_utils._migration.options import MonitorOptions
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._module.arguments import (
    poll_intervals_of,
    wait_arguments,
)
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report


def act(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the module."""
    pace = poll_intervals_of(params)
    tracked = [TrackedMigration.from_result(given) for given in params["migrations"]]
    if params["reset_state"] and not params["wait"]:
        raise InputError(
            "reset_state needs wait=true, because a state can be reset only after the end of the migration."
            " Set wait=true."
        )
    # With a timeout of 0 s, the monitor aborts or forces the migration at once.
    options = MonitorOptions(
        timeout=0,
        on_timeout=params["action"],
        reset_state=params["reset_state"],
        settle_timeout=params["timeout"],
        pace=pace,
    )
    intervention = Intervention(connect(params, clock), tracked, params["action"], options, wait=params["wait"])
    return intervention.predict() if check_mode else intervention.run()


MODULE = Definition(
    arguments={
        **wait_arguments(timeout=120),
        "migrations": {"type": "list", "elements": "dict", "required": True},
        "action": {"type": "str", "choices": ["abort", "force_complete"], "required": True},
        "reset_state": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
    },
    work=act,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
