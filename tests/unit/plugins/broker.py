# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private RabbitMQ for tests, and Nova's messages."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kombu

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path("/usr/lib/rabbitmq/bin")
EXCHANGE, TOPIC = "nova", "versioned_notifications"
READER, PASSWORD = "reader", "read-only-password"
ADMIN = "admin:admin-password"
START_SECONDS = 60.0
# docs/wait-by-event.md contains the same patterns.
OWN_QUEUES = r"^stackproof-migration\."
READABLE = r"^(stackproof-migration\..*|nova)$"


def body(event_type: str, server_id: str, **payload: Any) -> str:
    """Return a message as oslo.messaging sends it for Nova."""
    data = {"nova_object.data": {"uuid": server_id, **payload}, "nova_object.name": "InstanceActionPayload"}
    notification = {"event_type": event_type, "priority": "INFO", "payload": data, "publisher_id": "nova-compute:c1"}
    return json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(notification)})


class Broker:
    """A RabbitMQ node with an exchange like Nova's, and with a user who may only read."""

    def __init__(self, folder: Path, certificate: Path) -> None:
        self._folder = folder
        self.port, self.tls_port, self._dist_port, self._epmd_port = _free_ports(4)
        self._environment = {
            **os.environ,
            "HOME": str(folder),
            "RABBITMQ_NODENAME": "test@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +sbwt none"
            ),
        }
        (folder / "enabled_plugins").write_text("[].", encoding="utf-8")
        settings = (
            f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}",
            f"ssl_options.certfile = {certificate}",
            f"ssl_options.keyfile = {certificate}",
            f"ssl_options.cacertfile = {certificate}",
            "default_user = admin",
            "default_pass = admin-password",
            "loopback_users = none",
        )
        (folder / "rabbitmq.conf").write_text("\n".join(settings), encoding="utf-8")
        self._programs: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        epmd = ["epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        with (self._folder / "output.log").open("ab") as log:
            for command in (epmd, [str(BIN / "rabbitmq-server")]):
                # RabbitMQ starts other programs. The session makes it possible to end all of them.
                self._programs.append(
                    subprocess.Popen(
                        command, env=self._environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
                    )
                )
                self._wait_for(self._epmd_port if command is epmd else self.tls_port)

    def _wait_for(self, port: int) -> None:
        end = time.monotonic() + START_SECONDS
        while not self._accepts(port):
            assert time.monotonic() < end, (self._folder / "output.log").read_text(encoding="utf-8")[-2000:]
            time.sleep(0.1)

    def stop(self) -> None:
        for program in reversed(self._programs):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, 9)
            program.wait()
        self._programs.clear()
        # The processes that RabbitMQ has started end a moment later.
        while self._accepts(self.port):
            time.sleep(0.05)

    @staticmethod
    def _accepts(port: int) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl."""
        command = [str(BIN / "rabbitmqctl"), "--quiet", *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True).stdout

    def prepare(self) -> None:
        """Declare the exchanges, and create the user."""
        with self.connection() as connection:
            channel = connection.channel()
            for exchange in (EXCHANGE, "other"):
                channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
        self.control("add_user", READER, PASSWORD)
        self.control("set_permissions", READER, OWN_QUEUES, OWN_QUEUES, READABLE)
        self.control("set_topic_permissions", READER, EXCHANGE, "^$", rf"^{TOPIC}\.")
        self.control("add_user", "stranger", PASSWORD)
        self.control("add_vhost", "empty")
        self.control("set_permissions", "-p", "empty", READER, OWN_QUEUES, OWN_QUEUES, READABLE)

    def connection(self) -> kombu.Connection:
        return kombu.Connection(f"amqp://{ADMIN}@127.0.0.1:{self.port}//")

    @property
    def url(self) -> str:
        return f"amqp://{READER}:{PASSWORD}@127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def publisher(self) -> Iterator[Publisher]:
        with self.connection() as connection:
            yield Publisher(connection)


class Publisher:
    """Sends messages as Nova does."""

    def __init__(self, connection: kombu.Connection) -> None:
        self._producer = connection.Producer()

    def send(self, event_type: str, server_id: str, priority: str = "info", **payload: Any) -> None:
        self._producer.publish(
            body(event_type, server_id, **payload),
            exchange=EXCHANGE,
            routing_key=f"{TOPIC}.{priority}",
            content_type="application/json",
            content_encoding="utf-8",
        )


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as taken:
        sockets = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _number in range(count)]
        return [int(one.getsockname()[1]) for one in sockets]
