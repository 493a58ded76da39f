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
  - Writes three files on the machine that runs Ansible. C(report.html) is for people, C(junit.xml) is for pipelines,
    and C(drain.json) is for programs.
  - If the drain failed, the module also writes C(bug-report.md). The bug report never contains the names of the site.
  - The file C(schemas/drain.schema.json) of the collection is the JSON schema of C(drain.json).
  - The role P(stackproof.migration.host_drain#role) uses this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.attributes.controller
  - stackproof.migration.report
attributes:
  idempotent:
    support: none
    details: The report contains the time at which the module wrote the report.
options:
  result:
    description:
      - The result of the role, C(host_drain_result), as P(stackproof.migration.drain_result#filter) returns it. If the
        result contains C(plan), the report shows the plan.
      - Without O(result), the module only checks whether the folder is writable. The module fails if the folder is not
        writable.
      - In check mode, the module creates no file and no folder. It fails if the folder is not writable.
    type: dict
  cloud:
    description: The name of the cloud in the report. If empty, the report shows no cloud.
    type: str
    default: ""
  name_sources:
    description:
      - Module results that contain names of hosts, servers and other objects, for example the results of
        M(stackproof.migration.host_drain_info). The module redacts these names in the report.
      - The report contains none of these values.
    type: list
    elements: raw
    default: []
  advice:
    description:
      - A sentence that the module adds to the error message if it cannot write to the folder.
      - An example is a sentence that names the option to change.
    type: str
    default: >-
      Set the option directory, or the role input host_drain_report_dir, to another folder. With an empty value, the
      role writes no report.
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
  description: The path of the report for people.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z/report.html
junit:
  description: The path of the report for pipelines.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z/junit.xml
drain:
  description: The path of the report for programs.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z/drain.json
bug_report:
  description: The path of the redacted bug report of a failed drain. You can paste the bug report into an issue
    tracker.
  returned: when O(result) was given and servers or allocations remain or a migration failed, and not in check mode
  type: str
  sample: /home/operator/reports/drained-compute1-20260401T100000Z/bug-report.md
"""
