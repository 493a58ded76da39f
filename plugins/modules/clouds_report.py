#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of this module. The action plugin with the same name does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: clouds_report
short_description: Write the report of migration cycles on many clouds
version_added: 1.0.0
description:
  - Writes three files on the machine that runs Ansible. C(clouds.html) is for people. C(clouds.xml) is for pipelines,
    in JUnit format with one test suite per target. C(clouds.json) is for programs.
  - The file C(schemas/clouds.schema.json) of the collection is the JSON schema of C(clouds.json).
  - The playbook C(stackproof.migration.regression) uses this module twice. The first task creates the folder, and the
    last task writes the report.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.attributes.controller
attributes:
  idempotent:
    support: none
    details: The report contains the time at which the module wrote the report.
options:
  directory:
    description:
      - The folder of the report. The module creates the folder.
      - The module replaces C({run_id}) with the id of the run.
      - If the name of the folder is the id of the run, the module also creates the symbolic link C(latest) to the
        folder.
    type: path
    required: true
  names:
    description: The inventory names of all tested clouds, in the order of the inventory.
    type: list
    elements: str
    required: true
  targets:
    description:
      - The results of the targets. A target of O(names) without a result gets the outcome V(error).
      - Without O(targets), the module only creates the report folder, and returns a folder for each target.
      - Without O(targets), the module writes no report.
    type: list
    elements: dict
  run_id:
    description: The id of the run, which the first call of this module returned as C(run_id).
    type: str
  started:
    description: The start time of the run, which the first call of this module returned as C(started).
    type: str
"""

EXAMPLES = r"""
- name: Create a folder for the reports on all clouds
  stackproof.migration.clouds_report:
    directory: reports/tonight
    names: "{{ ansible_play_hosts_all }}"
  run_once: true
"""

RETURN = r"""
directory:
  description: The absolute path of the folder.
  returned: always
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c
directories:
  description: The folder of the report of each target.
  returned: always
  type: dict
  sample:
    berlin: /home/operator/reports/20260401T100000Z-1a2b3c/berlin
run_id:
  description: The id of the run.
  returned: always
  type: str
  sample: 20260401T100000Z-1a2b3c
started:
  description: The time at which the run started.
  returned: always
  type: str
  sample: "2026-04-01T10:00:00.100+00:00"
clouds:
  description: The content of the report. The file C(clouds.json) has the same content.
  returned: when O(targets) was given
  type: dict
  sample:
    outcome: failed
    ok: false
summary:
  description: The summary, with one line per target.
  returned: when O(targets) was given
  type: list
  elements: str
  sample: ["passed        berlin    21.4 s"]
failures:
  description: A message for each target that did not succeed.
  returned: when O(targets) was given
  type: dict
  sample:
    lisbon: "inconclusive, in preflight: There is one usable compute host."
html:
  description: The path of the report for people.
  returned: when O(targets) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/clouds.html
junit:
  description: The path of the report for pipelines.
  returned: when O(targets) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/clouds.xml
json:
  description: The path of the report for programs.
  returned: when O(targets) was given, and not in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/clouds.json
"""
