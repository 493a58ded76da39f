#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: progress_command
short_description: Run a program on the controller and show its progress
version_added: 1.0.0
description:
  - Runs a program on the machine that runs Ansible, and shows each line that the program writes to its
    standard error as soon as it comes. Ansible's other modules are silent until they end.
  - The program gets one line of JSON on its standard input and answers with one JSON object on its standard
    output, which becomes the result of the task. An exit code other than 0 is a failure; the program says
    why in the key C(msg) of its answer. Ansible shows the texts in its key C(warnings) as warnings.
  - Its standard input stays open as long as the task goes on. A program that wants to stop when the playbook
    is interrupted or killed watches for the end of that stream.
  - The role P(stackproof.migration.local_cloud#role) uses it.
author:
  - The stackproof.migration contributors (@stackproof)
attributes:
  action:
    description: Has a corresponding action plugin, so that parts of the options are evaluated on the controller.
    support: full
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: none
    details: The task is skipped in check mode, since only the program knows what it would do.
  diff_mode:
    description: Returns details on what has changed, or possibly needs changing in C(check_mode).
    support: none
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates
      no change.
    support: partial
    details: As much as the program is.
options:
  argv:
    description: The program and its arguments.
    type: list
    elements: str
    required: true
  order:
    description: What the program is told, as one line of JSON on its standard input.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Prepare the test bed and show how it goes on
  stackproof.migration.progress_command:
    argv: [/usr/bin/python3, "{{ playbook_dir }}/testbed.py", prepare]
    order:
      hosts: 4
"""

RETURN = r"""
stdout:
  description: The answer, when it is no JSON object.
  returned: when the answer is no JSON object
  type: str
  sample: done
"""
