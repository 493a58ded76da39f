#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module migration_matrix_info plans live migrations between many compute hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_matrix_info
short_description: Plan live migrations that test all OpenStack compute hosts
version_added: 1.1.0
description:
  - Divides the compute hosts of a cloud into groups that can exchange servers, and plans live migrations between them.
  - With O(coverage=each_host), a few servers travel round each group. Each host is the source of one migration and the
    destination of one migration.
  - Hosts are in different groups if they differ in the hypervisor type, in the architecture, in the availability zone,
    in the traits that their host aggregates require, or in O(host_groups). The same applies if Nova refuses a migration
    between them in one direction, for example because one hypervisor is older.
  - Predicts each planned migration with the rules about pairs of hosts. M(stackproof.migration.host_drain_info) uses
    the same rules.
  - The number of requests grows only with the pages of Nova's list of hypervisors.
  - Changes nothing in the cloud. By Nova's default policies, only administrators can use this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details: The module changes nothing, so check mode runs the same code.
  diff_mode:
    support: none
    details: The module changes nothing.
  idempotent:
    support: full
options:
  coverage:
    description:
      - The pairs of hosts to plan.
      - V(each_host) plans a ring through each group of hosts.
      - V(all_pairs) plans each host with each other host of its group. The number of migrations grows with the square
        of the number of hosts.
      - V(between_groups) plans migrations in both directions between each two groups of O(host_groups), for example
        between the old and the new hosts during an upgrade. Each host is a source and a destination at least once.
        Without O(host_groups), hosts with the same version of the hypervisor and the same traits C(COMPUTE_*) are a
        group.
      - V(list) plans the pairs of O(pairs).
    type: str
    choices: [each_host, all_pairs, between_groups, list]
    default: each_host
  pairs:
    description: The pairs for O(coverage=list), each as V(source:destination).
    type: list
    elements: str
    default: []
  hosts:
    description: Names of the compute hosts to plan. By default, the module plans all usable compute hosts.
    type: list
    elements: str
    default: []
  host_groups:
    description:
      - Groups of hosts that cannot exchange servers for a reason that Nova's API does not show, such as cells or racks
        without a common storage.
      - A dictionary with a list of host names for each group. Hosts in none of these groups form one more group.
    type: dict
    default: {}
  max_parallel:
    description: The number of servers that travel at the same time in each group.
    type: int
    default: 5
  max_moves:
    description: The module fails if the plan has more migrations.
    type: int
    default: 1000
  sample:
    description:
      - The share of the migrations to plan, such as V(5%). With a daily run, each day has another part. With V(5%),
        all migrations were planned once after 20 days.
      - If empty, the module plans all migrations.
    type: str
    default: ""
  date:
    description: The day that determines the part of O(sample), such as V(2026-04-01). By default, today in UTC.
    type: str
seealso:
  - module: stackproof.migration.host_drain_info
  - module: stackproof.migration.server_live_migrate
"""

EXAMPLES = r"""
- name: Plan a test of each host
  stackproof.migration.migration_matrix_info:
    cloud: mycloud
    host_groups:
      cell1: [compute1, compute2]
      cell2: [compute3, compute4]
  register: matrix

- name: Show which migrations Nova would refuse
  ansible.builtin.debug:
    msg: "{{ matrix.pairs | rejectattr('prediction', 'equalto', 'can_move') }}"
