# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read servers, and create the body of a boot request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError, InputError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    SERVERS,
    SERVERS_WITH_IMAGE_PROPERTIES,
    SERVERS_WITH_TAGS,
    VOLUME_ATTACHMENTS,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.truncation import mark_truncated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# The page size of a server list is this factor times the number of requested servers.
_PAGE_FACTOR = 2
_SMALLEST_PAGE = 100
# Nova returns the status UNKNOWN for a server whose cell does not answer (microversion 2.69).
CELL_DOWN = "The cell of the server does not answer."
_POWER_STATES = {0: "nostate", 1: "running", 3: "paused", 4: "shutdown", 6: "crashed", 7: "suspended"}
# These characters may have a special meaning in the regular expressions of a database.
_SPECIAL = re.compile(r"[^\w-]+")


def view(server: Mapping[str, Any], reservation_id: str | None = None) -> dict[str, Any]:
    """Convert a server to the form that the modules return. A value is None if the user may not see it."""
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
        "volumes": [volume["id"] for volume in server.get("os-extended-volumes:volumes_attached") or []],
        "volumes_deleted_with_server": _volumes_deleted_with_server(server),
        "fault": mark_truncated(fault.get("message") or "")
        or (CELL_DOWN if server.get("status") == "UNKNOWN" else None),
    }


def _addresses(server: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "network": network,
            "address": port["addr"],
            "version": port["version"],
            "type": port.get("OS-EXT-IPS:type") or "fixed",
        }
        for network, ports in sorted((server.get("addresses") or {}).items())
        for port in ports
    ]


def _volumes_deleted_with_server(server: Mapping[str, Any]) -> list[str]:
    """Return the ids of the volumes that Nova deletes with the server."""
    attached = server.get("os-extended-volumes:volumes_attached") or []
    return [volume["id"] for volume in attached if volume.get("delete_on_termination")]


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def carries(server: Mapping[str, Any], metadata: Mapping[str, str]) -> bool:
    """Return whether a server has all the given metadata."""
    own = server.get("metadata") or {}
    return all(own.get(key) == value for key, value in metadata.items())


def belongs_to_batch(server: Mapping[str, Any], name: str) -> bool:
    """Return whether Nova gives this name to a server of the boot request ``name``.

    For example, the servers of the request web have the names web-1 and web-2.
    """
    return re.fullmatch(re.escape(name) + r"(-[0-9]+)?", str(server.get("name"))) is not None


def is_broken(server: Mapping[str, Any]) -> bool:
    return server["status"] in ("ERROR", "UNKNOWN", "DELETED", "SOFT_DELETED")


def is_at_rest_elsewhere(server: Mapping[str, Any]) -> bool:
    """Return whether the server has a lasting status that is not ACTIVE, such as PAUSED or SHUTOFF."""
    return server["task_state"] is None and server["status"] not in ("ACTIVE", "BUILD")


def is_ready(server: Mapping[str, Any]) -> bool:
    return bool(server["status"] == "ACTIVE" and server["task_state"] is None)


def all_pages(
    cloud: Cloud, what: str, *, keep: Callable[[dict[str, Any]], bool] = lambda _server: True, **params: Any
) -> list[dict[str, Any]]:
    """Return the servers that match the filters, if ``keep(server)`` is true.

    Choose filters that match few servers. Without the filter ``all_tenants``, Nova lists only servers of the user's
    project.
    """
    need = SERVERS_WITH_TAGS if "tags" in params else SERVERS
    pages = cloud.each_page("/servers/detail", "servers", what, need=need, params=params)
    return [server for page in pages for server in page if keep(server)]


def on_host(cloud: Cloud, host: str) -> list[dict[str, Any]]:
    """Return the servers of all projects on a compute host. Return no server if the user may not list them."""
    try:
        listed = all_pages(cloud, f"Listing the servers on {host}", all_tenants="1", host=host)
    except ForbiddenError:
        return []
    # For users who are not administrators, Nova ignores the filter.
    return [server for server in listed if server.get("OS-EXT-SRV-ATTR:host") == host]


