#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: clouds_report
short_description: Write one page about migration cycles on many clouds
version_added: 1.0.0
description:
  - Writes C(clouds.html) for people, C(clouds.xml) (JUnit, one suite per target) for pipelines, and C(clouds.json) for
    programs, on the machine that runs Ansible. C(schemas/clouds.schema.json) of the collection describes the last.
  - The playbook C(stackproof.migration.regression) uses it, once before it asks the targets and once after; it knows
    what O(targets) must hold.
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
      - The folder, made where it is missing. C({run_id}) in it stands for the id of the run; where that is the name of
        the folder, C(latest) beside it points to it.
    type: path
    required: true
  names:
    description: The names of all targets, in the order of the inventory.
    type: list
    elements: str
    required: true
  targets:
    description:
      - What was found, less the targets that got lost; these are reported as C(error).
      - Without it nothing is written, but the folder is made, and it is said where the report of each target goes.
    type: list
    elements: dict
  run_id:
    description: The id that the call before the run returned.
    type: str
  started:
    description: The time that the call before the run returned.
    type: str
"""

EXAMPLES = r"""
- name: Make a folder for the reports on all clouds
  stackproof.migration.clouds_report:
    directory: reports/tonight
    names: "{{ ansible_play_hosts_all }}"
  run_once: true
"""

RETURN = r"""
directory:
  description: The folder, from the root.
  returned: always
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c
directories:
  description: The folder of each target's own report, in that folder.
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
  description: When it started.
  returned: always
  type: str
  sample: "2026-04-01T10:00:00.100+00:00"
clouds:
  description: What became of all, as in C(clouds.json).
  returned: when O(targets) was given
  type: dict
  sample:
    outcome: failed
    ok: false
summary:
  description: The same in a line for each target.
  returned: when O(targets) was given
  type: list
  elements: str
  sample: ["passed        berlin    21.4 s"]
failures:
  description: What to say of each target that is not well.
  returned: when O(targets) was given
  type: dict
  sample:
    lisbon: "inconclusive, in preflight: There is one usable compute host."
html:
  description: The page for people.
  returned: when O(targets) was given, but in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/clouds.html
junit:
  description: The file for pipelines.
  returned: when O(targets) was given, but in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/clouds.xml
json:
  description: The file for programs.
  returned: when O(targets) was given, but in check mode
  type: str
  sample: /home/operator/reports/20260401T100000Z-1a2b3c/clouds.json
"""
