# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find the volumes, ports and server groups of earlier batches that belong to no server.

A volume or a port of a server is not in these lists, because its server is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CatalogError
from ansible_collections.stackproof.migration.plugins.module_utils._cinder import volumes as cinder_volumes
from ansible_collections.stackproof.migration.plugins.module_utils._neutron import ports as neutron_ports
from ansible_collections.stackproof.migration.plugins.module_utils._nova import server_groups
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import (
    TAGS_KEY,
    labels_in_group_name,
    metadata_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

Resource = dict[str, Any]


def readers(cloud: Cloud, key: str, tags: Sequence[str]) -> list[tuple[str, Callable[[], list[Resource]]]]:
    """Return the subject and the function that reads the resources, for each service.

    The resources have the metadata key ``key`` and all tags. A cloud may forbid a request.
    """
    return [
        (f"orphaned {kind}", partial(_if_present, partial(read, cloud, key, tags)))
        for kind, read in (("volumes", _volumes), ("ports", _ports), ("server groups", _groups))
    ]


def _if_present(read: Callable[[], list[Resource]]) -> list[Resource]:
    """Return no resources if the cloud does not have the service."""
    try:
        return read()
    except CatalogError:
        return []


def _volumes(cloud: Cloud, key: str, tags: Sequence[str]) -> list[Resource]:
    listed = cinder_volumes.with_metadata(cloud, {TAGS_KEY: ",".join(tags)} if tags else {})
    return [
        _view("volume", volume.id, volume.name, volume.metadata, key)
        for volume in listed
        if key in volume.metadata and not any(_exists(cloud, server) for _id, server in volume.attachments)
    ]


def _ports(cloud: Cloud, key: str, tags: Sequence[str]) -> list[Resource]:
    return [
        _view("port", port.id, port.name, metadata, key)
        for port in neutron_ports.with_tags(cloud, tags)
        if key in (metadata := metadata_in(port.tags)) and not (port.device_id and _exists(cloud, port.device_id))
    ]


def _groups(cloud: Cloud, key: str, tags: Sequence[str]) -> list[Resource]:
    found = []
    for group in server_groups.listed(cloud):
        labels = labels_in_group_name(group.name)
        metadata = metadata_in(labels)
        if key in metadata and set(tags) <= set(labels) and not group.members:
            found.append(_view("server group", group.id, group.name.rpartition(" [")[0], metadata, key))
    return found


def _exists(cloud: Cloud, server_id: str) -> bool:
    return nova_servers.read(cloud, server_id) is not None


def _view(kind: str, resource_id: str, name: str, metadata: Mapping[str, str], key: str) -> Resource:
    return {"kind": kind, "id": resource_id, "name": name, "metadata": dict(metadata), "run_id": metadata[key]}