def with_image_properties(cloud: Cloud, what: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages of the servers of all projects. Since microversion 2.98, they contain the image properties."""
    return cloud.each_page(
        "/servers/detail",
        "servers",
        what,
        need=SERVERS_WITH_IMAGE_PROPERTIES,
        params={"all_tenants": "1", **params},
    )


def tags_filter(tags: Iterable[str]) -> dict[str, str]:
    """Return the query parameter that selects servers with all these tags.

    Without tags, return no parameter.
    """
    text = ",".join(tags)
    return {"tags": text} if text else {}


def read(cloud: Cloud, server_id: str) -> dict[str, Any] | None:
    """Return one server. Return None when the server does not exist."""
    body = cloud.find(f"/servers/{server_id}", f"Reading server {server_id}", need=SERVERS)
    return None if body is None else dict(body["server"])


def volume_attachments(cloud: Cloud, server_id: str) -> dict[str, str | None]:
    """Return the ids of the volumes that Nova lists for a server, with the ids of their attachments in Cinder.

    The id of an attachment is None before microversion 2.89. Raise NotFoundError if the server does not exist.
    """
    what = f"Listing the volumes of server {server_id}"
    body = cloud.get(f"/servers/{server_id}/os-volume_attachments", what, need=VOLUME_ATTACHMENTS)
    return {entry["volumeId"]: entry.get("attachment_id") for entry in body.objects("volumeAttachments")}


def read_many(
    cloud: Cloud, ids: Iterable[str], *, changed_since: datetime, all_projects: bool
) -> dict[str, dict[str, Any]]:
    """Return the requested servers that exist, by server id.

    One request reads one page of the servers that changed since ``changed_since``. A server that is not on this page
    needs a request of its own. The number of requests does not depend on other changed servers.
    """
    wanted = set(ids)
    found: dict[str, dict[str, Any]] = {}
    if len(wanted) > 1:
        params: dict[str, Any] = {
            "changes-since": changed_since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "limit": max(_SMALLEST_PAGE, _PAGE_FACTOR * len(wanted)),
        }
        if all_projects:
            params["all_tenants"] = "1"
        body = cloud.get("/servers/detail", "Listing the changed servers", need=SERVERS, params=params)
        found = {server["id"]: server for server in body["servers"] if server["id"] in wanted}
    for server_id in sorted(wanted - found.keys()):
        single = read(cloud, server_id)
        if single is not None:
            found[server_id] = single
    # With the filter changes-since, Nova also lists deleted servers.
    return {server_id: server for server_id, server in found.items() if server.get("status") != "DELETED"}


def name_filter(name: str, *, end: str = "$") -> str:
    """Return a regular expression for the filter ``name`` of Nova's server list.

    Databases escape special characters in different ways, so each special character becomes ``.+``. The list may then
    contain servers with similar names.
    """
    return f"^{_SPECIAL.sub('.+', name)}{end}"


def by_name(cloud: Cloud, name: str, *, all_projects: bool = False, prefix: bool = False) -> list[dict[str, Any]]:
    """Return the servers with this name. If `prefix` is true, return the servers whose names start with it."""
    params: dict[str, Any] = {"name": name_filter(name, end="" if prefix else "$")}
    if all_projects:
        params["all_tenants"] = "1"
    listed = all_pages(cloud, f"Listing the servers named {name}", **params)
    if prefix:
        return [server for server in listed if str(server.get("name")).startswith(name)]
    return [server for server in listed if server.get("name") == name]


def find(cloud: Cloud, name_or_id: str, *, all_projects: bool = False) -> dict[str, Any] | None:
    """Return the server with this id or name. Return None when the server does not exist.

    Raise InputError when several servers have this name.
    """
    if is_uuid(name_or_id):
        found = read(cloud, name_or_id.lower())
        if found is not None:
            return found
    named = by_name(cloud, name_or_id, all_projects=all_projects)
    if len(named) > 1:
        ids = ", ".join(sorted(server["id"] for server in named))
        raise InputError(f"servers: {len(named)} servers have the name {name_or_id!r}: {ids}. Use the id.")
    return named[0] if named else None


def find_each(cloud: Cloud, names_or_ids: list[str], *, all_projects: bool = False) -> dict[str, dict[str, Any] | None]:
    """Return the server for each id or name. The value is None when the server does not exist."""
    return {name_or_id: find(cloud, name_or_id, all_projects=all_projects) for name_or_id in names_or_ids}


@dataclass(frozen=True)
class BootRequest:
    """A request that boots one or more servers."""

    name: str
    count: int
    image_id: str
    flavor_id: str
    networks: str | list[str]
    metadata: Mapping[str, str] = field(default_factory=dict)
    availability_zone: str | None = None
    key_name: str | None = None
    tags: tuple[str, ...] = ()
    server_group_id: str | None = None
    # The ids of ports that exist. The servers have these ports in addition to the ports on ``networks``.
    port_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    config_drive: bool | None = None
    block_devices: tuple[Mapping[str, Any], ...] = ()
    # The compute host of the server. None if Nova's scheduler chooses the host.
    host: str | None = None

    def body(self) -> dict[str, Any]:
        server: dict[str, Any] = {
            "name": self.name,
            # A server with a boot volume has its image in the block devices, and Nova refuses to get it twice.
            **({} if self._boots_from_volume() else {"imageRef": self.image_id}),
            "flavorRef": self.flavor_id,
            "min_count": self.count,
            "max_count": self.count,
            # Nova returns either the reservation id of all servers, or the id of a single server.
            "return_reservation_id": self.host is None,
            "networks": self._networks(),
        }
        optional = {
            "metadata": dict(self.metadata),
            "availability_zone": self.availability_zone,
            "host": self.host,
            "key_name": self.key_name,
            "tags": list(self.tags),
            "security_groups": [{"name": group} for group in self.security_group_ids],
            "block_device_mapping_v2": [dict(device) for device in self.block_devices],
        }
        if self.config_drive is not None:
            server["config_drive"] = self.config_drive
        server |= {key: value for key, value in optional.items() if value}
        hints = {"os:scheduler_hints": {"group": self.server_group_id}} if self.server_group_id else {}
        return {"server": server, **hints}

    def _boots_from_volume(self) -> bool:
        return any(
            device["boot_index"] == 0 and device["destination_type"] == "volume" for device in self.block_devices
        )

    def _networks(self) -> str | list[dict[str, str]]:
        if isinstance(self.networks, str) and not self.port_ids:
            return self.networks
        networks = [] if isinstance(self.networks, str) else self.networks
        return [*({"uuid": network} for network in networks), *({"port": port} for port in self.port_ids)]
