# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cycle_target chooses the destination host of a migration cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.target import (
    choose_target,
    control_target,
    is_host_name,
    target_problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: cycle_target
short_description: Choose the destination host of a migration cycle
version_added: 1.0.0
author:
  - The stackproof.migration contributors (@stackproof)
description:
  - Returns the host to which the role P(stackproof.migration.migration_cycle#role) live-migrates the servers. Returns
    no host if Nova's scheduler chooses the destination.
options:
  _input:
    description:
      - V(scheduler) leaves the choice to Nova's scheduler.
      - With V(other), the filter chooses the first usable host in the availability zone of the server. The current host
        of the server is never chosen.
      - With V(other), Nova's scheduler chooses the host if several servers are migrated. The scheduler also chooses the
        host if the user cannot list hosts.
      - Any other value is the name of the destination host.
    type: str
    required: true
  hosts:
    description:
      - The compute hosts, in the form of RV(stackproof.migration.migration_preflight#module:hosts). Null if the user
        cannot list hosts.
    type: list
    elements: dict
  servers:
    description: The servers to migrate, in the form of RV(stackproof.migration.server_batch#module:servers).
    type: list
    elements: dict
    default: []
  failed:
    description:
      - A failed migration that the module M(stackproof.migration.migration_wait) returned.
      - With this option, the filter chooses a host for a control experiment.
      - The control experiment repeats the failed migration with a single server.
    type: dict
  availability_zone:
    description: The availability zone that the user requested for the servers.
    type: str
"""

EXAMPLES = r"""
- name: Show another usable host
  ansible.builtin.debug:
    msg: "{{ ('other' | stackproof.migration.cycle_target(hosts=preflight.hosts, servers=batch.servers[:1])).host }}"
"""

RETURN = r"""
_value:
  description: The destination of the migrations.
  type: dict
  contains:
    named:
      description: Whether the input names a compute host.
      type: bool
      sample: false
    host:
      description: The compute host that the migration request names. Empty if the scheduler chooses the host.
      type: str
      sample: compute2
    availability_zone:
      description: Availability zone for the server of the control experiment. Empty if any zone can be used.
      type: str
      sample: nova:compute1
    problem:
      description: The reason why the input O(_input) is not valid. Empty if the input is valid.
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
    """Return the destination host, or the reason why the input is not valid."""
    problem = target_problem(target, hosts)
    chosen = control_target(failed, hosts, availability_zone) if failed else choose_target(target, hosts, servers)
    return {
        "named": is_host_name(target),
        "host": chosen.host or "",
        "availability_zone": chosen.availability_zone or "",
        "problem": problem or "",
    }


class FilterModule:
    """The class from which Ansible loads the filter."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"cycle_target": cycle_target}
