# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of the module role_selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.plugins.action import ActionBase
from ansible_collections.stackproof.migration.plugins.plugin_utils._action.role_tags import ALWAYS, is_selected

if TYPE_CHECKING:
    from collections.abc import Iterator


class ActionModule(ActionBase):
    """The action plugin of the module role_selection."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return whether the option ``--tags`` selects the role of this task."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec(argument_spec={})  # type: ignore[no-untyped-call]  # not annotated
        parents = list(_parents(self._task._parent))  # noqa: SLF001 - no public attribute has the tags of an import
        tags = set(self._task.tags) - {ALWAYS}
        if any(ALWAYS in parent.tags for parent in parents):
            tags.add(ALWAYS)
        return {
            **result,
            "changed": False,
            "selected": is_selected(
                tags,
                (task_vars or {}).get("ansible_run_tags") or ["all"],
                included=any(not getattr(parent, "statically_loaded", True) for parent in parents),
            ),
        }


def _parents(parent: Any) -> Iterator[Any]:
    """Yield the blocks, imports and includes around the task, and then the play."""
    play = None
    while parent is not None:
        yield parent
        play = getattr(parent, "_play", None) or play
        if not getattr(parent, "statically_loaded", True):
            return
        parent = parent._parent  # noqa: SLF001 - see above
    if play is not None:
        yield play
