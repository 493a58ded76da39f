# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find, mark and delete volumes, and read volume types and quotas.

The source of the API is https://docs.openstack.org/api-ref/block-storage/v3/.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import BLOCK_STORAGE
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import VolumeDetails
from ansible_collections.stackproof.migration.plugins.module_utils._nova.lookup import find_unique

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

SERVICE = "block-storage"


def volume_type(cloud: Cloud, option: str, name_or_id: str) -> str:
    """Return the name of the volume type with this name or id. Raise NotFoundError if the project has no such type."""
    body = cloud.read(SERVICE, "/types", "Listing the volume types")
    return str(find_unique(option, name_or_id, list(body.objects("volume_types")), kind="volume type")["name"])


def quota(cloud: Cloud) -> dict[str, dict[str, int]]:
    """Return the quota of the project. Each entry has the keys limit, in_use and reserved.

    The keys are, for example, volumes, gigabytes, per_volume_gigabytes, volumes_TYPE and gigabytes_TYPE.
    """
    project = cloud.identity().project_id
    body = cloud.read(SERVICE, f"/os-quota-sets/{project}", "Reading the quota of volumes", params={"usage": "True"})
    return {name: entry for name, entry in body["quota_set"].items() if isinstance(entry, dict)}


def read(cloud: Cloud, volume_id: str) -> VolumeDetails | None:
    """Return a volume. Return None if it does not exist."""
    try:
        body = cloud.read(SERVICE, f"/volumes/{volume_id}", f"Reading the volume {volume_id}")
    except NotFoundError:
        return None
    return _details(body.object("volume"))


def with_metadata(cloud: Cloud, metadata: Mapping[str, str]) -> list[VolumeDetails]:
    """Return the volumes of the project whose metadata contains these entries.

    Without entries, return all volumes of the project.
    """
    # Cinder parses this parameter as a dictionary of Python, and accepts the quotation marks of JSON.
    params = {"metadata": json.dumps(dict(metadata), ensure_ascii=False)} if metadata else {}
    listed = cloud.pages("/volumes/detail", "volumes", "Listing the volumes", params=params, service=SERVICE)
    # A cloud can disable the filter, and Cinder then lists all volumes.
    return [_details(entry) for entry in listed if metadata.items() <= (entry.get("metadata") or {}).items()]


def mark(cloud: Cloud, volume_id: str, name: str, metadata: Mapping[str, str]) -> VolumeDetails:
    """Set the name and the metadata of a volume that Nova has created. Nova gives its volumes neither."""
    body = {"volume": {"name": name, "metadata": dict(metadata)}}
    what = f"Naming the volume {volume_id}"
    answer = cloud.retry_idempotent(
        lambda: cloud.send("PUT", f"/volumes/{volume_id}", what, service=SERVICE, json=body)
    )
    return _details(answer.body.object("volume"))


def delete(cloud: Cloud, volume_id: str) -> None:
    """Request the deletion of a volume, if it exists. Raise BadRequestError if its status forbids the deletion."""
    what = f"Deleting the volume {volume_id}"
    with contextlib.suppress(NotFoundError):
        cloud.retry_idempotent(lambda: cloud.send("DELETE", f"/volumes/{volume_id}", what, service=SERVICE))


def delete_attachment(cloud: Cloud, attachment_id: str) -> None:
    """Delete an attachment of a server that no longer exists.

    Cinder refuses with HTTP 409 if the server exists (Cinder bug 2004555).
    """
    what = f"Deleting the volume attachment {attachment_id}"
    path = f"/attachments/{attachment_id}"
    with contextlib.suppress(NotFoundError):
        cloud.retry_idempotent(lambda: cloud.send("DELETE", path, what, service=SERVICE, microversion=BLOCK_STORAGE))


def _details(entry: Mapping[str, Any]) -> VolumeDetails:
    return VolumeDetails(
        id=str(entry["id"]),
        name=str(entry.get("name") or ""),
        status=str(entry["status"]),
        size=int(entry["size"]),
        type=entry.get("volume_type"),
        bootable=str(entry.get("bootable")).lower() == "true",
        metadata={str(key): str(value) for key, value in (entry.get("metadata") or {}).items()},
        attachments=tuple((str(one["attachment_id"]), str(one["server_id"])) for one in entry.get("attachments") or ()),
    )
