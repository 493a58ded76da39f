# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Connect to RabbitMQ, and receive copies of Nova's notifications.

Each connection has its own queue, so other consumers still receive all notifications.
"""

from __future__ import annotations

import contextlib
import importlib
import ssl
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, ConfigurationError
from ansible_collections.stackproof.migration.plugins.module_utils._notifications.connection_errors import (
    SERVICE,
    BrokerDownError,
    Stage,
    connection_error,
    missing_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import kombu
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
        Broker,
        NotificationSettings,
        Tls,
    )

# Queue names begin with this prefix, which the permissions of a RabbitMQ user can contain.
QUEUE_PREFIX = "stackproof-migration."
# The queue keeps at most this many messages and bytes. A full queue loses its oldest message.
MAX_MESSAGES = 5000
MAX_BYTES = 16 * 2**20
# RabbitMQ deletes the module's queue this many seconds after the connection has ended.
EXPIRY_SECONDS = 60
# RabbitMQ sends at most this number of messages that the module has not confirmed.
PREFETCH = 100
CONNECT_SECONDS = 5.0
# RabbitMQ ends a connection that carried no data for two of these intervals.
HEARTBEAT_SECONDS = 5
CLOSE_SECONDS = 1.0


def import_kombu() -> Any:
    """Import the optional package kombu and return it.

    The import takes a tenth of a second. Raise ConfigurationError if kombu is not installed.
    """
    try:
        return importlib.import_module("kombu")
    except ImportError as error:
        raise ConfigurationError(
            f"notifications: {missing_required_lib('kombu')} Install kombu for that Python: {sys.executable} -m pip"
            " install 'kombu>=5.3', or remove the option notifications.",
            service=SERVICE,
        ) from error


class Subscription:
    """A connection to RabbitMQ with a queue for Nova's notifications."""

    def __init__(self, transport: kombu.transport.base.Transport, connection: Any, broker: Broker) -> None:
        self.broker = broker
        self._transport = transport
        self._connection = connection

    @property
    def socket(self) -> Any:
        return self._connection.sock

    def receive(self, seconds: float) -> None:
        """Wait for the next message, and pass it to ``on_message``.

        Raise TimeoutError if no message arrives in time.
        """
        self._transport.drain_events(self._connection, timeout=seconds)

    def keep_alive(self) -> None:
        """Send a heartbeat to RabbitMQ if it is due. Call this method once per second.

        Raise an exception if RabbitMQ sent no heartbeat.
        """
        self._transport.heartbeat_check(self._connection)

    def close(self) -> None:
        """End the connection to RabbitMQ. Wait only CLOSE_SECONDS for an answer."""
        with contextlib.suppress(Exception):
            self.socket.settimeout(CLOSE_SECONDS)
        with contextlib.suppress(Exception):
            self._transport.close_connection(self._connection)


def subscribe(settings: NotificationSettings, on_message: Callable[[Any], None]) -> Subscription:
    """Connect to the first RabbitMQ server that answers, and create the queue.

    Raise a CloudError if no server accepts the connection.
    """
    down: BrokerDownError | None = None
    for broker in settings.brokers:
        try:
            return _subscribe_at(broker, settings, on_message)
        except BrokerDownError as error:
            down = error
    raise down or BrokerDownError("url names no broker", service=SERVICE)


def _subscribe_at(broker: Broker, settings: NotificationSettings, on_message: Callable[[Any], None]) -> Subscription:
    parameters = import_kombu().Connection(
        transport="pyamqp",
        hostname=broker.host,
        port=broker.port,
        userid=broker.user,
        password=broker.password,
        virtual_host=settings.virtual_host,
        ssl=_tls_arguments(settings.tls, broker),
        connect_timeout=CONNECT_SECONDS,
        heartbeat=HEARTBEAT_SECONDS,
        transport_options={"client_properties": {"connection_name": "stackproof.migration notifications"}},
    )
    # The method Connection.connect() of kombu is not used, because it retries and hides the original exception.
    transport = parameters.transport
    with _mapped(Stage.CONNECT, settings, broker):
        connection = transport.establish_connection()
    subscription = Subscription(transport, connection, broker)
    try:
        with _mapped(Stage.CONNECT, settings, broker):
            channel = connection.channel()
            # Messages stay bytes, because most of them are dropped without decoding.
            channel.auto_decode = False
        with _mapped(Stage.EXCHANGE, settings, broker):
            channel.exchange_declare(settings.exchange, "topic", passive=True)
        with _mapped(Stage.QUEUE, settings, broker):
            _consume(channel, settings, on_message)
    except CloudError:
        subscription.close()
        raise
    return subscription


def _consume(channel: Any, settings: NotificationSettings, on_message: Callable[[Any], None]) -> None:
    name = f"{QUEUE_PREFIX}{uuid.uuid4()}"
    limits = {"x-max-length": MAX_MESSAGES, "x-max-length-bytes": MAX_BYTES, "x-expires": EXPIRY_SECONDS * 1000}
    channel.queue_declare(name, exclusive=True, auto_delete=True, durable=False, arguments=limits)
    channel.queue_bind(name, settings.exchange, f"{settings.topic}.*")
    channel.basic_qos(0, PREFETCH, a_global=False)
    channel.basic_consume(name, exclusive=True, callback=on_message)


@contextlib.contextmanager
def _mapped(stage: Stage, settings: NotificationSettings, broker: Broker) -> Iterator[None]:
    try:
        yield
    except CloudError:
        raise
    except Exception as error:
        raise connection_error(error, settings, broker, stage) from error


def _tls_arguments(tls: Tls | None, broker: Broker) -> dict[str, Any] | bool:
    if tls is None:
        return False
    files = {"ca_cert": tls.ca_cert, "client_cert": tls.client_cert, "client_key": tls.client_key}
    for option, path in files.items():
        if path is not None:
            try:
                with Path(path).open("rb"):
                    pass
            except OSError as error:
                raise missing_file(option, path, error) from error
    return {
        "cert_reqs": ssl.CERT_REQUIRED,
        # The certificate of the broker must contain this host name.
        "server_hostname": broker.host,
        "ca_certs": tls.ca_cert,
        "certfile": tls.client_cert,
        "keyfile": tls.client_key,
    }
