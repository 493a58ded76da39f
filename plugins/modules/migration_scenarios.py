#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run scenarios of migrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration_scenarios
short_description: Run scenarios of migrations, and judge them by their checks
version_added: 1.1.0
description:
  - Boots servers, makes the steps of each scenario, compares the migration records, the servers, their compute hosts,
    their allocations, volumes and ports with the expected values, and deletes everything that it has created.
  - Scenarios run side by side. Scenarios that need a plain server share one boot request.
  - A scenario uses only servers, ports, server groups, private flavors and private images that the module has created.
    The only exception is a scenario with the precondition C(disruptive), see O(allow_disruptive).
  - The lookup P(stackproof.migration.scenario_catalogue#lookup) returns the scenarios of this collection.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.cloud
  - stackproof.migration.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode, the module reports which scenarios the cloud can run.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Each run boots new servers. With O(state=absent), a second run changes nothing.
options:
  state:
    description:
      - V(present) runs the scenarios.
      - V(absent) deletes the private flavors and images of O(run_ids), and enables the compute services that these
        runs have disabled. It also deletes their servers, volumes, ports and server groups. It always deletes the
        private flavors and images of runs that were killed, and enables the compute services that they have disabled.
    type: str
    choices: [present, absent]
    default: present
  scenarios:
    description: The definitions of the scenarios, as P(stackproof.migration.scenario_catalogue#lookup) returns them.
    type: list
    elements: dict
    default: []
  profiles:
    description: The kinds of servers that the scenarios name. See the role input C(migration_scenarios_profiles).
    type: list
    elements: dict
    default: []
  runs:
    description:
      - The scenarios to run, each with the name of its profile.
      - Without O(runs), each scenario runs once with each profile that it names.
    type: list
    elements: dict
    suboptions:
      scenario:
        description: The id of a scenario, which consists of its suite and its name.
        type: str
        required: true
      profile:
        description: The name of a profile.
        type: str
        required: true
  run_ids:
    description: With O(state=absent), the ids of the runs to clean up.
    type: list
    elements: str
    default: []
  name:
    description: The first part of the names of servers and other resources.
    type: str
    default: migration
  image:
    description: The name or id of the image of profiles without an image. Required with O(state=present).
    type: str
  flavor:
    description: The name or id of the flavor of profiles without a flavor. Required with O(state=present).
    type: str
  networks:
    description:
      - The names or ids of the networks for ports of profiles with the network V(auto). Ports that a scenario attaches
        are on the second network, or on the only one.
      - By default, the module uses the networks of the project that have a subnet, and shared networks.
    type: list
    elements: str
    default: []
  metadata:
    description:
      - The metadata of all servers, volumes, ports, flavors and images that the module creates. See
        P(stackproof.migration.run_identity#lookup).
      - Required with O(state=present), with the key C(stackproof_run).
    type: dict
    default: {}
  tags:
    description: The tags of the servers and ports.
    type: list
    elements: str
    default: []
  max_parallel:
    description: The maximum number of scenarios that run at the same time.
    type: int
    default: 4
  max_servers:
    description: The maximum number of servers that exist at the same time. A scenario with more servers runs alone.
    type: int
    default: 20
  max_image_mib:
    description: The maximum size of an image, in MiB, of which the module makes a private copy.
    type: int
    default: 64
  boot_timeout:
    description: Timeout of a boot request in seconds.
    type: int
    default: 300
  migrate_timeout:
    description: Timeout of each migration in seconds.
    type: int
    default: 900
  settle_timeout:
    description: The longest wait in seconds until the server, its host and its allocations agree with the record.
    type: int
    default: 30
  delete_timeout:
    description: Timeout of the deletion of the servers in seconds.
    type: int
    default: 300
  same_host_resize:
    description: Whether the cloud allows a resize on the same host (C(allow_resize_to_same_host) of Nova).
    type: bool
    default: false
  allow_disruptive:
    description:
      - Whether to run scenarios that change objects that other users share. Such a scenario disables a compute service
        for some seconds.
    type: bool
    default: false
  verify_guests:
    description: Whether the guests print the counter that M(stackproof.migration.server_console_info) reads.
    type: bool
    default: false
  poll_interval:
    description: First interval between two polls in seconds.
    type: float
    default: 0.25
  poll_interval_max:
    description: Longest interval between two polls in seconds.
    type: float
    default: 0.5
  progress_file:
    description: The module appends a line to this file when a step starts and when a scenario ends.
    type: path
seealso:
  - module: stackproof.migration.server_live_migrate
"""

EXAMPLES = r"""
- name: Run all scenarios of the suite live-migration
  stackproof.migration.migration_scenarios:
    cloud: mycloud
    scenarios: "{{ catalogue.scenarios | selectattr('suite', 'equalto', 'live-migration') }}"
    profiles: "{{ catalogue.profiles }}"
    image: cirros
    flavor: m1.tiny
    metadata: "{{ lookup('stackproof.migration.run_identity') }}"
  vars:
    catalogue: "{{ lookup('stackproof.migration.scenario_catalogue') }}"
"""

RETURN = r"""
scenarios:
  description:
    - One entry for each scenario and profile, in the order of O(runs).
    - The module does not fail if a scenario fails. It fails if it cannot run the scenarios, or cannot delete what it
      has created.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: The id of the scenario, with the profile in brackets if it is not V(default).
      type: str
      sample: live-migration/there-and-back
    outcome:
      description:
        - V(passed) means that all checks pass.
        - V(failed) means that a check fails, or that a migration does not end as expected.
        - V(known_issue) means that only checks fail that a known issue of the Nova release explains.
        - V(inconclusive) means that the scenario gives no answer, for example because its servers did not boot.
        - V(error) means that a request failed for a reason that does not concern migrations.
        - V(not_applicable) means that the cloud does not offer what the scenario needs.
        - V(planned) means that the module would run the scenario, but runs in check mode.
      type: str
      sample: passed
    reason:
      description: Why the outcome is not V(passed). Empty otherwise.
      type: str
      sample: ""
    seconds:
      description: Duration of the scenario in seconds.
      type: float
      sample: 14.2
    steps:
      description: The steps with C(step), C(text), C(outcome), C(reason), C(started), C(seconds), C(checks) and
        C(migrations).
      type: list
      elements: dict
      sample: []
    known_issues:
      description: The known issues that explain the failed checks.
      type: list
      elements: dict
      sample: []
  sample:
    - id: live-migration/there-and-back
      suite: live-migration
      name: there-and-back
      profile: default
      outcome: passed
      reason: ""
      seconds: 14.2
hosts:
  description: The compute hosts, and why a host is not usable.
  returned: always
  type: list
  elements: dict
  sample: [{name: compute1, usable: true, reason: null}]
versions:
  description: The oldest and the newest major version of Nova that the cloud can have. Null if the module failed early.
  returned: always
  type: list
  elements: int
  sample: [34, 34]
microversion:
  description: The newest microversion of the Compute API.
  returned: always
  type: str
  sample: "2.103"
networks:
  description: The ids or names of the networks that stand for the network V(auto).
  returned: always
  type: list
  elements: str
  sample: [private]
deleted:
  description: What the module has deleted, and the compute services that it has enabled.
  returned: always
  type: list
  elements: str
  sample: ["server migration-20260401T100000Z-1a2b3c-p1-1"]
seconds:
  description: Run time of the module in seconds, including authentication.
  returned: always
  type: float
  sample: 61.9
failure:
  description: The failure, with the keys of RV(stackproof.migration.server_live_migrate#module:failure).
  returned: failure
  type: dict
  sample:
    kind: permission
    message: "Listing the hypervisors: the compute service answered HTTP 403."
    service: compute
    http_status: 403
    request_id: req-6a3e4b8e-2a3c-4d0c-9b34-5a8f1a8d5f2e
"""

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import SYSTEM_CLOCK
from ansible_collections.stackproof.migration.plugins.module_utils._module.definition import Definition
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.options import options_of, runs_in
from ansible_collections.stackproof.migration.plugins.module_utils._scenarios.runner import (
    NOTHING,
    ScenarioRunner,
    delete_runs,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
    from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report


def run_scenarios(params: dict[str, Any], clock: Clock, *, check_mode: bool) -> Report:
    """Run the scenarios, or delete what earlier runs have left."""
    options = options_of(params)
    if params["state"] == "absent":
        return delete_runs(connect(params, clock), options, params["run_ids"], check_mode=check_mode)
    runs = runs_in(params)
    return ScenarioRunner(connect(params, clock), options, check_mode).run(runs)


MODULE = Definition(
    arguments={
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "scenarios": {"type": "list", "elements": "dict", "default": []},
        "profiles": {"type": "list", "elements": "dict", "default": []},
        "runs": {
            "type": "list",
            "elements": "dict",
            "options": {
                "scenario": {"type": "str", "required": True},
                "profile": {"type": "str", "required": True},
            },
        },
        "run_ids": {"type": "list", "elements": "str", "default": []},
        "name": {"type": "str", "default": "migration"},
        "image": {"type": "str"},
        "flavor": {"type": "str"},
        "networks": {"type": "list", "elements": "str", "default": []},
        "metadata": {"type": "dict", "default": {}},
        "tags": {"type": "list", "elements": "str", "default": []},
        "max_parallel": {"type": "int", "default": 4},
        "max_servers": {"type": "int", "default": 20},
        "max_image_mib": {"type": "int", "default": 64},
        "boot_timeout": {"type": "int", "default": 300},
        "migrate_timeout": {"type": "int", "default": 900},
        "settle_timeout": {"type": "int", "default": 30},
        "delete_timeout": {"type": "int", "default": 300},
        "same_host_resize": {"type": "bool", "default": False},
        "allow_disruptive": {"type": "bool", "default": False},
        "verify_guests": {"type": "bool", "default": False},
        "poll_interval": {"type": "float", "default": 0.25},
        "poll_interval_max": {"type": "float", "default": 0.5},
        "progress_file": {"type": "path"},
    },
    work=run_scenarios,
    empty=NOTHING,
    checks={"required_if": [("state", "present", ("image", "flavor"))]},
)


def main(clock: Clock = SYSTEM_CLOCK) -> None:
    """Run the module and exit."""
    MODULE.main(clock)


if __name__ == "__main__":
    main()
