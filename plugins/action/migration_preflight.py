# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of the module migration_preflight."""

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.plugin_utils._action.in_process import ModuleAction


class ActionModule(ModuleAction):
    """The action plugin. Ansible requires the class name ActionModule."""
