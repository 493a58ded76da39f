# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual environments with the services of OpenStack.

All clouds and hosts of a release share an environment. An environment contains only the packages of its lock files, so
it does not depend on a cloud. Its programs find the drivers of this role through PYTHONPATH.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CancelledError
from .store import LOCK_POLL_SECONDS, digest, try_lock

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

# These empty files show which lock files are completely installed.
SERVICES_MARKER = "services-complete"
VOLUMES_MARKER = "volumes-complete"


@dataclasses.dataclass(frozen=True)
class Environment:
    """A virtual environment with the services of one OpenStack release.

    ``folder`` contains the environments of all releases, and ``lock_files`` is the folder with the lock files of the
    release. ``python`` is the interpreter that creates the environment.
    """

    release: str
    python: str
    lock_files: Path
    folder: Path

    @property
    def lock_file(self) -> Path:
        """The lock file of all services except Cinder."""
        return self.lock_files / "requirements.txt"

    @property
    def volumes_lock_file(self) -> Path:
        """The lock file of Cinder. Some releases have no such file."""
        return self.lock_files / "volumes.txt"

    @functools.cached_property
    def key(self) -> str:
        """A hash of the lock files and of the interpreter."""
        volumes = self.volumes_lock_file.read_bytes() if self.volumes_lock_file.exists() else b""
        return digest(self.lock_file.read_bytes(), volumes, str(Path(self.python).resolve()).encode())

    @property
    def path(self) -> Path:
        """The folder of the environment."""
        return self.folder / f"{self.release}-{self.key}"

    @property
    def interpreter(self) -> Path:
        """The Python of the environment."""
        return self.path / "bin" / "python"

    def is_complete(self, *, volumes: bool) -> bool:
        """Return whether all packages are installed. With ``volumes``, this includes the packages of Cinder."""
        markers = (SERVICES_MARKER, *([VOLUMES_MARKER] if volumes else []))
        return all((self.path / marker).exists() for marker in markers)

    @contextlib.contextmanager
    def locked(self, on_wait: Callable[[], None], cancelled: threading.Event) -> Iterator[None]:
        """Hold the lock of the environment, so that only one command installs packages into it.

        If another command holds the lock, call ``on_wait`` once and wait. Raise CancelledError if ``cancelled`` is set
        during the wait.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / f"{self.path.name}.lock").open("a", encoding="utf-8") as lock:
            waited = False
            while not try_lock(lock):
                if not waited:
                    on_wait()
                    waited = True
                if cancelled.wait(LOCK_POLL_SECONDS):
                    msg = "Interrupted while waiting for another command that installs the same packages."
                    raise CancelledError(msg)
            yield
