# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Delete the volumes, ports and server groups of a batch, and wait until they no longer exist."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    BadRequestError,
    CatalogError,
    CloudError,
    ConflictError,
    Failure,
    ForbiddenError,
    MicroversionError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, PollIntervals, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._cinder import volumes as cinder_volumes
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.client import BlockStorage
from ansible_collections.stackproof.migration.plugins.module_utils._neutron import ports as neutron_ports
from ansible_collections.stackproof.migration.plugins.module_utils._nova import server_groups
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.devices import (
    group_view,
    port_view,
    volume_view,
)
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import Mark, labels_in_group_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import VolumeDetails
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import PortDetails

Server = dict[str, Any]
T = TypeVar("T")

# Nova deletes volumes and ports after their server. After this many seconds, the module deletes what Nova has left.
NOVA_SECONDS = 10.0
# Interval between two deletion requests for one resource.
REPEAT_SECONDS = 10.0
_DELETED = "DELETED"
# Cinder deletes volumes in these states. It cannot delete a volume in error_deleting again without force.
_DELETABLE = ("available", "error")
_STUCK = "error_deleting"


@dataclass
class DeviceDeletion:
    """Deletes the devices of the selected servers, and devices with the mark of the batch that no server uses."""

    cloud: Cloud
    # The selected servers, as read before their deletion.
    servers: list[Server]
    # The metadata and tags of the selection, or None if other options select the servers.
    mark: Mark | None
    # If a name is given, only devices of this batch are selected.
    name: str | None
    poll_intervals: PollIntervals
    volumes: dict[str, VolumeDetails] = field(default_factory=dict)
    ports: dict[str, PortDetails] = field(default_factory=dict)
    groups: list[server_groups.ServerGroup] = field(default_factory=list)
    # Devices that still exist after the deletion.
    left: set[str] = field(default_factory=set)
    requested: bool = False
    _requests: dict[str, Deadline] = field(default_factory=dict)
    _refusals: dict[str, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = {server["id"] for server in self.servers}
        self._deleted_by_nova = {volume for server in self.servers for volume in server["volumes_deleted_with_server"]}
        self._servers_of_volumes = {volume: server["id"] for server in self.servers for volume in server["volumes"]}
        # A mark without metadata selects nothing.
        self._marks = {server["id"]: Mark(server["metadata"]) for server in self.servers}

    # Find the devices

    def find(self) -> None:
        """Find the devices. Call this method before the deletion of the servers.

        The result is empty for a service that the cloud does not have, or that the user may not read.
        """
        self.volumes = {volume.id: volume for volume in self._visible(self._find_volumes) or []}
        self.ports = {port.id: port for port in self._visible(self._find_ports) or []}
        self.groups = self._visible(self._find_groups) or []

    @staticmethod
    def _visible(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except (ForbiddenError, CatalogError, MicroversionError):
            return None

    def _find_volumes(self) -> list[VolumeDetails]:
        found = self._marked_volumes()
        for volume_id, server_id in self._servers_of_volumes.items():
            if volume_id in {volume.id for volume in found}:
                continue
            volume = cinder_volumes.read(self.cloud, volume_id)
            if volume is None:
                continue
            # A volume that a user has attached to a server of the batch is not deleted.
            if volume_id in self._deleted_by_nova or self._marks[server_id].is_on_volume(volume.metadata):
                found.append(volume)
        return found

    def _marked_volumes(self) -> list[VolumeDetails]:
        if self.mark is None or not self.mark.metadata:
            return []
        listed = cinder_volumes.with_metadata(self.cloud, self.mark.metadata)
        return [
            volume
            for volume in listed
            if self.mark.is_on_volume(volume.metadata)
            and self._is_of_batch(volume.name)
            and not self._has_foreign_server(server for _attachment, server in volume.attachments)
        ]

    def _is_of_batch(self, device_name: str) -> bool:
        if self.name is None:
            return True
        return nova_servers.belongs_to_batch({"name": device_name}, self.name)

    def _has_foreign_server(self, servers: Iterable[str]) -> bool:
        others = set(servers) - self._ids - {""}
        return any(nova_servers.read(self.cloud, server) is not None for server in others)

    def _find_ports(self) -> list[PortDetails]:
        found: list[PortDetails] = []
        if self.mark is not None and self.mark.metadata_labels:
            found = [
                port
                for port in neutron_ports.with_tags(self.cloud, self.mark.labels)
                if self.mark.is_on(port.tags)
                and self._is_of_batch(port.name.rpartition("-port-")[0])
                and not self._has_foreign_server([port.device_id])
            ]
        elif self._ids:
            of_servers = neutron_ports.of_servers(self.cloud, sorted(self._ids))
            found = [port for port in of_servers if self._marks[port.device_id].is_on(port.tags)]
        return found

    def _find_groups(self) -> list[server_groups.ServerGroup]:
        marks = [self.mark] if self.mark is not None else [self._marks[server] for server in self._ids]
        if not any(mark.metadata_labels for mark in marks):
            return []
        return [
            group
            for group in server_groups.listed(self.cloud)
            if (labels := labels_in_group_name(group.name))
            and self._is_of_batch(group.name.rpartition(" [")[0])
            and any(mark.is_on(labels) for mark in marks)
            # Servers that were deleted are no members.
            and set(group.members) <= self._ids
            and (self.mark is not None or group.members)
        ]

    # Delete the devices

    @property
    def any(self) -> bool:
        return bool(self.volumes or self.ports or self.groups)

    def run(self, deadline: Deadline) -> Failure | None:
        """Delete the devices, and wait until they no longer exist. Return the reason why devices are left.

        The servers must be deleted.
        """
        self.cloud.deadline = deadline
        try:
            return self._delete_devices(deadline, Deadline(self.cloud.clock, NOVA_SECONDS))
        except CloudError as error:
            self.left = {*self.volumes, *self.ports}
            return error.failure

    def _delete_devices(self, deadline: Deadline, nova: Deadline) -> Failure | None:
        volumes, ports = list(self.volumes.values()), list(self.ports.values())
        for _poll in Waiter(self.cloud.clock, deadline, self.poll_intervals):
            volumes = self._read_volumes(volumes)
            ports = self._read_ports(ports)
            for volume in volumes:
                self._advance_volume(volume, nova)
            for port in ports:
                if not port.device_id or nova.over:
                    self._request(port.id, lambda port_id=port.id: neutron_ports.delete(self.cloud, port_id))  # type: ignore[misc]  # bound now
            stuck = [volume for volume in volumes if volume.status == _STUCK]
            if len(stuck) == len(volumes) and not ports:
                break
        for group in self.groups:
            self.requested = True
            server_groups.delete(self.cloud, group.id)
        self.volumes |= {volume.id: volume for volume in volumes}
        self.left = {volume.id for volume in volumes} | {port.id for port in ports}
        return self._failure(volumes, ports, deadline) if self.left else None

    def _read_volumes(self, volumes: list[VolumeDetails]) -> list[VolumeDetails]:
        wanted = {volume.id for volume in volumes}
        if not wanted:
            return []
        marked = self._marked_volumes()
        known = {volume.id for volume in marked}
        # One list shows the volumes with the mark. A volume without the mark needs its own request.
        others = [volume.id for volume in volumes if volume.id not in known and not self._has_mark(volume)]
        single = [found for one in others if (found := cinder_volumes.read(self.cloud, one)) is not None]
        return [volume for volume in (*marked, *single) if volume.id in wanted]

    def _has_mark(self, volume: VolumeDetails) -> bool:
        return self.mark is not None and self.mark.is_on_volume(volume.metadata) and self._is_of_batch(volume.name)

    def _read_ports(self, ports: list[PortDetails]) -> list[PortDetails]:
        wanted = {port.id for port in ports}
        if not wanted:
            return []
        labels = self.mark.labels if self.mark is not None and self.mark.metadata_labels else None
        if labels is not None:
            listed = neutron_ports.with_tags(self.cloud, labels)
        else:
            listed = neutron_ports.with_ids(self.cloud, sorted(wanted))
        return [port for port in listed if port.id in wanted]

    def _advance_volume(self, volume: VolumeDetails, nova: Deadline) -> None:
        """Send the next request that brings the volume closer to its deletion."""
        by_nova = volume.id in self._deleted_by_nova and not nova.over
        if volume.status in _DELETABLE:
            if not by_nova:
                self._request(volume.id, lambda: cinder_volumes.delete(self.cloud, volume.id))
        elif nova.over and volume.status in ("in-use", "detaching", "attaching", "reserved"):
            self._request(f"attachments of {volume.id}", lambda: self._delete_attachments(volume))

    def _delete_attachments(self, volume: VolumeDetails) -> None:
        """Delete the attachments that a deleted server has left."""
        servers = {server for _attachment, server in volume.attachments}
        servers |= {self._servers_of_volumes[volume.id]} if volume.id in self._servers_of_volumes else set()
        listed = BlockStorage(self.cloud).attachments_of(sorted(servers)) or {}
        for attachments in listed.values():
            for attachment in attachments:
                if attachment.volume_id == volume.id:
                    cinder_volumes.delete_attachment(self.cloud, attachment.id)

    def _request(self, key: str, send: Callable[[], None]) -> None:
        if key in self._requests and not self._requests[key].over:
            return
        self._requests[key] = Deadline(self.cloud.clock, REPEAT_SECONDS)
        self.requested = True
        try:
            send()
        except (BadRequestError, ConflictError, ForbiddenError) as error:
            # The status may change, so the next poll tries again.
            self._refusals[key.removeprefix("attachments of ")] = error.failure

    def _failure(self, volumes: list[VolumeDetails], ports: list[PortDetails], deadline: Deadline) -> Failure:
        states = [f"volume {volume.name or '-'} ({volume.id}) {volume.status}" for volume in volumes]
        states += [f"port {port.name or '-'} ({port.id})" for port in ports]
        refusals = " ".join(dict.fromkeys(refusal.message for refusal in self._refusals.values()))
        if deadline.over:
            kind, problem = "timeout", f"Deleting volumes and ports timed out (timeout={deadline.seconds:.0f} s)."
        else:
            kind, problem = "orphaned", "Cinder cannot delete a volume."
        action = (
            "See the logs of cinder-volume and nova-compute. `openstack volume delete --force` deletes a volume in any"
            " state."
        )
        message = f"The servers are deleted. {problem} These still exist: {', '.join(states)}. {refusals} {action}"
        return Failure(kind, " ".join(message.split()), "block-storage" if volumes else "network")

    # Results

    def result(self, *, deleted: bool) -> dict[str, Any]:
        """Return the devices in the form of the module result. With ``deleted``, the module has deleted them."""
        gone = {"status": _DELETED} if deleted else {}
        volumes = [
            volume_view(
                volume,
                self._servers_of_volumes.get(volume.id),
                deleted_with_server=volume.id in self._deleted_by_nova,
            )
            | ({} if volume.id in self.left else gone)
            for volume in self.volumes.values()
        ]
        return {
            "volumes": sorted(volumes, key=lambda volume: (volume["name"], volume["id"])),
            "ports": [port_view(port) for port in self.ports.values()],
            "server_group": group_view(self.groups[0]) if self.groups else None,
        }

    def diff_lines(self, *, left_only: bool = False) -> str:
        lines = [f"volume {one.name} ({one.id}) {one.status}" for one in self._shown(self.volumes, left_only)]
        lines += [f"port {one.name} ({one.id})" for one in self._shown(self.ports, left_only)]
        lines += [] if left_only else [f"server group {group.name} ({group.id})" for group in self.groups]
        return "".join(f"{line}\n" for line in lines)

    def _shown(self, devices: dict[str, Any], left_only: bool) -> list[Any]:  # private
        return [device for device in devices.values() if not left_only or device.id in self.left]
