# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named faults: list the faults, insert faults into programs of the cloud, and remove faults.

Each program has the folder ``faults/<program>`` on its PYTHONPATH. The folder exists only while the program has faults.
It contains a file for each fault, and the file ``sitecustomize.py``. Python imports ``sitecustomize.py`` before the
program, and ``sitecustomize.py`` inserts the faults.

The faults of a program change only while the program is stopped. Therefore the folders show the faults of the running
programs, even after an interruption. The state file does not record the faults.
"""

from __future__ import annotations

import ast
import dataclasses
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CloudError
from .store import write_private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .layout import Layout

OVERLAY = Path(__file__).parent.parent / "faulting" / "sitecustomize.py"
# In the variable PROGRAMS of a fault, this name stands for the nova-compute of every host.
EVERY_HOST = "nova-compute"
# The names of the drivers in this role begin with this prefix. The name of the hypervisor follows, for example "fake".
OUR_DRIVERS = "nova.virt.stackproof_"


@dataclasses.dataclass(frozen=True)
class Fault:
    """The content of the file of a fault."""

    name: str
    says: str
    concerns: tuple[str, ...]
    module: str
    source: bytes

    @classmethod
    def read(cls, path: Path) -> Fault:
        """Read the file of a fault without executing it. Only the program that has the fault executes the file."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        says = (ast.get_docstring(tree) or "").partition("\n")[0]
        concerns, module = (ast.literal_eval(_assigned(tree, name)) for name in ("PROGRAMS", "MODULE"))
        return cls(path.stem, says, concerns, module, path.read_bytes())

    def programs(self, hosts: Sequence[str]) -> set[str]:
        """Return the names of the programs that the fault changes. ``hosts`` are the compute hosts of the cloud."""
        named = set(self.concerns)
        if EVERY_HOST in named:
            named = named - {EVERY_HOST} | {f"nova-{host}" for host in hosts}
        return named


def _assigned(tree: ast.Module, name: str) -> ast.expr:
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == [name]:
            return statement.value
    msg = f"assigns no {name}"
    raise ValueError(msg)


def known_faults(folder: Path) -> dict[str, Fault]:
    """Return all faults, by the name of the fault."""
    return {path.stem: Fault.read(path) for path in sorted(folder.glob("*.py"))}


def choose(folder: Path, names: Sequence[str]) -> tuple[Fault, ...]:
    """Return the faults with these names, sorted.

    If a name is unknown, raise CloudError. The message lists all faults.
    """
    known = known_faults(folder)
    if unknown := sorted(set(names) - set(known)):
        listing = "\n".join(f"  {fault.name}: {fault.says}" for fault in known.values())
        msg = f"There is no fault {' or '.join(unknown)} (local_cloud_faults). The known faults are:\n{listing}"
        raise CloudError(msg)
    return tuple(known[name] for name in sorted(set(names)))


def require_drivers(faults: Sequence[Fault], drivers: Path) -> None:
    """Raise CloudError if a fault changes the driver of a hypervisor that this cloud does not use."""
    for fault in faults:
        driver = fault.module.removeprefix(OUR_DRIVERS)
        if driver != fault.module and not (drivers / f"{OUR_DRIVERS.rpartition('.')[2]}{driver}.py").exists():
            msg = (
                f"The fault {fault.name} requires compute hosts of the kind {driver}, which this cloud does not have. "
                f"Set local_cloud_hypervisor={driver}, or remove the fault from local_cloud_faults."
            )
            raise CloudError(msg)


@dataclasses.dataclass(frozen=True)
class Faults:
    """The requested faults of a cloud (``wanted``), and the faults that are present in its folder."""

    layout: Layout
    wanted: tuple[Fault, ...]
    hosts: tuple[str, ...]

    def in_words(self) -> list[str]:
        """Return the lines that warn the user about the requested faults. Return no lines if there are none."""
        if not self.wanted:
            return []
        return [
            "BROKEN ON PURPOSE: this cloud has faults. A start without local_cloud_faults removes them.",
            *(f"  {fault.name}: {fault.says}" for fault in self.wanted),
        ]

    def changing(self) -> set[str]:
        """Return the programs whose present faults differ from the requested faults."""
        wanted, there = self._wanted_files(), self._files_there()
        return {program for program in wanted.keys() | there.keys() if wanted.get(program) != there.get(program)}

    def exchange(self) -> None:
        """Replace the present faults by the requested faults.

        The programs whose faults change must be stopped.
        """
        self._tell_people(self.names_there() | {fault.name for fault in self.wanted})
        wanted = self._wanted_files()
        for program in sorted(self.changing()):
            folder = self.layout.faults / program
            shutil.rmtree(folder, ignore_errors=True)  # also removes files that Python has compiled
            for name, content in wanted.get(program, {}).items():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        self._tell_people(self.names_there())

    def names_there(self) -> set[str]:
        """Return the names of the active faults."""
        return {Path(name).stem for files in self._files_there().values() for name in files} - {OVERLAY.stem}

    def _wanted_files(self) -> dict[str, dict[str, bytes]]:
        files: dict[str, dict[str, bytes]] = {}
        for fault in self.wanted:
            for program in fault.programs(self.hosts):
                files.setdefault(program, {OVERLAY.name: OVERLAY.read_bytes()})[f"{fault.name}.py"] = fault.source
        return files

    def _files_there(self) -> dict[str, dict[str, bytes]]:
        if not self.layout.faults.exists():
            return {}
        return {
            folder.name: {path.name: path.read_bytes() for path in folder.glob("*.py")}
            for folder in self.layout.faults.iterdir()
            if folder.is_dir()
        }

    def _tell_people(self, names: set[str]) -> None:
        """Write the file FAULTS, which lists the active faults. Delete the file if no fault is active."""
        if names:
            listing = "\n".join(sorted(names))
            text = f"This cloud is broken on purpose. The role local_cloud has inserted these faults:\n{listing}\n"
            write_private(self.layout.faults_notice, text)
        else:
            self.layout.faults_notice.unlink(missing_ok=True)
