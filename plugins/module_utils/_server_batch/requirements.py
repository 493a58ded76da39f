# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Check that the volume types, networks, ports and groups of a batch exist, and that the quotas are sufficient."""

from __future__ import annotations

import contextlib
import ipaddress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    ForbiddenError,
    InputError,
    QuotaError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._cinder import volumes as cinder_volumes
from ansible_collections.stackproof.migration.plugins.module_utils._neutron import ports as neutron_ports
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.client import Networking
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import how_to_delete_binding
from ansible_collections.stackproof.migration.plugins.module_utils._nova import boot_devices, server_groups
from ansible_collections.stackproof.migration.plugins.module_utils._nova import lookup as nova_lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import PortDetails
    from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_devices import (
        BootDevices,
        PortRequest,
        VolumeRequest,
    )


@dataclass(frozen=True)
class Requirement:
    """A check. ``check`` raises an error if the requirement is not met."""

    kind: str
    what: str
    check: Callable[[], object]
    # Whether the batch may be booted if the user may not read the value.
    optional: bool = False


@dataclass
class DeviceRequirements:
    """Checks what the devices of a batch require, and stores the ids of the named resources."""

    cloud: Cloud
    devices: BootDevices
    # The number of servers to boot.
    count: int
    # The image of the servers. None if it is not known.
    image: Mapping[str, Any] | None
    network_ids: dict[str, str] = field(default_factory=dict)
    security_group_ids: dict[str, str] = field(default_factory=dict)
    existing_ports: dict[str, PortDetails] = field(default_factory=dict)
    server_group: server_groups.ServerGroup | None = None

    def require_all(self) -> None:
        """Raise the error of the first requirement that is not met."""
        for requirement in self.each():
            if requirement.optional:
                with contextlib.suppress(ForbiddenError):
                    requirement.check()
            else:
                requirement.check()

    def each(self) -> Iterator[Requirement]:
        yield from self._volumes()
        yield from self._networks()
        if self.devices.server_group:
            yield Requirement("input", "server groups", partial(self._find_server_group, self.devices.server_group))

    # Volumes

    def _volumes(self) -> Iterator[Requirement]:
        if not self.devices.all_volumes:
            return
        for option, volume in self._volumes_by_option():
            if volume.type:
                check = partial(cinder_volumes.volume_type, self.cloud, option, volume.type)
                yield Requirement("input", "volume types", self._in_cinder(check))
        if self.image is not None and self.devices.boot_volume is not None:
            yield Requirement("input", "size of the boot volume", partial(self._check_boot_size, self.image))
        yield Requirement("quota", "quota of volumes", self._in_cinder(self._check_volume_quota), optional=True)

    def _in_cinder(self, check: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            try:
                return check()
            except CatalogError as error:
                options = " and ".join(dict.fromkeys(option for option, _volume in self._volumes_by_option()))
                raise InputError(
                    f"{options}: this cloud has no Block Storage service (Cinder). {error.failure.message}",
                    service="block-storage",
                ) from error

        return run

    def _volumes_by_option(self) -> list[tuple[str, VolumeRequest]]:
        boot_volume = self.devices.boot_volume
        first = [("boot_volume", boot_volume)] if boot_volume else []
        return [*first, *(("volumes", volume) for volume in self.devices.volumes)]

    def _check_boot_size(self, image: Mapping[str, Any]) -> None:
        if self.devices.boot_volume is not None:
            message = boot_devices.boot_volume_too_small(self.devices.boot_volume, image)
            if message:
                raise InputError(message)

    def _sizes(self) -> list[tuple[VolumeRequest, int]]:
        boot_volume, data = self.devices.boot_volume, self.devices.volumes
        sizes = [(volume, volume.size or 1) for volume in data]
        if boot_volume is None:
            return sizes
        size = boot_volume.size or 1
        return [(boot_volume, boot_devices.boot_volume_size(boot_volume, self.image) if self.image else size), *sizes]

    def _check_volume_quota(self) -> None:
        quota = cinder_volumes.quota(self.cloud)
        sizes = self._sizes()
        largest, limit = max(size for _volume, size in sizes), quota.get("per_volume_gigabytes", {}).get("limit", -1)
        if 0 <= limit < largest:
            raise QuotaError(
                f"quota: a volume of {largest} GiB is larger than the limit of the project"
                f" (per_volume_gigabytes={limit}). Choose a smaller volume, or raise the quota.",
                service="block-storage",
            )
        needed = {"volumes": self.count * len(sizes), "gigabytes": self.count * sum(size for _volume, size in sizes)}
        for name in self.devices.volume_types():
            of_type = [size for volume, size in sizes if volume.type == name]
            needed |= {f"volumes_{name}": self.count * len(of_type), f"gigabytes_{name}": self.count * sum(of_type)}
        for name, amount in needed.items():
            entry = quota.get(name, {})
            used = entry.get("in_use", 0) + entry.get("reserved", 0)
            self._require_quota(name, amount, entry.get("limit", -1), used, "volumes")

    def _require_quota(self, name: str, needed: int, limit: int, used: int, kind: str) -> None:
        free = max(limit - used, 0)
        if limit < 0 or needed <= free:
            return
        servers = "1 server needs" if self.count == 1 else f"{self.count} servers need"
        raise QuotaError(
            f"quota: {servers} {name}={needed}, but the project has free={free} of limit={limit}. Delete {kind}, or"
            " raise the quota."
        )

    # Networks

    def _networks(self) -> Iterator[Requirement]:
        named = [] if isinstance(self.devices.networks, str) else self.devices.networks
        for name in named:
            yield Requirement("input", "networks", partial(self._find_network, "networks", name))
        for group in self.devices.security_groups:
            check = partial(self._find_security_group, "security_groups", group)
            yield Requirement("input", "security groups", check)
        for port in self.devices.ports:
            yield from self._port(port)
        if self.devices.ports_per_server():
            yield Requirement("quota", "quota of ports", self._check_port_quota, optional=True)

    def _port(self, port: PortRequest) -> Iterator[Requirement]:
        if port.port is not None:
            yield Requirement("input", "ports", partial(self._find_port, port.port))
        if port.network is not None:
            yield Requirement("input", "networks", partial(self._find_network, "ports", port.network))
        for group in port.security_groups or ():
            yield Requirement("input", "security groups", partial(self._find_security_group, "ports", group))
        if port.fixed_ip is not None:
            yield Requirement("input", "addresses", partial(self._check_address, port), optional=True)

    def _find_network(self, option: str, name: str) -> None:
        if name not in self.network_ids:
            self.network_ids[name] = nova_lookup.network_id(self.cloud, name, option)

    def _find_security_group(self, option: str, name: str) -> None:
        if name not in self.security_group_ids:
            self.security_group_ids[name] = neutron_ports.security_group_id(self.cloud, option, name)

    def _find_port(self, name: str) -> None:
        port = neutron_ports.find(self.cloud, "ports", name)
        if port.device_id:
            raise InputError(
                f"ports: port {name} is in use by {port.device_owner or 'device'} {port.device_id}. Choose a free port,"
                " or detach it with `openstack server remove port`.",
                service="network",
            )
        hosts = Networking(self.cloud).inactive_bindings([port.id]).get(port.id)
        if hosts:
            raise InputError(
                f"ports: port {name} has an INACTIVE binding on {', '.join(hosts)}, which an earlier migration left."
                " Neutron refuses a second binding on a host, so a live migration to this host fails. Choose another"
                f" port. {how_to_delete_binding(port.id, hosts[0])}",
                service="network",
            )
        self.existing_ports[name] = port

    def _check_address(self, port: PortRequest) -> None:
        network, address = self.network_ids.get(port.network or ""), port.fixed_ip
        if network is None or address is None:
            # The requirement of the network has failed.
            return
        ranges = [str(subnet["cidr"]) for subnet in neutron_ports.subnets(self.cloud, network)]
        if not any(ipaddress.ip_address(address) in ipaddress.ip_network(cidr) for cidr in ranges):
            raise InputError(
                f"ports: the network {port.network} has no subnet for the address {address}. Subnets:"
                f" {', '.join(ranges) or 'none'}. Choose an address of a subnet.",
                service="network",
            )
        users = neutron_ports.with_address(self.cloud, network, address)
        if users:
            raise InputError(
                f"ports: the address {address} is in use by port {users[0].id} of"
                f" {users[0].device_owner or 'no device'} {users[0].device_id}".rstrip()
                + ". Choose a free address.",
                service="network",
            )

    def _check_port_quota(self) -> None:
        entry = neutron_ports.port_quota(self.cloud)
        if entry is not None:
            used = entry.get("used", 0) + entry.get("reserved", 0)
            needed = self.count * self.devices.ports_per_server()
            self._require_quota("ports", needed, entry.get("limit", -1), used, "ports")

    # Server groups

    def _find_server_group(self, name: str) -> None:
        self.server_group = server_groups.find(self.cloud, name)
