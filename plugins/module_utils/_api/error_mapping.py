# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: from an HTTP answer or an SDK exception to a typed error that says what to do.

The class of an exception decides, and of those that led to it; the classes are imported when the first one is read.
"""

from __future__ import annotations

import importlib
import json
import re
import socket
import ssl
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api import sdk
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    AuthenticationError,
    BadRequestError,
    CatalogError,
    CloudError,
    ConfigurationError,
    ConflictError,
    DroppedError,
    ForbiddenError,
    NotFoundError,
    NoValidHostError,
    QuotaError,
    RateLimitError,
    ServiceError,
    TlsError,
    TooOldError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import (
    Meaning,
    means,
    policy_in,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_URL = re.compile(r"https?://[^\s'\"]*[^\s'\".:]")
_CAUSE = re.compile(
    r"\[SSL[^\]]*\][^()'\"]*|Failed to resolve '[^']*'|\[Errno [^\]]*\][^()'\"]*"
    r"|Remote end closed[^()'\"]*|Read timed out"
)
# What Nova and Placement ask for by default; the first that fits is right.
_ROLES = (
    (re.compile(r"^placement:"), "the role admin, or service"),
    (
        re.compile(
            r":host$|all_projects|all_tenants|get_all|os-hypervisors|os-services|os-aggregates"
            r"|forced_host|requested_destination|zero_disk_flavor|unlock_override|instance-actions:events"
        ),
        "the role admin",
    ),
    (
        re.compile(r"migrate_live|os-migrations|servers:migrations|servers-migrations"),
        "the role admin or, since Nova 32 (2025.2), manager in the server's project",
    ),
    (re.compile(r"servers:(create|delete)|os-lock-server|server-groups:create"), "the role member in the project"),
    (
        re.compile(r"servers:(index|detail|show)|instance-actions|quota-sets|os-server-groups"),
        "the role reader in the project",
    ),
)

_BY_STATUS: dict[int, type[CloudError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    406: TooOldError,
    409: ConflictError,
    413: RateLimitError,
    429: RateLimitError,
}


def message_in(body: str) -> str:
    """The service's own words, out of the shapes that OpenStack services answer in."""
    try:
        data = json.loads(body)
    except ValueError:
        return _first_sentence(re.sub(r"<[^>]*>", " ", body))
    if isinstance(data, dict):
        errors = data.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            return _one_line(errors[0].get("detail") or errors[0].get("title") or "")
        for value in data.values():
            if isinstance(value, dict) and "message" in value:
                return _one_line(value["message"])
        if "message" in data:
            return _one_line(data["message"])
    return ""


def _first_sentence(words: str) -> str:
    return _one_line(words)[:300]


def _one_line(words: object) -> str:
    return " ".join(str(words).split())


