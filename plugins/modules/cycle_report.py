#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of this module. The action plugin with the same name does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cycle_report
short_description: Write the report of a migration cycle
version_added: 1.0.0
description:
  - Writes C(report.html) for people, C(junit.xml) for pipelines and C(evidence.json) for programs, on the machine that
    runs Ansible. C(schemas/evidence.schema.json) of the collection describes C(evidence.json).
  - For a failed cycle, the module also writes C(bug-report.md), which is always redacted, and C(replay.yml) if the
    cycle can be replayed on a local cloud.
  - The role P(stackproof.migration.migration_cycle#role) uses this module, and passes O(cycle).
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
  cycle:
    description:
      - The content of the report. Without this option, the module writes nothing, and fails when the folder is not
        writable. It leaves no folder.
    type: dict
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
    default: "Set directory, or migration_cycle_report_dir of the role, to another folder."
"""

EXAMPLES = r"""
- name: Require that a report can be written
  stackproof.migration.cycle_report:
    directory: reports/tonight
"""

RETURN = r"""
directory:
  description: The absolute path of the folder.
  returned: always
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c
html:
  description: The report for people.
  returned: when O(cycle) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/report.html
junit:
  description: The report for pipelines.
  returned: when O(cycle) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/junit.xml
evidence:
  description: The report for programs.
  returned: when O(cycle) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/evidence.json
bug_report:
  description: The redacted bug report of a failed cycle, to paste into a tracker.
  returned: when O(cycle) was given and its outcome is V(failed), and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/bug-report.md
replay:
  description: The playbook that replays a failed cycle on a local cloud.
  returned: when the cycle requested a migration and its user may see the compute hosts
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/replay.yml
"""
