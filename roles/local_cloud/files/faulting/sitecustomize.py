# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the faults that lie beside this file into the program that is starting.

Python imports ``sitecustomize`` before anything of a program runs, in spawned helpers, too, and
forked ones inherit what it did. It changes modules when they are imported; installed files stay
as they are. Where a fault does not fit it ends the program: one that runs without its fault
would prove the opposite of what was asked.
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

HERE = Path(__file__).parent
# by which gunicorn knows a worker that is not worth another try
EXIT_CODE = 3


def refuse(why: str) -> NoReturn:
    """End the program at once. Whatever was raised here, somebody above might swallow it and go on."""
    print(f"local_cloud_faults: {why}. The program ends here rather than run without its fault.", file=sys.stderr)
    sys.stderr.flush()
    os._exit(EXIT_CODE)


def load(folder: Path) -> dict[str, types.ModuleType]:
    """Each fault's file as a module, by the name of the fault."""
    faults = {}
    for path in sorted(folder.glob("*.py")):
        if path.name != Path(__file__).name:
            loader = importlib.machinery.SourceFileLoader(path.stem, str(path))
            spec = importlib.machinery.ModuleSpec(path.stem, loader, origin=str(path))
            faults[path.stem] = importlib.util.module_from_spec(spec)
            try:
                loader.exec_module(faults[path.stem])
            except Exception as error:  # noqa: BLE001 - a fault's file may raise anything, and none may be swallowed
                refuse(f"the fault {path.stem} cannot be read: {error!r}")
    return faults


def changed_source(source: str, module: str, faults: Mapping[str, types.ModuleType]) -> str:
    """The module's source with OLD replaced by NEW, once for each fault."""
    for name, fault in faults.items():
        if hasattr(fault, "OLD"):
            count = source.count(fault.OLD)
            if count != 1:
                refuse(f"the fault {name} does not fit: the text that it replaces occurs {count} times in {module}")
            source = source.replace(fault.OLD, fault.NEW)
    return source


class FaultingLoader(importlib.abc.Loader):
    """Loads a module from its source, never from compiled code, with its faults."""

    def __init__(self, loader: importlib.machinery.SourceFileLoader, faults: Mapping[str, types.ModuleType]) -> None:
        """``loader`` is the one that would have loaded it."""
        self._loader = loader
        self._faults = faults

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """As the loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the changed source, then what the faults do to the module."""
        name = module.__name__
        source = self._loader.get_source(name) or ""
        code = self._loader.source_to_code(changed_source(source, name, self._faults), self._loader.path)
        exec(code, module.__dict__)  # noqa: S102 - this is how every loader runs a module
        for fault_name, fault in self._faults.items():
            if hasattr(fault, "put_into"):
                try:
                    fault.put_into(module)
                except Exception as error:  # noqa: BLE001 - a fault may raise anything, and none may be swallowed
                    refuse(f"the fault {fault_name} does not fit into {name}: {error!r}")


class FaultingFinder(importlib.abc.MetaPathFinder):
    """Finds the modules that faults change; all others it leaves to those that come after it."""

    def __init__(self, faults: Mapping[str, types.ModuleType]) -> None:
        """``faults`` is what ``load`` returns."""
        self._faults = faults

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Where the module is, with our loader around its own."""
        faults = {name: fault for name, fault in self._faults.items() if fullname == fault.MODULE}
        if not faults:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None:
            return None
        if not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            refuse(f"{fullname}, which {' and '.join(faults)} would change, is not loaded from source")
        spec.loader = FaultingLoader(spec.loader, faults)
        return spec


def main() -> None:
    """Say loudly which faults are in, and see to it that they are."""
    faults = load(HERE)
    for name, fault in faults.items():
        says = (fault.__doc__ or "").partition("\n")[0]
        print(f"##### BROKEN ON PURPOSE (local_cloud_faults): {name}: {says} #####", file=sys.stderr, flush=True)
    sys.meta_path.insert(0, FaultingFinder(faults))


if __name__ == "sitecustomize":
    main()
