# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings that the role local_cloud passes to the program cloudctl."""

from __future__ import annotations

import dataclasses
import functools
import ipaddress
import json
import os
import uuid
from pathlib import Path
from typing import Any

from . import pythons
from .environments import Environment
from .errors import CloudError
from .layout import Layout
from .ports import ADDRESS
from .source_trees import SourceTree
from .store import State, digest

# The port of each program is the first port of the cloud plus the position in this list.
PORTS = ("epmd", "rabbitmq_dist", "rabbitmq", "keystone", "placement", "glance", "nova", "neutron", "cinder")
# With this value of local_cloud_volumes the cloud has no Cinder.
NO_VOLUMES = "none"
# With this value of local_cloud_networks the servers have no network.
NO_NETWORKS = "none"
# With these values, Neutron binds the ports with the driver of this role, or with OVN.
FLAT = "flat"
OVN = "ovn"
# The databases of OVN and the program that connects them, in the order of their start.
OVN_DATABASES = ("ovn-nb", "ovn-sb")
OVN_PROGRAMS = (*OVN_DATABASES, "ovn-northd")
# This program runs both services, cinder-volume and cinder-scheduler.
VOLUME_PROGRAM = "cinder-volume"
# The folders in the folder of drivers with the drivers of these programs.
NOVA_FOLDER = "nova"
DRIVER_FOLDERS = {"neutron": "neutron", VOLUME_PROGRAM: "cinder"}
# The folder with Python modules of the distribution. Compute hosts and the service of volumes need some of them.
DISTRIBUTION_FOLDER = "distribution"
# With this value of local_cloud_volumes, Ceph stores the volumes with these programs.
RBD = "rbd"
CEPH_MONITOR = "ceph-mon"
CEPH_OSD = "ceph-osd"
FIRST_PORT = 18750
# The state file of the local cloud stores the first port with this key.
PORT_BASE = "port_base"
# The last number in the IP address of the first compute host.
FIRST_ADDRESS = 11
# The last number in the IP address of Ceph.
CEPH_ADDRESS = 2
MAX_HOSTS = 200
# The largest memory of a guest, in MiB.
MAX_GUEST_MEMORY = 2048
CLOUDCTL_FOLDER = Path(__file__).parent
# The services find the files of these folders through PYTHONPATH.
NEUTRON_DRIVERS = CLOUDCTL_FOLDER.parent / "neutron_drivers"
NOVA_DRIVERS = CLOUDCTL_FOLDER.parent / "nova_drivers"
# The files of a folder with QEMU that replace those of the machine, by their paths in Debian's packages.
QEMU_MODULES = "/usr/lib/x86_64-linux-gnu/qemu"
QEMU_FILES = ("/usr/bin/qemu-system-x86_64", "/usr/share/qemu", QEMU_MODULES)
# These inputs do not change the running cloud, so the fingerprint omits them.
NOT_IN_FINGERPRINT = (
    "requested_python",
    "missing_packages",
    "keeps_port_base",
    "auto_hypervisor",
    "releases_dir",
    "environments_dir",
    "hypervisor_dir",
    "start_timeout",
    "faults",
    "faults_dir",
    "guest_file",
)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The inputs of a command."""

    layout: Layout
    requested_python: str
    # The packages of the operating system that the role has not installed yet.
    missing_packages: tuple[str, ...]
    # The variables of the release of the controllers, and of each release in the cloud by its name.
    release: dict[str, Any]
    releases: dict[str, dict[str, Any]]
    releases_dir: Path
    environments_dir: Path
    volumes: str
    networks: str
    hypervisor: dict[str, Any]
    hypervisor_dir: Path
    hypervisor_settings: dict[str, Any]
    # The release of each compute host, by the name of the host.
    host_releases: dict[str, str]
    # The value of Nova's option [upgrade_levels] compute, or an empty text.
    upgrade_level: str
    live_migrations_per_host: int
    same_host_resize: bool
    api_workers: int
    port_base: int
    keeps_port_base: bool
    auto_hypervisor: bool
    mariadbd: str
    rabbitmq_server: str
    start_timeout: float
    flavors: tuple[dict[str, Any], ...]
    guests: tuple[dict[str, Any], ...]
    guest_file: Path
    debug: bool
    notifications: bool
    faults: tuple[str, ...]
    faults_dir: Path
    sources: tuple[SourceTree, ...]

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read the settings from JSON. The role has already validated the types."""
        raw = json.loads(text)
        # Resolve symbolic links, because cloudctl finds processes by the path of their working folder.
        layout = Layout(Path(raw["dir"]).expanduser().resolve())
        port_base = int(raw["port_base"])
        return cls(
            layout=layout,
            requested_python=raw["python"],
            missing_packages=tuple(raw["missing_packages"]),
            release=raw["release"],
            releases={name: raw["releases"][name] for name in sorted({raw["release"]["name"], *raw["host_releases"]})},
            releases_dir=Path(raw["releases_dir"]),
            environments_dir=Path(raw["environments_dir"]).expanduser().resolve(),
            volumes=raw["volumes"],
            networks=raw["networks"],
            hypervisor=raw["hypervisor"],
            hypervisor_dir=Path(raw["hypervisor_dir"]),
            hypervisor_settings=raw["hypervisor_settings"],
            host_releases={f"compute{number}": str(name) for number, name in enumerate(raw["host_releases"], start=1)},
            # Nova knows releases by their code names.
            upgrade_level=raw["releases"]
            .get(raw["upgrade_levels_compute"], {})
            .get("codename", raw["upgrade_levels_compute"]),
            live_migrations_per_host=positive_int("live_migrations_per_host", raw),
            same_host_resize=bool(raw["same_host_resize"]),
            api_workers=positive_int("api_workers", raw),
            port_base=port_base or current_port_base(layout),
            keeps_port_base=not port_base,
            auto_hypervisor=bool(raw["auto_hypervisor"]),
            mariadbd=raw["mariadbd"],
            rabbitmq_server=raw["rabbitmq_server"],
            start_timeout=float(raw["start_timeout"]),
            flavors=tuple(raw["flavors"]),
            guests=tuple(parse_guest(item) for item in raw["guests"]),
            guest_file=Path(raw["guest_file"]),
            debug=bool(raw["debug"]),
            notifications=bool(raw["notifications"]),
            faults=tuple(raw["faults"]),
            faults_dir=Path(raw["faults_dir"]),
            sources=tuple(
                SourceTree(service, Path(path).expanduser().resolve()) for service, path in raw["sources"].items()
            ),
        )

    def with_current_ports(self) -> Settings:
        return dataclasses.replace(self, port_base=current_port_base(self.layout)) if self.keeps_port_base else self

    @functools.cached_property
    def environments(self) -> dict[str, Environment]:
        """The virtual environment of each release in the cloud. Raise CloudError if a release has no suitable Python.

        The requested interpreter need not be suitable for hosts of another release than that of the controllers.
        """
        found = {}
        for name, variables in self.releases.items():
            supported = pythons.Range.of(variables)
            wanted = self.requested_python
            if name != self.release["name"] and not pythons.is_suitable(wanted, supported):
                wanted = ""
            python = pythons.choose(wanted, supported, self.missing_packages)
            found[name] = Environment(name, python, self.releases_dir / name, self.environments_dir)
        return found

    @property
    def environment(self) -> Environment:
        """The virtual environment of the controllers."""
        return self.environments[self.release["name"]]

    def environment_of(self, host: str) -> Environment:
        """Return the virtual environment of a compute host."""
        return self.environments[self.host_releases[host]]

    @property
    def hosts_by_release(self) -> list[tuple[str, ...]]:
        """The compute hosts of each release, from the oldest to the newest release."""
        releases = sorted(set(self.host_releases.values()), key=lambda name: self.releases[name]["nova"])
        return [tuple(host for host in self.hosts if self.host_releases[host] == name) for name in releases]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of the compute hosts."""
        return tuple(self.host_releases)

    @property
    def ports(self) -> dict[str, int]:
        """The TCP port of each program of the local cloud. The programs listen at 127.0.0.1."""
        return {name: self.port_base + offset for offset, name in enumerate(PORTS)}

    @property
    def has_volumes(self) -> bool:
        """Whether the cloud has Cinder."""
        return self.volumes != NO_VOLUMES

    @property
    def has_networks(self) -> bool:
        """Whether servers can have ports."""
        return self.networks != NO_NETWORKS

    @property
    def has_ovn(self) -> bool:
        """Whether OVN connects the servers."""
        return self.networks == OVN

    @property
    def qemu_files(self) -> dict[str, str]:
        """The files of QEMU that replace those of the machine on hosts of the kind libvirt."""
        if self.hypervisor["name"] != "libvirt" or not self.hypervisor_settings["qemu"]:
            return {}
        top = Path(self.hypervisor_settings["qemu"]).expanduser().resolve()
        return {path: f"{top}{path}" for path in QEMU_FILES}

    @property
    def wsgi(self) -> dict[str, str]:
        """The WSGI application of each API."""
        return {**self.release["wsgi"], **(self.release["volumes"]["wsgi"] if self.has_volumes else {})}

    @property
    def paste_files(self) -> dict[str, str]:
        """The files that are copied from the OpenStack packages to the configuration."""
        return {**self.release["paste_files"], **(self.release["volumes"]["paste_files"] if self.has_volumes else {})}

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of all programs of the local cloud. supervisord runs these programs."""
        return (
            "mariadb",
            "epmd",
            "rabbitmq",
            *self.wsgi,
            "nova-conductor",
            "nova-scheduler",
            *self.storage_programs,
            *([VOLUME_PROGRAM] if self.has_volumes else []),
            *self.network_programs,
            *(OVN_PROGRAMS if self.has_ovn else ()),
            *(program for host in self.hosts for program in self.programs_of(host)),
        )

    @property
    def addresses(self) -> dict[str, str]:
        """The loopback address of each compute host.

        A host that listens on ports has its own address.
        """
        return self._addresses(127)

    @property
    def migration_addresses(self) -> dict[str, str]:
        """The address of each compute host at which other hosts reach its libvirtd.

        A host in its own network namespace has an address there.
        """
        return self._addresses(10) if self.network_programs else self.addresses

    @property
    def tunnel_addresses(self) -> dict[str, str]:
        """The address of each compute host in the network of tunnels. Only the network namespaces of hosts have it."""
        return {host: f"192.168.0.{FIRST_ADDRESS + number}" for number, host in enumerate(self.hosts)}

    def _addresses(self, first_byte: int) -> dict[str, str]:
        network = self._network(first_byte)
        if not self.hypervisor["host_ports"]:
            return dict.fromkeys(self.hosts, ADDRESS)
        if len(self.hosts) > MAX_HOSTS:
            msg = (
                f"local_cloud_hosts={len(self.hosts)} is too large: a cloud can have at most {MAX_HOSTS} hosts of the "
                f"kind {self.hypervisor['name']}."
            )
            raise CloudError(msg)
        return {host: str(network[FIRST_ADDRESS + number]) for number, host in enumerate(self.hosts)}

    def _network(self, first_byte: int) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(f"{first_byte}.{self.port_base >> 8 & 255}.{self.port_base & 255}.0/24")

    @property
    def ceph_address(self) -> str:
        """The loopback address of the programs of Ceph."""
        return str(self._network(127)[CEPH_ADDRESS])

    @property
    def storage_programs(self) -> tuple[str, ...]:
        """The programs that store the volumes. Volumes of other kinds than rbd need no program."""
        return (CEPH_MONITOR, CEPH_OSD) if self.volumes == RBD else ()

    @property
    def distribution_modules(self) -> tuple[str, ...]:
        """The patterns of the Python modules that are copied from the distribution."""
        return (*self.hypervisor["distribution_modules"], *self.hypervisor["volumes_modules"].get(self.volumes, ()))

    @property
    def network_programs(self) -> tuple[str, ...]:
        """The programs that connect the compute hosts, if servers have traffic."""
        return tuple(self.hypervisor["network_programs"]) if self.has_networks else ()

    def programs_of(self, host: str) -> tuple[str, ...]:
        """Return the programs of a compute host in the order of their start."""
        of_network = self.hypervisor["network_host_programs"].get(self.networks, ())
        names = (*self.hypervisor["host_programs"], *of_network, "nova")
        return tuple(f"{name}-{host}" for name in names)

    def uuid_of(self, name: str) -> str:
        """Return a UUID for a host, or for another part of the cloud. Other clouds on this machine use other UUIDs."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.layout.top.as_uri()}#{name}"))

    def python_path(self, program: str) -> tuple[Path, ...]:
        """Return the folders in which a program finds Python modules before those of its environment."""
        folders = [self.layout.faults / program]
        if program in DRIVER_FOLDERS:
            folders.append(self.layout.drivers / DRIVER_FOLDERS[program])
        if program == VOLUME_PROGRAM or program.removeprefix("nova-") in self.host_releases:
            folders.append(self.layout.drivers / DISTRIBUTION_FOLDER)
        return (*folders, *self.source_path(program))

    def source_tree(self, program: str) -> SourceTree | None:
        """Return the source tree of a program or service. Return None if it runs the package of its release.

        A compute host of another release than the controllers runs the package.
        """
        host = program.removeprefix("nova-")
        if self.host_releases.get(host, self.release["name"]) != self.release["name"]:
            return None
        return next((tree for tree in self.sources if tree.service == service_of(program)), None)

    def source_path(self, program: str) -> tuple[Path, ...]:
        """Return the folders in which a program finds the source tree of its service."""
        tree = self.source_tree(program)
        return () if tree is None else (self.layout.source_folder(tree.service), tree.path)

    def overlay(self, program: str) -> dict[str, str]:
        """Return the environment variables with which a program finds its faults, drivers and source tree."""
        variables = {"PYTHONPATH": os.pathsep.join(map(str, self.python_path(program)))}
        if (tree := self.source_tree(program)) is not None:
            # files/source_tree/sitecustomize.py reads these variables.
            variables["STACKPROOF_IMPORTS"] = str(self.layout.imports_of(program))
            variables["STACKPROOF_SOURCE"] = str(tree.path)
            variables["STACKPROOF_PACKAGE"] = tree.service
        return variables

    def paste_file(self, name: str) -> Path:
        """Return the path of a file of ``paste_files`` in a source tree, or in the installed packages."""
        tree = self.source_tree(Path(name).parts[0])
        found = tree.paste_file(name) if tree else None
        return found or self.environment.path / "etc" / name

    def fingerprint(self) -> str:
        """Return a hash of all settings and files that change the running cloud.

        The hash does not include the path of cloudctl, the timeouts, or the faults.
        """
        inputs = {**dataclasses.asdict(self), "environments": [item.key for item in self.environments.values()]}
        for name in NOT_IN_FINGERPRINT:
            del inputs[name]
        sources = [
            path.read_bytes()
            for folder in (CLOUDCTL_FOLDER, NOVA_DRIVERS, NEUTRON_DRIVERS, self.hypervisor_dir)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]
        return digest(
            json.dumps(inputs, default=str, sort_keys=True).encode(),
            *(tree.hash.encode() for tree in self.sources),
            *sources,
        )


def service_of(program: str) -> str:
    """Return the OpenStack service to which a program belongs, for example nova for nova-scheduler."""
    return program.partition("-")[0]


def current_port_base(layout: Layout) -> int:
    """Return the first port of the existing cloud, or the default for a new cloud."""
    return int(State(layout.state).get(PORT_BASE) or FIRST_PORT)


def positive_int(name: str, raw: dict[str, Any]) -> int:
    """Return the value of an input. Raise CloudError if the value is smaller than 1."""
    number = int(raw[name])
    if number < 1:
        msg = f"local_cloud_{name} must be 1 or more, found {number}."
        raise CloudError(msg)
    return number


def parse_guest(raw: dict[str, Any]) -> dict[str, Any]:
    """Validate the settings of an image, and convert its numbers."""
    memory, rate = int(raw["memory"]), float(raw["dirty_rate"])
    if not 1 <= memory <= MAX_GUEST_MEMORY or rate < 0:
        msg = (
            f"local_cloud_guests: the image {raw['image']} has memory={memory} and dirty_rate={rate:g}. "
            f"memory must be 1 to {MAX_GUEST_MEMORY} (MiB), and dirty_rate must be 0 or more (MiB/s)."
        )
        raise CloudError(msg)
    return {"image": str(raw["image"]), "memory": memory, "dirty_rate": rate}
