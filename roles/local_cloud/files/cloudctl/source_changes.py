# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the programs that a change of a source tree affects.

Each program records the modules of the tree that it imports (``files/source_tree/sitecustomize.py``). So a change of
nova-scheduler's code restarts only nova-scheduler, and a change of a module that all programs of Nova import restarts
all of them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from .source_trees import is_schema
from .store import write_private

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from .settings import Settings
    from .source_trees import SourceTree

PACKAGE_FILE = "__init__.py"
CODE = ".py"


def changed_files(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Return the files that were changed or removed, and the files that were added.

    The arguments are hashes by path. Files that only upgrade tables are left out, because no running program uses them.
    """
    changed = {path for path, found in before.items() if now.get(path) != found and not is_schema(path)}
    added = {path for path in now.keys() - before.keys() if not is_schema(path)}
    return changed, added


def affects(changed: Collection[str], added: Iterable[str], imported: Collection[str]) -> bool:
    """Return whether changes affect a program that has imported these files.

    A new file affects a program that has imported another file of the same folder, because the program may import the
    new file, or read the folder. The same is true for a new folder. A file without Python code affects each program. A
    program that has recorded no file is affected by each change.
    """
    everything = {*changed, *added}
    if not everything:
        return False
    if not imported or any(not path.endswith(CODE) for path in everything):
        return True
    folders = {PurePosixPath(path).parent for path in imported}
    return any(path in imported for path in changed) or any(
        folder in folders for path in added for folder in _folders_of_new(PurePosixPath(path))
    )


def _folders_of_new(path: PurePosixPath) -> list[PurePosixPath]:
    """Return the folders whose content a new file changes."""
    return [path.parent, *([path.parent.parent] if path.name == PACKAGE_FILE else [])]


def affected_programs(settings: Settings) -> set[str]:
    """Return the programs that run with files of a source tree that have changed since their start."""
    return {
        program
        for tree in settings.sources
        for changed, added in [changed_files(_read_snapshot(settings, tree), tree.files)]
        for program in settings.programs
        if settings.source_tree(program) == tree
        if affects(changed, added, imported_files(settings, tree, program))
    }


def imported_files(settings: Settings, tree: SourceTree, program: str) -> set[str]:
    """Return the files of a source tree that a program has imported, as paths below the tree."""
    record = settings.layout.imports_of(program)
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    return {Path(line).relative_to(tree.path).as_posix() for line in lines if Path(line).is_relative_to(tree.path)}


def forget_imports(settings: Settings, programs: Iterable[str]) -> None:
    """Remove the records of stopped programs."""
    for program in programs:
        settings.layout.imports_of(program).unlink(missing_ok=True)


def store_snapshots(settings: Settings) -> None:
    """Store the files of all source trees, for the next call of ``affected_programs``.

    Programs that start after this call import these files, or newer ones. In the second case the next start of the
    cloud restarts the programs.
    """
    layout = settings.layout
    layout.imports.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in layout.sources.glob("*"):
        if folder.name not in {tree.service for tree in settings.sources}:
            shutil.rmtree(folder)  # the service runs its package again
    for tree in settings.sources:
        write_private(layout.snapshot_of(tree.service), json.dumps(tree.files, indent=1, sort_keys=True))


def _read_snapshot(settings: Settings, tree: SourceTree) -> dict[str, str]:
    path = settings.layout.snapshot_of(tree.service)
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
