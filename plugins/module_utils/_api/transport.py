# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""A keystoneauth session that limits the time of each request."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keystoneauth1.exceptions import DiscoveryFailure
from keystoneauth1.session import Session
from requests.adapters import BaseAdapter
from requests.exceptions import ReadTimeout, RequestException

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Response

MIB = 1024 * 1024
# The largest expected response of Nova is a page of 1,000 servers. Its size is about 5 MiB.
MAX_BODY_BYTES = 64 * MIB
_CHUNK_BYTES = 64 * 1024


class BodyTooLargeError(RequestException):
    """The body of an answer is larger than MAX_BODY_BYTES."""


@dataclass(frozen=True)
class Exchange:
    """An HTTP request and the status of its answer. Without an answer, the status is None."""

    method: str
    url: str
    http_status: int | None = None
    request_id: str | None = None


class BoundedSession(Session):
    """A keystoneauth session with a time limit for each whole request.

    The timeout of the library requests limits only the time between two parts of an answer.

    Raise DiscoveryFailure if a discovery request gets HTTP 401 during authentication. keystoneauth could block forever.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.last_exchange: Exchange | None = None
        self._deadline: float | None = None
        self._authenticating_thread: int | None = None
        for prefix, adapter in list(self.session.adapters.items()):
            self.session.mount(prefix, _BoundedAdapter(adapter, self))
        authenticate = getattr(self.auth, "get_auth_ref", None)
        if authenticate is not None:
            vars(self.auth)["get_auth_ref"] = self._marking(authenticate)

    def request(self, url: str, method: str, **settings: Any) -> Response:  # type: ignore[override]  # passes all on
        timeout, outer = settings.get("timeout") or self.timeout, self._deadline
        self._deadline = None if timeout is None else time.monotonic() + timeout
        try:
            return super().request(url, method, **settings)
        finally:
            self._deadline = outer

    def get_auth_headers(self, auth: Any = None, **settings: Any) -> Any:
        if self._authenticating_thread == threading.get_ident():
            where = "" if self.last_exchange is None else f": {self.last_exchange.url}"
            message = f"A request without a token was answered with HTTP 401 during authentication{where}"
            raise DiscoveryFailure(message)
        return super().get_auth_headers(auth, **settings)

    def seconds_left(self, timeout: float | None) -> float | None:
        """Return the seconds until the running request times out. Return None if the request has no timeout."""
        if self._deadline is None:
            return timeout
        left = max(0.0, self._deadline - time.monotonic())
        return left if timeout is None else min(timeout, left)

    def _marking(self, authenticate: Callable[[Session], Any]) -> Callable[[Session], Any]:
        def get_auth_ref(session: Session) -> Any:
            self._authenticating_thread = threading.get_ident()
            try:
                return authenticate(session)
            finally:
                self._authenticating_thread = None

        return get_auth_ref


class _BoundedAdapter(BaseAdapter):
    """Sends each HTTP request in a separate thread, so that the caller never waits longer than the deadline."""

    def __init__(self, adapter: BaseAdapter, session: BoundedSession) -> None:
        super().__init__()
        self._adapter = adapter
        self._session = session

    def send(self, request: PreparedRequest, *args: Any, **settings: Any) -> Response:
        method, url = str(request.method), str(request.url)
        self._session.last_exchange = Exchange(method, url)
        timeout = settings.get("timeout")
        seconds = self._session.seconds_left(timeout if isinstance(timeout, (int, float)) else None)
        if seconds is not None:
            if seconds <= 0:
                raise ReadTimeout(request=request)
            settings["timeout"] = seconds
        transfer = _Transfer(lambda: self._adapter.send(request, *args, **{**settings, "stream": True}), seconds)
        response = transfer.result(request)
        self._session.last_exchange = Exchange(
            method,
            url,
            response.status_code,
            response.headers.get("x-openstack-request-id") or response.headers.get("x-compute-request-id"),
        )
        return response

    def close(self) -> None:
        self._adapter.close()


class _Transfer:
    """An HTTP request that a separate thread sends."""

    def __init__(self, send: Callable[[], Response], seconds: float | None) -> None:
        self._send = send
        self._seconds = seconds
        self._abandoned = threading.Event()
        self._response: Response | None = None
        self._error: BaseException | None = None

    def result(self, request: PreparedRequest) -> Response:
        thread = threading.Thread(target=self._run, name="http-request", daemon=True)
        thread.start()
        thread.join(self._seconds)
        if thread.is_alive():
            self._abandoned.set()
            raise ReadTimeout(request=request)
        if self._error is not None:
            raise self._error
        if self._response is None:
            raise AssertionError("The HTTP request has ended without a response and without an error.")
        return self._response

    def _run(self) -> None:
        try:
            response = self._send()
            response._content = self._body_of(response)  # noqa: SLF001  # the library requests has no limit for a body
            response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001  # as Response.content sets it
            self._response = response
        except BaseException as error:  # noqa: BLE001  # the thread of the caller raises the error
            self._error = error

    def _body_of(self, response: Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for chunk in response.iter_content(_CHUNK_BYTES):
            parts.append(chunk)
            size += len(chunk)
            if size > MAX_BODY_BYTES or self._abandoned.is_set():
                response.close()
                message = f"the body of the answer has more than {MAX_BODY_BYTES // MIB} MiB"
                raise BodyTooLargeError(message, response=response)
        return b"".join(parts)
