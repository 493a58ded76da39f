# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start programs with supervisord, and wait until they work."""

from __future__ import annotations

import functools
import http.client
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CloudError, refused_fault, with_log
from .ports import ADDRESS
from .supervisor import DEAD, RUNNING, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .runner import Runner
    from .settings import Settings

SUPERVISE_SCRIPT = Path(__file__).parent / "venv_scripts" / "supervise.py"
SERVER_ERROR = 500
RESPONSE_TIMEOUT_SECONDS = 30


class Services:
    """The programs of a cloud."""

    def __init__(self, settings: Settings, runner: Runner) -> None:
        self.supervisor = Supervisor(settings.layout.supervisor_socket)
        self._settings = settings
        self._layout = settings.layout
        self._runner = runner

    def start_supervisord(self) -> None:
        """Start supervisord as a daemon."""
        if self.supervisor.is_running():
            return
        self._layout.supervisor_socket.unlink(missing_ok=True)
        command = [str(self._layout.python), str(SUPERVISE_SCRIPT), "-c", str(self._layout.etc / "supervisord.conf")]
        self._runner.run("supervisord", command, log="supervisord")
        self._runner.wait_for("supervisord", self.supervisor.is_running, 10, lambda: "supervisord does not respond.")

    def start(self, *programs: str) -> None:
        for program in programs:
            self.supervisor.start(program)

    def running(self, *programs: str) -> bool:
        states = self.supervisor.states()
        return all(states.get(program) == RUNNING for program in programs)

    def require_alive(self, *programs: str) -> None:
        """Raise CloudError if one of the named programs has ended."""
        states = self.supervisor.states()
        for program in programs:
            if states.get(program) in DEAD:
                log = self._layout.log_of(program)
                has_faults = (self._layout.faults / program).exists()
                if has_faults and (reason := refused_fault(log)):
                    msg = (
                        f"A fault does not fit: {reason} Remove the fault from local_cloud_faults, or correct its "
                        f"file. program={program} log={log}"
                    )
                    raise CloudError(msg)
                msg = f"{program} has ended right after its start."
                raise CloudError(with_log(msg, log))

    def start_and_wait(self, program: str, is_ready: Callable[[], bool]) -> bool:
        """Start a program and wait until it is ready. Return False if the program was already ready."""
        if self.running(program) and is_ready():
            return False
        self.start(program)

        def ready() -> bool:
            self.require_alive(program)
            return is_ready()

        timeout = self._settings.start_timeout
        self._runner.wait_for(program, ready, timeout, functools.partial(self._timeout_message, program, timeout))
        return True

    def _timeout_message(self, program: str, timeout: float) -> str:
        message = f"{program} runs, but did not respond within {timeout:.0f} s (local_cloud_start_timeout)."
        return with_log(message, self._layout.log_of(program))

    # Checks that a program works

    def database_ready(self) -> bool:
        """Return whether MariaDB has executed init.sql and listens on its socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(str(self._layout.database_socket)) == 0

    def database_listens(self, database: str) -> bool:
        """Return whether a database of OVN accepts connections."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(str(self._layout.ovsdb_socket(database))) == 0

    def accepts_connections(self, name: str) -> bool:
        """Return whether a program accepts connections on its port."""
        return self.listens(ADDRESS, self._settings.ports[name])

    def listens(self, address: str, port: int) -> bool:
        """Return whether a program accepts connections on this address and port."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            return probe.connect_ex((address, port)) == 0

    def api_responds(self, name: str) -> bool:
        """Return whether an API responds with an HTTP status below 500."""
        connection = http.client.HTTPConnection(ADDRESS, self._settings.ports[name], timeout=RESPONSE_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def all_ready(self) -> bool:
        """Return whether every program runs and every API responds."""
        apis: Sequence[str] = tuple(self._settings.wsgi)
        return self.running(*self._settings.programs) and all(self.api_responds(name) for name in apis)
