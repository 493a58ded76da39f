# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_outcome determines the outcome of a migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.outcome import conclude, needs_control

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: cycle_outcome
short_description: Determine the outcome of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Determines the outcome of a run of the role P(stackproof.migration.migration_cycle#role) from the results of its
    steps.
  - V(passed) means that all migrations completed and that the servers were deleted.
  - V(checked) means that the role ran in check mode and that the preconditions are met. The role booted and migrated no
    server.
  - V(failed) means that the cloud caused the failure. A migration failed or timed out, or the migration record, the
    server, its compute host and Placement do not agree.
  - V(inconclusive) means that a precondition of the test is not met. For example, only one compute host is usable, no
    host has room, or a migration of another user does not end.
  - V(error) means that a client-side error occurred. Examples are wrong credentials, no connection, and an input that
    names a resource that does not exist.
options:
  _input:
    description:
      - The results of the steps of a migration cycle, as a dictionary with these keys.
      - C(failure) describes why the cycle failed, and C(cleanup_failure) why the cleanup failed.
      - Each failure dictionary contains C(step), C(reason) and C(kinds), or is empty if nothing failed.
      - C(count) is the number of servers that were booted with one request.
      - C(migrations) are the migrations that M(stackproof.migration.migration_wait) returned.
      - C(control) is the result of the control experiment, which migrates a single server for comparison. The key
        C(migration) contains this migration.
      - If the control experiment migrated no server, C(control) contains the C(reason).
      - C(control) is empty if the control experiment did not start.
      - C(hosts) is a list of compute hosts from M(stackproof.migration.migration_preflight), read after the failure.
    type: dict
    required: true
  check_mode:
    description: Whether the cycle ran in check mode.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show the outcome of a migration
  ansible.builtin.debug:
    msg: "{{ {'failure': {}, 'count': 1, 'migrations': result.migrations} | stackproof.migration.cycle_outcome }}"
"""

RETURN = r"""
_value:
  description: The outcome.
  type: dict
  contains:
    outcome:
      description: V(passed), V(checked), V(failed), V(inconclusive) or V(error).
      type: str
      sample: inconclusive
    reason:
      description: The reason for an outcome other than V(passed). Empty with the outcome V(passed).
      type: str
      sample: >-
        A live migration needs 2 usable compute hosts of one hypervisor type; there is 1 of 2 (compute2: its
        nova-compute service is down).
    failed_step:
      description: The name of the failed step. Empty if no step failed.
      type: str
      sample: preflight
    needs_control:
      description: Whether the migration of a single server, as a control experiment, can show the cause of the failure.
      type: bool
      sample: false
"""


def cycle_outcome(cycle: Mapping[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
    """Return the outcome of the migration cycle, and whether the role starts a control experiment."""
    conclusion = conclude(cycle, check_mode=check_mode)
    return {
        "outcome": conclusion.outcome,
        "reason": conclusion.reason,
        "failed_step": conclusion.failed_step,
        "needs_control": needs_control(cycle),
    }


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_outcome": cycle_outcome}
