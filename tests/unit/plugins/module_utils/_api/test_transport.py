# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every request ends within its timeout.

The tests use several kinds of slow or broken servers.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api import transport
from ansible_collections.stackproof.migration.plugins.module_utils._api.client import connect
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

    Serve = Callable[[socket.socket, bytes], object]

HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n"


def answers(status: bytes, body: bytes = b"", headers: bytes = b"") -> Serve:
    return lambda connection, _request: connection.sendall(
        HEAD % status + headers + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    )


def redirects_to_itself(connection: socket.socket, request: bytes) -> None:
    path = request.split()[1]
    answers(b"302 Found", headers=b"Location: http://%s:%d%s\r\n" % (b"127.0.0.1", connection.getsockname()[1], path))(
        connection, request
    )


def trickles(connection: socket.socket, _request: bytes) -> None:
    """Send the body byte by byte. No single wait exceeds the timeout."""
    connection.sendall(HEAD % b"200 OK" + b"\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.02)


def trickles_headers(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def floods(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(HEAD % b"200 OK" + b"\r\n")
    while True:
        connection.sendall(b" " * 65536)


def is_silent(connection: socket.socket, _request: bytes) -> None:
    while connection.recv(65536):
        pass


@pytest.fixture
def serving() -> Iterator[Callable[[Serve], int]]:
    """Start a server that handles each connection with this function, and return its port."""
    listeners = []

    def handle(connection: socket.socket, serve: Any) -> None:
        with connection, contextlib.suppress(OSError, IndexError):
            serve(connection, connection.recv(65536))

    def accept(listener: socket.socket, serve: Any) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=handle, args=(listener.accept()[0], serve), daemon=True).start()

    def start(serve: Any) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=accept, args=(listener, serve), daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.mark.parametrize(
    ("serve", "kinds"),
    [
        (answers(b"401 Unauthorized"), {"authentication"}),
        (answers(b"200 OK", b"<html>Welcome</html>"), {"unexpected_answer"}),
        (answers(b"200 OK", b"null"), {"unexpected_answer"}),
        (answers(b"200 OK", b"[]"), {"unexpected_answer"}),
        (answers(b"200 OK", b"{}"), {"unexpected_answer"}),
        (answers(b"200 OK", b'{"versions": null}'), {"unexpected_answer"}),
        (answers(b"200 OK", b'{"version": {"id": 3}}'), {"unreachable"}),
        (answers(b"204 No Content"), {"unexpected_answer"}),
        (answers(b"404 Not Found", b"<html>nothing here</html>"), {"unreachable"}),
        (redirects_to_itself, {"unexpected_answer"}),
        (trickles, {"dropped"}),
        (trickles_headers, {"dropped"}),
        (is_silent, {"dropped"}),
        (floods, {"unexpected_answer", "dropped"}),
    ],
    ids=[
        "401",
        "HTML",
        "null",
        "list",
        "object",
        "versions null",
        "odd version",
        "no content",
        "404",
        "redirects in a circle",
        "endless body",
        "endless headers",
        "silence",
        "flood",
    ],
)
@pytest.mark.parametrize("path", ["/v3", "/v3/users", "/identity"])
def test_discovery_ends_with_a_typed_error(
    serving: Callable[[Serve], int],
    monkeypatch: pytest.MonkeyPatch,
    fake: FakeCloud,
    serve: Serve,
    kinds: set[str],
    path: str,
) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", transport.MIB)
    auth = {**fake.params["auth"], "auth_url": f"http://127.0.0.1:{serving(serve)}{path}"}
    cloud = connect({"auth": auth}, fake.time.clock)
    cloud._region.config["api_timeout"] = 0.3 if "dropped" in kinds else 20
    begin = time.monotonic()
    with pytest.raises(CloudError) as caught:
        cloud.identity()
    assert time.monotonic() - begin < 30
    assert caught.value.failure.service == "identity"
    if path != "/identity":
        # If the path has no version, keystoneauth sends only one request.
        assert caught.value.failure.kind in kinds, caught.value


def test_401_to_discovery_does_not_deadlock(fake: FakeCloud) -> None:
    """Keystoneauth repeats the request with a token.

    The request must not wait for the token that it returns.
    """
    params = fake.params
    params["auth"]["auth_url"] += "/users"
    fake.fault("GET", "/users", status=401, times=99)
    with pytest.raises(CloudError, match=r"answered with HTTP 401 during authentication: .*/v3/users"):
        connect(params, fake.time.clock).identity()
