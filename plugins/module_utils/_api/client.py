# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""The one way to a cloud: openstacksdk's adapters, with retries of reads and typed errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.stackproof.migration.plugins.module_utils._api import error_mapping, sdk
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CloudError,
    ConfigurationError,
    DroppedError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    MicroversionRange,
    MicroversionRequirement,
    parsed,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import (
    SYSTEM_CLOCK,
    Clock,
    Deadline,
    PollIntervals,
)
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from keystoneauth1.adapter import Adapter
    from openstack.config.cloud_region import CloudRegion

Params = Mapping[str, Any]
T = TypeVar("T")

# A service that fails longer than this is down; waiting on would only hide it.
RETRY_SECONDS = 60.0
# A service that is in the catalog and never answered yet may be restarting; if it is misnamed, that is told soon.
FIRST_CONTACT_SECONDS = 20.0
_RETRY_PACE = PollIntervals(first=0.5, cap=8.0, growth=2.0)
_PASSING = frozenset({500, 502, 503, 504})
# What a proxy answers that has sent the request on and got nothing back
_LOST = frozenset({502, 504})
_RETRIED = (UnreachableError, DroppedError, RateLimitError, ServiceError)


@dataclass(frozen=True)
class Response:
    """What came back, less the HTTP."""

    body: Any
    request_id: str | None


@dataclass(frozen=True)
class Identity:
    """Who we are for the cloud."""

    user_id: str | None
    user_name: str | None
    project_id: str | None
    project_name: str | None
    roles: list[str]

    def as_result(self) -> dict[str, Any]:
        return {
            "user": {"id": self.user_id, "name": self.user_name},
            "project": {"id": self.project_id, "name": self.project_name},
            "roles": self.roles,
        }


def connect(params: Mapping[str, Any], clock: Clock = SYSTEM_CLOCK) -> Cloud:
    """Open the cloud that the module's options, clouds.yaml or OS_* variables name."""
    cloud = params.get("cloud")
    if isinstance(cloud, Mapping):
        given = {key: value for key, value in cloud.items() if value is not None}
        rivals = [name for name in ("auth", "auth_type", "region_name", "interface") if params.get(name)]
        if rivals:
            raise ConfigurationError(
                f"cloud is a dictionary, so {', '.join(rivals)} must be inside it and not beside it."
            )
    else:
        given = {
            "cloud": cloud,
            "auth": params.get("auth"),
            "auth_type": params.get("auth_type"),
            "region_name": params.get("region_name"),
            "verify": params.get("validate_certs"),
            "cacert": params.get("ca_cert"),
            "cert": params.get("client_cert"),
            "key": params.get("client_key"),
            "interface": params.get("interface"),
        }
        given = {key: value for key, value in given.items() if value is not None}
    try:
        # Importing the SDK takes a while: not before the options are known to be good.
        region = sdk.region(given)
    except Exception as error:
        # Every error of the SDK's configuration ends here, typed; none is swallowed.
        told = error_mapping.from_exception(error, service="identity", what="Cannot use this cloud's settings")
        if isinstance(cloud, str) and f"Cloud {cloud} was not found" in str(error):
            told = ConfigurationError(f"{told.failure.message} {_what_there_is(cloud)}", service="identity")
        raise told from error
    return Cloud(region, clock=clock, api_timeout=params.get("api_timeout"))


def _what_there_is(wanted: str) -> str:
    """Which clouds could have been named; names alone, no settings."""
    file, names = sdk.known_clouds()
    if file is None:
        return (
            "There is no clouds.yaml: not in the working folder, in ~/.config/openstack or in /etc/openstack, and"
            " OS_CLIENT_CONFIG_FILE names none."
        )
    return f"{file} has: {', '.join(names)}. {did_you_mean(wanted, names)}".rstrip()


