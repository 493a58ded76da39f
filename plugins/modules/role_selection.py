#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the module role_selection, which is an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_selection
short_description: Read whether the tags of a run select a role
version_added: 1.0.0
description:
  - Returns whether C(--tags) selects the role of this task. Each task of the role needs the tag C(always).
  - A play that includes the role with a tag must also set the tag with C(apply). Otherwise Ansible skips all tasks of
    the role without the tag C(always), and reports success.
  - If a play imports a role, Ansible runs its tasks with the tag C(always), although C(--tags) does not select the
    role. The result of this module tells the role to do nothing.
  - The roles P(stackproof.migration.migration_cycle#role) and P(stackproof.migration.host_drain#role) use this module.
author:
  - The stackproof.migration contributors (@stackproof)
extends_documentation_fragment:
  - stackproof.migration.attributes.controller
attributes:
  idempotent:
    support: full
options: {}
"""

EXAMPLES = r"""
- name: Read whether the tags select this role
  stackproof.migration.role_selection:
  register: role
  tags: [always]

- name: Run the role
  ansible.builtin.include_tasks:
    file: steps.yml
    apply:
      tags: [always]
  when: role.selected
  tags: [always]
"""

RETURN = r"""
selected:
  description: Whether the option C(--tags) of the run selects the role.
  returned: always
  type: bool
  sample: true
"""
