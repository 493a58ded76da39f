# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find images, flavors and networks by name or id."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    ForbiddenError,
    InputError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import FLAVORS
from ansible_collections.stackproof.migration.plugins.module_utils._nova.servers import is_uuid
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

Resource = dict[str, Any]
# An error message lists at most this many names of resources.
MAX_NAMES = 12
# For at least this many resources, an error message suggests no similar names.
_LONGEST_LIST = 2000


def find_unique(option: str, name_or_id: str, resources: list[Resource], kind: str | None = None) -> Resource:
    """Return the resource with this id or name. Raise NotFoundError when there is no such resource.

    Raise InputError when several resources have the name. ``kind`` is the kind of the resource for messages. By
    default, it is the name of the option.
    """
    by_id = [resource for resource in resources if resource["id"] == name_or_id]
    found = by_id or [resource for resource in resources if resource.get("name") == name_or_id]
    if not found:
        raise NotFoundError(
            f"{option}: this cloud has no {kind or option.replace('_', ' ')} named {name_or_id},"
            f" or the project may not use it. {known_names(resources, name_or_id)}".rstrip()
        )
    if len(found) > 1:
        ids = ", ".join(sorted(resource["id"] for resource in found))
        raise InputError(f"{option}: {len(found)} resources have the name {name_or_id!r}: {ids}. Use the id.")
    return found[0]


def known_names(resources: list[Resource], name: str) -> str:
    """Return a sentence with names that are similar to ``name``.

    If the cloud has only a few names, list all of them.
    """
    names = sorted({str(resource.get("name") or resource["id"]) for resource in resources})
    listed = f"There are: {', '.join(names)}." if 0 < len(names) <= MAX_NAMES else ""
    return did_you_mean(name, names) or listed


def _pages(
    cloud: Cloud, service: str, path: str, key: str, params: Mapping[str, str], *, limit: int | None = None
) -> list[Resource]:
    """Return the entries of a list from all its pages.

    The function stops when it has ``limit`` entries. Glance stores the link to the next page under `next`, and other
    services use `<key>_links`.
    """
    found: list[Resource] = []
    query = dict(params)
    while True:
        body = cloud.read(service, path, f"Listing the {key.replace('_', ' ')}", params=query)
        page = body.get(key, [])
        found += page
        more = body.get("next") or any(link.get("rel") == "next" for link in body.get(f"{key}_links", []))
        if not page or not more or (limit is not None and len(found) >= limit):
            return found
        query["marker"] = page[-1]["id"]


def images(cloud: Cloud, **params: str) -> list[Resource]:
    """Return the images that the project may use."""
    return _pages(cloud, "image", "/images", "images", params)


def image(cloud: Cloud, name_or_id: str) -> Resource:
    """Return the image with the given id or name."""
    try:
        return dict(cloud.read("image", f"/images/{name_or_id}", f"Reading the image {name_or_id}"))
    except NotFoundError:
        return _by_name(cloud, "image", "image", "/images", "images", name_or_id)


def _by_name(  # each value is a part of the request or of the message
    cloud: Cloud, option: str, service: str, path: str, key: str, name: str, kind: str | None = None
) -> Resource:
    """Find a resource by its name. Raise NotFoundError if no resource has this name."""
    named = _pages(cloud, service, path, key, {"name": name})
    return find_unique(option, name, named or _pages(cloud, service, path, key, {}, limit=_LONGEST_LIST), kind)


def is_member(cloud: Cloud, image_id: str, project_id: str | None) -> bool:
    """Return whether the project has accepted this shared image."""
    try:
        member = cloud.read(
            "image",
            f"/images/{image_id}/members/{project_id}",
            f"Reading whether the project accepted the image {image_id}",
        )
    except (NotFoundError, ForbiddenError):
        return False
    return bool(member.get("status") == "accepted")


def flavors(cloud: Cloud) -> list[Resource]:
    """Return the flavors that the project may use."""
    return cloud.pages("/flavors/detail", "flavors", "Listing the flavors", need=FLAVORS)


def flavor(cloud: Cloud, name_or_id: str) -> Resource:
    """Return the flavor with the given id or name."""
    return find_unique("flavor", name_or_id, flavors(cloud))


def network_id(cloud: Cloud, name_or_id: str, option: str = "networks") -> str:
    """Return the id of the network with the given id or name."""
    if is_uuid(name_or_id):
        with contextlib.suppress(NotFoundError):
            body = cloud.read("network", f"/networks/{name_or_id}", f"Reading the network {name_or_id}")
            return str(body["network"]["id"])
    return str(_by_name(cloud, option, "network", "/networks", "networks", name_or_id, "network")["id"])
