# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A minimal client for the APIs of the local cloud.

This module does not import openstacksdk, because the import takes 2 s.
"""

from __future__ import annotations

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
# Since this microversion, a compute service can be deleted by its unique id.
SERVICES_MICROVERSION = {"OpenStack-API-Version": "compute 2.53"}

# A migration with one of these statuses has ended.
FINAL_STATUSES = frozenset({"cancelled", "completed", "confirmed", "done", "error", "failed", "reverted"})

MAPPED = "a hypervisor mapped to the cell"


class ApiError(CloudError):
    """A service did not respond, or it responded with an error."""


class ConflictError(ApiError):
    """The service refused the request with HTTP 409. The message contains the reason."""


class Api:
    """A client for the OpenStack APIs of the local cloud. All requests use the same token."""

    def __init__(self, ports: Mapping[str, int], auth: Mapping[str, str]) -> None:
        self._ports = ports
        self._auth = auth
        self._token: str | None = None

    def get(self, service: str, path: str) -> Any:
        """Send a GET request to a service. Return the JSON of the response."""
        return self._request(service, "GET", path, {"X-Auth-Token": self._get_token()})[1]

    def compute_services(self) -> dict[str, str]:
        """Return the id of each compute service, by the name of its host."""
        headers = {"X-Auth-Token": self._get_token(), **SERVICES_MICROVERSION}
        found = self._request("nova", "GET", "/v2.1/os-services?binary=nova-compute", headers)[1]["services"]
        return {service["host"]: service["id"] for service in found}

    def removal_blockers(self, host: str) -> str:
        """Return the number of servers and open migrations on the host as text.

        The text is empty if the host has neither servers nor open migrations.
        """
        servers = self.get("nova", f"/v2.1/servers?all_tenants=1&host={host}")["servers"]
        records = self.get("nova", f"/v2.1/os-migrations?host={host}")["migrations"]
        open_migrations = [record for record in records if record["status"] not in FINAL_STATUSES]
        counts = {"server": len(servers), "migration": len(open_migrations)}
        return " and ".join(f"{number} {what}{'s'[: number != 1]}" for what, number in counts.items() if number)

    def remove_compute_service(self, service_id: str) -> None:
        """Delete a compute service with its host. Raise ConflictError if the host has servers."""
        headers = {"X-Auth-Token": self._get_token(), **SERVICES_MICROVERSION}
        self._request("nova", "DELETE", f"/v2.1/os-services/{service_id}", headers)

    def _get_token(self) -> str:
        if self._token is None:
            domain = {"name": self._auth["user_domain_name"]}
            user = {"name": self._auth["username"], "password": self._auth["password"], "domain": domain}
            project_domain = {"name": self._auth["project_domain_name"]}
            scope = {"project": {"name": self._auth["project_name"], "domain": project_domain}}
            identity = {"methods": ["password"], "password": {"user": user}}
            body = json.dumps({"auth": {"identity": identity, "scope": scope}})
            headers = {"Content-Type": "application/json"}
            self._token = str(self._request("keystone", "POST", "/v3/auth/tokens", headers, body)[0]["X-Subject-Token"])
        return self._token

    def _request(
        self, service: str, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[http.client.HTTPMessage, Any]:
        connection = http.client.HTTPConnection(ADDRESS, self._ports[service], timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            msg = f"{service} does not respond to {method} {path}: {error}"
            raise ApiError(msg) from error
        finally:
            connection.close()
        if response.status == UNAUTHORIZED:
            self._token = None  # The token has expired. The next request gets a new token.
        if response.status == CONFLICT:
            (refusal,) = json.loads(text).values()  # for example {"conflictingRequest": {"message": …}}
            raise ConflictError(refusal["message"])
        if response.status >= FIRST_ERROR_STATUS:
            msg = f"{service}: HTTP {response.status} for {method} {path}: {text.decode(errors='replace')[:300]}"
            raise ApiError(msg)
        return response.headers, json.loads(text) if text else None


def missing_parts(
    api: Api, started: Mapping[str, float], heartbeats: Mapping[str, float], *, with_agents: bool = False
) -> dict[str, list[str]]:
    """Return the parts that each compute host still lacks, such as a resource provider.

    ``started`` contains the start time of each nova-compute, and ``heartbeats`` the time of its last heartbeat, in
    seconds since 1970. A compute service that last reported before its start is not up. ``with_agents`` requires a
    Neutron agent of each host.
    """
    services = api.get("nova", "/v2.1/os-services?binary=nova-compute")["services"]
    hypervisors = api.get("nova", "/v2.1/os-hypervisors")["hypervisors"]
    providers = api.get("placement", "/resource_providers")["resource_providers"]
    hosts_by_part = {
        "a compute service that is up": {
            service["host"]
            for service in services
            if service["state"] == "up" and heartbeats.get(service["host"], 0) > started.get(service["host"], 0)
        },
        MAPPED: {hypervisor["hypervisor_hostname"] for hypervisor in hypervisors},
        "a resource provider in Placement": {provider["name"] for provider in providers},
    }
    if with_agents:
        agents = api.get("neutron", "/v2.0/agents")["agents"]
        hosts_by_part["a Neutron agent that is alive"] = {agent["host"] for agent in agents if agent["alive"]}
    missing = {host: [what for what, hosts in hosts_by_part.items() if host not in hosts] for host in started}
    return {host: what for host, what in missing.items() if what}
