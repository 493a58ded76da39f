# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the Python interpreter for the virtual environment of a release."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

# The Python of the distribution is preferred, because its services start faster.
DISTRIBUTION_PYTHON = Path("/usr/bin/python3")
# This package installs the distribution's Python, with the modules that create virtual environments.
DISTRIBUTION_PACKAGE = "python3-venv"
# pyenv and uv install Pythons in these folders. The variables contain the folders if the user has changed them.
MANAGED = (("PYENV_ROOT", "~/.pyenv", "versions"), ("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python", ""))
NEWEST_TRIED_MINOR = 20


@dataclasses.dataclass(frozen=True)
class Range:
    """The Python versions that a release supports, as minor numbers. The limits belong to the range."""

    release: str
    oldest: int
    newest: int

    @classmethod
    def of(cls, release: Mapping[str, Any]) -> Range:
        """Return the range of a release. ``release`` contains the variables of the release."""
        newest = release["python"]["newest"]
        return cls(release["name"], _minor(release["python"]["oldest"]), _minor(newest) if newest else sys.maxsize)

    def __contains__(self, minor: int) -> bool:
        return self.oldest <= minor <= self.newest

    def __str__(self) -> str:
        if self.newest == sys.maxsize:
            return f"Python 3.{self.oldest} or newer"
        if self.newest == self.oldest:
            return f"Python 3.{self.oldest}"
        return f"Python 3.{self.oldest} to 3.{self.newest}"


def _minor(version: str) -> int:
    return int(version.removeprefix("3."))


def choose(wanted: str, supported: Range, missing_packages: Collection[str] = ()) -> str:
    """Return the Python interpreter for the virtual environment of a release.

    ``wanted`` is the interpreter that the user requires, or empty. The role installs the ``missing_packages`` later.
    Raise CloudError if no interpreter is suitable.
    """
    if wanted:
        minor = version_of(wanted)
        if minor is not None and minor not in supported:
            msg = (
                f"local_cloud_python={wanted} is Python 3.{minor}, but OpenStack {supported.release} needs "
                f"{supported}. {_advice(supported)}"
            )
            raise CloudError(msg)
        return wanted
    if DISTRIBUTION_PACKAGE in missing_packages and _can_become_suitable(DISTRIBUTION_PYTHON, supported):
        return str(DISTRIBUTION_PYTHON)
    for candidate in candidates(supported):
        if can_make_environments(candidate, supported):
            return str(candidate)
    msg = f"OpenStack {supported.release} needs {supported}, and no such Python was found. {_advice(supported)}"
    raise CloudError(msg)


def is_suitable(python: str, supported: Range) -> bool:
    """Return whether an interpreter is given and has a supported version. An unknown version counts as supported."""
    minor = version_of(python) if python else None
    return bool(python) and (minor is None or minor in supported)


def _can_become_suitable(python: Path, supported: Range) -> bool:
    """Return whether the interpreter can be suitable after the installation of its packages.

    An interpreter that is not installed yet can have any version.
    """
    return not python.exists() or _minor_of(python) in supported


def _advice(supported: Range) -> str:
    version = f"3.{supported.oldest}"
    return (
        f"Nothing was changed. Install one, for example with `uv python install {version}` or "
        f"`pyenv install {version}`, or set local_cloud_python to the path of one, or choose another "
        f"local_cloud_release."
    )


def candidates(supported: Range) -> Iterator[Path]:
    """Return the Pythons of this machine that can be suitable, in the order of preference."""
    yield DISTRIBUTION_PYTHON
    yield Path(sys.executable)
    minors = range(supported.oldest, min(supported.newest, NEWEST_TRIED_MINOR) + 1)
    for minor in minors:
        if found := shutil.which(f"python3.{minor}"):
            yield Path(found)
    for minor in minors:
        for folder in managed_folders():
            yield from sorted(folder.glob(f"*3.{minor}.*/bin/python3.{minor}"))


def managed_folders() -> Iterable[Path]:
    """Return the folders in which pyenv and uv install Pythons."""
    return [Path(os.environ.get(name) or default).expanduser() / below for name, default, below in MANAGED]


def can_make_environments(python: Path, supported: Range) -> bool:
    """Return whether the interpreter is suitable, and whether its installation contains the module ensurepip."""
    program = python.resolve()
    has_ensurepip = (program.parent.parent / "lib" / program.name / "ensurepip").is_dir()
    return _minor_of(python) in supported and has_ensurepip


def _minor_of(python: Path) -> int:
    """Return the minor version from the path of the interpreter, for example 11 for a link to /usr/bin/python3.11.

    The interpreter is not run. Return -1 if the path contains no version.
    """
    version = re.fullmatch(r"python3\.(\d+)", python.resolve().name)
    return int(version[1]) if version else -1


def version_of(python: str) -> int | None:
    """Return the minor version of Python 3. Return None if the interpreter cannot be run."""
    script = "import sys; print(sys.version_info[1])"
    try:
        probe = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    except OSError:
        return None
    text = probe.stdout.strip()
    return int(text) if text.isdigit() else None
