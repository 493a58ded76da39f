# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Create and delete private copies of images: https://docs.openstack.org/api-ref/image/v2/.

The properties of such an image contain the metadata of its run, so that a later run can find it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._nova import lookup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

Image = dict[str, Any]

SERVICE = "image"
_COPIED = ("disk_format", "container_format", "min_disk", "min_ram")
# Glance sets these keys itself. All other keys of an image with a text as value are properties of its user.
_OF_GLANCE = frozenset(
    {
        *_COPIED,
        "id",
        "name",
        "checksum",
        "created_at",
        "updated_at",
        "direct_url",
        "file",
        "locations",
        "os_hash_algo",
        "os_hash_value",
        "os_hidden",
        "owner",
        "protected",
        "schema",
        "self",
        "size",
        "status",
        "stores",
        "tags",
        "virtual_size",
        "visibility",
    }
)
# Only administrators and Glance itself may write properties with these prefixes.
_RESERVED = ("os_glance", "image_", "base_image_ref", "owner_specified")


def create_copy(cloud: Cloud, image: Mapping[str, Any], name: str, mark: Mapping[str, str]) -> Image:
    """Create a private copy of an image with the same properties and the same content."""
    properties = {
        key: value
        for key, value in image.items()
        if key not in _OF_GLANCE and isinstance(value, str) and not key.startswith(_RESERVED)
    }
    wanted = {key: image[key] for key in _COPIED if image.get(key) is not None}
    body = {**properties, **wanted, **mark, "name": name, "visibility": "private"}
    what = f"Creating the private image {name}"
    content = cloud.transfer(SERVICE, "GET", f"/images/{image['id']}/file", f"Downloading the image {image['id']}")
    created = dict(cloud.send("POST", "/images", what, service=SERVICE, json=body).body)
    try:
        path = f"/images/{created['id']}"
        cloud.transfer(SERVICE, "PUT", f"{path}/file", f"Uploading the private image {name}", content)
        return dict(cloud.read(SERVICE, path, f"Reading the private image {name}"))
    except Exception:
        delete(cloud, str(created["id"]))
        raise


def delete(cloud: Cloud, image_id: str) -> None:
    """Delete an image, if it exists."""
    what = f"Deleting the private image {image_id}"
    with contextlib.suppress(NotFoundError):
        cloud.retry_idempotent(lambda: cloud.send("DELETE", f"/images/{image_id}", what, service=SERVICE))


def marked(cloud: Cloud, key: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the id and the properties of each private image of the project that has the property ``key``."""
    project = str(cloud.identity().project_id)
    for image in lookup.images(cloud, visibility="private", owner=project):
        if key in image:
            yield str(image["id"]), {name: value for name, value in image.items() if isinstance(value, str)}
