# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions for the volumes, ports, security groups and server group of a boot request.

Nova accepts an existing port or a fixed address only in a request for one server
(``_check_multiple_instances_with_neutron_ports`` in ``nova.compute.api``).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._nova.boot_requirements import (
    parse_networks,
    required_disk_gib,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

POLICIES = ("affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity")
# The values of binding:vnic_type in neutron_lib.api.definitions.portbindings that a virtual server can have.
VNIC_TYPES = (
    "normal",
    "direct",
    "direct-physical",
    "macvtap",
    "virtio-forwarder",
    "vdpa",
    "accelerator-direct",
    "accelerator-direct-physical",
    "remote-managed",
)
VOLUME_OPTIONS = ("size", "type", "delete_on_termination")
PORT_OPTIONS = ("network", "port", "vnic_type", "fixed_ip", "security_groups")
# These options describe a port that the module creates. An existing port has its own values.
_NEW_PORT_OPTIONS = ("vnic_type", "fixed_ip", "security_groups")


@dataclass(frozen=True)
class VolumeRequest:
    """A volume that Nova creates for each server. ``size`` is in GiB. Without a type, Cinder chooses the type."""

    size: int | None = None
    type: str | None = None
    delete_on_termination: bool = True


@dataclass(frozen=True)
class PortRequest:
    """A new port on ``network``, or the existing port ``port``."""

    network: str | None = None
    port: str | None = None
    vnic_type: str | None = None
    fixed_ip: str | None = None
    # None stands for the security groups of the batch.
    security_groups: tuple[str, ...] | None = None


@dataclass(frozen=True)
class BootDevices:
    """What the servers of a batch have besides their image, their flavor and their networks."""

    boot_volume: VolumeRequest | None = None
    volumes: tuple[VolumeRequest, ...] = ()
    networks: str | list[str] = "none"
    ports: tuple[PortRequest, ...] = ()
    security_groups: tuple[str, ...] = ()
    config_drive: bool | None = None
    server_group: str | None = None
    server_group_policy: str | None = None

    @property
    def all_volumes(self) -> tuple[VolumeRequest, ...]:
        """Return the volumes of one server, in the order of their device names."""
        return (*((self.boot_volume,) if self.boot_volume else ()), *self.volumes)

    @property
    def new_ports(self) -> tuple[PortRequest, ...]:
        return tuple(port for port in self.ports if port.port is None)

    @property
    def keeps_volumes(self) -> bool:
        """Return whether Nova must keep a volume when it deletes the server."""
        return not all(volume.delete_on_termination for volume in self.all_volumes)

    @property
    def needs_mark(self) -> bool:
        """Return whether the batch has resources that only their mark connects with the batch."""
        return bool(self.new_ports or self.server_group_policy or self.keeps_volumes)

    def volume_types(self) -> list[str]:
        return list(dict.fromkeys(volume.type for volume in self.all_volumes if volume.type))

    def all_security_groups(self) -> list[str]:
        """Return the names of all security groups, without duplicates."""
        of_ports = [name for port in self.ports for name in port.security_groups or ()]
        return list(dict.fromkeys([*self.security_groups, *of_ports]))

    def all_networks(self) -> list[str]:
        """Return the names of all networks, without duplicates."""
        named = [] if isinstance(self.networks, str) else self.networks
        return list(dict.fromkeys([*named, *(port.network for port in self.ports if port.network)]))

    def ports_per_server(self) -> int:
        """Return the number of ports that the boot of one server creates."""
        if isinstance(self.networks, str):
            return len(self.new_ports) + (1 if self.networks == "auto" else 0)
        return len(self.new_ports) + len(self.networks)

    @property
    def has_address(self) -> bool:
        return self.networks != "none" or bool(self.ports)


def device_arguments() -> dict[str, Any]:
    """Return the argument spec of the doc fragment ``devices``."""
    volume = {
        "size": {"type": "int"},
        "type": {"type": "str"},
        "delete_on_termination": {"type": "bool", "default": True},
    }
    return {
        "boot_volume": {"type": "dict", "options": volume},
        "volumes": {
            "type": "list",
            "elements": "dict",
            "options": {**volume, "size": {"type": "int", "required": True}},
        },
        "networks": {"type": "raw", "default": "none"},
        "ports": {
            "type": "list",
            "elements": "dict",
            "options": {
                "network": {"type": "str"},
                "port": {"type": "str"},
                "vnic_type": {"type": "str", "choices": list(VNIC_TYPES)},
                "fixed_ip": {"type": "str"},
                "security_groups": {"type": "list", "elements": "str"},
            },
        },
        "security_groups": {"type": "list", "elements": "str"},
        "config_drive": {"type": "bool"},
        "server_group": {"type": "str"},
        "server_group_policy": {"type": "str", "choices": list(POLICIES)},
    }


def parse_devices(params: Mapping[str, Any]) -> BootDevices:
    """Return the devices in the options of a module. Raise InputError with all problems of the options."""
    problems = device_problems(params)
    if problems:
        raise InputError(" ".join(problems))
    boot_volume = params.get("boot_volume")
    return BootDevices(
        boot_volume=None if boot_volume is None else _volume(boot_volume),
        volumes=tuple(_volume(volume) for volume in params.get("volumes") or ()),
        networks=parse_networks(params["networks"]),
        ports=tuple(_port(port) for port in params.get("ports") or ()),
        security_groups=tuple(dict.fromkeys(params.get("security_groups") or ())),
        config_drive=params.get("config_drive"),
        server_group=params.get("server_group") or None,
        server_group_policy=params.get("server_group_policy") or None,
    )


def _volume(given: Mapping[str, Any]) -> VolumeRequest:
    kept = given.get("delete_on_termination") is False
    return VolumeRequest(given.get("size"), given.get("type"), delete_on_termination=not kept)


def _port(given: Mapping[str, Any]) -> PortRequest:
    groups = given.get("security_groups")
    texts = {name: given.get(name) for name in ("network", "port", "vnic_type")}
    address = given.get("fixed_ip")
    return PortRequest(
        **texts,
        fixed_ip=None if address is None else str(ipaddress.ip_address(address)),
        security_groups=None if groups is None else tuple(dict.fromkeys(groups)),
    )


def device_problems(params: Mapping[str, Any], named: Callable[[str], str] = str) -> list[str]:
    """Return a message for each invalid value, and for options that contradict each other.

    ``named`` returns the name of an option that the messages show.
    """
    problems: list[str] = []
    if params.get("boot_volume") is not None:
        problems += _volume_problems(named("boot_volume"), params["boot_volume"], needs_size=False)
    for number, volume in enumerate(params.get("volumes") or (), 1):
        problems += _volume_problems(f"{named('volumes')}, entry {number}", volume, needs_size=True)
    ports: Sequence[Mapping[str, Any]] = params.get("ports") or ()
    for number, port in enumerate(ports, 1):
        problems += _port_problems(f"{named('ports')}, entry {number}", port)
    problems += _duplicates(named("ports"), ports)
    problems += _contradictions(params, ports, named)
    groups = params.get("security_groups") or ()
    if not all(_is_name(group) for group in groups):
        problems.append(f"{named('security_groups')} must be a list of names or ids, found {list(groups)!r}.")
    policy = params.get("server_group_policy")
    if policy and policy not in POLICIES:
        problems.append(f"{named('server_group_policy')} must be one of {', '.join(POLICIES)}, found {policy!r}.")
    return problems


def _volume_problems(what: str, volume: Mapping[str, Any], *, needs_size: bool) -> list[str]:
    problems = []
    size, kind = volume.get("size"), volume.get("type")
    if size is None and needs_size:
        problems.append(f"{what}: size is missing. Set it to a number of GiB, such as 1.")
    elif size is not None and (not isinstance(size, int) or size < 1):
        problems.append(f"{what}: size must be a whole number of GiB, at least 1, found {size!r}.")
    if kind is not None and not _is_name(kind):
        problems.append(f"{what}: type must be the name or id of a volume type, found {kind!r}.")
    return problems


def _port_problems(what: str, port: Mapping[str, Any]) -> list[str]:
    problems = []
    given = [name for name in ("network", "port") if port.get(name) is not None]
    if len(given) != 1:
        found = "both" if given else "neither"
        problems.append(
            f"{what} must have either network (for a new port) or port (for an existing port), found {found}."
        )
    problems += [
        f"{what}: {name} must be a name or id, found {port[name]!r}." for name in given if not _is_name(port[name])
    ]
    fixed = [name for name in _NEW_PORT_OPTIONS if port.get(name) is not None]
    if "port" in given and fixed:
        problems.append(
            f"{what}: an existing port has its own values, so {', '.join(fixed)} cannot be given with port. Change the"
            " port instead, or name a network for a new port."
        )
    vnic_type, address, groups = port.get("vnic_type"), port.get("fixed_ip"), port.get("security_groups")
    if vnic_type is not None and vnic_type not in VNIC_TYPES:
        problems.append(f"{what}: vnic_type must be one of {', '.join(VNIC_TYPES)}, found {vnic_type!r}.")
    if address is not None and not _is_address(address):
        problems.append(f"{what}: fixed_ip must be an IP address, found {address!r}.")
    if groups is not None and not (isinstance(groups, (list, tuple)) and all(map(_is_name, groups))):
        problems.append(f"{what}: security_groups must be a list of names or ids, found {groups!r}.")
    return problems


def _duplicates(what: str, ports: Sequence[Mapping[str, Any]]) -> list[str]:
    problems = []
    for option in ("port", "fixed_ip"):
        values = [str(port[option]) for port in ports if port.get(option) is not None]
        problems += [
            f"{what}: {option} {value} is in several entries. Keep one of them."
            for value in dict.fromkeys(values)
            if values.count(value) > 1
        ]
    return problems


def _contradictions(
    params: Mapping[str, Any], ports: Sequence[Mapping[str, Any]], named: Callable[[str], str]
) -> list[str]:
    problems = []
    networks, count = params.get("networks"), params.get("count")
    if ports and count is not None and count > 1:
        problems.append(
            f"{named('ports')} cannot be given with {named('count')} {count}. A port and a fixed address belong to one"
            f" server, and Nova refuses them in a request for several servers. Set {named('count')} to 1, or use"
            f" {named('networks')} and {named('security_groups')}, for which Nova creates a port for each server."
        )
    if ports and networks == "auto":
        problems.append(
            f"{named('ports')} cannot be given with {named('networks')} auto. Set {named('networks')} to none or to a"
            " list of networks."
        )
    # Nova ignores the security groups of a request that creates no port.
    if params.get("security_groups") and networks in (None, "none") and all(port.get("port") for port in ports):
        problems.append(
            f"{named('security_groups')} needs a new port. Set {named('networks')}, or add a network to"
            f" {named('ports')}."
        )
    if params.get("server_group") and params.get("server_group_policy"):
        problems.append(
            f"{named('server_group')} names an existing server group, and {named('server_group_policy')} creates one."
            " Remove one of them."
        )
    return problems


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: Any) -> bool:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return False
    return True


