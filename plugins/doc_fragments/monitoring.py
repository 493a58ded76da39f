# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options for monitoring migrations."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options that control how a module monitors and verifies migrations."""

    DOCUMENTATION = r"""
options:
  settle_timeout:
    description:
      - Number of seconds to wait until the migration record, the server and Placement agree. The wait starts after the
        migration has ended, was aborted or was forced to complete.
      - The module waits because Nova does not update all values at once. For example, Nova sets the status V(completed)
        before it deletes the allocations on the source host.
    type: int
    default: 30
  volume_settle_timeout:
    description:
      - The part of O(settle_timeout), in seconds, in which the check V(volume_attachments) must pass. The time starts
        with the end of the migration. Also after a failed migration, the module waits at most this time.
      - The module waits for this check because Nova deletes the attachments of a failed migration after the end of the
        migration.
    type: int
    default: 10
  port_settle_timeout:
    description:
      - The part of O(settle_timeout), in seconds, in which the check V(port_bindings) must pass. The time starts with
        the end of the migration. Also after a failed migration, the module waits at most this time.
      - The module waits for this check because a port becomes V(ACTIVE) when the network agent of the host has
        connected it.
    type: int
    default: 30
  verify_interval:
    description:
      - The longest time, in seconds, that a completed migration waits for its verification while other migrations of
        the task run or wait. The module then verifies all migrations that have completed together. Lists that they
        share need fewer requests than requests for each server.
      - The checks are the same with each value. With V(0), the module verifies each migration when it has completed.
      - With C(on_failure=stop), no migration waits, because a failed verification must stop the next migrations.
    type: float
    default: 0.0
  warn_accepted_after:
    description:
      - The module warns about a migration whose record has the status V(accepted) for this number of seconds, and names
        the likely cause. V(0) disables the warning.
      - nova-conductor creates the record with this status. The status stays, for example, if no nova-compute receives
        the request, because nova-compute has another release than nova-conductor.
      - The module continues to wait until the timeout.
    type: float
    default: 60.0
  events:
    description:
      - Selects the migrations for which the module reads the events of the instance action. The module sends one
        request for each selected migration.
      - V(all) selects all migrations. V(failed) selects only the migrations that did not succeed.
    type: str
    choices: [all, failed]
    default: all
  progress_file:
    description:
      - Path of a file. The module adds a line to this file every 10 seconds. Each line shows the number of completed,
        running, queued and failed migrations, and the rate.
      - On the machine that runs Ansible, this option is not needed, because Ansible displays the same lines.
    type: path
  verify:
    description:
      - Whether to verify each migration before the module returns the outcome V(completed). The migration record must
        agree with the server, its compute host and Placement, with the attachments of its volumes in Cinder, and with
        the bindings of its ports in Neutron.
    type: bool
    default: true
"""
