# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Create the ports and the server group of a batch, and mark the volumes and ports that Nova creates.

Nova creates the volumes of a batch, because only then one request can boot several servers. A volume has no name and no
metadata until this module sets them. Until then, the volume belongs to its server, and Nova deletes both together. So
the module excludes a volume from this deletion only after the volume has its mark.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ForbiddenError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import KEEP_VOLUMES
from ansible_collections.stackproof.migration.plugins.module_utils._cinder import volumes as cinder_volumes
from ansible_collections.stackproof.migration.plugins.module_utils._neutron import ports as neutron_ports
from ansible_collections.stackproof.migration.plugins.module_utils._nova import server_groups

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import VolumeDetails
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import PortDetails
    from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import PortRequest
    from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import Mark
    from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.requirements import (
        DeviceRequirements,
    )

Server = dict[str, Any]


def volume_view(volume: VolumeDetails, server_id: str | None, *, deleted_with_server: bool | None) -> dict[str, Any]:
    """Return a volume in the form of the module result."""
    return {
        "id": volume.id,
        "name": volume.name,
        "size_gib": volume.size,
        "type": volume.type,
        "bootable": volume.bootable,
        "status": volume.status,
        "server_id": server_id,
        "delete_on_termination": deleted_with_server,
    }


def port_view(port: PortDetails) -> dict[str, Any]:
    """Return a port in the form of the module result."""
    return {
        "id": port.id,
        "name": port.name,
        "network_id": port.network_id,
        "mac_address": port.mac_address,
        "addresses": list(port.addresses),
        "vnic_type": port.vnic_type,
        "server_id": port.device_id or None,
    }


def group_view(group: server_groups.ServerGroup) -> dict[str, Any]:
    """Return a server group in the form of the module result."""
    return {"id": group.id, "name": group.name, "policy": group.policy}


