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
  description:
    - One entry per server, the same on failure as on success, with the keys of
      RV(stackproof.migration.server_live_migrate#module:migrations).
    - Those that mean something else for a cold migration are listed. C(checks) has neither V(answers) nor V(downtime).
  returned: always
  type: list
  elements: dict
  contains:
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
  description: When the cloud was polled, as RV(stackproof.migration.server_live_migrate#module:polls).
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
  description: What failed first, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
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
from ansible_collections.stackproof.migration.plugins.module_utils._migration.migrate import MigrationWorkflow
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
    return MigrationWorkflow(connect(params, clock), order, options, check_mode).run()


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
