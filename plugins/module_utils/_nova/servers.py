# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Servers: pure views and predicates, and the few reads that all modules share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import SERVERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# From so many on, one list costs less than a look at each.
MANY = 4
# Nova's numbers, as nova.compute.power_state names them
_POWER_STATES = {0: "nostate", 1: "running", 3: "paused", 4: "shutdown", 6: "crashed", 7: "suspended"}
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")


def view(server: Mapping[str, Any], reservation_id: str | None = None) -> dict[str, Any]:
    """A server as our modules return it; what the user may not see is null."""
    fault = server.get("fault") or {}
    return {
        "id": server["id"],
        "name": server.get("name"),
        "status": server.get("status"),
        "task_state": server.get("OS-EXT-STS:task_state"),
        "power_state": _POWER_STATES.get(server.get("OS-EXT-STS:power_state", 0)),
        "host": server.get("OS-EXT-SRV-ATTR:host"),
        "host_id": server.get("hostId") or None,
        "reservation_id": server.get("OS-EXT-SRV-ATTR:reservation_id") or reservation_id,
        "project_id": server.get("tenant_id"),
        "availability_zone": server.get("OS-EXT-AZ:availability_zone") or None,
        "locked": server.get("locked"),
        "created": server.get("created"),
        "metadata": dict(server.get("metadata") or {}),
        "addresses": _addresses(server),
        "fault": fault.get("message"),
    }


def _addresses(server: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "network": network,
            "address": one["addr"],
            "version": one["version"],
            "type": one.get("OS-EXT-IPS:type") or "fixed",
        }
        for network, each in sorted((server.get("addresses") or {}).items())
        for one in each
    ]


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def carries(server: Mapping[str, Any], metadata: Mapping[str, str]) -> bool:
    """Whether the server has all the given pairs."""
    own = server.get("metadata") or {}
    return all(own.get(key) == value for key, value in metadata.items())


def belongs_to_batch(server: Mapping[str, Any], name: str) -> bool:
    """Whether Nova may have named it so in a request for `name`: itself, or with -1 ... -n."""
    return re.fullmatch(re.escape(name) + r"(-[0-9]+)?", str(server.get("name"))) is not None


def is_broken(server: Mapping[str, Any]) -> bool:
    return server["status"] in ("ERROR", "UNKNOWN", "DELETED", "SOFT_DELETED")


def is_at_rest_elsewhere(server: Mapping[str, Any]) -> bool:
    """Paused, stopped and the like: somebody wanted it so, and it will not become ACTIVE by waiting."""
    return server["task_state"] is None and server["status"] not in ("ACTIVE", "BUILD")


def is_ready(server: Mapping[str, Any]) -> bool:
    return bool(server["status"] == "ACTIVE" and server["task_state"] is None)


def all_pages(cloud: Cloud, what: str, **params: Any) -> list[dict[str, Any]]:
    return cloud.pages("/servers/detail", "servers", what, need=SERVERS, params=params)


def read(cloud: Cloud, server_id: str) -> dict[str, Any] | None:
    """One server, or None when there is none."""
    body = cloud.find(f"/servers/{server_id}", f"Reading server {server_id}", need=SERVERS)
    return None if body is None else dict(body["server"])


def read_many(
    cloud: Cloud, ids: Iterable[str], *, changed_since: datetime, all_projects: bool
) -> dict[str, dict[str, Any]]:
    """Several servers that changed since a moment, by one list; those that are not there are missing."""
    wanted = sorted(set(ids))
    if len(wanted) == 1:
        only = read(cloud, wanted[0])
        return {} if only is None else {wanted[0]: only}
    params: dict[str, Any] = {"changes-since": changed_since.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if all_projects:
        params["all_tenants"] = "1"
    listed = all_pages(cloud, "Listing the servers", **params)
    found = {server["id"]: server for server in listed if server["id"] in wanted}
    for server_id in wanted:
        if server_id not in found:
            # Not changed since, or gone: rare enough to ask.
            single = read(cloud, server_id)
            found |= {} if single is None else {server_id: single}
    # changes-since lists deleted servers too.
    return {server_id: server for server_id, server in found.items() if server.get("status") != "DELETED"}


def by_name(cloud: Cloud, name: str, *, all_projects: bool = False, prefix: bool = False) -> list[dict[str, Any]]:
    """Servers of that very name, or whose name begins with it."""
    params: dict[str, Any] = {}
    if _PLAIN_NAME.fullmatch(name):
        # Nova takes the filter as a regular expression; other names are compared here alone.
        params["name"] = f"^{name}" if prefix else f"^{name}$"
    if all_projects:
        params["all_tenants"] = "1"
    listed = all_pages(cloud, f"Looking for servers named {name}", **params)
    if prefix:
        return [server for server in listed if str(server.get("name")).startswith(name)]
    return [server for server in listed if server.get("name") == name]


def find(cloud: Cloud, name_or_id: str, *, all_projects: bool = False) -> dict[str, Any] | None:
    """The one server that is meant, None when there is none; two of a name are refused."""
    if is_uuid(name_or_id):
        found = read(cloud, name_or_id.lower())
        if found is not None:
            return found
    named = by_name(cloud, name_or_id, all_projects=all_projects)
    if len(named) > 1:
        ids = ", ".join(sorted(server["id"] for server in named))
        raise InputError(
            f"servers: the name {name_or_id} is borne by {len(named)} servers ({ids}). Give an id instead."
        )
    return named[0] if named else None


def find_each(cloud: Cloud, names_or_ids: list[str], *, all_projects: bool = False) -> dict[str, dict[str, Any] | None]:
    """Each that is meant, None where there is none. Many cost one list, and a look for each that is not in it."""
    ids = {wanted.lower() for wanted in names_or_ids if is_uuid(wanted)}
    listed: list[dict[str, Any]] = []
    if len(ids) >= MANY:
        listed = cloud.pages(
            "/servers/detail",
            "servers",
            "Listing the servers",
            need=SERVERS,
            params={"all_tenants": "1"} if all_projects else {},
            enough=lambda found: ids <= {server["id"] for server in found},
        )
    by_id = {server["id"]: server for server in listed}
    found = {}
    for wanted in names_or_ids:
        known = by_id.get(wanted.lower()) if is_uuid(wanted) else None
        found[wanted] = known or find(cloud, wanted, all_projects=all_projects)
    return found


@dataclass(frozen=True)
class BootRequest:
    """One multi-create request."""

    name: str
    count: int
    image_id: str
    flavor_id: str
    networks: str | list[str]
    metadata: Mapping[str, str] = field(default_factory=dict)
    availability_zone: str | None = None
    key_name: str | None = None
    server_group_id: str | None = None

    def body(self) -> dict[str, Any]:
        networks = self.networks
        server: dict[str, Any] = {
            "name": self.name,
            "imageRef": self.image_id,
            "flavorRef": self.flavor_id,
            "min_count": self.count,
            "max_count": self.count,
            "return_reservation_id": True,
            "networks": networks if isinstance(networks, str) else [{"uuid": network} for network in networks],
        }
        optional = {
            "metadata": dict(self.metadata),
            "availability_zone": self.availability_zone,
            "key_name": self.key_name,
        }
        server |= {key: value for key, value in optional.items() if value}
        hints = {"os:scheduler_hints": {"group": self.server_group_id}} if self.server_group_id else {}
        return {"server": server, **hints}
