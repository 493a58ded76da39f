# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find, create, tag and delete ports, and read subnets, security groups and quotas.

The source of the API is https://docs.openstack.org/api-ref/network/v2/.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import PortDetails
from ansible_collections.stackproof.migration.plugins.module_utils._nova.lookup import find_unique
from ansible_collections.stackproof.migration.plugins.module_utils._nova.servers import is_uuid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

SERVICE = "network"
# Since Neutron 26 (2025.1), a request that creates a port can contain its tags.
_TAG_CREATION = "tag-creation"
# A request names at most this many ids, because many proxies accept URLs of at most 8 KB.
_IDS_PER_REQUEST = 100


def security_group_id(cloud: Cloud, option: str, name_or_id: str) -> str:
    """Return the id of the security group of the project. Raise NotFoundError if there is no such group."""
    fields = ["id", "name"]
    if is_uuid(name_or_id):
        found = _pages(cloud, "/security-groups", "security_groups", {"id": name_or_id, "fields": fields})
        if found:
            return str(found[0]["id"])
    # An administrator would also see the groups of other projects, and each project has a group "default".
    own = {"project_id": cloud.identity().project_id, "fields": fields}
    listed = _pages(cloud, "/security-groups", "security_groups", own)
    return str(find_unique(option, name_or_id, listed, kind="security group")["id"])


def subnets(cloud: Cloud, network_id: str) -> list[dict[str, Any]]:
    """Return the subnets of a network that the user can see, with the keys id and cidr."""
    return _pages(cloud, "/subnets", "subnets", {"network_id": network_id, "fields": ["id", "cidr"]})


def with_address(cloud: Cloud, network_id: str, address: str) -> list[PortDetails]:
    """Return the ports that have this address on the network. The user may not see ports of other projects."""
    return _ports(cloud, {"network_id": network_id, "fixed_ips": f"ip_address={address}"})


def find(cloud: Cloud, option: str, name_or_id: str) -> PortDetails:
    """Return the port with this name or id. Raise NotFoundError if there is no such port."""
    if is_uuid(name_or_id):
        found = _ports(cloud, {"id": name_or_id})
        if found:
            return found[0]
    listed = _ports(cloud, {"project_id": cloud.identity().project_id})
    named = [{"id": port.id, "name": port.name} for port in listed if port.name]
    chosen = find_unique(option, name_or_id, named, kind="port")
    return next(port for port in listed if port.id == chosen["id"])


def with_tags(cloud: Cloud, tags: Iterable[str]) -> list[PortDetails]:
    """Return the ports of the project that have all these tags. Without tags, return all ports of the project."""
    joined = ",".join(tags)
    own = {"project_id": cloud.identity().project_id}
    return _ports(cloud, {**own, "tags": joined} if joined else own)


def with_ids(cloud: Cloud, ids: Sequence[str]) -> list[PortDetails]:
    """Return the ports with these ids that exist."""
    found: list[PortDetails] = []
    for start in range(0, len(ids), _IDS_PER_REQUEST):
        found += _ports(cloud, {"id": list(ids[start : start + _IDS_PER_REQUEST])})
    return found


def of_servers(cloud: Cloud, servers: Sequence[str]) -> list[PortDetails]:
    """Return the ports of these servers."""
    found: list[PortDetails] = []
    for start in range(0, len(servers), _IDS_PER_REQUEST):
        found += _ports(cloud, {"device_id": list(servers[start : start + _IDS_PER_REQUEST])})
    return found


def create(cloud: Cloud, port: Mapping[str, Any], tags: Sequence[str]) -> PortDetails:
    """Create a port with tags. ``port`` is the body of the request without tags."""
    what = f"Creating the port {port['name']}"
    body = {**port, "tags": list(tags)} if _offers(cloud, _TAG_CREATION) else dict(port)
    created = _details(cloud.send("POST", "/ports", what, service=SERVICE, json={"port": body}).body.object("port"))
    # Neutron ignores the tags without the ML2 extension driver tag_ports_during_bulk_creation, although it offers the
    # extension (neutron/services/tag/tag_plugin.py of Neutron 29).
    if not set(tags) <= set(created.tags):
        set_tags(cloud, created.id, tags)
    return created


def set_tags(cloud: Cloud, port_id: str, tags: Sequence[str]) -> None:
    """Replace the tags of a port. The port may have been deleted."""
    body = {"tags": list(tags)}
    what = f"Tagging the port {port_id}"
    with contextlib.suppress(NotFoundError):
        cloud.retry_idempotent(lambda: cloud.send("PUT", f"/ports/{port_id}/tags", what, service=SERVICE, json=body))


def delete(cloud: Cloud, port_id: str) -> None:
    """Delete a port, if it exists."""
    what = f"Deleting the port {port_id}"
    with contextlib.suppress(NotFoundError):
        cloud.retry_idempotent(lambda: cloud.send("DELETE", f"/ports/{port_id}", what, service=SERVICE))


def port_quota(cloud: Cloud) -> dict[str, int] | None:
    """Return the quota of ports, with the keys limit, used and reserved.

    Return None if the cloud does not offer the used amount.
    """
    project = cloud.identity().project_id
    try:
        body = cloud.read(SERVICE, f"/quotas/{project}/details.json", "Reading the quota of ports")
    except NotFoundError:
        return None
    entry = (body.get("quota") or {}).get("port")
    return dict(entry) if isinstance(entry, dict) else None


def _offers(cloud: Cloud, extension: str) -> bool:
    try:
        cloud.read(SERVICE, f"/extensions/{extension}", f"Reading whether Neutron offers {extension}")
    except NotFoundError:
        return False
    return True


def _ports(cloud: Cloud, params: Mapping[str, Any]) -> list[PortDetails]:
    return [_details(entry) for entry in _pages(cloud, "/ports", "ports", params)]


def _pages(cloud: Cloud, path: str, key: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    return cloud.pages(path, key, f"Listing the {key.replace('_', ' ')}", params=params, service=SERVICE)


def _details(entry: Mapping[str, Any]) -> PortDetails:
    return PortDetails(
        id=str(entry["id"]),
        name=str(entry.get("name") or ""),
        network_id=str(entry["network_id"]),
        device_id=str(entry.get("device_id") or ""),
        device_owner=str(entry.get("device_owner") or ""),
        mac_address=entry.get("mac_address"),
        addresses=tuple(str(fixed["ip_address"]) for fixed in entry.get("fixed_ips") or ()),
        vnic_type=entry.get("binding:vnic_type"),
        tags=tuple(str(tag) for tag in entry.get("tags") or ()),
    )
