# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The exception classes of this collection. Each exception has the structured value ``failure``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """The details of an error, which a playbook can use in conditions."""

    kind: str
    message: str
    service: str | None = None
    http_status: int | None = None
    request_id: str | None = None

    def as_result(self) -> dict[str, Any]:
        return asdict(self)


class CloudError(Exception):
    """Base class of all errors that module_utils raises deliberately."""

    kind = "service"

    def __init__(
        self,
        message: str,
        *,
        service: str | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.failure = Failure(self.kind, message, service, http_status, request_id)
        self.retry_after = retry_after


class InputError(CloudError):
    """The value of an option is not valid."""

    kind = "input"


class ConfigurationError(CloudError):
    """An error in clouds.yaml, in an OS_* variable or in the option ``auth``."""

    kind = "configuration"


class AuthenticationError(CloudError):
    """The Identity service refuses the credentials or the token."""

    kind = "authentication"


class CatalogError(CloudError):
    """The catalog does not contain the requested service, region or interface."""

    kind = "catalog"


class UnreachableError(CloudError):
    """There is no connection to the endpoint, or the answer does not come from the expected API."""

    kind = "unreachable"


class TlsError(CloudError):
    """The certificate of an API endpoint is not trusted."""

    kind = "tls"


class DroppedError(CloudError):
    """The connection ended without an answer, so the service may have processed the request."""

    kind = "dropped"


class BadRequestError(CloudError):
    """The service refused the request with HTTP 400."""

    kind = "bad_request"


class ForbiddenError(CloudError):
    """HTTP 403: a policy forbids the request."""

    kind = "permission"


class QuotaError(CloudError):
    """The service refused the request because of a quota, with HTTP 403 or 413."""

    kind = "quota"


class NotFoundError(CloudError):
    """HTTP 404: the resource does not exist, or the user may not see it."""

    kind = "not_found"


class ConflictError(CloudError):
    """HTTP 409: the state of the resource does not allow the request."""

    kind = "conflict"


class BusyError(CloudError):
    """A compute host has running migrations of other users."""

    kind = "busy"


class NoValidHostError(CloudError):
    """No compute host can take the server."""

    kind = "no_valid_host"


class RateLimitError(CloudError):
    """The service refused the request with HTTP 413 or 429, because it received too many requests."""

    kind = "rate_limit"


class ServiceError(CloudError):
    """HTTP 5xx: the service failed."""

    kind = "service"


class UnexpectedAnswerError(CloudError):
    """The answer of a service does not have the format of its API."""

    kind = "unexpected_answer"


class MicroversionError(CloudError):
    """The service does not support the microversion that the request needs."""

    kind = "microversion"


class TimeoutExceededError(CloudError):
    """The timeout has passed."""

    kind = "timeout"


class GuestError(CloudError):
    """The guest cannot be checked, for example because it prints no counter on its console."""

    kind = "guest"


class InternalError(CloudError):
    """An unexpected exception, for example because of a bug in the collection."""

    kind = "internal"
