# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in the folder of the cloud. No other file builds these paths."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .errors import CloudError

if TYPE_CHECKING:
    from pathlib import Path

# sun_path holds 108 bytes; MariaDB and supervisord also make temporary names beside the socket.
SOCKET_PATH_LIMIT = 90
MARKER = ".stackproof-local-cloud"


@dataclasses.dataclass(frozen=True)
class Layout:
    """The folders and files of one local cloud."""

    top: Path

    @property
    def marker(self) -> Path:
        """Marks a folder of this role, so that ``absent`` removes no other folder."""
        return self.top / MARKER

    @property
    def venv(self) -> Path:
        """The virtual environment of the OpenStack services."""
        return self.top / "venv"

    @property
    def python(self) -> Path:
        """The interpreter of the OpenStack services."""
        return self.venv / "bin" / "python"

    @property
    def etc(self) -> Path:
        """Configuration, one folder a service."""
        return self.top / "etc"

    @property
    def log(self) -> Path:
        """Logs, one file a program."""
        return self.top / "log"

    @property
    def run(self) -> Path:
        """Sockets and process ids; empty while the cloud is stopped."""
        return self.top / "run"

    @property
    def lib(self) -> Path:
        """What the services keep: databases, queues, images, hypervisors' guests."""
        return self.top / "lib"

    @property
    def state(self) -> Path:
        """Which one-time steps are done, and with which inputs."""
        return self.top / "state.json"

    @property
    def secrets(self) -> Path:
        """The random passwords."""
        return self.top / "secrets.json"

    @property
    def lock(self) -> Path:
        """The lock of the command that changes this cloud."""
        return self.top / ".lock"

    @property
    def clouds_yaml(self) -> Path:
        """The credentials of the users."""
        return self.top / "clouds.yaml"

    @property
    def process_dir(self) -> Path:
        """The working folder of every program, which identifies its processes even if they change their title."""
        return self.run / "processes"

    @property
    def supervisor_socket(self) -> Path:
        """Where supervisord listens."""
        return self.run / "supervisor.sock"

    @property
    def database_socket(self) -> Path:
        """Where MariaDB listens; it has no TCP port."""
        return self.run / "mariadb.sock"

    @property
    def faults(self) -> Path:
        """The faults that are in, a folder for each program that has any; see faults.py."""
        return self.top / "faults"

    @property
    def faults_notice(self) -> Path:
        """Lists the active faults. It exists only while there are any."""
        return self.top / "FAULTS"

    def log_of(self, program: str) -> Path:
        """The log of one program or step."""
        return self.log / f"{program}.log"

    def check(self) -> None:
        """Refuse a folder whose socket paths would be too long for the kernel, or that is not ours."""
        socket = str(self.supervisor_socket)
        if len(socket) > SOCKET_PATH_LIMIT:
            msg = (
                f"The folder {self.top} is too deep: a socket in it would have a name of {len(socket)} characters, "
                f"and {SOCKET_PATH_LIMIT} are safe. Set local_cloud_dir to a shorter path."
            )
            raise CloudError(msg)
        if self.top.exists() and not self._is_empty() and not self.marker.exists():
            msg = (
                f"{self.top} exists and is not empty, or no folder, and was not made by the role local_cloud. "
                f"Set local_cloud_dir to another folder, or empty this one."
            )
            raise CloudError(msg)

    def _is_empty(self) -> bool:
        return self.top.is_dir() and all(entry == self.lock for entry in self.top.iterdir())

    def make(self) -> None:
        """Create the folders, readable by their owner alone."""
        self.check()
        for folder in (self.top, self.etc, self.log, self.run, self.lib, self.process_dir):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        self.marker.touch(mode=0o600)