# The boot request


def boot_volume_size(boot_volume: VolumeRequest, image: Mapping[str, Any]) -> int:
    """Return the size of the boot volume in GiB. Without a size, the volume has the smallest size for the image."""
    return boot_volume.size or max(1, required_disk_gib(image))


def boot_volume_too_small(boot_volume: VolumeRequest, image: Mapping[str, Any]) -> str | None:
    """Return a message if the boot volume has no room for the image. Otherwise return None.

    The function ``_validate_flavor_image_nostatus`` in ``nova.compute.api`` does the same check.
    """
    needed = required_disk_gib(image)
    if boot_volume_size(boot_volume, image) >= needed:
        return None
    return (
        f"boot_volume: a volume of {boot_volume.size} GiB is too small, because the image"
        f" {image.get('name') or image['id']} needs {needed} GiB. Set size to {needed} or more, or choose a smaller"
        " image."
    )


def block_device_mapping(devices: BootDevices, image: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return ``block_device_mapping_v2`` of the boot request. It is empty for a server without volumes.

    Nova deletes every volume with its server. After the boot, the module excludes the volumes that must be kept.
    """
    if devices.boot_volume is not None:
        size = boot_volume_size(devices.boot_volume, image)
        root = {"source_type": "image", "uuid": image["id"], **_new_volume(devices.boot_volume, size)}
    elif devices.volumes:
        root = {
            "source_type": "image",
            "uuid": image["id"],
            "destination_type": "local",
            "delete_on_termination": True,
        }
    else:
        return []
    data = [
        {"boot_index": -1, "source_type": "blank", **_new_volume(volume, volume.size or 1)}
        for volume in devices.volumes
    ]
    return [{"boot_index": 0, **root}, *data]


def _new_volume(volume: VolumeRequest, size: int) -> dict[str, Any]:
    kind = {"volume_type": volume.type} if volume.type else {}
    return {"destination_type": "volume", "volume_size": size, "delete_on_termination": True, **kind}
