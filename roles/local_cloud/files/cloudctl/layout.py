# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths of the files in the folder of the local cloud."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from .errors import CloudError

if TYPE_CHECKING:
    from pathlib import Path

# The kernel limits the path of a socket to 108 bytes. Temporary names need some of them.
SOCKET_PATH_LIMIT = 90
MARKER = ".stackproof-local-cloud"


@dataclasses.dataclass(frozen=True)
class Layout:
    """The folders and files of a local cloud."""

    top: Path

    @property
    def marker(self) -> Path:
        """An empty file that marks the folder of a cloud. The role deletes only folders with this file."""
        return self.top / MARKER

    @property
    def venv(self) -> Path:
        """A link to the environment of the controllers. Its target changes with the release."""
        return self.top / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def drivers(self) -> Path:
        """The folder of the drivers of this role, and of Python modules of the distribution."""
        return self.top / "drivers"

    @property
    def etc(self) -> Path:
        """The folder of the configuration files of the cloud."""
        return self.top / "etc"

    @property
    def log(self) -> Path:
        """The folder of the log files of the cloud."""
        return self.top / "log"

    @property
    def run(self) -> Path:
        """The folder of the sockets and PID files of the cloud."""
        return self.top / "run"

    @property
    def lib(self) -> Path:
        """The folder of databases, images and other data."""
        return self.top / "lib"

    @property
    def state(self) -> Path:
        """The path of the JSON file that lists the completed steps of the start."""
        return self.top / "state.json"

    @property
    def secrets(self) -> Path:
        """The path of the file with the random passwords of the services."""
        return self.top / "secrets.json"

    @property
    def lock(self) -> Path:
        """The path of the lock file, so that two commands cannot change the cloud at the same time."""
        return self.top / ".lock"

    @property
    def clouds_yaml(self) -> Path:
        """The path of the file clouds.yaml. The file contains the passwords of the users."""
        return self.top / "clouds.yaml"

    @property
    def notifications_yaml(self) -> Path:
        """The variables with the URL of Nova's notifications. The file exists only if Nova sends notifications."""
        return self.top / "notifications.yaml"

    @property
    def process_dir(self) -> Path:
        """The working folder of all programs. cloudctl finds the processes of the cloud by this folder."""
        return self.run / "processes"

    @property
    def supervisor_socket(self) -> Path:
        """The socket of supervisord."""
        return self.run / "supervisor.sock"

    @property
    def database_socket(self) -> Path:
        """The Unix socket of MariaDB. MariaDB does not listen on a TCP port."""
        return self.run / "mariadb.sock"

    def ovsdb_socket(self, database: str) -> Path:
        """Return the socket of a database of OVN."""
        return self.run / f"{database}.sock"

    @property
    def guest_namespace(self) -> Path:
        """A link to the network namespace from which the guests can be reached. It exists while the cloud runs."""
        return self.run / "guests.netns"

    @property
    def faults(self) -> Path:
        """The folder with the Python files of the inserted faults."""
        return self.top / "faults"

    @property
    def sources(self) -> Path:
        """The folder with the files that let services run source trees."""
        return self.top / "sources"

    def source_folder(self, service: str) -> Path:
        """Return the folder with the metadata of a source tree. It is in PYTHONPATH."""
        return self.sources / service

    def snapshot_of(self, service: str) -> Path:
        """Return the file with the hashes of the files of a source tree."""
        return self.source_folder(service) / "snapshot.json"

    @property
    def imports(self) -> Path:
        """The folder with the records of the modules that programs have imported from source trees."""
        return self.run / "imports"

    def imports_of(self, program: str) -> Path:
        """Return the record of a program."""
        return self.imports / program

    @property
    def faults_notice(self) -> Path:
        """The path of the file that lists the active faults. Without active faults, the file does not exist."""
        return self.top / "FAULTS"

    def log_of(self, program: str) -> Path:
        """Return the log file of a program or step."""
        return self.log / f"{program}.log"

    def check(self) -> None:
        """Raise CloudError if the folder belongs to another program, or if its path is too long."""
        socket = str(self.supervisor_socket)
        if len(socket) > SOCKET_PATH_LIMIT:
            problem = (
                f"The path of the folder {self.top} is too long: the path of a socket in it has {len(socket)} "
                f"characters, and at most {SOCKET_PATH_LIMIT} are possible."
            )
            msg = f"{problem} Set local_cloud_dir to a shorter path."
            raise CloudError(msg)
        if self.top.exists() and not self._is_empty() and not self.marker.exists():
            msg = (
                f"The folder {self.top} is not empty, and it was not created by the role local_cloud. "
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
