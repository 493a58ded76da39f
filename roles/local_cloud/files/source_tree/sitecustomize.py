# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record the modules that a program of the local cloud imports from a source tree.

Python imports this file at the start of each program. cloudctl restarts a program if one of its modules has changed.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import types
    from collections.abc import Sequence

# The file for the record, the folder of the source tree, and the name of its package.
RECORD = "STACKPROOF_IMPORTS"
TREE = "STACKPROOF_SOURCE"
PACKAGE = "STACKPROOF_PACKAGE"


class Recorder(importlib.abc.MetaPathFinder):
    """Records the path of each module, and leaves the import to the other finders."""

    def __init__(self, record: str, tree: str, package: str) -> None:
        self._record = record
        self._tree = tree + os.sep
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] == self._package:
            spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
            if spec is not None and spec.origin and spec.origin.startswith(self._tree):
                self._add(spec.origin)
        return None

    def _add(self, origin: str) -> None:
        # Open the file for each module, because some programs close all files when they become a daemon.
        with contextlib.suppress(OSError), Path(self._record).open("a", encoding="utf-8") as record:
            record.write(f"{origin}\n")


if __name__ == "sitecustomize" and RECORD in os.environ:
    sys.meta_path.insert(0, Recorder(os.environ[RECORD], os.environ[TREE], os.environ[PACKAGE]))
