# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the progress of a module while the module runs.

The file meta/runtime.yml lists the modules that use this action plugin.
"""

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.plugin_utils._action.progress_display import ProgressAction


class ActionModule(ProgressAction):
    """The action plugin. Ansible requires the class name ActionModule."""
