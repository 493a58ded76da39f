# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin util is PRIVATE and should only be used by this collection's plugins.

"""Create and write the folder and the files of a report."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import tempfile
from importlib import metadata
from pathlib import Path

import yaml
from ansible.release import __version__ as ansible_version

COLLECTION = Path(__file__).parents[3]
LATEST = "latest"


def collection_version() -> str:
    """Return the version of the collection from MANIFEST.json, or from galaxy.yml in a clone."""
    manifest = COLLECTION / "MANIFEST.json"
    if manifest.exists():
        return str(json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])
    return str(yaml.safe_load((COLLECTION / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def client_versions() -> dict[str, str]:
    """Return the versions of the programs on the controller, by name."""
    found = {"ansible-core": ansible_version, "Python": platform.python_version()}
    for library in ("openstacksdk", "keystoneauth1"):
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            found[library] = "not installed for the Python of Ansible"
    return found


def local_cloud_faults() -> list[str]:
    """Return the names of the faults for tests that a local cloud supports."""
    return sorted(path.stem for path in (COLLECTION / "roles/local_cloud/files/faults").glob("*.py"))


def prepare_folder(directory: Path) -> None:
    """Create the folder. Raise OSError if the folder is not writable."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=directory):
        pass


def check_writable(directory: Path) -> None:
    """Raise OSError if the folder is not writable."""
    missing = [path for path in (directory, *directory.parents) if not os.path.lexists(path)]
    try:
        prepare_folder(directory)
    finally:
        # Delete the new folders again, even if the run is interrupted.
        for path in missing:
            with contextlib.suppress(OSError):
                path.rmdir()


def require_writable(directory: Path) -> None:
    """Raise OSError if the folder is not writable. Do not create the folder."""
    # If the folder does not exist, check the nearest parent folder that exists.
    there = next(path for path in (directory, *directory.parents) if os.path.lexists(path))
    if not os.path.isdir(there):  # noqa: PTH112  # Path.is_dir raises for a path inside an unreadable folder
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(there, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def write_file(directory: Path, name: str, text: str) -> Path:
    """Write the file in one step, so that a reader never gets an incomplete file.

    ``name`` can be in a folder inside the directory, which the function creates.
    """
    path = directory / name
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path


def update_latest_link(directory: Path) -> str | None:
    """Set the symbolic link ``latest`` in the parent folder to this folder.

    Return a warning if a file or folder has the name ``latest``.
    """
    link = directory.parent / LATEST
    if link.exists() and not link.is_symlink():
        return f"{link} is not a symbolic link and was not changed. Rename this file or folder."
    # Each process uses its own temporary name, because several runs may end at the same time.
    temporary = directory.parent / f".{LATEST}.{directory.name}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(directory.name)
    temporary.replace(link)
    return None
