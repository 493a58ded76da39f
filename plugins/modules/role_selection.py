#!/usr/bin/python
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_selection
short_description: Read whether the tags of a run select a role
version_added: 1.0.0
description:
  - Returns whether the tags of a run (C(--tags)) select the role of the task. All tasks of that role must have the tag
    C(always).
  - Ansible skips the tasks of a role that C(include_role) includes with a tag, unless the include has C(apply). The run
    then ends without a failure and without the role. A role whose tasks have the tag C(always) runs in this case. When
    such a role is imported with tags, this module tells whether one of these is selected.
  - The roles P(stackproof.migration.migration_cycle#role) and P(stackproof.migration.host_drain#role) use this module.
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
  description: Whether the role is selected.
  returned: always
  type: bool
  sample: true
"""
