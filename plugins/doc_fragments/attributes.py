# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the attributes that several modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the attributes check_mode, diff_mode, idempotent, action and action_group."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode and return a prediction without changing anything.
  diff_mode:
    description: In diff mode, returns what the module has changed, or would change in check mode.
  idempotent:
    description: When run twice in a row with the same arguments, the second run changes nothing.
  action:
    description: Has an action plugin, which runs parts of the module on the controller.
    support: full
    details:
      - The module runs inside the Ansible process if it needs no other machine, user or Python. Each task then needs
        less CPU time, and has the same result.
  action_group:
    description: Use C(group/stackproof.migration.migration) in C(module_defaults) to set options for all modules.
    support: full
    membership:
      - stackproof.migration.migration
"""

    # The attributes of modules that change nothing.
    INFO = r"""
attributes:
  check_mode:
    support: full
    details:
      - This module changes nothing.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
  idempotent:
    support: full
    details:
      - This module changes nothing.
"""

    CONTROLLER = r"""
attributes:
  action:
    description: Has an action plugin, which runs parts of the module on the controller.
    support: full
  check_mode:
    description: Can run in check mode, and then predicts the changes without making them.
    support: full
  diff_mode:
    description: Returns the differences in diff mode.
    support: none
  idempotent:
    description: When you run the module twice with the same arguments, the second run changes nothing.
"""
