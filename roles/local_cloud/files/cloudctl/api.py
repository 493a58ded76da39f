# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to the APIs of the cloud as its administrator.

This module does not use the SDK, whose import takes 2 s of processor time at each start of the cloud.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
from typing import TYPE_CHECKING, Any

from .errors import CloudError
from .ports import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS = 30
FIRST_ERROR_STATUS = 400
UNAUTHORIZED = 401
CONFLICT = 409
# From this microversion on, the id of a compute service is unique across cells, and the service can be deleted by this
# id.
SERVICES_MICROVERSION = {"OpenStack-API-Version": "compute 2.53"}

# The statuses of migrations that have ended.
ENDED = frozenset({"cancelled", "completed", "confirmed", "done", "error", "failed", "reverted"})

MAPPED = "a hypervisor mapped to the cell"


class ApiError(CloudError):
    """A service did not respond, or its response is an error."""


class ConflictError(ApiError):
    """The service refused the request because of the state of the cloud. The message is the reason of the service."""


class Api:
    """Sends requests. All requests of an object use the same token."""

    def __init__(self, ports: Mapping[str, int], auth: Mapping[str, str]) -> None:
        """Store the ports and the credentials, which ``access.auth`` returns. The constructor sends no request."""
        self._ports = ports
        self._auth = auth
        self._token: str | None = None

    def get(self, service: str, path: str) -> Any:
        """Return the JSON of a GET request for a path of a service."""
        return self._ask(service, "GET", path, {"X-Auth-Token": self._get_token()})[1]

    def compute_services(self) -> dict[str, str]:
        """Return a dictionary with the host name and the id of each compute service of Nova."""
        headers = {"X-Auth-Token": self._get_token(), **SERVICES_MICROVERSION}
        found = self._ask("nova", "GET", "/v2.1/os-services?binary=nova-compute", headers)[1]["services"]
        return {service["host"]: service["id"] for service in found}

    def holds(self, host: str) -> str:
        """Return the servers and migrations that prevent the removal of a host, as text.

        The text is empty if nothing prevents the removal.
        """
        servers = self.get("nova", f"/v2.1/servers?all_tenants=1&host={host}")["servers"]
        records = self.get("nova", f"/v2.1/os-migrations?host={host}")["migrations"]
        moving = [record for record in records if record["status"] not in ENDED]
        counts = {"server": len(servers), "migration": len(moving)}
        return " and ".join(f"{number} {what}{'s'[: number != 1]}" for what, number in counts.items() if number)

    def remove_compute_service(self, service_id: str) -> None:
        """Remove a host with its cell mapping and its resource provider.

        Raise ConflictError if the host has servers.
        """
        headers = {"X-Auth-Token": self._get_token(), **SERVICES_MICROVERSION}
        self._ask("nova", "DELETE", f"/v2.1/os-services/{service_id}", headers)

    def _get_token(self) -> str:
        if self._token is None:
            domain = {"name": self._auth["user_domain_name"]}
            user = {"name": self._auth["username"], "password": self._auth["password"], "domain": domain}
            project_domain = {"name": self._auth["project_domain_name"]}
            scope = {"project": {"name": self._auth["project_name"], "domain": project_domain}}
            identity = {"methods": ["password"], "password": {"user": user}}
            body = json.dumps({"auth": {"identity": identity, "scope": scope}})
            headers = {"Content-Type": "application/json"}
            self._token = str(self._ask("keystone", "POST", "/v3/auth/tokens", headers, body)[0]["X-Subject-Token"])
        return self._token

    def _ask(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[http.client.HTTPMessage, Any]:
        """Send a request. Return the headers and the JSON of the response. Raise ApiError or ConflictError."""
        connection = http.client.HTTPConnection(ADDRESS, self._ports[service], timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            msg = f"{service} does not respond to {method} {path}: {error}"
            raise ApiError(msg) from error
        finally:
            connection.close()
        if answer.status == UNAUTHORIZED:
            self._token = None  # The token has expired. The next request gets a new token.
        if answer.status == CONFLICT:
            (refusal,) = json.loads(text).values()  # for example {"conflictingRequest": {"message": …}}
            raise ConflictError(refusal["message"])
        if answer.status >= FIRST_ERROR_STATUS:
            msg = f"{service}: HTTP {answer.status} for {method} {path}: {text.decode(errors='replace')[:300]}"
            raise ApiError(msg)
        return answer.headers, json.loads(text) if text else None


def missing(api: Api, started: Mapping[str, float]) -> dict[str, list[str]]:
    """Return what each host lacks: a compute service that is up, a mapped hypervisor, or a resource provider.

    ``started`` contains the start time of each nova-compute. A heartbeat before this time comes from the previous
    process. After a restart, Nova reports the service as up for some seconds because of the old heartbeat.
    """
    services = api.get("nova", "/v2.1/os-services?binary=nova-compute")["services"]
    hypervisors = api.get("nova", "/v2.1/os-hypervisors")["hypervisors"]
    providers = api.get("placement", "/resource_providers")["resource_providers"]
    known = {
        "a compute service that is up": {
            service["host"]
            for service in services
            if service["state"] == "up" and heartbeat(service) > started.get(service["host"], 0)
        },
        MAPPED: {hypervisor["hypervisor_hostname"] for hypervisor in hypervisors},
        "a resource provider in Placement": {provider["name"] for provider in providers},
    }
    lacks = {host: [what for what, there in known.items() if host not in there] for host in started}
    return {host: what for host, what in lacks.items() if what}


def heartbeat(service: Mapping[str, Any]) -> float:
    """Return the time of the last heartbeat of a service, in seconds since 1970. Return 0 if there was none."""
    if not service["updated_at"]:
        return 0
    return dt.datetime.fromisoformat(service["updated_at"]).replace(tzinfo=dt.UTC).timestamp()
