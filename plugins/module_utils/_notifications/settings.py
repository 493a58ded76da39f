# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that read and validate the option notifications."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OPTION = "notifications"
# The defaults of the Nova options control_exchange and versioned_notifications_topics.
EXCHANGE = "nova"
TOPIC = "versioned_notifications"
# Longest interval between two polls while notifications arrive, in seconds.
INTERVAL = 10.0
INTERVALS = (1.0, 60.0)
SUBOPTIONS = ("url", "exchange", "topic", "interval", "tls")
TLS_SUBOPTIONS = ("ca_cert", "client_cert", "client_key")
# The keys are URL schemes. A value is True if the scheme uses TLS.
SCHEMES = {"amqp": False, "amqps": True, "rabbit": False, "rabbits": True}
_PORTS = {False: 5672, True: 5671}
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<hosts>[^/?#]*)(?:/(?P<path>[^?#]*))?(?P<more>[?#].*)?")
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^:\[\]]+)(?::(?P<port>[0-9]+))?")
_CREDENTIALS = re.compile(r"(?:^(?:[A-Za-z][A-Za-z0-9+.-]*://)?|,)([^@,]*)@")
_HIGHEST_PORT = 2**16 - 1
_EXAMPLE = "Set it to an address such as amqp://USER:PASSWORD@HOST:5672/VIRTUAL_HOST."


@dataclass(frozen=True)
class Broker:
    """The address of one RabbitMQ node. A cluster has several nodes."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Tls:
    """The certificate and key files for a TLS connection to RabbitMQ."""

    ca_cert: str | None = None
    client_cert: str | None = None
    client_key: str | None = None


@dataclass(frozen=True)
class NotificationSettings:
    """The settings of the connection to RabbitMQ. Times are in seconds."""

    brokers: tuple[Broker, ...]
    virtual_host: str = "/"
    exchange: str = EXCHANGE
    topic: str = TOPIC
    interval: float = INTERVAL
    # The TLS settings of the connection. The value is None for a connection without TLS.
    tls: Tls | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> NotificationSettings | None:
        """Return the settings of the option ``notifications``.

        Return None if the option is not set. Raise InputError if a value is not valid. The error contains no part of
        the URL, because the URL contains the password.
        """
        given = params.get(OPTION)
        if given is None:
            return None
        scheme, brokers, virtual_host = _parsed(given.get("url") or "")
        exchange, topic = given.get("exchange") or EXCHANGE, given.get("topic") or TOPIC
        if set(topic) & set("*#"):
            raise InputError(f"{OPTION}: topic must be the name of one topic, found {topic!r}. Remove * and #.")
        interval = INTERVAL if given.get("interval") is None else given["interval"]
        least, most = INTERVALS
        # This condition rejects NaN, because every comparison with NaN is false.
        if not least <= interval <= most:
            raise InputError(
                f"{OPTION}: interval must be from {least:g} to {most:g}, found {interval:g}. Set it to a number of"
                f" seconds such as {INTERVAL:g}."
            )
        return cls(brokers, virtual_host, exchange, topic, interval, _tls_of(given.get("tls"), scheme))


def secrets_in_url(url: Any) -> Iterator[str]:
    """Yield the texts that must stay secret, such as the URL and its passwords."""
    if not isinstance(url, str) or not url:
        return
    yield url
    for credentials in _CREDENTIALS.findall(url):
        if password := credentials.partition(":")[2]:
            yield from {password, unquote(password)}


def _parsed(url: str) -> tuple[str, tuple[Broker, ...], str]:
    match = _URL.fullmatch(url.strip())
    if match is None:
        raise InputError(f"{OPTION}: url must be the address of RabbitMQ, with its scheme and host. {_EXAMPLE}")
    scheme = match["scheme"].lower()
    if scheme not in SCHEMES:
        known = ", ".join(f"{name}://" for name in SCHEMES)
        raise InputError(f"{OPTION}: url must begin with one of {known}, found {scheme}://. {_EXAMPLE}")
    if match["more"]:
        raise InputError(
            f"{OPTION}: url must end after the virtual host, but a query follows. Remove it. Use amqps:// for TLS."
        )
    brokers: list[Broker] = []
    for part in match["hosts"].split(","):
        brokers.append(_broker(part, brokers[-1] if brokers else None, scheme))
    path = unquote(match["path"] or "")
    return scheme, tuple(brokers), path or "/"


def _broker(part: str, before: Broker | None, scheme: str) -> Broker:
    """Return one RabbitMQ broker from a part of the URL.

    ``before`` is the previous broker. Its user is the default.
    """
    credentials, at, address = part.rpartition("@")
    match = _HOST.fullmatch(address)
    port = int(match["port"] or _PORTS[SCHEMES[scheme]]) if match else 0
    if match is None or not 0 < port <= _HIGHEST_PORT:
        raise InputError(f"{OPTION}: url must contain a host and a port from 1 to {_HIGHEST_PORT}. {_EXAMPLE}")
    user, _colon, password = credentials.partition(":")
    host = match["host"].strip("[]")
    if user:
        return Broker(host, port, unquote(user), unquote(password))
    if before is None or at:
        raise InputError(f"{OPTION}: url must contain a user and a password. {_EXAMPLE}")
    return Broker(host, port, before.user, before.password)


def _tls_of(given: Mapping[str, Any] | None, scheme: str) -> Tls | None:
    files = {name: value for name, value in (given or {}).items() if value}
    if not SCHEMES[scheme]:
        if files:
            problem = f"tls is set, but url begins with {scheme}://, which is a connection without TLS."
            raise InputError(f"{OPTION}: {problem} Begin url with amqps://, or remove tls.")
        return None
    if "client_key" in files and "client_cert" not in files:
        raise InputError(f"{OPTION}: tls has a client_key, but no client_cert. Set both, or remove client_key.")
    return Tls(**files)
