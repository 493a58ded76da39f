# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client for the API of supervisord. It uses only the standard library."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
import xmlrpc.client
from typing import TYPE_CHECKING, Any

from .errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

RUNNING = "RUNNING"
ALIVE = frozenset({RUNNING, "STARTING", "STOPPING"})
DEAD = frozenset({"BACKOFF", "EXITED", "FATAL"})
ALREADY_STARTED = 60
# The XML-RPC client raises these errors if supervisord does not run.
UNAVAILABLE_ERRORS = (OSError, xmlrpc.client.Fault)
POLL_SECONDS = 0.1


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _SocketTransport(xmlrpc.client.Transport):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: tuple[str, dict[str, str]] | str) -> _SocketConnection:
        # xmlrpc.client.Transport closes the connection that this attribute contains.
        connection = _SocketConnection(self._path)
        self._connection = (host, connection)
        return connection


class Supervisor:
    """A client for supervisord. Each call opens its own connection, so threads can share the client."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def _call(self, method: str, *arguments: object) -> Any:
        transport = _SocketTransport(str(self._socket_path))
        with xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)

    def is_running(self) -> bool:
        """Return whether supervisord responds."""
        try:
            self._call("getState")
        except UNAVAILABLE_ERRORS:
            return False
        return True

    def _programs(self) -> list[dict[str, Any]]:
        """Return the process information of all programs, or an empty list if supervisord is stopped."""
        try:
            programs: list[dict[str, Any]] = self._call("getAllProcessInfo")
        except UNAVAILABLE_ERRORS:
            return []
        return programs

    def states(self) -> dict[str, str]:
        """Return the state of all programs, or an empty dictionary if supervisord is stopped."""
        return {program["name"]: program["statename"] for program in self._programs()}

    def start(self, program: str) -> None:
        """Start a program if it is not running, but do not wait until it is ready."""
        try:
            self._call("startProcess", program, False)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != ALREADY_STARTED:
                msg = f"supervisord cannot start {program}: {fault.faultString}"
                raise CloudError(msg) from fault

    def started_at(self) -> dict[str, int]:
        """Return the start time of each program in seconds since 1970."""
        return {program["name"]: program["start"] for program in self._programs()}

    def stop_others(self, excluded: Collection[str]) -> None:
        """Stop all programs except the programs in ``excluded``."""
        self.stop(self.states().keys() - set(excluded))

    def stop(self, programs: Collection[str]) -> list[str]:
        """Stop these programs. Return the names of the programs that were running."""
        running = [name for name, state in self.states().items() if name in programs and state in ALIVE]
        for name in running:
            with contextlib.suppress(xmlrpc.client.Fault):  # the program has ended by itself
                self._call("stopProcess", name, False)
        while any(self.states().get(name) in ALIVE for name in running):
            time.sleep(POLL_SECONDS)
        return running

    def reload_config(self) -> None:
        """Reload the configuration of supervisord.

        Stop all removed or changed programs before you call this method.
        """
        ((added, changed, removed),) = self._call("reloadConfig")
        for name in (*changed, *removed):
            self._call("removeProcessGroup", name)
        for name in (*added, *changed):
            self._call("addProcessGroup", name)

    def shutdown(self) -> None:
        """Stop supervisord and all its programs."""
        self._call("shutdown")
