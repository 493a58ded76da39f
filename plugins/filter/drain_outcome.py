# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter drain_outcome returns the outcome of a drain, and the servers to move next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: drain_outcome
short_description: Return the outcome of a drain, and the servers to move next
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Evaluates what the tasks of the role P(stackproof.migration.host_drain#role) recorded.
  - The outcome is V(drained) if neither a server nor an allocation in Placement is left on the host, and
    V(not_drained) otherwise.
  - The outcome is V(undrained) if all servers that were to be brought back are on the host, and V(not_undrained)
    otherwise.
  - The outcome is V(planned) in check mode, and V(error) if a task failed.
options:
  _input:
    description:
      - What the tasks recorded. C(host) is the compute host, C(state) is V(drained) or V(undrained), and C(check_mode)
        is true in check mode.
      - C(plan) is the result of M(stackproof.migration.host_drain_info) before the first change. C(inventory) is the
        newest result. C(earlier_servers) are the servers that earlier results listed.
      - C(migrations) are the migrations of M(stackproof.migration.server_live_migrate) and
        M(stackproof.migration.server_cold_migrate). C(stop_on_failure) is true if no further server is moved after a
        failed migration.
      - C(failure) has the C(reason) of the task that failed, or is empty.
      - C(disable_result), C(enable_result) and C(reenable_result) are results of
        M(stackproof.migration.compute_service). C(reenable_on_failure) is true if the service is to be enabled again
        when the drain does not succeed.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the servers to live-migrate
  ansible.builtin.debug:
    msg: "{{ ({'host': 'compute1', 'inventory': plan} | stackproof.migration.drain_outcome).live }}"
"""

RETURN = r"""
_value:
  description: The outcome, and what to do next.
  type: dict
  contains:
    outcome:
      description: The outcome, as described above.
      type: str
      sample: not_drained
    reason:
      description: Why the outcome is not as requested, or in check mode which servers would stay. Empty otherwise.
      type: str
      sample: >-
        1 server or allocation is left on the host. web-2: Nova cannot move a server in status SUSPENDED. To make it
        movable, resume it.
    moved:
      description: The servers that were moved.
      type: list
      elements: dict
      sample:
        - server_id: 0f1c7a36-6a2f-4a0e-8a0f-3f6a2b9c1d2e
          server_name: web-1
          source: compute1
          destination: compute2
          migration_id: 42
    left:
      description: The servers and allocations that are left, each with a reason. In check mode, those that would stay.
      type: list
      elements: dict
      sample:
        - server_id: 3cbd9ed2-81a3-46f6-8325-19baceb80954
          server_name: web-2
          move_method: none
          reason: Nova cannot move a server in status SUSPENDED. To make it movable, resume it.
    gone:
      description:
        - The servers that left the host, but not by a migration of this run. Empty if the state is V(undrained).
      type: list
      elements: dict
      sample:
        - server_id: 8d0b7c1e-52f4-4a63-9f57-6e1a3c2b4d5f
          server_name: web-3
          reason: >-
            The server was on compute2 before its migration was requested. An earlier run or another user moved
            the server.
    live:
      description: Ids of the servers to live-migrate next. A run does not try to move a server twice.
      type: list
      elements: str
      sample: [d545a5a2-7b1e-4b0a-9d3c-0a5e6b7c8d9f]
    cold:
      description: Ids of the servers to cold-migrate next, and of those whose cold migration is to be confirmed.
      type: list
      elements: str
      sample: []
    successful:
      description: Whether the outcome is V(drained), V(undrained) or V(planned).
      type: bool
      sample: false
    unfinished:
      description: Whether RV(_value.live) or RV(_value.cold) lists a server.
      type: bool
      sample: true
    refusal:
      description: Why the drain cannot work, as the plan predicts. Empty if the plan predicts no problem.
      type: str
      sample: "The target compute4 cannot take servers: its nova-compute service is down."
    reenable:
      description: Whether to enable the compute service again because the drain did not succeed.
      type: bool
      sample: false
"""


def drain_outcome(drain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outcome, the servers that are left on the host, and the servers to move next."""
    return evaluate(drain)


class FilterModule:
    """Register the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"drain_outcome": drain_outcome}
