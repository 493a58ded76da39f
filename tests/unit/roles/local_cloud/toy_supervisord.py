# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replacement for supervisord. It has the same API on the same socket. Its programs only listen on their ports."""

from __future__ import annotations

import configparser
import functools
import http.server
import json
import os
import re
import socket
import socketserver
import sys
import threading
import time
import xmlrpc.client
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xmlrpc.server import SimpleXMLRPCDispatcher, SimpleXMLRPCRequestHandler

if TYPE_CHECKING:
    from collections.abc import Callable

PORT = re.compile(r'(?:API_PORT="|RABBITMQ_NODE_PORT="|-port )(\d+)')


class _Handler(SimpleXMLRPCRequestHandler):
    disable_nagle_algorithm = False  # a Unix socket does not have this option


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer, SimpleXMLRPCDispatcher):
    daemon_threads = True
    request_queue_size = 128  # as many steps as cloudctl runs in parallel can connect at the same time

    def __init__(self, path: Path) -> None:
        SimpleXMLRPCDispatcher.__init__(self, allow_none=True, encoding=None)
        self.logRequests = False
        socketserver.UnixStreamServer.__init__(self, str(path), _Handler)


class Supervisord:
    """The calls of supervisord's API that cloudctl uses. They have the same states and faults."""

    def __init__(self, config: Path) -> None:
        self._told = config.parent.parent / "told"
        self._told.mkdir(exist_ok=True)
        self._file = config
        parser = self._read()
        self._config = self._fresh = _programs(parser)
        self._states = dict.fromkeys(self._config, "STOPPED")
        self._started = dict.fromkeys(self._config, 0)
        # Nova has a compute service for these hosts, from their first start until their removal.
        self._known: dict[str, None] = {}
        self._listening: dict[str, socket.socket | http.server.HTTPServer] = {}
        self._server = _Server(Path(parser["unix_http_server"]["file"]))
        calls: dict[str, Callable[..., Any]] = {
            "getState": lambda: {"statename": "RUNNING"},
            "getAllProcessInfo": self.states,
            "startProcess": self.start,
            "stopProcess": self.stop,
            "shutdown": self.shutdown,
            "reloadConfig": self.reload,
            "addProcessGroup": self.add,
            "removeProcessGroup": self.remove,
        }
        for name, call in calls.items():
            self._server.register_function(call, f"supervisor.{name}")

    def _read(self) -> configparser.ConfigParser:
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(self._file)
        return parser

    def reload(self) -> list[list[list[str]]]:
        fresh = self._fresh = _programs(self._read())
        added = sorted(fresh.keys() - self._config.keys())
        changed = sorted(name for name in fresh.keys() & self._config.keys() if fresh[name] != self._config[name])
        return [[added, changed, sorted(self._config.keys() - fresh.keys())]]

    def add(self, name: str) -> bool:
        self._config[name] = self._fresh[name]
        self._states[name], self._started[name] = "STOPPED", 0
        return True

    def remove(self, name: str) -> bool:
        if self._states[name] == "RUNNING":
            raise xmlrpc.client.Fault(91, f"STILL_RUNNING: {name}")
        for of_program in (self._config, self._states, self._started):
            of_program.pop(name)
        return True

    def reap_children(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def states(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "statename": state, "start": self._started[name]} for name, state in self._states.items()
        ]

    def start(self, name: str, _wait: bool) -> bool:
        if name not in self._states:
            raise xmlrpc.client.Fault(10, f"BAD_NAME: {name}")
        if self._states[name] == "RUNNING":
            raise xmlrpc.client.Fault(60, f"ALREADY_STARTED: {name}")
        self._started[name] = int(time.time())
        with (self._told / f"starts-{name}").open("a") as starts:
            starts.write("once more\n")
        if (self._told / f"dies-{name}").exists():
            self._states[name] = "EXITED"
            return True
        if not (self._told / f"deaf-{name}").exists():
            self._listen(name)
        self._states[name] = "RUNNING"
        if name.startswith("nova-compute"):
            self._known[name.removeprefix("nova-")] = None
        return True

    def _listen(self, name: str) -> None:
        if found := re.search(r"(?:--socket=|/usr/share/ovn/\S+ \S+ )(\S+)", self._config[name]):
            Path(found[1]).unlink(missing_ok=True)
            unix = self._listening[name] = socket.socket(socket.AF_UNIX)
            unix.bind(found[1])
            unix.listen()
        elif found := PORT.search(self._config[name]):
            server = self._listening[name] = http.server.ThreadingHTTPServer(
                ("127.0.0.1", int(found[1])), functools.partial(_Api, self)
            )
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self, name: str, _wait: bool) -> bool:
        if self._states[name] != "RUNNING":
            raise xmlrpc.client.Fault(70, f"NOT_RUNNING: {name}")
        self._states[name] = "STOPPING"
        listening = self._listening.pop(name, None)
        if isinstance(listening, http.server.HTTPServer):
            listening.shutdown()
            listening.server_close()
        elif listening is not None:
            listening.close()
        threading.Timer(0.05, self._states.__setitem__, (name, "STOPPED")).start()
        return True

    def shutdown(self) -> bool:
        threading.Timer(0.05, self._server.shutdown).start()
        return True

    def answer(self, path: str) -> dict[str, Any]:
        """Return the response of an API. Every compute host is usable, unless the file hangs-hosts exists."""
        hosts = list(self._known)
        if "/os-services" in path:
            (self._told / "hosts.json").write_text("{}")
        state = "down" if (self._told / "hangs-hosts").exists() else "up"
        return {
            "services": [{"id": f"id-{host}", "host": host, "state": state} for host in hosts],
            "hypervisors": [{"hypervisor_hostname": host} for host in hosts],
            "resource_providers": [{"name": host} for host in hosts],
            "agents": [{"host": host, "alive": True} for host in hosts],
            "servers": [{"id": "server-1"}] if self._crowded(path) else [],
            "migrations": [{"status": "completed"}, *([{"status": "running"}] if self._crowded(path) else [])],
        }

    def _crowded(self, path: str) -> bool:
        return (self._told / f"crowded-{path.rpartition('host=')[2]}").exists()

    def forget(self, host: str) -> bool:
        """Remove a compute service. The file crowded-HOST or refuses-HOST prevents the removal."""
        if (self._told / f"crowded-{host}").exists() or (self._told / f"refuses-{host}").exists():
            return False
        self._known.pop(host)
        return True


def _programs(parser: configparser.ConfigParser) -> dict[str, str]:
    parts = {name.removeprefix("program:"): parser[name] for name in parser.sections() if "program:" in name}
    return {name: f"{part['command']} {part.get('environment', '')}" for name, part in parts.items()}


class _Api(http.server.BaseHTTPRequestHandler):
    def __init__(self, supervisord: Supervisord, *arguments: Any) -> None:
        self._supervisord = supervisord
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self._answer(200, json.dumps(self._supervisord.answer(self.path)).encode())

    def do_DELETE(self) -> None:
        if self._supervisord.forget(self.path.rpartition("/id-")[2]):
            self._answer(204, b"")
        else:
            self._answer(409, b'{"conflictingRequest": {"code": 409, "message": "It is hosting instances."}}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Subject-Token", "token")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    supervisord = Supervisord(Path(sys.argv[1]))
    if os.fork() == 0:
        supervisord.reap_children()
