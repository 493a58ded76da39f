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
  - Writes three files on the machine that runs Ansible. C(report.html) is for people, C(junit.xml) is for pipelines,
    and C(evidence.json) is for programs.
  - The file C(schemas/evidence.schema.json) of the collection is the JSON schema of C(evidence.json).
  - If the cycle failed, the module also writes C(bug-report.md). The bug report never contains the names of the site.
  - If a local cloud can replay the failed cycle, the module also writes C(replay.yml).
  - The role P(stackproof.migration.migration_cycle#role) writes its report with this module and the option O(cycle).
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
  cycle:
    description:
      - The content of the report.
      - Without O(cycle), the module writes no file. It only fails if the folder is not writable.
    type: dict
  advice:
    description: Advice to the user that the module adds to the error message if it cannot write to the folder. An
      example is to choose another folder.
    type: str
    default: "Set the option directory, or the role input migration_cycle_report_dir, to another folder."
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
  description: The path of the report for people.
  returned: when O(cycle) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/report.html
junit:
  description: The path of the report for pipelines.
  returned: when O(cycle) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/junit.xml
evidence:
  description: The path of the report for programs.
  returned: when O(cycle) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/evidence.json
bug_report:
  description: The path of the redacted bug report of a failed cycle. You can paste the bug report into an issue
    tracker.
  returned: when O(cycle) was given and its outcome is V(failed), and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/bug-report.md
replay:
  description: The path of the playbook that replays a failed cycle on a local cloud.
  returned: when the cycle requested a migration and its user may see the compute hosts
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/replay.yml
"""
