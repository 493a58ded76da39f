# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let services of the local cloud run source trees with the packages of the release."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CloudError
from .install import copy_if_changed
from .source_trees import DISTRIBUTIONS
from .store import write_private

if TYPE_CHECKING:
    from .settings import Settings
    from .source_trees import SourceTree

SITECUSTOMIZE = Path(__file__).parent.parent / "source_tree" / "sitecustomize.py"
REQUIREMENTS_SCRIPT = Path(__file__).parent / "venv_scripts" / "requirements.py"
# An older Python returns an entry point twice if two folders contain metadata of the same distribution.
FIRST_PYTHON = (3, 10)


def require_trees(settings: Settings) -> None:
    """Raise CloudError if a path of local_cloud_sources cannot be used."""
    for tree in settings.sources:
        tree.require()
        if tree.service not in settings.wsgi:
            msg = (
                f"local_cloud_sources: the cloud does not run {tree.service}. Remove {tree.service} from "
                f"local_cloud_sources, or choose other inputs for the cloud, such as local_cloud_volumes."
            )
            raise CloudError(msg)


def require_requirements(settings: Settings) -> None:
    """Raise CloudError if a source tree needs other packages than those of the release."""
    for tree in settings.sources:
        if problems := _unmet(settings.environment.interpreter, tree.path, tuple(tree.requirements)):
            release = settings.release["name"]
            problem = f"{tree.service} in {tree.path} cannot run with the packages of OpenStack {release}"
            msg = (
                f"local_cloud_sources: {problem}. Its requirements.txt needs {', '.join(problems)}. Choose the "
                f"local_cloud_release to which the source tree belongs, or another commit."
            )
            raise CloudError(msg)


@functools.cache
def _unmet(python: Path, tree: Path, requirements: tuple[str, ...]) -> tuple[str, ...]:
    """Return the requirements that the packages of an environment do not meet. A command checks a tree only once."""
    command = [str(python), str(REQUIREMENTS_SCRIPT)]
    done = subprocess.run(command, input=json.dumps(requirements), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"The requirements of {tree} cannot be checked: {done.stderr.strip()[-300:]}"
        raise CloudError(msg)
    return tuple(json.loads(done.stdout))


def install_sources(settings: Settings) -> None:
    """Write the folders that programs find in PYTHONPATH before the source trees."""
    require_requirements(settings)
    for tree in settings.sources:
        (packages,) = settings.environment.path.glob("lib/python*/site-packages")
        folder = settings.layout.source_folder(tree.service)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy_if_changed(SITECUSTOMIZE, folder)
        _write_metadata(tree, folder, packages)


def _write_metadata(tree: SourceTree, folder: Path, packages: Path) -> None:
    """Write the entry points of the tree, and the metadata of the installed distribution with its version.

    The version is that of the release, because pbr cannot read the version of a checkout without git.
    """
    for old in folder.glob("*.dist-info"):
        shutil.rmtree(old)
    if not tree.entry_points or _python_version(packages) < FIRST_PYTHON:
        return
    name = DISTRIBUTIONS[tree.service].replace("-", "_")
    (installed,) = packages.glob(f"{name}-*.dist-info")
    metadata = folder / installed.name
    metadata.mkdir(mode=0o700)
    write_private(metadata / "METADATA", (installed / "METADATA").read_text(encoding="utf-8"))
    write_private(metadata / "entry_points.txt", tree.entry_points)


def _python_version(packages: Path) -> tuple[int, ...]:
    """Return the version in a path such as ``lib/python3.11/site-packages``."""
    found = re.fullmatch(r"python(\d+)\.(\d+)", packages.parent.name)
    return tuple(int(part) for part in found.groups()) if found else FIRST_PYTHON
