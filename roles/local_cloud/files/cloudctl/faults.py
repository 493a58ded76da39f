# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Insert faults for tests into programs of the local cloud, and remove faults.

When a program starts, Python imports ``faults/<program>/sitecustomize.py``. This file inserts the faults.
"""

from __future__ import annotations

import ast
import dataclasses
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CloudError
from .store import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .layout import Layout

SITECUSTOMIZE = Path(__file__).parent.parent / "faulting" / "sitecustomize.py"
# A fault for nova-compute is installed on every compute host.
EVERY_HOST = "nova-compute"
# The assignment in which a fault names the inputs of the role without which it has no effect.
NEEDS = "NEEDS"


@dataclasses.dataclass(frozen=True)
class Fault:
    """A fault that breaks a program of the local cloud on purpose, for a test."""

    name: str
    summary: str
    program_names: tuple[str, ...]
    # The usable values of the inputs that the fault needs. The keys are names of inputs without "local_cloud_".
    needs: Mapping[str, Sequence[str]]
    source: bytes

    @classmethod
    def read(cls, path: Path) -> Fault:
        """Read a fault for tests from its Python file, without running the file."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        summary = (ast.get_docstring(tree) or "").partition("\n")[0]
        assigned = _assignments(tree)
        if "PROGRAMS" not in assigned:
            msg = f"{path.name} assigns no PROGRAMS"
            raise ValueError(msg)
        return cls(path.stem, summary, assigned["PROGRAMS"], assigned.get(NEEDS, {}), path.read_bytes())

    def programs(self, hosts: Sequence[str]) -> set[str]:
        """Return the names of the programs in which the fault is installed."""
        named = set(self.program_names)
        if EVERY_HOST in named:
            named = named - {EVERY_HOST} | {f"nova-{host}" for host in hosts}
        return named


def require_inputs(faults: Sequence[Fault], values: Mapping[str, str]) -> None:
    """Raise CloudError if a fault has no effect in this cloud.

    ``values`` contains the value of each input that a fault can need. The keys are names of inputs without
    ``local_cloud_``.
    """
    for fault in faults:
        for name, usable in fault.needs.items():
            if values[name] not in usable:
                problem = f"The fault {fault.name} has no effect with local_cloud_{name}={values[name]}."
                choice = " or ".join(usable)
                msg = f"{problem} Remove the fault from local_cloud_faults, or set local_cloud_{name} to {choice}."
                raise CloudError(msg)


def _assignments(tree: ast.Module) -> dict[str, Any]:
    """Return the values of the constants that a fault needs before its start."""
    found = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and (name := ast.unparse(statement.targets[0])) in {"PROGRAMS", NEEDS}:
            found[name] = ast.literal_eval(statement.value)
    return found


def known_faults(folder: Path) -> dict[str, Fault]:
    """Return all faults by name."""
    return {path.stem: Fault.read(path) for path in sorted(folder.glob("*.py"))}


def select_faults(folder: Path, names: Sequence[str]) -> tuple[Fault, ...]:
    """Return the faults with these names. Raise CloudError if a name is unknown."""
    known = known_faults(folder)
    if unknown := sorted(set(names) - set(known)):
        listing = "\n".join(f"  {fault.name}: {fault.summary}" for fault in known.values())
        msg = f"Unknown fault in local_cloud_faults: {', '.join(unknown)}. The known faults are:\n{listing}"
        raise CloudError(msg)
    return tuple(known[name] for name in sorted(set(names)))


@dataclasses.dataclass(frozen=True)
class Faults:
    """The requested and the active faults of a local cloud. A fault breaks a program on purpose for a test."""

    layout: Layout
    requested: tuple[Fault, ...]
    hosts: tuple[str, ...]

    def warning_lines(self) -> list[str]:
        """Return a warning with the name and the summary of each requested fault."""
        if not self.requested:
            return []
        return [
            "BROKEN ON PURPOSE: this cloud has faults. A start without local_cloud_faults removes the faults.",
            *(f"  {fault.name}: {fault.summary}" for fault in self.requested),
        ]

    def changed_programs(self) -> set[str]:
        """Return the programs whose faults for tests must change."""
        requested, active = self._requested_files(), self._active_files()
        return {
            program for program in requested.keys() | active.keys() if requested.get(program) != active.get(program)
        }

    def apply(self) -> None:
        """Write the files of the requested faults. The caller must stop the changed programs first."""
        self._write_notice(self.active_names() | {fault.name for fault in self.requested})
        requested = self._requested_files()
        for program in sorted(self.changed_programs()):
            folder = self.layout.faults / program
            shutil.rmtree(folder, ignore_errors=True)  # also removes files that Python has compiled
            for name, content in requested.get(program, {}).items():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        self._write_notice(self.active_names())

    def active_names(self) -> set[str]:
        return {Path(name).stem for files in self._active_files().values() for name in files} - {SITECUSTOMIZE.stem}

    def _requested_files(self) -> dict[str, dict[str, bytes]]:
        files: dict[str, dict[str, bytes]] = {}
        for fault in self.requested:
            for program in fault.programs(self.hosts):
                files.setdefault(program, {SITECUSTOMIZE.name: SITECUSTOMIZE.read_bytes()})[f"{fault.name}.py"] = (
                    fault.source
                )
        return files

    def _active_files(self) -> dict[str, dict[str, bytes]]:
        if not self.layout.faults.exists():
            return {}
        return {
            folder.name: {path.name: path.read_bytes() for path in folder.glob("*.py")}
            for folder in self.layout.faults.iterdir()
            if folder.is_dir()
        }

    def _write_notice(self, names: set[str]) -> None:
        """Write the names of the inserted faults to a file, or delete the file if there are none."""
        if names:
            listing = "\n".join(sorted(names))
            text = f"This cloud is broken on purpose. The role local_cloud has inserted these faults:\n{listing}\n"
            write_private(self.layout.faults_notice, text)
        else:
            self.layout.faults_notice.unlink(missing_ok=True)
