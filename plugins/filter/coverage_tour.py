# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter coverage_tour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._coverage.tour import tour_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DOCUMENTATION = r"""
name: coverage_tour
short_description: Choose the next migrations of a coverage run
version_added: 1.1.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the servers that the role P(stackproof.migration.migration_coverage#role) boots and migrates next.
  - Replaces a server whose migration failed. Two more migrations find out which host is at fault.
options:
  _input:
    description: The result of M(stackproof.migration.migration_matrix_info).
    type: dict
    required: true
  events:
    description:
      - The results so far, in the order in which they happened.
      - Each entry has the key C(booted) with the result C(hosts) of M(stackproof.migration.server_batch), or the key
        C(migrations) with the result of M(stackproof.migration.server_live_migrate).
    type: list
    elements: dict
    required: true
  max_parallel:
    description: The largest number of migrations that run at the same time.
    type: int
    required: true
  max_parallel_per_host:
    description: The largest number of migrations from or to one host that run at the same time.
    type: int
    required: true
"""

EXAMPLES = r"""
- name: Show which servers are booted first
  ansible.builtin.debug:
    msg: "{{ (matrix | stackproof.migration.coverage_tour(events=[], max_parallel=5, max_parallel_per_host=1)).boot }}"
"""

RETURN = r"""
_value:
  description: The next round.
  type: dict
  contains:
    boot:
      description: The compute hosts on which a server is booted now.
      type: list
      elements: str
      sample: [compute1, compute3]
    destinations:
      description: The destination of each server that is migrated now, by server id.
      type: dict
      sample: {7f2f5f7e-1d3e-4c8e-9f5a-0d6f3a1b2c3d: compute2}
    cells:
      description: The outcomes so far.
      type: list
      elements: dict
      sample: []
    rounds:
      description: The smallest number of rounds that the run still needs.
      type: int
      sample: 2
    finished:
      description: Whether all migrations were made.
      type: bool
      sample: false
"""


def coverage_tour(
    matrix: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    max_parallel: int,
    max_parallel_per_host: int,
) -> dict[str, Any]:
    """Return the next round of a coverage run."""
    return tour_of(matrix, events, max_parallel=int(max_parallel), per_host=int(max_parallel_per_host)).as_result()


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return a dictionary with the name and the function of the filter."""
        return {"coverage_tour": coverage_tour}
