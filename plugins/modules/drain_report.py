#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of this module. The action plugin with the same name does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: drain_report
short_description: Write the report of a drained host
version_added: 1.0.0
description:
  - Writes C(report.html) for people, C(junit.xml) for pipelines and C(drain.json) for programs, on the machine that
    runs Ansible. C(schemas/drain.schema.json) of the collection describes C(drain.json).
  - The role P(stackproof.migration.host_drain#role) uses this module.
author:
  - The stackproof.migration contributors (@stackproof)
attributes:
  action:
    description: Has an action plugin, which runs parts of the module on the controller.
    support: full
  check_mode:
    description: Can run in check mode, and then predicts the changes without making them.
    support: full
  diff_mode:
    description: Returns the differences in diff mode.
    support: none
  idempotent:
    description: When you run the module twice with the same arguments, the second run changes nothing.
    support: none
    details: The report contains the time at which it was written.
options:
  directory:
    description:
      - The folder of the report. The module creates the folder. When the name of the folder is the id of the run, the
        module also creates the symbolic link C(latest) to the folder.
    type: path
    required: true
  result:
    description:
      - The result of the role, C(host_drain_result), as P(stackproof.migration.drain_result#filter) returns it.
        The report shows C(plan) when the result has one.
      - Without this option, the module writes nothing, and fails when the folder is not writable. It leaves no folder.
      - In check mode, the module creates nothing, and fails when the folder would not be writable.
    type: dict
  cloud:
    description: The name of the cloud in the report. When empty, the report shows no name.
    type: str
    default: ""
  redact_hosts:
    description:
      - Whether the report has numbered names in all files, such as V(host-1), instead of the names of the site.
      - The names of a site are those of hosts, nodes, domains, servers, projects, users, zones, regions, images,
        flavors, networks, clouds and endpoints, addresses, and file paths. Ids of servers, migrations and requests
        stay.
    type: bool
    default: false
  advice:
    description: The last sentence of the message when the folder is not writable.
    type: str
    default: "Set directory, or host_drain_report_dir of the role, to another folder. Empty text writes no report."
"""

EXAMPLES = r"""
- name: Require that a report can be written
  stackproof.migration.drain_report:
    directory: reports/tonight

- name: Write the report
  stackproof.migration.drain_report:
    directory: reports/tonight
    result: "{{ host_drain_result }}"
"""

RETURN = r"""
directory:
  description: The absolute path of the folder.
  returned: always
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z
html:
  description: The report for people.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z/report.html
junit:
  description: The report for pipelines.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z/junit.xml
drain:
  description: The report for programs.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z/drain.json
"""
