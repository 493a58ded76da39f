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
  - Runs a program on the machine that runs Ansible. Ansible displays each line that the program writes to its standard
    error. Other Ansible modules display nothing until they end.
  - The program must read its input as one line of JSON from standard input. The program must write one JSON object to
    standard output. The task returns this object.
  - If the program fails, it must exit with a code other than 0. The key C(msg) of its output must contain the reason.
  - Ansible displays the texts in the key C(warnings) as warnings.
  - Ansible closes the standard input of the program if the playbook is interrupted or killed. The program can stop when
    its standard input is closed.
  - The role P(stackproof.migration.local_cloud#role) uses this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.attributes.controller
attributes:
  check_mode:
    support: none
    details: In check mode, Ansible skips the task, because Ansible cannot predict the changes that the program makes.
  idempotent:
    support: partial
    details: Whether a second run changes nothing depends on the program.
options:
  argv:
    description: The program and its arguments.
    type: list
    elements: str
    required: true
  order:
    description: The parameters for the program. The program reads them as one line of JSON from its standard input.
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
