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
  - Evaluates the results of the tasks in the role P(stackproof.migration.host_drain#role).
  - The outcome is V(drained) if the host has no server and no allocation in Placement.
  - The outcome is V(not_drained) if the host still has a server or an allocation.
  - When the role reverses a drain, the outcome is V(undrained) if no server must still move back to the host. If a
    server must still move back, the outcome is V(not_undrained).
  - In check mode, the outcome is V(planned). If a task failed, the outcome is V(error).
options:
  _input:
    description:
      - A dictionary with the recorded results of the drain.
      - C(host) is the compute host. C(state) is V(drained) or V(undrained).
      - C(check_mode) is true in check mode.
      - M(stackproof.migration.host_drain_info) returned C(plan) before the first change to the cloud.
      - C(inventory) is the newest result of M(stackproof.migration.host_drain_info).
      - C(earlier_servers) lists the servers that M(stackproof.migration.host_drain_info) returned earlier in the drain.
      - C(migrations) lists the migrations that the modules M(stackproof.migration.server_live_migrate) and
        M(stackproof.migration.server_cold_migrate) returned in this run.
      - If C(stop_on_failure) is true, the role moves no other server after a failed migration.
      - C(failure) contains the C(reason) of a failed task. C(failure) is empty if no task failed.
      - The module M(stackproof.migration.compute_service) returned C(disable_result), C(enable_result) and
        C(reenable_result).
      - If C(reenable_on_failure) is true, the role enables the compute service again after a drain that did not
        succeed.
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
  description: A dictionary with the outcome of the drain, and with the servers that the next round moves.
  type: dict
  contains:
    outcome:
      description: The outcome of the drain, for example V(not_drained).
      type: str
      sample: not_drained
    reason:
      description: The reason why the host is not in the requested state. In check mode, the reason names the servers
        that would stay on the host. Empty if there is no reason.
      type: str
      sample: >-
        1 server or allocation is left on the host. web-2: Nova cannot move a server in status SUSPENDED. To make it
        movable, resume it.
    moved:
      description: The servers that the run moved.
      type: list
      elements: dict
      sample:
        - server_id: 0f1c7a36-6a2f-4a0e-8a0f-3f6a2b9c1d2e
          server_name: web-1
          source: compute1
          destination: compute2
          migration_id: 42
    left:
      description: The servers and allocations that are left on the host, each with a reason. In check mode, the list is
        a prediction.
      type: list
      elements: dict
      sample:
        - server_id: 3cbd9ed2-81a3-46f6-8325-19baceb80954
          server_name: web-2
          move_method: none
          reason: Nova cannot move a server in status SUSPENDED. To make it movable, resume it.
    gone:
      description:
        - The servers that left the host without a migration of this run. Empty if the requested state is V(undrained).
      type: list
      elements: dict
      sample:
        - server_id: 8d0b7c1e-52f4-4a63-9f57-6e1a3c2b4d5f
          server_name: web-3
          reason: >-
            The server was on compute2 before its migration was requested. An earlier run or another user moved
            the server.
    live:
      description: Ids of the servers that the role live-migrates in the next round. The role moves each server at most
        once in a run.
      type: list
      elements: str
      sample: [d545a5a2-7b1e-4b0a-9d3c-0a5e6b7c8d9f]
    cold:
      description: Ids of the servers to cold-migrate next. The list also contains the servers whose cold migration
        needs a confirmation.
      type: list
      elements: str
      sample: []
    successful:
      description: False if the outcome is V(not_drained), V(not_undrained) or V(error).
      type: bool
      sample: false
    unfinished:
      description: Whether RV(_value.live) or RV(_value.cold) lists a server.
      type: bool
      sample: true
    refusal:
      description: The reasons why the drain cannot succeed, as text. Empty if the drain can succeed.
      type: str
      sample: "The target compute4 cannot take servers: its nova-compute service is down."
    reenable:
      description: Whether to enable the compute service again because the drain did not succeed.
      type: bool
      sample: false
"""


def drain_outcome(drain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outcome of a drain, and the servers that the next round moves."""
    return evaluate(drain)


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"drain_outcome": drain_outcome}
