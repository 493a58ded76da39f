# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show how far the module of the task is while it works; meta/runtime.yml names it for others, too."""

from __future__ import annotations

from ansible_collections.stackproof.migration.plugins.plugin_utils._action.progress_display import ProgressAction


class ActionModule(ProgressAction):
    """What Ansible looks for."""
