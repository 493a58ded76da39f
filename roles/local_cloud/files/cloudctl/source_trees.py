# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source trees, such as a git checkout of Nova, that services of the local cloud run instead of their packages.

The programs of the service find the tree before the package of the release, because the tree is in PYTHONPATH. All
other packages are those of the release.
"""

from __future__ import annotations

import configparser
import dataclasses
import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CloudError
from .store import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The Python distribution of each service. The package in its source tree has the name of the service.
DISTRIBUTIONS = {
    "keystone": "keystone",
    "glance": "glance",
    "placement": "openstack-placement",
    "nova": "nova",
    "neutron": "neutron",
    "cinder": "cinder",
}
# PYTHONPATH and the configuration of supervisord cannot contain these characters in a path.
FORBIDDEN = ':"\n'
# Files in folders with these names have no effect on a service.
IGNORED_FOLDERS = frozenset({"__pycache__", "tests", "locale"})
# Folders with these names contain the steps that upgrade the tables of a service.
SCHEMA_FOLDERS = ("alembic", "migration")


@dataclasses.dataclass(frozen=True)
class SourceTree:
    """The source tree of a service. A command reads the files of the tree only once."""

    service: str
    path: Path

    @property
    def package(self) -> Path:
        """The Python package of the service."""
        return self.path / self.service

    def require(self) -> None:
        """Raise CloudError if the path is no source tree of the service."""
        if problem := self._problem():
            where = f"local_cloud_sources: {self.path} is no source tree of {self.service}"
            msg = f"{where}, because {problem}. Set {self.service} to the top folder of a checkout of {self.service}."
            raise CloudError(msg)

    def _problem(self) -> str:
        if any(character in str(self.path) for character in FORBIDDEN):
            return "its path contains a colon, a quotation mark or a line break"
        if not self.path.is_dir():
            return "there is no such folder"
        if not (self.package / "__init__.py").is_file():
            return f"it has no file {self.service}/__init__.py"
        name = self._project_name
        if name != DISTRIBUTIONS[self.service]:
            return f"its pyproject.toml or setup.cfg has the name {name!r}" if name else "it has no name of a project"
        return ""

    @functools.cached_property
    def _pyproject(self) -> dict[str, Any]:
        file = self.path / "pyproject.toml"
        try:
            found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        except FileNotFoundError:
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            msg = f"local_cloud_sources: {file} cannot be read: {error}. Correct the file."
            raise CloudError(msg) from error
        return found

    @functools.cached_property
    def _setup_cfg(self) -> configparser.RawConfigParser:
        parser = configparser.RawConfigParser()
        file = self.path / "setup.cfg"
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            msg = f"local_cloud_sources: {file} cannot be read: {error}. Correct the file."
            raise CloudError(msg) from error
        return parser

    @property
    def _project_name(self) -> str:
        return str(self._pyproject.get("name") or self._setup_cfg.get("metadata", "name", fallback=""))

    @property
    def entry_points(self) -> str:
        """The entry points of the tree in the form of a file ``entry_points.txt``. Empty if the tree declares none."""
        groups: dict[str, Mapping[str, str]] = dict(self._pyproject.get("entry-points", {}))
        if scripts := self._pyproject.get("scripts"):
            groups["console_scripts"] = scripts
        for section in ("entry_points", "options.entry_points"):
            if self._setup_cfg.has_section(section):
                groups |= {group: _assignments(text) for group, text in self._setup_cfg.items(section)}
        return "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in found.items()) + "\n"
            for group, found in groups.items()
        )

    @property
    def requirements(self) -> list[str]:
        """The lines of ``requirements.txt`` without comments."""
        file = self.path / "requirements.txt"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [text for line in lines if (text := line.partition("#")[0].strip())]

    def paste_file(self, name: str) -> Path | None:
        """Return the path of a file that the package installs in ``etc``, for example ``nova/api-paste.ini``.

        Return None if the tree does not contain the file.
        """
        places = (self.path / "etc" / name, self.path / "etc" / Path(name).name)
        return next((place for place in places if place.is_file()), None)

    @functools.cached_property
    def files(self) -> dict[str, str]:
        """A hash of each file of the package that has an effect. The keys are paths below the tree."""
        found = {
            path.relative_to(self.path).as_posix(): digest(content)
            for path in _files_below(self.package)
            if (content := _content(path)) is not None
        }
        if entry_points := self.entry_points:
            found["entry_points.txt"] = digest(entry_points.encode())
        return found

    @property
    def hash(self) -> str:
        """A hash of all files that have an effect."""
        return digest(repr(sorted(self.files.items())).encode())

    @property
    def schema_hash(self) -> str:
        """A hash of the files that upgrade the tables of the service."""
        return digest(repr(sorted(item for item in self.files.items() if is_schema(item[0]))).encode())


def is_schema(path: str) -> bool:
    """Return whether a file of a source tree belongs to the steps that upgrade the tables of a service."""
    return any(part.startswith(SCHEMA_FOLDERS) for part in path.split("/")[:-1])


def _files_below(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            if entry.name not in IGNORED_FOLDERS:
                yield from _files_below(entry)
        elif entry.suffix != ".pyc":
            yield entry


def _content(path: Path) -> bytes | None:
    """Return the content of a file, or None if an editor or git has just removed the file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _assignments(text: str) -> dict[str, str]:
    """Return the entry points of a group in ``setup.cfg``."""
    pairs = (line.partition("#")[0].partition("=") for line in text.splitlines())
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
