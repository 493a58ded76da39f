# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""A client for the services of a cloud, based on openstacksdk."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ansible_collections.stackproof.migration.plugins.module_utils._api import cloud_settings, error_mapping, sdk
from ansible_collections.stackproof.migration.plugins.module_utils._api.answers import (
    AnswerSource,
    JsonObject,
    kind_of,
    parse,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ConfigurationError,
    DroppedError,
    MicroversionError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    MicroversionRange,
    MicroversionRequirement,
    parsed,
    stated_in,
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
    from keystoneauth1.session import Session
    from openstack.config.cloud_region import CloudRegion

Params = Mapping[str, Any]
T = TypeVar("T")

# After this time, in seconds, the client stops retrying a failed request.
RETRY_SECONDS = 60.0
# If the cloud has never answered, its URL may be wrong, so retries stop after this many seconds.
FIRST_CONTACT_SECONDS = 20.0
API_TIMEOUT_SECONDS = 60.0
_RETRY_INTERVALS = PollIntervals(first=0.5, cap=8.0, growth=2.0)
_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
# After these HTTP statuses of a proxy, the service behind the proxy may have processed the request, or not.
_LOST_STATUSES = frozenset({502, 503, 504})
_RETRIED = (UnreachableError, DroppedError, RateLimitError, ServiceError)
# A user can combine these options with an entry of clouds.yaml.
_SETTINGS_BESIDE_FILE = frozenset({"cloud", "auth_type", "region_name", "verify", "cacert", "cert", "key", "interface"})
_RANGE_OF_SDK = re.compile(r"minimum of (?P<oldest>[\d.]+) and a maximum of (?P<newest>\d+\.\d+)")


@dataclass(frozen=True)
class Response:
    """The JSON body and the request id of a response. An empty body is stored as an empty dictionary."""

    body: JsonObject
    request_id: str | None


@dataclass(frozen=True)
class Identity:
    """The user, the project and the roles in a token of the Identity service."""

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
    """Return the cloud that the module options, clouds.yaml or the OS_* variables select.

    The function sends no request. Raise ConfigurationError if a setting is not valid.
    """
    settings = _settings_of(params)
    api_timeout = params.get("api_timeout") or API_TIMEOUT_SECONDS
    try:
        # The import of the SDK is slow, so the options are validated first.
        region = sdk.region(settings, api_timeout)
    except Exception as error:
        raise _configuration_error(error, settings) from error
    source = _source_of(settings)
    problems = cloud_settings.problems_of_entry(region.config)
    if problems:
        raise ConfigurationError(_invalid(source, problems), service="identity")
    return Cloud(region, clock=clock, api_timeout=api_timeout, source=source)


def _settings_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the module options to settings of the SDK."""
    cloud = params.get("cloud")
    if isinstance(cloud, str) and ("{" in cloud or "\n" in cloud):
        raise ConfigurationError(
            "cloud must be the name of a cloud or a dictionary. It is a text that contains settings. Write the"
            " settings as a dictionary."
        )
    if isinstance(cloud, Mapping):
        duplicates = [name for name in ("auth", "auth_type", "region_name", "interface") if params.get(name)]
        if duplicates:
            raise ConfigurationError(
                f"cloud is a dictionary. Move {', '.join(duplicates)} from the module options into this dictionary."
            )
        return {key: value for key, value in cloud.items() if value is not None}
    settings = {
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
    return {key: value for key, value in settings.items() if value is not None}


def _cloud_name(settings: Mapping[str, Any]) -> str | None:
    name = settings.get("cloud") or os.environ.get("OS_CLOUD")
    return str(name) if name else None


def _source_of(settings: Mapping[str, Any]) -> str:
    """Return where the cloud settings come from, for error messages."""
    name = _cloud_name(settings)
    if name and not set(settings) - _SETTINGS_BESIDE_FILE:
        file = cloud_settings.CloudsFile()
        return f"the entry {name} of {file.path}" if file.path else f"the cloud {name}"
    if set(settings) - _SETTINGS_BESIDE_FILE:
        return "the options cloud or auth"
    return "the environment (OS_* variables) or clouds.yaml"


def _invalid(source: str, problems: list[str]) -> str:
    return f"Invalid cloud settings in {source}: {' '.join(problems)}"


def _configuration_error(error: Exception, settings: Mapping[str, Any]) -> ConfigurationError:
    """Return the message for an error that the SDK found in the configuration."""
    name, source, file = _cloud_name(settings), _source_of(settings), cloud_settings.CloudsFile()
    reads_file = not set(settings) - _SETTINGS_BESIDE_FILE
    if reads_file and file.problem:
        return ConfigurationError(file.problem, service="identity")
    if name and f"Cloud {name} was not found" in str(error):
        return ConfigurationError(f"Cloud {name} was not found. {_known_clouds(name, file)}", service="identity")
    if reads_file and not name and not cloud_settings.is_configured_by_environment() and len(file.entries) != 1:
        return ConfigurationError(f"No cloud is named. {_known_clouds('', file)}", service="identity")
    entry = file.entries.get(name or next(iter(file.entries), ""), settings) if reads_file else settings
    problems = cloud_settings.problems_of_entry(entry)
    if isinstance(entry, Mapping):
        auth_type = str(entry.get("auth_type") or "password")
        unknown_type = cloud_settings.unknown_auth_type(auth_type)
        unknown_key = None if unknown_type else cloud_settings.unknown_auth_key(error, auth_type)
        candidates = (cloud_settings.missing_profile(entry), unknown_type, unknown_key)
        problems += [problem for problem in candidates if problem]
    if not problems:
        missing = [str(option.dest) for option in getattr(error, "options", [])]
        words = error_mapping.one_line(error).rstrip(".") or type(error).__name__
        problems = [f"auth has no {', '.join(missing)}. Add it." if missing else f"{words}."]
    return ConfigurationError(_invalid(source, problems), service="identity")


def _known_clouds(name: str, file: cloud_settings.CloudsFile) -> str:
    """Return a sentence with the names of the clouds in clouds.yaml."""
    action = "Set cloud or OS_CLOUD to an entry of clouds.yaml, or set auth."
    if file.path is None:
        searched = ", ".join(sdk.clouds_file_candidates())
        return f"There is no clouds.yaml. {action} Searched: {searched}."
    names = sorted(map(str, file.entries))
    suggestion = did_you_mean(name, names) if name else ""
    return f"{file.path} has: {', '.join(names)}. {suggestion or action}"


class Cloud:
    """Sends requests to one cloud as one user."""

    # The last HTTP answer, which messages about unexpected exceptions show.
    last_answer: ClassVar[AnswerSource | None] = None

    def __init__(
        self,
        region: CloudRegion,
        *,
        clock: Clock = SYSTEM_CLOCK,
        api_timeout: float | None = None,
        source: str = "the cloud settings",
    ):
        self._region = region
        self.clock = clock
        self._api_timeout = api_timeout or API_TIMEOUT_SECONDS
        self._source = source
        self._session: Session | None = None
        self._adapters: dict[str, Adapter] = {}
        self._range: MicroversionRange | None = None
        self._clock_ahead: timedelta | None = None
        self._reached = False
        self.deadline: Deadline | None = None
        # Whether Nova hides the migrations of other projects from the user.
        self.own_migrations_only = False
        # Whether every request needs a token that is scoped to a project. A reader may use a token of the system.
        self.requires_project = True
        # The number of requests to the services of the catalog. Threads may send requests at the same time.
        self.requests = 0
        self._counting = Lock()

    def for_thread(self) -> Cloud:
        """Return a client for another thread. It shares the connections and the token, and has its own deadline."""
        other = copy.copy(self)
        other.deadline = None
        return other

    # Properties of the cloud

    @property
    def microversions(self) -> MicroversionRange:
        """Return the oldest and the newest microversion that the Compute API offers."""
        if self._range is None:
            self._range = self._retrying(self._read_range)
        return self._range

    def _read_range(self) -> MicroversionRange:
        what = "Reading the microversions of the Compute API"
        adapter = self._adapter("compute")
        try:
            data = adapter.get_endpoint_data()
        except Exception as error:
            raise self._typed(error, "compute", what) from error
        if data is not None and data.max_microversion is not None:
            self._reached = True
            oldest, newest = data.min_microversion or (2, 1), data.max_microversion
            return MicroversionRange((int(oldest[0]), int(oldest[1])), (int(newest[0]), int(newest[1])))
        # The SDK hides the cause of the error, so send a request to the Compute endpoint.
        body = self._request("compute", "GET", "/", what).body
        version = body.get("version")
        if not isinstance(version, dict) or not version.get("version"):
            raise ServiceError(
                f"{what}: the endpoint of the compute service states no microversions. Check the compute endpoint in"
                " the catalog.",
                service="compute",
            )
        try:
            return MicroversionRange(parsed(version["min_version"]), parsed(version["version"]))
        except (AttributeError, ValueError) as error:
            source = version.source if isinstance(version, JsonObject) else AnswerSource(what, "compute", "GET", "/")
            expected = "microversions such as 2.1 in min_version and version"
            raise source.error(expected, f"{version['min_version']!r} and {version['version']!r}") from error

    def identity(self) -> Identity:
        """Return the user, the project and the roles of the token."""
        access = self._access("Authenticating")
        if access is None:
            return Identity(None, None, None, None, [])
        return Identity(
            access.user_id, access.username, access.project_id, access.project_name, sorted(access.role_names or [])
        )

    def has_service(self, types: Collection[str]) -> bool:
        """Return whether the catalog names a service of one of these types. Without a token, the answer is True."""
        access = self._access("Reading the catalog")
        return access is None or any(entry["type"] in types for entry in access.service_catalog.catalog)

    def location(self) -> dict[str, str | None]:
        """Return the URL of the Identity service and the name of the region."""
        auth = self._region.config.get("auth") or {}
        return {"auth_url": auth.get("auth_url"), "region": self._region.get_region_name() or None}

    def now(self) -> datetime:
        """Return the current time of the cloud. The time comes from the Date headers of answers."""
        return datetime.now(UTC) + (self._clock_ahead or timedelta(0))

    # Requests

    def get(
        self, path: str, what: str, *, need: MicroversionRequirement | None = None, params: Params | None = None
    ) -> JsonObject:
        """Send a GET request to Nova, and repeat it after transient errors."""
        return self.read("compute", path, what, microversion=self._choose(need), params=params)

    def find(self, path: str, what: str, *, need: MicroversionRequirement | None = None) -> JsonObject | None:
        """Send a GET request to Nova and return the answer. Return None for HTTP 404."""
        try:
            return self.get(path, what, need=need)
        except NotFoundError:
            return None

    def read(
        self,
        service: str,
        path: str,
        what: str,
        *,
        microversion: str | None = None,
        params: Params | None = None,
        retry_seconds: float = RETRY_SECONDS,
    ) -> JsonObject:
        """Send a GET request to a service and return the answer.

        Retry after transient errors, but not longer than ``retry_seconds``.
        """
        return self._retrying(
            lambda: self._request(service, "GET", path, what, microversion=microversion, params=params), retry_seconds
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
        """Send a request that changes the cloud. The request is sent only once.

        Raise DroppedError if the service may have processed the request.
        """
        chosen = microversion if need is None else self._choose(need)
        try:
            return self._request(service, method, path, what, microversion=chosen, json=json)
        except ServiceError as error:
            if error.failure.http_status not in _LOST_STATUSES:
                raise
            raise DroppedError(
                error.failure.message,
                service=service,
                http_status=error.failure.http_status,
                request_id=error.failure.request_id,
            ) from error

    def transfer(self, service: str, method: str, path: str, what: str, content: bytes | None = None) -> bytes:
        """Download or upload data that are not JSON, such as the content of an image. Return the body of the answer."""
        adapter = self._adapter(service)
        headers = {"Content-Type": "application/octet-stream", "Accept": "*/*"}
        try:
            answer = adapter.request(
                path, method, raise_exc=False, headers=headers, data=content, timeout=self._request_timeout()
            )
        except Exception as error:
            raise self._typed(error, service, what) from error
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise error_mapping.from_answer(answer.status_code, answer.headers, answer.text, service=service, what=what)
        return bytes(answer.content)

    def retry_idempotent(self, change: Callable[[], Response]) -> Response:
        """Send a request that the service may safely process twice. Retry it after a transient error."""
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
        service: str = "compute",
    ) -> list[dict[str, Any]]:
        """Return the entries of all pages of a list. Stop before the last page if ``enough(entries)`` returns true."""
        found: list[dict[str, Any]] = []
        for page in self.each_page(path, key, what, need=need, params=params, service=service):
            found += page
            if page and enough(found):
                break
        return found

    def each_page(
        self,
        path: str,
        key: str,
        what: str,
        *,
        need: MicroversionRequirement | None = None,
        params: Mapping[str, Any] | None = None,
        service: str = "compute",
        retry_seconds: float = RETRY_SECONDS,
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the pages of a long list one by one, which saves memory."""
        query = dict(params or {})
        markers: set[str] = set()
        while True:
            body = self.read(
                service, path, what, microversion=self._choose(need), params=query, retry_seconds=retry_seconds
            )
            page = body.objects(key)
            yield list(page)
            links = body.objects(f"{key}_links") if body.get(f"{key}_links") else []
            if not page or "next" not in {link.get("rel") for link in links}:
                return
            last = page[-1]
            marker = str(last.get("uuid") or last["id"])
            if marker in markers:
                raise body.source.error("pages that end", f"the page that ends with {marker} a second time")
            markers.add(marker)
            query["marker"] = marker

    def _choose(self, need: MicroversionRequirement | None) -> str | None:
        return None if need is None else self.microversions.choose(need)

    def _retrying(self, request: Callable[[], T], retry_seconds: float = RETRY_SECONDS) -> T:
        limit = Deadline(self.clock, retry_seconds if self._reached else min(retry_seconds, FIRST_CONTACT_SECONDS))
        for interval in _RETRY_INTERVALS.intervals():
            try:
                return request()
            except _RETRIED as error:
                if not self._is_transient(error):
                    raise
                wait = interval if error.retry_after is None else error.retry_after
                left = limit.left if self.deadline is None else min(limit.left, self.deadline.left)
                if wait >= left:
                    raise
                self.clock.sleep(wait)
        raise AssertionError("the retry intervals never end")  # pragma: no cover

    def _is_transient(self, error: CloudError) -> bool:
        # If the Identity service has never answered, its URL is probably wrong.
        if isinstance(error, UnreachableError):
            return self._reached or error.failure.service != "identity"
        return not isinstance(error, ServiceError) or error.failure.http_status in _TRANSIENT_STATUSES

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
        with self._counting:
            self.requests += 1
        try:
            response = adapter.request(
                path,
                method,
                raise_exc=False,
                # The SDK must not retry requests, because the method _retrying retries them.
                connect_retries=0,
                status_code_retries=0,
                timeout=self._request_timeout(),
                **extra,
            )
        except Exception as error:
            raise self._typed(error, service, what) from error
        self._reached = True
        self._read_clock(response.headers.get("Date"))
        request_id = error_mapping.request_id_in(response.headers)
        source = AnswerSource(what, service, method, str(response.url), response.status_code, request_id)
        Cloud.last_answer = source
        if response.status_code != HTTPStatus.NOT_ACCEPTABLE:
            _check_microversion(source, microversion, response.headers)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise error_mapping.from_answer(
                response.status_code, response.headers, response.text, service=service, what=what
            )
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise _redirection_error(source, response.headers, response.text)
        body = parse(response.content, source) if response.content or method == "GET" else JsonObject((), source)
        if path != "/" and {"versions", "choices"} & set(body):
            raise _unversioned_error(source, body)
        return Response(body, request_id)

    def _request_timeout(self) -> float:
        if self.deadline is None:
            return self._api_timeout
        # A request that starts at the deadline still gets one second for its answer.
        return min(self._api_timeout, max(1.0, self.deadline.left))

    def _read_clock(self, date: str | None) -> None:
        if date is None:
            return
        try:
            ahead = parsedate_to_datetime(date) - datetime.now(UTC)
        except (TypeError, ValueError):
            return
        # The header Date has no fractions of a second, so the largest clock difference is the most exact.
        self._clock_ahead = ahead if self._clock_ahead is None else max(ahead, self._clock_ahead)

    def _adapter(self, service: str) -> Adapter:
        if service not in self._adapters:
            self._check_scope()
            what = f"Finding the {service} service"
            try:
                self._adapters[service] = sdk.adapter(self._region, service)
            except Exception as error:
                raise self._setting_error(error, service) or self._typed(error, service, what) from error
        return self._adapters[service]

    def _access(self, what: str) -> Any:
        """Return the token of the user. Return None when the authentication plugin uses no tokens."""
        try:
            self._session = self._region.get_session()
            get_access = getattr(self._session.auth, "get_access", None)
            return None if get_access is None else get_access(self._session)
        except Exception as error:
            raise self._typed(error, "identity", what) from error

    def _check_scope(self) -> None:
        access = self._access("Authenticating")
        if access is None or access.project_id:
            return
        if not self.requires_project and getattr(access, "system_scoped", False):
            return
        scope = ""
        if access.domain_id:
            scope = f" but to the domain {access.domain_name or access.domain_id}"
        elif getattr(access, "system_scoped", False):
            scope = " but to the system"
        raise ConfigurationError(
            f"The token is not scoped to a project{scope}. Set project_name (and project_domain_name) in"
            f" {self._source}.",
            service="identity",
        )

    def _typed(self, error: Exception, service: str, what: str) -> CloudError:
        """Convert an exception of the SDK to a typed error. The message names the settings that may be wrong."""
        exchange = getattr(self._session, "last_exchange", None)
        typed = error_mapping.from_exception(error, service=service, what=what, exchange=exchange)
        if isinstance(typed, ConfigurationError):
            return ConfigurationError(f"{typed.failure.message} Correct {self._source}.", service=service)
        if isinstance(typed, CatalogError):
            names = ("region_name", "interface", f"{service}_api_version", f"{service}_service_type")
            settings = [f"{name}={self._region.config[name]}" for name in names if self._region.config.get(name)]
            return CatalogError(f"{typed.failure.message} Settings: {', '.join(settings)}.", service=service)
        return typed

    def _setting_error(self, error: Exception, service: str) -> ConfigurationError | None:
        """Return the error if clouds.yaml requests a microversion that the cloud does not offer.

        Return None for any other error of the SDK.
        """
        found = _RANGE_OF_SDK.search(str(error))
        names = (f"{service}_api_version", f"{service}_default_microversion")
        settings = [f"{name}={self._region.config[name]}" for name in names if self._region.config.get(name)]
        if found is None or not settings:
            return None
        return ConfigurationError(
            f"{' and '.join(settings)}: the {service} service offers only the microversions"
            f" {found['oldest']} to {found['newest']}. Remove the setting from {self._source}. This collection chooses"
            " the microversion of each request.",
            service=service,
        )


def _check_microversion(source: AnswerSource, requested: str | None, headers: Mapping[str, str]) -> None:
    """Raise MicroversionError when the microversion of the answer differs from the requested microversion."""
    stated = stated_in(headers)
    if requested is None or stated is None or stated == requested:
        return
    raise MicroversionError(
        f"{source.what}: the {source.service} service answered with microversion {stated} to {source.method}"
        f" {source.url}, but the request required {requested}. A proxy in front of the service drops the header"
        " OpenStack-API-Version of requests. Configure the proxy to pass the header, or use an endpoint without the"
        " proxy.",
        service=source.service,
        http_status=source.http_status,
        request_id=source.request_id,
    )


def _redirection_error(source: AnswerSource, headers: Mapping[str, str], text: str) -> CloudError:
    if source.http_status == HTTPStatus.MULTIPLE_CHOICES and text:
        body = parse(text, source)
        if {"versions", "choices"} & set(body):
            return _unversioned_error(source, body)
    location = headers.get("Location")
    found = f"a redirection to {location}" if location else "a redirection without a target"
    return source.error("a JSON object", found)


def _unversioned_error(source: AnswerSource, body: JsonObject) -> CatalogError:
    """Return the error for an endpoint URL that contains no API version."""
    listed = body.get("versions") or body.get("choices")
    if isinstance(listed, dict):
        listed = listed.get("values")
    if not isinstance(listed, list):
        raise source.error("an answer of a versioned endpoint", kind_of(listed))
    names = ", ".join(str(each.get("id")) for each in listed if isinstance(each, dict)) or "none"
    return CatalogError(
        f"{source.what}: the URL of the {source.service} service contains no version. {source.url} returns a list of"
        f" versions ({names}). Set {source.service}_endpoint_override, or the endpoint in the catalog, to the URL of a"
        " version.",
        service=source.service,
        http_status=source.http_status,
        request_id=source.request_id,
    )
