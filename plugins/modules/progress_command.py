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
  - Runs a program on the machine of Ansible, and displays each line that the program writes to its standard error at
    once. Other modules of Ansible display nothing until they end.
  - The program reads one line of JSON from its standard input and writes one JSON object to its standard output, which
    becomes the result of the task. An exit code other than 0 is a failure, with its reason in the key C(msg) of that
    object. Ansible displays the texts in the key C(warnings) as warnings.
  - The standard input of the program stays open while the task runs. A program that must stop when the playbook is
    interrupted or killed watches for the end of that stream.
  - The role P(stackproof.migration.local_cloud#role) uses this module.
author:
  - The stackproof.migration contributors (@stackproof)
attributes:
  action:
    description: Has an action plugin, which runs parts of the module on the controller.
    support: full
  check_mode:
    description: Can run in check mode, and then predicts the changes without making them.
    support: none
    details: The task is skipped in check mode, since only the program knows what it would change.
  diff_mode:
    description: Returns the differences in diff mode.
    support: none
  idempotent:
    description: When you run the module twice with the same arguments, the second run changes nothing.
    support: partial
    details: Depends on the program.
options:
  argv:
    description: The program and its arguments.
    type: list
    elements: str
    required: true
  order:
    description: Parameters of the program, which reads them as one line of JSON from its standard input.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Prepare the test bed and show the progress
  stackproof.migration.progress_command:
    argv: [/usr/bin/python3, "{{ playbook_dir }}/testbed.py", prepare]
    order:
      hosts: 4
"""

RETURN = r"""
stdout:
  description: The standard output of the program.
  returned: when the output is not a JSON object
  type: str
  sample: done
"""
