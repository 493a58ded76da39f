# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a host that was to be emptied, or filled again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._drain.outcome import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: drain_outcome
short_description: What became of a compute host that was to be emptied, or filled again
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Judges what the steps of the role P(stackproof.migration.host_drain#role) found.
  - V(drained), when neither a server nor an allocation in Placement is left on the host; V(not_drained) otherwise.
  - V(undrained), when all that was to come back is there; V(not_undrained) otherwise.
  - V(planned), when nothing was to be done yet; V(error), when a step itself failed.
options:
  _input:
    description:
      - What was found. C(failure) has the C(reason) why a step failed, or is empty; C(migrations) are those of
        M(stackproof.migration.server_live_migrate) and M(stackproof.migration.server_cold_migrate); C(after) is what
        M(stackproof.migration.host_drain_info) returned last; C(seen) are the servers that it listed before; C(planned)
        is true in check mode; C(stops) is true where nothing more is to be moved once one failed.
      - C(disabled) is what M(stackproof.migration.compute_service) returned when it disabled the host's service, and
        C(reenable_on_failure) is true where a host that could not be emptied is to be used again.
    type: dict
    required: true
  back:
    description: Whether servers were to be brought back.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: What is to be moved?
  ansible.builtin.debug:
    msg: "{{ ({'after': plan} | stackproof.migration.drain_outcome).live }}"
"""

RETURN = r"""
_value:
  description: What became of it.
  type: dict
  contains:
    outcome:
      description: One word; see above.
      type: str
      sample: not_drained
    reason:
      description: Why, for people; empty when all is well.
      type: str
      sample: "1 left. web-2: Nova cannot move a server that is SUSPENDED: resume it"
    moved:
      description: What was moved, each with C(server_id), C(server_name), C(source), C(destination), C(migration_id).
      type: list
      elements: dict
      sample:
        - server_id: 0f1c7a36-6a2f-4a0e-8a0f-3f6a2b9c1d2e
          server_name: web-1
          source: compute1
          destination: compute2
          migration_id: 42
    left:
      description: What was not, each with C(server_id), C(server_name), C(how) and C(why).
      type: list
      elements: dict
      sample:
        - server_id: 3cbd9ed2-81a3-46f6-8325-19baceb80954
          server_name: web-2
          how: none
          why: "Nova cannot move a server that is SUSPENDED: resume it"
    gone:
      description:
        - What was on the host at one look and is not any more, although it was not moved here, each with C(server_id),
          C(server_name) and C(why). With O(back) there is none.
      type: list
      elements: dict
      sample:
        - server_id: 8d0b7c1e-52f4-4a63-9f57-6e1a3c2b4d5f
          server_name: web-3
          why: "it was on compute2 before its turn: by an earlier run, or by somebody else"
    live:
      description: Ids of the servers to live-migrate next; those that were not tried yet.
      type: list
      elements: str
      sample: [d545a5a2-7b1e-4b0a-9d3c-0a5e6b7c8d9f]
    cold:
      description: Ids of the servers to cold-migrate, or whose cold migration is to be confirmed, next.
      type: list
      elements: str
      sample: []
    as_wanted:
      description: Whether the outcome is V(drained), V(undrained) or V(planned).
      type: bool
      sample: false
    unfinished:
      description: Whether RV(_value.live) or RV(_value.cold) has a server.
      type: bool
      sample: true
    no_target:
      description: Why no other compute host can take servers; empty where one can.
      type: str
      sample: "No other compute host can take servers: compute2: its nova-compute service is down."
    reenable:
      description: Whether the compute service is to be enabled again, because the host could not be emptied.
      type: bool
      sample: false
"""


def drain_outcome(drain: Mapping[str, Any], *, back: bool = False) -> dict[str, Any]:
    """The outcome, what is left, and what is next."""
    return evaluate(drain, back=back)


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """The filters by name."""
        return {"drain_outcome": drain_outcome}
