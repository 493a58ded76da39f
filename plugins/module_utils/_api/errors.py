# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""What can go wrong, as typed errors that carry a structured failure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """The part of an error that a playbook can act on."""

    kind: str
    message: str
    service: str | None = None
    http_status: int | None = None
    request_id: str | None = None

    def as_result(self) -> dict[str, Any]:
        return asdict(self)


class CloudError(Exception):
    """Base of every error that the utils raise on purpose."""

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
    """An option names something that cannot be."""

    kind = "input"


class ConfigurationError(CloudError):
    """clouds.yaml, the environment or the auth options are wrong."""

    kind = "configuration"


class AuthenticationError(CloudError):
    """The Identity service knows us not, or no longer."""

    kind = "authentication"


class CatalogError(CloudError):
    """The cloud offers no such service, region or interface."""

    kind = "catalog"


class UnreachableError(CloudError):
    """Nothing answers, or nothing that speaks our protocol."""

    kind = "unreachable"


class TlsError(CloudError):
    """Something answers, but its certificate is not trusted."""

    kind = "tls"


class DroppedError(CloudError):
    """The connection ended before the answer: the request may have taken effect."""

    kind = "dropped"


class BadRequestError(CloudError):
    """400: the service understood and declines."""

    kind = "bad_request"


class ForbiddenError(CloudError):
    """403: a policy forbids it."""

    kind = "permission"


class QuotaError(CloudError):
    """403 or 413 that speaks of a quota."""

    kind = "quota"


class NotFoundError(CloudError):
    """404: no such thing, or none that this user may see."""

    kind = "not_found"


class ConflictError(CloudError):
    """409: the thing is in a state that does not allow it."""

    kind = "conflict"


class BusyError(CloudError):
    """Others move servers from or to the host."""

    kind = "busy"


class NoValidHostError(CloudError):
    """No compute host can take the server."""

    kind = "no_valid_host"


class RateLimitError(CloudError):
    """413 or 429: asked too often."""

    kind = "rate_limit"


class ServiceError(CloudError):
    """5xx, or an answer that cannot be read."""

    kind = "service"


class TooOldError(CloudError):
    """The cloud lacks the API microversion that the request needs."""

    kind = "microversion"


class TimeoutExceededError(CloudError):
    """The time that the caller allowed is over."""

    kind = "timeout"


class GuestError(CloudError):
    """The guest does not do what it must for the question to be put."""

    kind = "guest"
