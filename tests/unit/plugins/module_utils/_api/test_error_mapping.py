# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.error_mapping import (
    from_exception,
    message_in,
    policy_advice,
)

POOL = "HTTPConnectionPool(host='cloud.example', port=5000): Max retries exceeded with url: /v3/auth/tokens"


class ConnectFailure(Exception):  # noqa: N818  # the name that keystoneauth gave it
    """Named as keystoneauth's."""


@pytest.mark.parametrize(
    ("told", "kind", "shown"),
    [
        (
            (f"Unable to establish connection to http://cloud.example:5000/v3/auth/tokens: {POOL} (Caused by"
            ' NewConnectionError("HTTPConnection(host=\'cloud.example\', port=5000): Failed to establish a new'
            ' connection: [Errno 111] Connection refused"))'),
            "unreachable",
            "http://cloud.example:5000/v3/auth/tokens: [Errno 111] Connection refused.",
        ),
        (
            (f"Unable to establish connection to http://cloud.example:5000/v3/auth/tokens: {POOL} (Caused by"
            " NameResolutionError(\"HTTPConnection(host='cloud.example', port=5000): Failed to resolve"
            " 'cloud.example' ([Errno -2] Name or service not known)\"))"),
            "unreachable",
            "http://cloud.example:5000/v3/auth/tokens: Failed to resolve 'cloud.example'.",
        ),
        (
            (f"SSL exception connecting to https://cloud.example:5000/v3/auth/tokens: {POOL} (Caused by"
            " SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
            " self-signed certificate (_ssl.c:1006)')))"),
            "tls",
            ("https://cloud.example:5000/v3/auth/tokens: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
            " self-signed certificate."),
        ),
        (
            ("Unable to establish connection to http://cloud.example:5000/v3/auth/tokens: ('Connection aborted.',"
            " RemoteDisconnected('Remote end closed connection without response'))"),
            "dropped",
            "http://cloud.example:5000/v3/auth/tokens: Remote end closed connection without response.",
        ),
        (
            (f"SSL exception connecting to https://cloud.example:5000/v3/auth/tokens: {POOL} (Caused by"
            " SSLError(SSLEOFError(8, '[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol"
            " (_ssl.c:1006)')))"),
            "dropped",
            ("https://cloud.example:5000/v3/auth/tokens: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation"
            " of protocol."),
        ),
        (
            "Request to http://cloud.example:5000/v3/auth/tokens timed out",
            "dropped",
            "Request to http://cloud.example:5000/v3/auth/tokens timed out.",
        ),
    ],
)  # fmt: skip
def test_nested_words_become_where_and_why(told: str, kind: str, shown: str) -> None:
    error = from_exception(ConnectFailure(told), service="compute", what="Reading")
    assert error.failure.kind == kind
    assert error.failure.service == "identity"
    assert shown in error.failure.message
    assert "HTTPConnection" not in error.failure.message


def test_what_nobody_foresaw_is_still_told() -> None:
    assert from_exception(ValueError("odd"), service="compute", what="Doing").failure.message == "Doing: odd."
    assert from_exception(ValueError(), service="compute", what="Doing").failure.message == "Doing: ValueError."


@pytest.mark.parametrize(
    ("body", "words"),
    [("", ""), ("{}", ""), ('{"errors": []}', ""), ('{"errors": [{"detail": " d\\n\\n e "}]}', "d e"), ('"text"', "")],
)
def test_message_in_a_body(body: str, words: str) -> None:
    assert message_in(body) == words


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("Policy doesn't allow os_compute_api:servers:create to be performed.", "member in the project"),
        ("Policy doesn't allow os_compute_api:servers:delete to be performed.", "member in the project"),
        ("Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.", "admin"),
        ("Policy doesn't allow os_compute_api:servers:create:zero_disk_flavor to be performed.", "admin"),
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
def test_advice_names_the_role_that_would_do(said: str, role: str) -> None:
    assert policy_advice(said).endswith(f" asks by default for the role {role}.")


def test_advice_on_a_policy_that_we_do_not_know() -> None:
    assert policy_advice("Policy doesn't allow os_compute_api:os-new to be performed.") == (
        "Use credentials that the policy os_compute_api:os-new allows."
    )
    assert policy_advice("No.") == "Use credentials whose role the policy allows."
