#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cycle_report
short_description: Write the report of a migration cycle
version_added: 1.0.0
description:
  - Writes C(report.html) for people, C(junit.xml) for pipelines, and C(evidence.json) with everything that is known, on
    the machine that runs Ansible. C(schemas/evidence.schema.json) of the collection describes the last.
  - The role P(stackproof.migration.migration_cycle#role) uses it; it knows what O(cycle) must hold. The role
    P(stackproof.migration.host_drain#role) has it see to the folder of its own report.
author:
  - The stackproof.migration contributors (@stackproof)
attributes:
  action:
    description: Has a corresponding action plugin, so that parts of the options are evaluated on the controller.
    support: full
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Returns details on what has changed, or possibly needs changing in C(check_mode).
    support: none
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates
      no change.
    support: none
    details: A report says when it was written.
options:
  directory:
    description:
      - The folder, made where it is missing. When it bears the id of the run, C(latest) beside it points to it.
    type: path
    required: true
  cycle:
    description:
      - What was found. Without it nothing is written, but it is seen to that it could be.
      - In check mode that is found out without making the folder.
    type: dict
  redact_hosts:
    description:
      - Whether the report has numbered names, such as V(host-1), the same in all files, instead of the site's names.
      - The names of a site are those of hosts, nodes, domains, servers, projects, users, zones, regions, images, flavors,
        networks, clouds and endpoints, addresses, and file paths. Ids of servers, migrations and requests stay.
    type: bool
    default: false
  advice:
    description: What is said to do when the folder cannot be written into.
    type: str
    default: "Choose another folder: directory, or migration_cycle_report_dir of the role."
"""

EXAMPLES = r"""
- name: See to it that a report can be written
  stackproof.migration.cycle_report:
    directory: reports/tonight
"""

RETURN = r"""
directory:
  description: The folder, from the root.
  returned: always
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c
html:
  description: The report for people.
  returned: when O(cycle) was given
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/report.html
junit:
  description: The report for pipelines.
  returned: when O(cycle) was given
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/junit.xml
evidence:
  description: Everything that is known.
  returned: when O(cycle) was given
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/evidence.json
"""