class Cloud:
    """Requests to one cloud as one user."""

    def __init__(self, region: CloudRegion, *, clock: Clock = SYSTEM_CLOCK, api_timeout: float | None = None):
        self._region = region
        self.clock = clock
        self._api_timeout = api_timeout or 60.0
        self._adapters: dict[str, Adapter] = {}
        self._range: MicroversionRange | None = None
        self._clock_ahead: timedelta | None = None
        self._reached = False
        self.deadline: Deadline | None = None
        # Found out by the first list of migrations
        self.own_migrations_only = False

    # What the cloud is

    @property
    def microversions(self) -> MicroversionRange:
        """The range of the Compute API, read once."""
        if self._range is None:
            self._range = self._retrying(self._read_range)
        return self._range

    def _read_range(self) -> MicroversionRange:
        what = "Reading the Compute API's versions"
        adapter = self._adapter("compute")
        try:
            data = adapter.get_endpoint_data()
        except Exception as error:
            raise error_mapping.from_exception(error, service="compute", what=what) from error
        if data is not None and data.max_microversion is not None:
            self._reached = True
            oldest, newest = data.min_microversion or (2, 1), data.max_microversion
            return MicroversionRange((int(oldest[0]), int(oldest[1])), (int(newest[0]), int(newest[1])))
        # The SDK tells an endpoint that is down not from one that is another's. We do, and it may be up by now.
        root = self._request("compute", "GET", "/", what).body
        version = root.get("version") if isinstance(root, dict) else None
        if not isinstance(version, dict) or not version.get("version"):
            raise ServiceError(
                f"{what}: its endpoint does not tell its microversions. Check the compute endpoint in the catalog.",
                service="compute",
            )
        return MicroversionRange(parsed(version["min_version"]), parsed(version["version"]))

    def identity(self) -> Identity:
        """The user, project and roles of the token."""
        try:
            session = self._region.get_session()
            access = session.auth.get_access(session)  # type: ignore[union-attr]  # the SDK always has one
        except Exception as error:
            raise error_mapping.from_exception(error, service="identity", what="Authenticating") from error
        return Identity(
            access.user_id, access.username, access.project_id, access.project_name, sorted(access.role_names or [])
        )

    def place(self) -> dict[str, str | None]:
        """Which cloud it is: where it authenticates, and the region."""
        auth = self._region.config.get("auth") or {}
        return {"auth_url": auth.get("auth_url"), "region": self._region.get_region_name() or None}

    def now(self) -> datetime:
        """The time on the cloud's clock, as far as its answers told."""
        return datetime.now(UTC) + (self._clock_ahead or timedelta(0))

    # Requests

    def get(
        self, path: str, what: str, *, need: MicroversionRequirement | None = None, params: Params | None = None
    ) -> Any:
        """Read from Nova; repeated on passing faults."""
        return self.read("compute", path, what, microversion=self._choose(need), params=params)

    def find(self, path: str, what: str, *, need: MicroversionRequirement | None = None) -> Any | None:
        """Read from Nova; None when it is not there."""
        try:
            return self.get(path, what, need=need)
        except NotFoundError:
            return None

    def read(
        self, service: str, path: str, what: str, *, microversion: str | None = None, params: Params | None = None
    ) -> Any:
        return self._retrying(
            lambda: self._request(service, "GET", path, what, microversion=microversion, params=params)
        ).body

    def send(
        self,
        method: str,
        path: str,
        what: str,
        *,
        need: MicroversionRequirement | None = None,
        json: Any = None,
        service: str = "compute",
        microversion: str | None = None,
    ) -> Response:
        """Change something, in Nova unless told otherwise: sent once, never repeated here.

        Raises DroppedError where it is not known whether it took effect: also when a proxy says that it got no answer.
        """
        chosen = microversion if need is None else self._choose(need)
        try:
            return self._request(service, method, path, what, microversion=chosen, json=json)
        except ServiceError as error:
            if error.failure.http_status not in _LOST:
                raise
            raise DroppedError(
                error.failure.message,
                service=service,
                http_status=error.failure.http_status,
                request_id=error.failure.request_id,
            ) from error

    def retry_idempotent(self, change: Callable[[], Response]) -> Response:
        """A change that is harmless when sent twice: repeated on passing faults, as reads are."""
        return self._retrying(change)

    def pages(
        self,
        path: str,
        key: str,
        what: str,
        *,
        need: MicroversionRequirement | None = None,
        params: Mapping[str, Any] | None = None,
        enough: Callable[[list[dict[str, Any]]], bool] = lambda _found: False,
    ) -> list[dict[str, Any]]:
        """The entries of a Nova list, page after page, all or until there are enough."""
        wanted = dict(params or {})
        found: list[dict[str, Any]] = []
        while True:
            body = self.get(path, what, need=need, params=wanted)
            page = list(body.get(key, []))
            found += page
            links = {link.get("rel") for link in body.get(f"{key}_links", [])}
            if not page or "next" not in links or enough(found):
                return found
            last = page[-1]
            wanted["marker"] = last.get("uuid") or last["id"]

    def _choose(self, need: MicroversionRequirement | None) -> str | None:
        return None if need is None else self.microversions.choose(need)

    def _retrying(self, request: Callable[[], T]) -> T:
        patience = Deadline(self.clock, RETRY_SECONDS if self._reached else FIRST_CONTACT_SECONDS)
        for pause in _RETRY_PACE.intervals():
            try:
                return request()
            except _RETRIED as error:
                if not self._worth_repeating(error):
                    raise
                wait = pause if error.retry_after is None else error.retry_after
                left = patience.left if self.deadline is None else min(patience.left, self.deadline.left)
                if wait >= left:
                    raise
                self.clock.sleep(wait)
        raise AssertionError("the pace of retries never ends")  # pragma: no cover

    def _worth_repeating(self, error: CloudError) -> bool:
        # An Identity service that never answered is more likely misnamed than restarting.
        if isinstance(error, UnreachableError):
            return self._reached or error.failure.service != "identity"
        return not isinstance(error, ServiceError) or error.failure.http_status in _PASSING

    def _request(
        self,
        service: str,
        method: str,
        path: str,
        what: str,
        *,
        microversion: str | None = None,
        params: Params | None = None,
        json: Any = None,
    ) -> Response:
        extra: dict[str, Any] = {}
        if json is not None:
            extra["json"] = json
        if params:
            extra["params"] = params
        if microversion is not None:
            extra["microversion"] = microversion
        adapter = self._adapter(service)
        try:
            response = adapter.request(
                path,
                method,
                raise_exc=False,
                # Repeating is decided here, where it is known what may be repeated.
                connect_retries=0,
                status_code_retries=0,
                timeout=self._request_timeout(),
                **extra,
            )
        except Exception as error:
            raise error_mapping.from_exception(error, service=service, what=what) from error
        self._reached = True
        self._read_clock(response.headers.get("Date"))
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise error_mapping.from_answer(
                response.status_code, response.headers, response.text, service=service, what=what
            )
        try:
            body = response.json() if response.content else None
        except ValueError as error:
            raise ServiceError(
                f"{what}: the {service} service's answer is not JSON. Check the endpoint in the catalog.",
                service=service,
                http_status=response.status_code,
                request_id=error_mapping.request_id_in(response.headers),
            ) from error
        return Response(body, error_mapping.request_id_in(response.headers))

    def _request_timeout(self) -> float:
        if self.deadline is None:
            return self._api_timeout
        # A request on the very deadline still gets a second: it is the last look.
        return min(self._api_timeout, max(1.0, self.deadline.left))

    def _read_clock(self, date: str | None) -> None:
        if date is None:
            return
        try:
            ahead = parsedate_to_datetime(date) - datetime.now(UTC)
        except (TypeError, ValueError):
            return
        # The header has whole seconds, cut off: of several the one that is furthest ahead is nearest to the truth.
        self._clock_ahead = ahead if self._clock_ahead is None else max(ahead, self._clock_ahead)

    def _adapter(self, service: str) -> Adapter:
        if service not in self._adapters:
            try:
                self._adapters[service] = sdk.adapter(self._region, service)
            except Exception as error:
                raise error_mapping.from_exception(
                    error, service=service, what=f"Finding the {service} service"
                ) from error
        return self._adapters[service]
