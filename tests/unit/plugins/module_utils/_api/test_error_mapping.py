# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
from typing import TYPE_CHECKING, Any, cast

import openstack.exceptions
import pytest
import requests
from ansible_collections.stackproof.migration.plugins.module_utils._api.error_mapping import (
    from_exception,
    message_in,
    policy_advice,
)
from ansible_collections.stackproof.migration.tests.unit.plugins.certificates import self_signed
from keystoneauth1 import exceptions as auth
from keystoneauth1.session import Session
from pytest_httpserver import HTTPServer
from urllib3.exceptions import MaxRetryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError

ANSWER_CUT_OFF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
NO_HTTP = b"SSH-2.0-OpenSSH_9.2\r\n"


def failure_of(url: str, *, timeout: float = 10, **settings: Any) -> CloudError:
    """Send a request to this address and return the mapped error. The request must fail."""
    session = Session(**settings)
    with pytest.raises(auth.ConnectionError) as caught:
        session.request(url, "POST", authenticated=False, timeout=timeout)
    return from_exception(caught.value, service="compute", what="Asking")


@pytest.fixture
def answering() -> Iterator[Callable[[Callable[[socket.socket], object]], int]]:
    """Return a function that starts a server on a free port.

    The server handles one connection.
    """
    threads = []

    def start(serve: Callable[[socket.socket], object]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listener, contextlib.suppress(OSError):
                connection = listener.accept()[0]
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)
        return int(listener.getsockname()[1])

    yield start
    for thread in threads:
        thread.join()


def closes(connection: socket.socket) -> None:
    connection.recv(65536)


