# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Find options of ansible-playbook with which Ansible would run no task and report success."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

COLLECTION = "stackproof.migration"
# With one of these values, --tags also selects tasks without tags.
_SELECTING = frozenset({"all", "untagged"})
# Each of these values of --skip-tags would skip tasks of the playbook.
_OMITTING = ("all", "always", "tagged", "untagged")


def runs_playbook_of(folder: Path, playbooks: Iterable[str]) -> bool:
    """Return whether ``playbooks`` contains a playbook of this collection.

    ``folder`` is the folder with the playbooks of the collection.
    """
    return any(name.startswith(f"{COLLECTION}.") or Path(name).resolve().parent == folder for name in playbooks)


def refusal(
    *, tags: Collection[str], skip_tags: Collection[str], start_at_task: str | None, limit: str, hosts: Sequence[str]
) -> str:
    """Return the reason why Ansible would skip tasks of a playbook, or an empty string.

    ``hosts`` contains the hosts of the play that match ``limit``.
    """
    if not _SELECTING & set(tags):
        return (
            f"--tags {','.join(tags)} selects no task, because the tasks of this playbook have no tags. Nothing would"
            " run. Run the playbook without these tags."
        )
    omitting = [tag for tag in _OMITTING if tag in skip_tags]
    if omitting:
        return (
            f"--skip-tags {','.join(omitting)} leaves out tasks that this playbook needs. Run the playbook without"
            " these tags."
        )
    if start_at_task:
        return (
            f"--start-at-task '{start_at_task}' leaves out tasks that this playbook needs. Run the playbook without"
            " this option."
        )
    if limit and not hosts:
        problem = f"--limit {limit} excludes all hosts of this playbook. Nothing would run."
        action = "Run the playbook without --limit, and use its inputs to name a cloud or a compute host."
        return f"{problem} {action}"
    return ""
