#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of this module. The action plugin with the same name does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scenarios_report
short_description: Write the report about a run of scenarios
version_added: 1.1.0
description:
  - Writes three files and a folder on the machine that runs Ansible. C(index.html) is for people, C(junit.xml) is for
    pipelines, and C(scenarios.json) is for programs. The folder C(scenarios) has a page for each scenario, to which
    C(index.html) links.
  - C(index.html) shows the outcome of each scenario by suite, and the known issues of the release of Nova.
  - C(junit.xml) has a test suite for each suite, and a test case for each scenario. A known issue is a skipped test,
    and so is a scenario that is not applicable or gives no answer.
  - The file C(schemas/scenarios.schema.json) of the collection is the JSON schema of C(scenarios.json).
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.attributes.controller
  - stackproof.migration.report
attributes:
  idempotent:
    support: none
    details: The module always writes all files of the report.
options:
  result:
    description:
      - The result of the run, C(migration_scenarios_result).
      - Without O(result), the module only checks whether the folder is writable. The module fails if the folder is not
        writable.
      - In check mode, the module creates no file and no folder. It fails if the folder is not writable.
    type: dict
  advice:
    description:
      - A sentence that the module adds to the error message if it cannot write to the folder.
      - An example is a sentence that names the option to change.
    type: str
    default: >-
      Set the option directory, or the role input migration_scenarios_report_dir, to another folder. With an empty
      value, the role writes no report.
"""

EXAMPLES = r"""
- name: Require that a report can be written
  stackproof.migration.scenarios_report:
    directory: reports/tonight

- name: Write the report
  stackproof.migration.scenarios_report:
    directory: reports/tonight
    result: "{{ migration_scenarios_result }}"
"""

RETURN = r"""
directory:
  description: The absolute path of the folder.
  returned: always
  type: str
  sample: /home/operator/reports/scenarios-20260401T100000Z
html:
  description: The path of the report for people.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/scenarios-20260401T100000Z/index.html
junit:
  description: The path of the report for pipelines.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/scenarios-20260401T100000Z/junit.xml
scenarios:
  description: The path of the report for programs.
  returned: when O(result) was given, and not in check mode
  type: str
  sample: /home/operator/reports/scenarios-20260401T100000Z/scenarios.json
"""
