# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find, create and delete server groups.

The source of the API is https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import SERVER_GROUPS, parsed
from ansible_collections.stackproof.migration.plugins.module_utils._nova.lookup import find_unique

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# Since this microversion, a server group has one policy instead of a list of policies.
_ONE_POLICY = (2, 64)


@dataclass(frozen=True)
class ServerGroup:
    """A server group, and the ids of its servers that exist."""

    id: str
    name: str
    policy: str | None
    members: tuple[str, ...] = ()


def listed(cloud: Cloud) -> list[ServerGroup]:
    """Return the server groups of the project."""
    groups: dict[str, ServerGroup] = {}
    while True:
        # The list of server groups has no links to the next page, so read until a page has no new groups.
        body = cloud.get(
            "/os-server-groups", "Listing the server groups", need=SERVER_GROUPS, params={"offset": len(groups)}
        )
        new = {entry["id"]: _group(entry) for entry in body["server_groups"] if entry["id"] not in groups}
        if not new:
            return list(groups.values())
        groups |= new


def find(cloud: Cloud, name_or_id: str) -> ServerGroup:
    """Return the server group with the given id or name. Raise NotFoundError if there is no such group."""
    groups = listed(cloud)
    found = find_unique("server_group", name_or_id, [{"id": group.id, "name": group.name} for group in groups])
    return next(group for group in groups if group.id == found["id"])


def create(cloud: Cloud, name: str, policy: str) -> ServerGroup:
    """Create a server group with a policy such as ``anti-affinity``."""
    version = cloud.microversions.choose(SERVER_GROUPS)
    rule = {"policy": policy} if parsed(version) >= _ONE_POLICY else {"policies": [policy]}
    body = {"server_group": {"name": name, **rule}}
    answer = cloud.send(
        "POST", "/os-server-groups", f"Creating a server group for {policy}", microversion=version, json=body
    )
    return _group(answer.body.object("server_group"))


def delete(cloud: Cloud, group_id: str) -> None:
    """Delete a server group, if it exists."""
    what = f"Deleting the server group {group_id}"
    with contextlib.suppress(NotFoundError):
        cloud.retry_idempotent(lambda: cloud.send("DELETE", f"/os-server-groups/{group_id}", what, need=SERVER_GROUPS))


def _group(entry: Mapping[str, Any]) -> ServerGroup:
    policy = entry.get("policy") or next(iter(entry.get("policies") or ()), None)
    return ServerGroup(str(entry["id"]), str(entry["name"]), policy, tuple(entry.get("members") or ()))
