# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Decide whether the option ``--tags`` of ``ansible-playbook`` selects a role.

All tasks of the role must have the tag ``always``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

ALWAYS = "always"


def is_selected(tags: Collection[str], run_tags: Collection[str], *, included: bool) -> bool:
    """Return whether the tags of the run (``--tags``) select the role.

    ``tags`` are the tags of the role, of its blocks and of its play. ``included`` is true if a task includes the role.
    The tasks of an included role need no tag of the run.

    The function ignores ``--skip-tags``, which skips the task that calls this function.
    """
    if "all" in run_tags or ALWAYS in tags or set(tags) & set(run_tags):
        return True
    if not tags:
        return included or "untagged" in run_tags
    return "tagged" in run_tags
