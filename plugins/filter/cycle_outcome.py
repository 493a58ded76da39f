# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.outcome import conclude, wants_control

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: cycle_outcome
short_description: What became of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Judges what the steps of the role P(stackproof.migration.migration_cycle#role) found.
  - V(passed), when all did as they should.
  - V(failed), when the cloud is at fault; a migration that failed, took too long, or about which record, server, host
    and Placement disagree.
  - V(inconclusive), when the question could not be put; no second usable host, no room, a migration of others
    that stays open on the hosts, or no host found for a server of the batch and none for a single server either.
  - V(error), when it is on our side; credentials, the connection, an input.
options:
  _input:
    description:
      - What was found. C(failure) and C(cleanup_failure) have C(step), C(reason) and C(kinds), or are empty;
        C(count) is how many servers were booted together; C(migrations) is what
        M(stackproof.migration.migration_wait) returned; C(control) has the C(migration) of a single server or the
        C(reason) why there is none, or is empty; C(hosts) is what M(stackproof.migration.migration_preflight) returned
        after the failure.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Judge a cycle of one's own
  ansible.builtin.debug:
    msg: "{{ {'failure': {}, 'count': 1, 'migrations': waited.migrations} | stackproof.migration.cycle_outcome }}"
"""

RETURN = r"""
_value:
  description: What became of it.
  type: dict
  contains:
    outcome:
      description: V(passed), V(failed), V(inconclusive) or V(error).
      type: str
      sample: inconclusive
    reason:
      description: Why, for people; empty when it passed.
      type: str
      sample: >-
        A live migration needs 2 usable compute hosts of one hypervisor type; there is 1 of 2 (compute2: its
        nova-compute service is down).
    failed_step:
      description: The step that went wrong; empty when it passed.
      type: str
      sample: preflight
    control_wanted:
      description: Whether migrating a single server would tell more.
      type: bool
      sample: false
"""


def cycle_outcome(cycle: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome, and whether a control experiment would tell more."""
    concluded = conclude(cycle)
    return {
        "outcome": concluded.outcome,
        "reason": concluded.reason,
        "failed_step": concluded.failed_step,
        "control_wanted": wants_control(cycle),
    }


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
        """The filters by name."""
        return {"cycle_outcome": cycle_outcome}
