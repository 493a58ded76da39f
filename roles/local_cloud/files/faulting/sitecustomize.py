# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Insert a fault for tests into an OpenStack program when the program starts.

Python imports the module sitecustomize at the start of each program.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import types
    from collections.abc import Mapping, Sequence

FAULT_FOLDER = Path(__file__).parent
# gunicorn does not restart a worker that ends with this exit code.
EXIT_CODE = 3


def exit_with_error(why: str) -> NoReturn:
    """End the program at once, so that the calling code cannot catch an exception."""
    print(f"local_cloud_faults: {why}. The program ends, because it must not run without its fault.", file=sys.stderr)
    sys.stderr.flush()
    os._exit(EXIT_CODE)


def load_faults(folder: Path) -> dict[str, types.ModuleType]:
    """Import the fault modules of a folder, and return them by name."""
    faults = {}
    for path in sorted(folder.glob("*.py")):
        if path.name != Path(__file__).name:
            loader = importlib.machinery.SourceFileLoader(path.stem, str(path))
            spec = importlib.machinery.ModuleSpec(path.stem, loader, origin=str(path))
            faults[path.stem] = importlib.util.module_from_spec(spec)
            try:
                loader.exec_module(faults[path.stem])
            except Exception as error:  # noqa: BLE001 - the file of a fault may raise any exception
                exit_with_error(f"the fault {path.stem} cannot be read: {error!r}")
    return faults


def changed_source(source: str, module: str, faults: Mapping[str, types.ModuleType]) -> str:
    """Return the source code of a Python module after the active faults have changed it.

    Each fault replaces the text OLD with the text NEW.
    """
    for name, fault in faults.items():
        if hasattr(fault, "OLD"):
            count = source.count(fault.OLD)
            if count != 1:
                exit_with_error(
                    f"the fault {name} does not fit: the text that it replaces occurs {count} times in {module}"
                )
            source = source.replace(fault.OLD, fault.NEW)
    return source


class FaultingLoader(importlib.abc.Loader):
    """A loader of Python modules that changes the source code as the faults for tests require."""

    def __init__(self, loader: importlib.machinery.SourceFileLoader, faults: Mapping[str, types.ModuleType]) -> None:
        self._loader = loader
        self._faults = faults

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module with the source changes of all faults, and then call each ``patch_module``."""
        name = module.__name__
        source = self._loader.get_source(name) or ""
        code = self._loader.source_to_code(changed_source(source, name, self._faults), self._loader.path)
        exec(code, module.__dict__)  # noqa: S102 - this is how every loader runs a module
        for fault_name, fault in self._faults.items():
            if hasattr(fault, "patch_module"):
                try:
                    fault.patch_module(module)
                except Exception as error:  # noqa: BLE001 - a fault may raise any exception
                    exit_with_error(f"the fault {fault_name} does not fit into {name}: {error!r}")


class FaultingFinder(importlib.abc.MetaPathFinder):
    """Finds the Python modules that an active fault changes."""

    def __init__(self, faults: Mapping[str, types.ModuleType]) -> None:
        self._faults = faults

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        faults = {name: fault for name, fault in self._faults.items() if fullname == fault.MODULE}
        if not faults:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None:
            return None
        if not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            exit_with_error(
                f"the module {fullname} cannot be changed, because it has no source file: {', '.join(faults)}"
            )
        spec.loader = FaultingLoader(spec.loader, faults)
        return spec


def run_hidden_module() -> None:
    """Run the next module ``sitecustomize`` in the path, which this file hides."""
    folders = [folder for folder in sys.path if Path(folder) != FAULT_FOLDER]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", folders)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def main() -> None:
    """Print the active faults, and install the finder that inserts the faults into Python modules."""
    faults = load_faults(FAULT_FOLDER)
    for name, fault in faults.items():
        summary = (fault.__doc__ or "").partition("\n")[0]
        print(f"##### BROKEN ON PURPOSE (local_cloud_faults): {name}: {summary} #####", file=sys.stderr, flush=True)
    sys.meta_path.insert(0, FaultingFinder(faults))
    run_hidden_module()


if __name__ == "sitecustomize":
    main()
