# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Convert exceptions of the connection to RabbitMQ to errors of this collection.

The functions read the attribute ``reply_code``, because this file must not import amqp.
"""

from __future__ import annotations

import socket
import ssl
from enum import Enum
from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    AuthenticationError,
    CloudError,
    ConfigurationError,
    ForbiddenError,
    TlsError,
    UnreachableError,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._notifications.settings import (
        Broker,
        NotificationSettings,
    )

SERVICE = "rabbitmq"
# Reply codes of AMQP
_REFUSED, _NOT_FOUND, _NOT_ALLOWED = 403, 404, 530
_NEEDED = "See the page 'Wait by event' for the rights that the user needs."


class Stage(Enum):
    """The step at which a connection to RabbitMQ failed."""

    CONNECT = "connect"
    EXCHANGE = "exchange"
    QUEUE = "queue"


class BrokerDownError(UnreachableError):
    """RabbitMQ does not answer, but a later attempt may succeed."""


def connection_error(
    error: Exception, settings: NotificationSettings, broker: Broker, stage: Stage = Stage.CONNECT
) -> CloudError:
    """Return the typed error for an exception of the connection to RabbitMQ."""
    where = f"RabbitMQ at {broker.address}"
    code = getattr(error, "reply_code", None) or getattr(error, "code", None)
    if code in (_REFUSED, _NOT_FOUND, _NOT_ALLOWED):
        return _answered(code, error, settings, broker, stage)
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsError(
            f"notifications: the certificate of {where} is not trusted: {error.verify_message}. Set tls.ca_cert to the"
            " certificate of its authority, and use the host name of the certificate in url.",
            service=SERVICE,
        )
    if isinstance(error, ssl.SSLError):
        return TlsError(
            f"notifications: no TLS connection to {where}: {error.reason or error}. If this port has no TLS, begin url"
            " with amqp://. If RabbitMQ requires a client certificate, set tls.client_cert and tls.client_key.",
            service=SERVICE,
        )
    if isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN:
        return UnreachableError(
            f"notifications: the host {broker.host} of url does not exist: {error.strerror}. Correct the host name.",
            service=SERVICE,
        )
    if isinstance(error, (ConnectionRefusedError, TimeoutError, socket.gaierror)) or _is_network(error):
        return BrokerDownError(f"{where} does not answer: {_words(error)}", service=SERVICE)
    return UnreachableError(
        f"notifications: {where} ended the connection before the login: {_words(error)}. Check that this port is the"
        " AMQP port of RabbitMQ. If the port needs TLS, begin url with amqps://.",
        service=SERVICE,
    )


def loss(error: Exception, broker: Broker) -> str:
    """Return a message about a lost connection to RabbitMQ."""
    return f"RabbitMQ at {broker.address} ended the connection, or does not answer any more: {_words(error)}"


def missing_file(option: str, path: str, error: OSError) -> CloudError:
    """Return the error for a certificate or key file that cannot be read."""
    return ConfigurationError(
        f"notifications: the file {path} cannot be used: {error.strerror or error}. Correct tls.{option}.",
        service=SERVICE,
    )


def _answered(code: int, error: Exception, settings: NotificationSettings, broker: Broker, stage: Stage) -> CloudError:
    where, host = f"RabbitMQ at {broker.address}", settings.virtual_host
    if stage is Stage.EXCHANGE:
        if code == _NOT_FOUND:
            return ConfigurationError(
                f"notifications: {where} has no exchange {settings.exchange!r} in the virtual host {host!r}. Set"
                " exchange to the value of control_exchange in nova.conf, which is nova by default.",
                service=SERVICE,
            )
        return ForbiddenError(
            f"notifications: the user {broker.user!r} may not use the exchange {settings.exchange!r} of {where}:"
            f" {_words(error)}. {_NEEDED}",
            service=SERVICE,
        )
    if stage is Stage.QUEUE:
        return ForbiddenError(
            f"notifications: the user {broker.user!r} may not create a queue with the notifications"
            f" {settings.topic!r} of the exchange {settings.exchange!r} at {where}: {_words(error)}. {_NEEDED}",
            service=SERVICE,
        )
    if code == _REFUSED:
        return AuthenticationError(
            f"notifications: {where} refuses the user {broker.user!r} or the password. Correct url. Write special"
            " characters in the password with percent signs, for example %2F for a slash.",
            service=SERVICE,
        )
    if "not found" in _words(error):
        return ConfigurationError(
            f"notifications: {where} has no virtual host {host!r}. Correct the end of url. `rabbitmqctl list_vhosts`"
            " lists the virtual hosts.",
            service=SERVICE,
        )
    return ForbiddenError(
        f"notifications: the user {broker.user!r} may not use the virtual host {host!r} of {where}: {_words(error)}."
        f" {_NEEDED}",
        service=SERVICE,
    )


def _is_network(error: Exception) -> bool:
    """Return whether the network or the host of RabbitMQ is down."""
    return isinstance(error, OSError) and error.errno is not None and not isinstance(error, ConnectionError)


def _words(error: Exception) -> str:
    text = getattr(error, "reply_text", None) or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).strip().rstrip(".")
