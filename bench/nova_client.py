# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small client of Nova and Neutron that prepares the servers of the benchmark.

The benchmark compares the duration of a drain with the duration of this client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

AGENT = "stackproof-bench"
MICROVERSION = "2.90"
_SECONDS = 60
_PAGE = 500


class NovaClient:
    """Sends requests to Nova, and reads networks from Neutron."""

    def __init__(self, auth: Mapping[str, str]) -> None:
        self._auth = auth
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": AGENT, "X-OpenStack-Nova-API-Version": MICROVERSION})
        self._endpoints: dict[str, str] = {}
        self.authenticate()

    def authenticate(self) -> None:
        """Get a new token, because a token expires after about an hour."""
        user = {
            "name": self._auth["username"],
            "password": self._auth["password"],
            "domain": {"name": self._auth["user_domain_name"]},
        }
        project = {"name": self._auth["project_name"], "domain": {"name": self._auth["project_domain_name"]}}
        answer = self._session.post(
            f"{self._auth['auth_url']}/auth/tokens",
            json={
                "auth": {
                    "identity": {"methods": ["password"], "password": {"user": user}},
                    "scope": {"project": project},
                }
            },
            timeout=_SECONDS,
        )
        answer.raise_for_status()
        self._session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        catalog = answer.json()["token"]["catalog"]
        self._endpoints = {
            service["type"]: endpoint["url"]
            for service in catalog
            for endpoint in service["endpoints"]
            if endpoint["interface"] == "public"
        }

    def _ask(self, method: str, path: str, service: str = "compute", **more: Any) -> Any:
        answer = self._session.request(method, f"{self._endpoints[service]}{path}", timeout=_SECONDS, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def servers(self, **filters: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        query = {"all_tenants": "1", "limit": str(_PAGE), **filters}
        while True:
            page = self._ask("GET", "/servers/detail", params=query)["servers"]
            found += page
            if len(page) < _PAGE:
                return found
            query["marker"] = page[-1]["id"]

    def boot(
        self, name: str, count: int, image: str, flavor: str, metadata: Mapping[str, str], devices: Mapping[str, Any]
    ) -> None:
        """Request servers from Nova, and do not wait until the servers are ACTIVE.

        ``devices`` contains the parts of the request for volumes and ports.
        """
        server = {
            "name": name,
            "imageRef": image,
            "flavorRef": flavor,
            "networks": "none",
            "min_count": count,
            "max_count": count,
            "metadata": dict(metadata),
            **devices,
        }
        self._ask("POST", "/servers", json={"server": server})

    def delete(self, server: str) -> None:
        self._ask("DELETE", f"/servers/{server}")

    def set_metadata(self, server: str, metadata: Mapping[str, str]) -> None:
        self._ask("POST", f"/servers/{server}/metadata", json={"metadata": dict(metadata)})

    def migrate(self, servers: Iterable[str]) -> None:
        """Request the live migration of all servers. Nova queues the migrations above its own limit."""
        for server in servers:
            order = {"host": None, "block_migration": "auto"}
            self._ask("POST", f"/servers/{server}/action", json={"os-migrateLive": order})

    def enable(self, host: str, *, enabled: bool) -> None:
        (service,) = self._ask("GET", "/os-services", params={"binary": "nova-compute", "host": host})["services"]
        status = {"status": "enabled" if enabled else "disabled"}
        self._ask("PUT", f"/os-services/{service['id']}", json=status)

    def image(self, name: str) -> str:
        # Microversion 2.35 is the last version in which Nova's API lists images.
        old = {"X-OpenStack-Nova-API-Version": "2.35"}
        (found,) = self._ask("GET", "/images", params={"name": name}, headers=old)["images"]
        return str(found["id"])

    def flavor(self, name: str) -> str:
        return next(str(one["id"]) for one in self._ask("GET", "/flavors")["flavors"] if one["name"] == name)

    def network(self, name: str) -> str:
        """Return the id of a network."""
        (found,) = self._ask("GET", "/v2.0/networks", "network", params={"name": name})["networks"]
        return str(found["id"])
