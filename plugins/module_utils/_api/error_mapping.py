# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions that create typed errors from HTTP answers and SDK exceptions."""

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
    MicroversionError,
    NotFoundError,
    NoValidHostError,
    QuotaError,
    RateLimitError,
    ServiceError,
    TlsError,
    UnexpectedAnswerError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import (
    Meaning,
    means,
    policy_in,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.transport import Exchange

_TRANSPORT = f"{__package__}.transport"

# This pattern finds an HTML page of a proxy in an error text.
_HTML = re.compile(r"<(?:!doctype|html|head|body|h1|title|p)\b", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s'\"]*[^\s'\".:]")
_CAUSE = re.compile(
    r"\[SSL[^\]]*\][^()'\"]*|Failed to resolve '[^']*'|\[Errno [^\]]*\][^()'\"]*"
    r"|Remote end closed[^()'\"]*|Read timed out"
)
# The first pattern that matches the name of a policy determines the role in the error message.
_ROLES = (
    (re.compile(r"zero_disk_flavor"), "the role admin, or a boot volume (option boot_volume) for the servers"),
    (re.compile(r"^placement:"), "the role admin, or service"),
    (
        re.compile(
            r":host$|all_projects|all_tenants|get_all|os-hypervisors|os-services|os-aggregates"
            r"|forced_host|requested_destination|unlock_override|instance-actions:events"
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

_ADVICE_ON_IDENTITY = (
    "Check the settings in auth: username, user_domain_name, password, project_name and project_domain_name."
)
_BY_STATUS: dict[int, type[CloudError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    406: MicroversionError,
    409: ConflictError,
    413: RateLimitError,
    429: RateLimitError,
}


def message_in(body: str) -> str:
    """Return the error message in the body of an answer. Return an empty text when the body has no message."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return abbreviated(re.sub(r"<[^>]*>", " ", body) if _HTML.search(body) else body)
    if isinstance(data, dict):
        errors = data.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            return one_line(errors[0].get("detail") or errors[0].get("title") or "")
        for value in data.values():
            if isinstance(value, dict) and "message" in value:
                return one_line(value["message"])
        if "message" in data:
            return one_line(data["message"])
    return ""


def abbreviated(text: str, most: int = 300) -> str:
    """Return the text in one line. Cut it after ``most`` characters, and add an ellipsis."""
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most + 1].rpartition(' ')[0] or line[:most]} …"


def one_line(text: object) -> str:
    """Remove line breaks and repeated spaces from the text."""
    return " ".join(str(text).split())


def retry_after_in(headers: Mapping[str, str]) -> float | None:
    """Return the seconds in a Retry-After header. Return None when the header is missing or contains a date."""
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None


def request_id_in(headers: Mapping[str, str]) -> str | None:
    """Return the request id, which is also in the logs of the service."""
    return headers.get("x-openstack-request-id") or headers.get("x-compute-request-id")


def policy_advice(message: str) -> str:
    """Return advice for a policy error. The advice names the role that the policy requires by default."""
    policy = policy_in(message)
    if policy is None:
        return "Use credentials whose role the policy allows."
    for which, role in _ROLES:
        if which.search(policy):
            return f"The policy {policy} requires by default {role}."
    return f"Use credentials that the policy {policy} allows."


def _kind_of(status: int) -> type[CloudError]:
    fallback = ServiceError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else BadRequestError
    return _BY_STATUS.get(status, fallback)


def from_answer(status: int, headers: Mapping[str, str], body: str, *, service: str, what: str) -> CloudError:
    """Convert an HTTP answer with a status of 400 or more to a typed error. `what` describes the request."""
    message = message_in(body)
    kind = _kind_of(status)
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE) and means(message, Meaning.OVER_QUOTA):
        kind = QuotaError
    elif means(message, Meaning.NO_VALID_HOST):
        kind = NoValidHostError
    advice = {
        AuthenticationError: "The service also refused a new token. Check the credentials.",
        ForbiddenError: policy_advice(message),
        QuotaError: "Delete resources of the project, or raise the quota.",
        RateLimitError: "The service limits the rate of requests. Try again later, or poll less often.",
        MicroversionError: "The service does not offer the requested microversion.",
        NoValidHostError: "Check the capacity, state, aggregates and availability zones of the compute hosts.",
        ServiceError: "See the log of the service.",
    }.get(kind, "")
    if kind is ForbiddenError and means(message, Meaning.ZERO_DISK):
        advice = "Set boot_volume to boot from a volume, or choose a flavor with a root disk."
    if kind is ConflictError and means(message, Meaning.LOCKED):
        advice = "Unlock the server (`openstack server unlock`), or use the credentials of an administrator."
    sentence = f"{what}: the {service} service answered HTTP {status}"
    sentence += f": {message.rstrip('.')}." if message else "."
    return kind(
        f"{sentence} {advice}".strip(),
        service=service,
        http_status=status,
        request_id=request_id_in(headers),
        retry_after=retry_after_in(headers),
    )


def _summary(text: str, chain: list[BaseException]) -> str:
    """Return the URL and the cause from the error message of a failed connection."""
    url, cause = _URL.search(text), _CAUSE.search(text)
    innermost = next((str(one) for one in reversed(chain) if isinstance(one, OSError) and one.errno), None)
    reason = cause.group().strip() if cause else innermost
    return f"{url.group()}: {reason}" if url and reason else text


def _chain_of(error: BaseException) -> list[BaseException]:
    """Return an exception and its causes, also those in ``args`` and ``reason``."""
    chain = [error]
    for one in chain:
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        chain += [each for each in inner if isinstance(each, BaseException) and not any(each is had for had in chain)]
    return chain


Classes = tuple[type[BaseException], ...]


@dataclass(frozen=True)
class _Mapping:
    """Selects the typed error for an exception of the SDK."""

    error: type[CloudError]
    sentence: str
    # The SDK exceptions that are converted to the class ``error``.
    classes: Classes = ()
    # An exception is also converted if it has a cause from each of these groups of classes.
    chain: tuple[Classes, ...] = ()

    def matches(self, chain: list[BaseException]) -> bool:
        if isinstance(chain[0], self.classes):
            return True
        return bool(self.chain) and all(any(isinstance(one, group) for one in chain) for group in self.chain)


@cache
def _mappings() -> tuple[_Mapping, ...]:
    auth = importlib.import_module("keystoneauth1.exceptions")
    http = importlib.import_module("requests.exceptions")
    transport = importlib.import_module("urllib3.exceptions")
    openstack = sdk.exceptions()
    transport_error = importlib.import_module(_TRANSPORT).BodyTooLargeError
    secured = (ssl.SSLError, http.SSLError, auth.SSLError)
    return (
        _Mapping(
            AuthenticationError,
            "the Identity service refused the credentials: {words}."
            " Check user, password, project and domains in clouds.yaml, the environment or auth.",
            classes=(auth.Unauthorized,),
        ),
        _Mapping(
            CatalogError,
            "the catalog has no {service} service for these settings: {words}."
            " Check region_name and interface, and that the cloud has the service.",
            classes=(auth.CatalogException, openstack.EndpointNotFound),
        ),
        _Mapping(
            ConfigurationError,
            "{words}.",
            classes=(openstack.ConfigException, auth.MissingAuthPlugin, auth.NoMatchingPlugin, auth.OptionError),
        ),
        _Mapping(
            UnexpectedAnswerError,
            "the answer does not come from the API of the {service} service: {words}. Check auth_url and the endpoint.",
            classes=(auth.InvalidResponse, http.TooManyRedirects),
        ),
        _Mapping(
            UnexpectedAnswerError,
            "the answer of the {service} service is too large: {words}. Check auth_url and the endpoint.",
            chain=((transport_error,),),
        ),
        _Mapping(
            DroppedError,
            "the connection to the {service} service was closed during the TLS handshake: {words}."
            " Check the service, and the proxies in front of it.",
            chain=(secured, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError)),
        ),
        _Mapping(
            TlsError,
            "there is no trusted TLS connection to the {service} service: {words}."
            " Set ca_cert (cacert in clouds.yaml) to the file of your certificate authority, or set"
            " validate_certs to false.",
            chain=(secured,),
        ),
        _Mapping(
            UnreachableError,
            "the {service} service's host name cannot be resolved: {words}."
            " Check auth_url, the endpoint in the catalog, and DNS.",
            chain=((socket.gaierror,),),
        ),
        _Mapping(
            UnreachableError,
            "nothing answers at the {service} service's endpoint: {words}."
            " Check auth_url or the endpoint in the catalog, and that the service is running.",
            chain=((transport.NewConnectionError, ConnectionRefusedError),),
        ),
        _Mapping(
            DroppedError,
            "the connection to the {service} service ended without an answer: {words}."
            " Check the service, the proxies in front of it, and api_timeout.",
            chain=((auth.RetriableConnectionFailure, http.Timeout, transport.ProtocolError),),
        ),
        _Mapping(
            UnreachableError,
            "there is no valid answer from the endpoint of the {service} service: {words}."
            " Check auth_url and the endpoint.",
            classes=(auth.DiscoveryFailure, auth.ConnectionError, http.ConnectionError, ConnectionError),
        ),
    )


def from_exception(error: Exception, *, service: str, what: str, exchange: Exchange | None = None) -> CloudError:
    """Convert an exception of openstacksdk or keystoneauth to a typed error.

    ``exchange`` is the last request, or None if no request was sent.
    """
    chain = _chain_of(error)
    text = one_line(error)
    words = _summary(text, chain).rstrip(".")
    # The SDK may send a request to the Identity service first. The exception class does not show which request failed.
    if "/auth/tokens" in f"{text} {getattr(error, 'url', '')}" or "identity endpoint" in text:
        service = "identity"
    status = getattr(error, "http_status", None)
    details: dict[str, Any] = {"service": service, "http_status": status or None}
    details["request_id"] = getattr(error, "request_id", None)
    for mapping in _mappings():
        if mapping.matches(chain):
            return mapping.error(f"{what}: {mapping.sentence.format(service=service, words=words)}", **details)
    if status == HTTPStatus.NOT_FOUND and service == "identity":
        # The identity service answers HTTP 404 if the path of auth_url is wrong.
        problem = f"{what}: the identity service answered HTTP 404 to the request for a token: {words}."
        return UnreachableError(
            f"{problem} Check the path of auth_url. The path must belong to the Identity API, such as /v3.",
            **details,
        )
    if status:
        advice = _ADVICE_ON_IDENTITY if service == "identity" and status == HTTPStatus.BAD_REQUEST else ""
        sentence = f"{what}: the {service} service answered HTTP {status}: {words}. {advice}"
        return _kind_of(status)(sentence.rstrip(), **details)
    if exchange is not None and isinstance(error, (LookupError, TypeError, AttributeError)):
        return UnexpectedAnswerError(
            f"{what}: the SDK cannot read the answer of the {service} service to {exchange.method} {exchange.url}:"
            f" {type(error).__name__}: {words}. Check auth_url and the endpoint.",
            service=service,
            http_status=exchange.http_status,
            request_id=exchange.request_id,
        )
    return ConfigurationError(f"{what}: {words or type(error).__name__}.", **details)