def resets(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def says(what: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(what)

    return serve


def stays_silent(connection: socket.socket) -> None:
    # Wait until the client closes the connection.
    while connection.recv(65536):
        pass


# The text depends on the version of OpenSSL.
ENDS_EARLY = r"(?:\[SSL: UNEXPECTED_EOF|TLS/SSL connection has been closed)"


@pytest.mark.parametrize(
    ("scheme", "serve", "kind", "said"),
    [
        ("http", closes, "dropped", r"ended without an answer: {url}: Remote end closed connection without response\."),
        ("http", resets, "dropped", r"ended without an answer: {url}: \[Errno 104\] Connection reset by peer\."),
        ("http", says(ANSWER_CUT_OFF), "dropped", r"ended without an answer: .*IncompleteRead\(4 bytes read, 96 more"),
        ("http", says(NO_HTTP), "dropped", r"ended without an answer: .*SSH-2\.0-OpenSSH_9\.2"),
        ("http", stays_silent, "dropped", r"ended without an answer: Request to {url} timed out\. .* api_timeout\."),
        ("https", closes, "dropped", rf"closed during the TLS handshake: {{url}}: {ENDS_EARLY}"),
        ("https", resets, "dropped", r"{url}: \[Errno 104\] Connection reset by peer\."),
        ("https", stays_silent, "dropped", r"ended without an answer: Request to {url} timed out\."),
        ("https", says(NO_HTTP), "tls", r"no trusted TLS connection .*: {url}: \[SSL: .*Set ca_cert"),
    ],
)  # fmt: skip
def test_error_for_each_failure_of_a_server(
    answering: Callable[[Callable[[socket.socket], object]], int],
    scheme: str,
    serve: Callable[[socket.socket], None],
    kind: str,
    said: str,
) -> None:
    url = f"{scheme}://127.0.0.1:{answering(serve)}/v2.1"
    failure = failure_of(url, timeout=0.1 if serve is stays_silent else 10).failure
    assert failure.kind == kind
    assert re.search(said.replace("{url}", re.escape(url)), failure.message), failure.message


def test_error_for_an_untrusted_certificate(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with HTTPServer(ssl_context=context) as server:
        url = f"https://127.0.0.1:{server.port}/v2.1"
        failure = failure_of(url).failure
    assert failure.kind == "tls"
    assert f"{url}: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed" in failure.message


def test_error_for_a_closed_port(closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}/v3/auth/tokens"
    failure = failure_of(url).failure
    assert failure.kind == "unreachable"
    assert (
        f"nothing answers at the identity service's endpoint: {url}: [Errno 111] Connection refused." in failure.message
    )


def test_error_when_the_name_does_not_resolve() -> None:
    failure = failure_of("http://cloud.invalid/v2.1").failure
    assert failure.kind == "unreachable"
    assert (
        "host name cannot be resolved: http://cloud.invalid/v2.1: Failed to resolve 'cloud.invalid'" in failure.message
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (auth.Unauthorized(), "authentication"),
        (auth.EmptyCatalog(), "catalog"),
        (openstack.exceptions.EndpointNotFound(), "catalog"),
        (openstack.exceptions.ConfigException("No cloud"), "configuration"),
        (auth.MissingRequiredOptions([]), "configuration"),
        (auth.NoMatchingPlugin("kerberos"), "configuration"),
        (auth.VersionNotAvailable(), "unreachable"),
        (auth.UnknownConnectionError("odd", ValueError()), "unreachable"),
        (auth.Conflict(http_status=409), "conflict"),
        # Only the class of the exception decides. The text must not change the mapping.
        (ValueError("SSL: Name or service not known, Connection refused, timed out"), "configuration"),
        (auth.Unauthorized("The connection to LDAP timed out"), "authentication"),
    ],
)
def test_error_depends_on_the_class_of_the_exception(error: Exception, kind: str) -> None:
    assert from_exception(error, service="compute", what="Doing").failure.kind == kind


def test_error_for_a_reset_during_the_tls_handshake() -> None:
    """For a reset during the TLS handshake, older releases of urllib3 raise an SSL error."""
    error = auth.SSLError("SSL exception connecting to https://cloud.example/v3")
    error.__context__ = requests.exceptions.SSLError(
        MaxRetryError(cast("Any", None), "/v3", ConnectionResetError(104, "Reset"))
    )
    assert from_exception(error, service="compute", what="Asking").failure.kind == "dropped"


def test_accepts_exceptions_that_cause_each_other() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__context__ = two, one
    assert from_exception(one, service="compute", what="Doing").failure.message == "Doing: one."


def test_unknown_exceptions_become_configuration_errors() -> None:
    assert from_exception(ValueError("odd"), service="compute", what="Doing").failure.message == "Doing: odd."
    assert from_exception(ValueError(), service="compute", what="Doing").failure.message == "Doing: ValueError."


@pytest.mark.parametrize(
    ("body", "words"),
    [("", ""), ("{}", ""), ('{"errors": []}', ""), ('{"errors": [{"detail": " d\\n\\n e "}]}', "d e"), ('"text"', "")],
)
def test_reads_message_from_the_body(body: str, words: str) -> None:
    assert message_in(body) == words


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("Policy doesn't allow os_compute_api:servers:create to be performed.", "member in the project"),
        ("Policy doesn't allow os_compute_api:servers:delete to be performed.", "member in the project"),
        ("Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.", "admin"),
        (
            "Policy doesn't allow os_compute_api:servers:create:zero_disk_flavor to be performed.",
            "admin, or a boot volume (option boot_volume) for the servers",
        ),
        ("Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed.", "admin"),
        ("Policy doesn't allow os_compute_api:servers:detail to be performed.", "reader in the project"),
        ("Policy doesn't allow os_compute_api:os-migrate-server:migrate_live:host to be performed.", "admin"),
        (
            "Policy doesn't allow os_compute_api:os-migrate-server:migrate_live to be performed.",
            "admin or, since Nova 32 (2025.2), manager in the server's project",
        ),
        (
            "Access was denied to this resource.\n\n Policy does not allow placement:allocations:list to be performed.",
            "admin, or service",
        ),
    ],
)
def test_advice_names_the_role_that_a_policy_requires(said: str, role: str) -> None:
    assert policy_advice(said).endswith(f" requires by default the role {role}.")


def test_advice_for_an_unknown_policy() -> None:
    assert policy_advice("Policy doesn't allow os_compute_api:os-new to be performed.") == (
        "Use credentials that the policy os_compute_api:os-new allows."
    )
    assert policy_advice("No.") == "Use credentials whose role the policy allows."