def retry_after_in(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header; its date form is rare enough to fall back to our own pace."""
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None


def request_id_in(headers: Mapping[str, str]) -> str | None:
    return headers.get("x-openstack-request-id") or headers.get("x-compute-request-id")


def policy_advice(message: str) -> str:
    """Which role would do, as far as the default policies of Nova and Placement go."""
    policy = policy_in(message)
    if policy is None:
        return "Use credentials whose role the policy allows."
    for which, role in _ROLES:
        if which.search(policy):
            return f"The policy {policy} asks by default for {role}."
    return f"Use credentials that the policy {policy} allows."


def _kind_of(status: int) -> type[CloudError]:
    fallback = ServiceError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else BadRequestError
    return _BY_STATUS.get(status, fallback)


def from_answer(status: int, headers: Mapping[str, str], body: str, *, service: str, what: str) -> CloudError:
    """The error that an HTTP answer of 400 and above stands for."""
    said = message_in(body)
    kind = _kind_of(status)
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE) and means(said, Meaning.OVER_QUOTA):
        kind = QuotaError
    elif means(said, Meaning.NO_VALID_HOST):
        kind = NoValidHostError
    advice = {
        AuthenticationError: "The token was refused, and a new one too: check the credentials.",
        ForbiddenError: policy_advice(said),
        QuotaError: "Free some of the project's quota, or have it raised.",
        RateLimitError: "The service limits its callers: try again later, or poll less often.",
        TooOldError: "The service does not know this API version.",
        NoValidHostError: "See the service's compute hosts: capacity, state, aggregates and availability zones.",
        ServiceError: "See the service's log.",
    }.get(kind, "")
    if kind is ConflictError and means(said, Meaning.LOCKED):
        advice = "Unlock it (`openstack server unlock`), or use an administrator's credentials."
    sentence = f"{what}: the {service} service answered HTTP {status}"
    sentence += f": {said.rstrip('.')}." if said else "."
    return kind(
        f"{sentence} {advice}".strip(),
        service=service,
        http_status=status,
        request_id=request_id_in(headers),
        retry_after=retry_after_in(headers),
    )


def _short(told: str, chain: list[BaseException]) -> str:
    """Where and why, out of the nested words of the libraries below the SDK."""
    url, cause = _URL.search(told), _CAUSE.search(told)
    innermost = next((str(one) for one in reversed(chain) if isinstance(one, OSError) and one.errno), None)
    why = cause.group().strip() if cause else innermost
    return f"{url.group()}: {why}" if url and why else _first_sentence(told)


def _chain_of(error: BaseException) -> list[BaseException]:
    """Return the exception and all that led to it, from the outermost to the innermost.

    keystoneauth raises its own exceptions while it handles those of requests, and names no cause; requests and urllib3
    hand the inner ones over as arguments, and urllib3 as ``reason``, too.
    """
    chain = [error]
    for one in chain:
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        chain += [each for each in inner if isinstance(each, BaseException) and not any(each is had for had in chain)]
    return chain


Classes = tuple[type[BaseException], ...]


@dataclass(frozen=True)
class _Reading:
    """One way to read an SDK exception, by its class or by the classes of the exceptions that led to it."""

    error: type[CloudError]
    sentence: str
    # What the exception itself is
    itself: Classes = ()
    # Each of these groups is in the chain
    chain: tuple[Classes, ...] = ()

    def fits(self, chain: list[BaseException]) -> bool:
        if isinstance(chain[0], self.itself):
            return True
        return bool(self.chain) and all(any(isinstance(one, group) for one in chain) for group in self.chain)


@cache
def _readings() -> tuple[_Reading, ...]:
    """The first that fits is right."""
    auth = importlib.import_module("keystoneauth1.exceptions")
    http = importlib.import_module("requests.exceptions")
    transport = importlib.import_module("urllib3.exceptions")
    openstack = sdk.exceptions()
    secured = (ssl.SSLError, http.SSLError, auth.SSLError)
    return (
        _Reading(
            AuthenticationError,
            "the Identity service refused the credentials: {words}."
            " Check user, password, project and domains in clouds.yaml, the environment or auth.",
            itself=(auth.Unauthorized,),
        ),
        _Reading(
            CatalogError,
            "the catalog has no {service} service for this region and interface: {words}."
            " Check region_name and interface, and that the cloud runs the service.",
            itself=(auth.CatalogException, openstack.EndpointNotFound),
        ),
        _Reading(
            ConfigurationError,
            "{words}. Name a cloud of clouds.yaml in cloud or OS_CLOUD, or give auth.",
            itself=(openstack.ConfigException, auth.MissingAuthPlugin, auth.NoMatchingPlugin, auth.OptionError),
        ),
        _Reading(
            DroppedError,
            "the connection to the {service} service was closed while it was being secured: {words}."
            " Check the service, and the proxies before it.",
            chain=(secured, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError)),
        ),
        _Reading(
            TlsError,
            "no trusted TLS connection to the {service} service: {words}."
            " Name the authority in ca_cert (or cacert in clouds.yaml), or set validate_certs to false.",
            chain=(secured,),
        ),
        _Reading(
            UnreachableError,
            "the {service} service's host name cannot be resolved: {words}."
            " Check auth_url, the endpoint in the catalog, and DNS.",
            chain=((socket.gaierror,),),
        ),
        _Reading(
            UnreachableError,
            "nothing answers at the {service} service's endpoint: {words}."
            " Check auth_url or the endpoint in the catalog, and that the service runs.",
            chain=((transport.NewConnectionError, ConnectionRefusedError),),
        ),
        _Reading(
            DroppedError,
            "the connection to the {service} service ended without an answer: {words}."
            " Check the service, the proxies before it, and api_timeout.",
            chain=((auth.RetriableConnectionFailure, http.Timeout, transport.ProtocolError),),
        ),
        _Reading(
            UnreachableError,
            "what answers for the {service} service does not speak its API: {words}. Check auth_url.",
            itself=(auth.DiscoveryFailure, auth.ConnectionError, http.ConnectionError, ConnectionError),
        ),
    )


def from_exception(error: Exception, *, service: str, what: str) -> CloudError:
    """The error that an exception of openstacksdk or keystoneauth stands for."""
    chain = _chain_of(error)
    told = " ".join(str(error).split())
    words = _short(told, chain).rstrip(".")
    # No class tells which service a failed discovery was of.
    if "/auth/tokens" in f"{told} {getattr(error, 'url', '')}" or "identity endpoint" in told:
        # It was on the way to another service that the Identity service was asked.
        service = "identity"
    status = getattr(error, "http_status", None)
    about: dict[str, Any] = {"service": service, "http_status": status or None}
    about["request_id"] = getattr(error, "request_id", None)
    for reading in _readings():
        if reading.fits(chain):
            return reading.error(f"{what}: {reading.sentence.format(service=service, words=words)}", **about)
    if status:
        return _kind_of(status)(f"{what}: the {service} service answered HTTP {status}: {words}.", **about)
    return ConfigurationError(f"{what}: {words or type(error).__name__}.", **about)
