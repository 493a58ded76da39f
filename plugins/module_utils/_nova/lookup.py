# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Images, flavors, networks and server groups by name or id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    ForbiddenError,
    InputError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import FLAVORS, SERVER_GROUPS
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

Thing = dict[str, Any]
# So many names are told of those that there are.
MOST_NAMED = 12


def find_unique(option: str, wanted: str, things: list[Thing]) -> Thing:
    """Exactly one by id or by name; anything else is refused in words."""
    by_id = [thing for thing in things if thing["id"] == wanted]
    found = by_id or [thing for thing in things if thing.get("name") == wanted]
    if not found:
        raise NotFoundError(
            f"{option}: this cloud has no {option.replace('_', ' ')} named {wanted},"
            f" and none with that id, that this project can use. {known_names(things, wanted)}".rstrip()
        )
    if len(found) > 1:
        ids = ", ".join(sorted(thing["id"] for thing in found))
        raise InputError(f"{option}: the name {wanted} is borne by {len(found)} ({ids}). Give an id instead.")
    return found[0]


def known_names(things: list[Thing], wanted: str) -> str:
    """What could have been meant; nothing where there are too many to be of help."""
    names = sorted({str(thing.get("name") or thing["id"]) for thing in things})
    listed = f"There are: {', '.join(names)}." if 0 < len(names) <= MOST_NAMED else ""
    return did_you_mean(wanted, names) or listed


def images(cloud: Cloud, **params: str) -> list[Thing]:
    """Images that the project may use, all pages."""
    found: list[Thing] = []
    wanted = dict(params)
    while True:
        body = cloud.read("image", "/images", "Listing the images", params=wanted)
        page = body.get("images", [])
        found += page
        if not page or not body.get("next"):
            return found
        wanted["marker"] = page[-1]["id"]


def image(cloud: Cloud, name_or_id: str) -> Thing:
    try:
        return dict(cloud.read("image", f"/images/{name_or_id}", f"Reading the image {name_or_id}"))
    except NotFoundError:
        # a cloud may have thousands: all are asked for only where none is of this name
        return find_unique("image", name_or_id, images(cloud, name=name_or_id) or images(cloud))


def is_member(cloud: Cloud, image_id: str, project_id: str | None) -> bool:
    """Whether the project has accepted an image that another project shares with it."""
    try:
        member = cloud.read(
            "image", f"/images/{image_id}/members/{project_id}", f"Reading whether the image {image_id} was accepted"
        )
    except (NotFoundError, ForbiddenError):
        return False
    return bool(member.get("status") == "accepted")


def flavors(cloud: Cloud) -> list[Thing]:
    return cloud.pages("/flavors/detail", "flavors", "Listing the flavors", need=FLAVORS)


def flavor(cloud: Cloud, name_or_id: str) -> Thing:
    return find_unique("flavor", name_or_id, flavors(cloud))


def network_id(cloud: Cloud, name_or_id: str) -> str:
    body = cloud.read("network", "/networks", "Listing the networks")
    return str(find_unique("networks", name_or_id, body["networks"])["id"])


def server_group_id(cloud: Cloud, name_or_id: str) -> str:
    groups = cloud.get("/os-server-groups", "Listing the server groups", need=SERVER_GROUPS)["server_groups"]
    return str(find_unique("server_group", name_or_id, groups)["id"])
