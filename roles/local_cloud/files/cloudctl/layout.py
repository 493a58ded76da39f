# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in the folder of the cloud. Only this module builds these paths."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .errors import CloudError

if TYPE_CHECKING:
    from pathlib import Path

# The kernel allows 108 bytes for the path of a socket (sun_path). MariaDB and supervisord also create sockets with
# longer, temporary names.
SOCKET_PATH_LIMIT = 90
MARKER = ".stackproof-local-cloud"


@dataclasses.dataclass(frozen=True)
class Layout:
    """The folders and files of one local cloud."""

    top: Path

    @property
    def marker(self) -> Path:
        """An empty file that marks a folder of this role. The state ``absent`` removes only a folder with this file."""
        return self.top / MARKER

    @property
    def venv(self) -> Path:
        """The virtual environment that contains the OpenStack services."""
        return self.top / "venv"

    @property
    def python(self) -> Path:
        """The Python interpreter that runs the OpenStack services."""
        return self.venv / "bin" / "python"

    @property
    def etc(self) -> Path:
        """The configuration. Each service has its own folder."""
        return self.top / "etc"

    @property
    def log(self) -> Path:
        """The logs. Each program has its own file."""
        return self.top / "log"

    @property
    def run(self) -> Path:
        """The sockets and the files with process ids. The folder is empty while the cloud is stopped."""
        return self.top / "run"

    @property
    def lib(self) -> Path:
        """The data of the services: databases, queues, images, and the guests of hypervisors."""
        return self.top / "lib"

    @property
    def state(self) -> Path:
        """A file that records the finished steps and the inputs of each step."""
        return self.top / "state.json"

    @property
    def secrets(self) -> Path:
        """The file with the random passwords."""
        return self.top / "secrets.json"

    @property
    def lock(self) -> Path:
        """The lock file. A command locks it before the command changes this cloud."""
        return self.top / ".lock"

    @property
    def clouds_yaml(self) -> Path:
        """The file clouds.yaml, which contains the credentials of the users."""
        return self.top / "clouds.yaml"

    @property
    def process_dir(self) -> Path:
        """The working folder of every program.

        A process is found by this folder even if its program has changed the process title.
        """
        return self.run / "processes"

    @property
    def supervisor_socket(self) -> Path:
        """The socket of supervisord."""
        return self.run / "supervisor.sock"

    @property
    def database_socket(self) -> Path:
        """The socket of MariaDB, which listens on no TCP port."""
        return self.run / "mariadb.sock"

    @property
    def faults(self) -> Path:
        """The active faults. Each program that has faults has its own folder. See faults.py."""
        return self.top / "faults"

    @property
    def faults_notice(self) -> Path:
        """A file that lists the active faults. The file exists only while a fault is active."""
        return self.top / "FAULTS"

    def log_of(self, program: str) -> Path:
        """Return the path of the log file for a program or step."""
        return self.log / f"{program}.log"

    def check(self) -> None:
        """Raise CloudError if this role did not create the folder, or if a socket path in it is too long."""
        socket = str(self.supervisor_socket)
        if len(socket) > SOCKET_PATH_LIMIT:
            msg = (
                f"The path of the folder {self.top} is too long: the path of a socket in it has {len(socket)} "
                f"characters, and at most {SOCKET_PATH_LIMIT} are possible. Set local_cloud_dir to a shorter path."
            )
            raise CloudError(msg)
        if self.top.exists() and not self._is_empty() and not self.marker.exists():
            msg = (
                f"{self.top} exists, but is not an empty folder and was not created by the role local_cloud. "
                f"Set local_cloud_dir to another folder, or remove the content of this one."
            )
            raise CloudError(msg)

    def _is_empty(self) -> bool:
        return self.top.is_dir() and all(entry == self.lock for entry in self.top.iterdir())

    def make(self) -> None:
        """Create the folders. Only their owner can read them."""
        self.check()
        for folder in (self.top, self.etc, self.log, self.run, self.lib, self.process_dir):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        self.marker.touch(mode=0o600)