@dataclass
class BatchDevices:
    """The volumes, the ports and the server group of a batch."""

    cloud: Cloud
    # The requirements have found the ids of the named resources.
    found: DeviceRequirements
    mark: Mark
    group: server_groups.ServerGroup | None = None
    port_ids: list[str] = field(default_factory=list)
    # The volumes of the servers, and the id of the server of each volume.
    volumes: dict[str, VolumeDetails] = field(default_factory=dict)
    servers_of_volumes: dict[str, str] = field(default_factory=dict)
    ports: list[PortDetails] = field(default_factory=list)
    _group_is_new: bool = False
    _kept: set[str] = field(default_factory=set)
    _marking_forbidden: bool = False

    # Before the boot

    def create(self, name: str) -> None:
        """Create the server group and the ports. ``name`` is the name of the batch."""
        policy = self.found.devices.server_group_policy
        if policy:
            self.group = self._reuse_group(name, policy) or self._new_group(name, policy)
        elif self.found.server_group:
            self.group = self.found.server_group
        number = 0
        for port in self.found.devices.ports:
            if port.port is not None:
                self.port_ids.append(self.found.existing_ports[port.port].id)
                continue
            number += 1
            body = self._port_body(f"{name}-port-{number}", port)
            self.port_ids.append(neutron_ports.create(self.cloud, body, self.mark.labels).id)

    def _reuse_group(self, name: str, policy: str) -> server_groups.ServerGroup | None:
        """Return the group of an earlier request for the same batch."""
        wanted = self.mark.group_name(name)
        groups = server_groups.listed(self.cloud)
        return next((group for group in groups if (group.name, group.policy) == (wanted, policy)), None)

    def _new_group(self, name: str, policy: str) -> server_groups.ServerGroup:
        self._group_is_new = True
        return server_groups.create(self.cloud, self.mark.group_name(name), policy)

    def _port_body(self, name: str, port: PortRequest) -> dict[str, Any]:
        groups = self.found.devices.security_groups if port.security_groups is None else port.security_groups
        body: dict[str, Any] = {"name": name, "network_id": self.found.network_ids[str(port.network)]}
        if port.fixed_ip:
            body["fixed_ips"] = [{"ip_address": port.fixed_ip}]
        if port.vnic_type:
            body["binding:vnic_type"] = port.vnic_type
        if groups or port.security_groups is not None:
            body["security_groups"] = [self.found.security_group_ids[group] for group in groups]
        return body

    def discard(self) -> None:
        """Delete the new ports and the new server group, because Nova has refused the boot request."""
        with contextlib.suppress(CloudError):
            if self.found.devices.new_ports:
                for port in neutron_ports.with_tags(self.cloud, self.mark.labels):
                    if self.mark.is_on(port.tags) and not port.device_id:
                        neutron_ports.delete(self.cloud, port.id)
            if self.group is not None and self._group_is_new:
                server_groups.delete(self.cloud, self.group.id)

    # After the boot

    def mark_volumes(self, servers: Iterable[Server]) -> None:
        """Name the new volumes of the servers after their servers, and give them the mark of the batch."""
        if not self.found.devices.all_volumes or self._marking_forbidden:
            return
        for server in servers:
            for volume in server["volumes"]:
                if volume not in self.volumes:
                    self._mark_volume(volume, server)

    def _mark_volume(self, volume_id: str, server: Server) -> None:
        try:
            volume = cinder_volumes.mark(self.cloud, volume_id, str(server["name"]), self.mark.volume_metadata)
        except NotFoundError:
            return
        except ForbiddenError:
            if self.found.devices.keeps_volumes:
                raise
            # Nova deletes the volumes with their servers, so they need no mark.
            self._marking_forbidden = True
            return
        self.volumes[volume_id] = volume
        self.servers_of_volumes[volume_id] = server["id"]

    def finish(self, servers: Iterable[Server]) -> None:
        """Exclude volumes from the deletion with their server, and tag the ports. All servers are ACTIVE."""
        ready = list(servers)
        if self.found.devices.keeps_volumes:
            for server in ready:
                self._keep_volumes(server["id"])
        if self.found.devices.has_address:
            self._tag_ports([server["id"] for server in ready])

    def _keep_volumes(self, server_id: str) -> None:
        path = f"/servers/{server_id}/os-volume_attachments"
        body = self.cloud.get(path, f"Listing the volumes of server {server_id}", need=KEEP_VOLUMES)
        # Nova names the devices in the order of the boot request.
        attached = sorted(body.objects("volumeAttachments"), key=lambda one: (len(one["device"]), one["device"]))
        for volume, attachment in zip(self.found.devices.all_volumes, attached, strict=False):
            volume_id = str(attachment["volumeId"])
            if volume.delete_on_termination or volume_id not in self.volumes:
                continue
            change = {"volumeAttachment": {"volumeId": volume_id, "delete_on_termination": False}}
            what = f"Keeping the volume {volume_id} when Nova deletes its server"
            self.cloud.send("PUT", f"{path}/{volume_id}", what, need=KEEP_VOLUMES, json=change)
            self._kept.add(volume_id)

    def _tag_ports(self, servers: list[str]) -> None:
        """Tag the ports that Nova has created. Existing ports of the user keep their tags."""
        existing = {port.id for port in self.found.existing_ports.values()}
        with contextlib.suppress(ForbiddenError, CatalogError):
            self.ports = neutron_ports.of_servers(self.cloud, servers)
            for port in self.ports:
                missing = [label for label in self.mark.labels if label not in port.tags]
                if missing and port.id not in existing:
                    neutron_ports.set_tags(self.cloud, port.id, [*port.tags, *missing])

    def result(self) -> dict[str, Any]:
        """Return the devices in the form of the module result."""
        volumes = [
            volume_view(volume, self.servers_of_volumes[volume.id], deleted_with_server=volume.id not in self._kept)
            for volume in self.volumes.values()
        ]
        return {
            "volumes": sorted(volumes, key=lambda volume: (volume["name"], not volume["bootable"], volume["id"])),
            "ports": [port_view(port) for port in self.ports],
            "server_group": None if self.group is None else group_view(self.group),
        }
