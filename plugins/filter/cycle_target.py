# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the servers of a cycle are migrated to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.target import (
    control_of,
    names_host,
    problem_of,
    target_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: cycle_target
short_description: Decide where the servers of a migration cycle are migrated to
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Decides which compute host the role P(stackproof.migration.migration_cycle#role) names as the destination of a live
    migration, if any.
options:
  _input:
    description:
      - V(scheduler) names none, so that Nova's scheduler chooses.
      - V(other) names the first usable host other than the server's own, in the server's availability zone. None is
        named where the user may not see hosts, or several servers are migrated.
      - Any other value is the name of a compute host.
    type: str
    required: true
  hosts:
    description:
      - The compute hosts, as RV(stackproof.migration.migration_preflight#module:hosts) has them. Null when the user may
        not see them.
    type: list
    elements: dict
  servers:
    description: The servers to migrate, as RV(stackproof.migration.server_batch#module:servers) has them.
    type: list
    elements: dict
    default: []
  failed:
    description:
      - A migration that failed, as M(stackproof.migration.migration_wait) returns it. With it the filter decides how
        the control experiment repeats that migration.
    type: dict
  availability_zone:
    description: Availability zone that the user asks for, if any.
    type: str
"""

EXAMPLES = r"""
- name: Name another usable host
  ansible.builtin.debug:
    msg: "{{ ('other' | stackproof.migration.cycle_target(hosts=preflight.hosts, servers=batch.servers[:1])).host }}"
"""

RETURN = r"""
_value:
  description: Where to.
  type: dict
  contains:
    named:
      description: Whether the input is the name of a compute host.
      type: bool
      sample: false
    host:
      description: The compute host to name; empty when the scheduler is to choose.
      type: str
      sample: compute2
    availability_zone:
      description: The availability zone in which the server of the control experiment is booted; empty for any.
      type: str
      sample: nova:compute1
    problem:
      description: Why the input cannot be used; empty when it can.
      type: str
      sample: ""
"""


def cycle_target(
    target: str,
    hosts: Sequence[Mapping[str, Any]] | None = None,
    servers: Sequence[Mapping[str, Any]] = (),
    failed: Mapping[str, Any] | None = None,
    availability_zone: str | None = None,
) -> dict[str, Any]:
    """Which host is named, or why the input cannot be used."""
    problem = problem_of(target, hosts)
    decided = control_of(failed, hosts, availability_zone) if failed else target_of(target, hosts, servers)
    return {
        "named": names_host(target),
        "host": decided.host or "",
        "availability_zone": decided.availability_zone or "",
        "problem": problem or "",
    }


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """The filters by name."""
        return {"cycle_target": cycle_target}