"""

RETURN = r"""
cloud:
  description: The cloud and the user, with the keys of RV(stackproof.migration.migration_preflight#module:cloud).
  returned: success
  type: dict
  sample: {name: mycloud, region: RegionOne, auth_url: "https://keystone.example.org/v3"}
microversion:
  description: The oldest and the newest microversion of Nova.
  returned: success
  type: dict
  sample: {min: "2.1", max: "2.104"}
coverage:
  description: The value of O(coverage).
  returned: success
  type: str
  sample: each_host
hosts:
  description: All compute hosts of the cloud.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the host.
      type: str
      sample: compute1
    group:
      description: Name of the group. Null for a host that is not in the plan.
      type: str
      sample: nova
    zone:
      description: Availability zone.
      type: str
      sample: nova
    hypervisor_type:
      description: Type of the hypervisor.
      type: str
      sample: QEMU
    hypervisor_version:
      description: Version of the hypervisor as a number, as Nova returns it.
      type: int
      sample: 8002002
    status:
      description:
        - V(included) in the plan, V(excluded) by O(hosts), V(unusable), or V(alone) if no other usable host is in its
          group.
      type: str
      sample: included
    reason:
      description: The reason for each status except V(included).
      type: str
      sample: null
groups:
  description: The groups of hosts that can exchange servers, with O(ignore:name) and O(ignore:hosts).
  returned: success
  type: list
  elements: dict
  sample: [{name: nova, hosts: [compute1, compute2, compute3]}]
journeys:
  description:
    - The servers of the plan, with the hosts that each server visits. The first host is the one where the server boots.
  returned: success
  type: list
  elements: dict
  sample: [{id: j1, hosts: [compute1, compute2, compute3, compute1], purpose: planned}]
pairs:
  description: The planned migrations, with the prediction and its reasons.
  returned: success
  type: list
  elements: dict
  contains:
    source:
      description: The host that the server leaves.
      type: str
      sample: compute1
    destination:
      description: The host that receives the server.
      type: str
      sample: compute2
    prediction:
      description: V(can_move), V(doubtful) or V(cannot_move).
      type: str
      sample: can_move
    blockers:
      description: The reasons, with the keys of RV(stackproof.migration.host_drain_info#module:servers[].blockers).
      type: list
      elements: dict
      sample: []
untested:
  description: Requested pairs that are not planned, with the reason. The outcome is V(not_applicable) if Nova refuses
    the migration, and V(inconclusive) if a host is not usable.
  returned: success
  type: list
  elements: dict
  sample: []
moves:
  description: The number of planned migrations.
  returned: success
  type: int
  sample: 3
servers:
  description: The number of servers that the plan needs.
  returned: success
  type: int
  sample: 1
sample:
  description: The part of the migrations. Null without O(sample).
  returned: success
  type: dict
  sample: {share: "5%", part: 7, parts: 20, date: "2026-04-01"}
failure:
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: input
    message: "hosts: there is no compute host compute12. Did you mean compute1?"
    service: null
    http_status: null
    request_id: null
"""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.matrix import NOTHING, read_matrix
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.model import COVERAGES, EACH_HOST, LIST
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.planner import CoverageRequest, pairs_in
from ansible_collections.stackproof.migration.plugins.module_utils._coverage.sampling import sample_of
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock


def info(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    del check_mode  # The module changes nothing, so check mode runs the same code.
    if (params["coverage"] == LIST) != bool(params["pairs"]):
        raise InputError("pairs needs coverage=list, and coverage=list needs pairs. Set both, or neither of them.")
    request = CoverageRequest(
        coverage=params["coverage"],
        pairs=pairs_in(params["pairs"]),
        hosts=tuple(params["hosts"]),
        host_groups=_host_groups(params["host_groups"]),
        max_parallel=params["max_parallel"],
        max_moves=params["max_moves"],
        sample=sample_of(params["sample"], _day(params["date"])),
    )
    request.check()
    return Report({"changed": False, **read_matrix(connect(params, clock), request)})


def _host_groups(given: dict[str, Any]) -> dict[str, list[str]]:
    for name, hosts in given.items():
        if not isinstance(hosts, list) or not hosts:
            raise InputError(f"host_groups: {name} must be a list of host names, found {hosts!r}.")
    return {str(name): [str(host) for host in hosts] for name, hosts in given.items()}


def _day(text: str | None) -> date:
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"date must be a day such as 2026-04-01, found {text!r}.") from None


MODULE = Definition(
    arguments={
        "coverage": {"type": "str", "choices": list(COVERAGES), "default": EACH_HOST},
        "pairs": {"type": "list", "elements": "str", "default": []},
        "hosts": {"type": "list", "elements": "str", "default": []},
        "host_groups": {"type": "dict", "default": {}},
        "max_parallel": {"type": "int", "default": 5},
        "max_moves": {"type": "int", "default": 1000},
        "sample": {"type": "str", "default": ""},
        "date": {"type": "str"},
    },
    work=info,
    empty=NOTHING,
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
