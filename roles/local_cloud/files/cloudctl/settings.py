# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role asks for, checked and typed."""

from __future__ import annotations

import dataclasses
import hashlib
import ipaddress
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

from .errors import CloudError
from .layout import Layout
from .ports import ADDRESS
from .store import State

# Offsets from local_cloud_port_base. MariaDB listens on a socket alone.
PORTS = ("epmd", "rabbitmq_dist", "rabbitmq", "keystone", "placement", "glance", "nova", "neutron")
# of a cloud that has none yet, where none is named
FIRST_PORT = 18750
# the key of the state under which a cloud keeps its own
PORT_BASE = "port_base"
# the last part of the first compute host's address
FIRST_ADDRESS = 11
MAX_HOSTS = 200
# in MiB; above it there are devices in a PC's memory
MAX_GUEST_MEMORY = 2048
# of Python 3, for the services
OLDEST_MINOR = 11
PROGRAM = Path(__file__).parent
# the inputs that do not shape the running cloud; see fingerprint
NO_SHAPE = (
    "python",
    "keeps_port_base",
    "auto_hypervisor",
    "lock_file",
    "hypervisor_dir",
    "start_timeout",
    "faults",
    "faults_dir",
    "guest_file",
)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The inputs of one call."""

    layout: Layout
    python: str
    release: dict[str, Any]
    lock_file: Path
    hypervisor: dict[str, Any]
    hypervisor_dir: Path
    hypervisor_settings: dict[str, Any]
    hosts: tuple[str, ...]
    live_migrations_per_host: int
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
    faults: tuple[str, ...]
    faults_dir: Path

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read what the role wrote; the role's argument_specs have checked the types."""
        raw = json.loads(text)
        # a process's working folder, by which it is known, has no links in its name
        layout = Layout(Path(raw["dir"]).expanduser().resolve())
        port_base = int(raw["port_base"])
        return cls(
            layout=layout,
            python=raw["python"] or choose_python(),
            release=raw["release"],
            lock_file=Path(raw["lock_file"]),
            hypervisor=raw["hypervisor"],
            hypervisor_dir=Path(raw["hypervisor_dir"]),
            hypervisor_settings=raw["hypervisor_settings"],
            hosts=tuple(f"compute{number}" for number in range(1, one_or_more("hosts", raw) + 1)),
            live_migrations_per_host=one_or_more("live_migrations_per_host", raw),
            port_base=port_base or kept_port_base(layout),
            keeps_port_base=not port_base,
            auto_hypervisor=bool(raw["auto_hypervisor"]),
            mariadbd=raw["mariadbd"],
            rabbitmq_server=raw["rabbitmq_server"],
            start_timeout=float(raw["start_timeout"]),
            flavors=tuple(raw["flavors"]),
            guests=tuple(guest(one) for one in raw["guests"]),
            guest_file=Path(raw["guest_file"]),
            debug=bool(raw["debug"]),
            faults=tuple(raw["faults"]),
            faults_dir=Path(raw["faults_dir"]),
        )

    def settled(self) -> Settings:
        """The same with the ports that the cloud has now: another run may have moved it since these were read."""
        return dataclasses.replace(self, port_base=kept_port_base(self.layout)) if self.keeps_port_base else self

    @property
    def ports(self) -> dict[str, int]:
        """The TCP ports of the cloud, all on 127.0.0.1."""
        return {name: self.port_base + offset for offset, name in enumerate(PORTS)}

    @property
    def programs(self) -> tuple[str, ...]:
        """Every program that supervisord runs, in no particular order."""
        return (
            "mariadb",
            "epmd",
            "rabbitmq",
            *self.release["wsgi"],
            "nova-conductor",
            "nova-scheduler",
            *(program for host in self.hosts for program in self.programs_of(host)),
        )

    @property
    def addresses(self) -> dict[str, str]:
        """Each compute host's loopback address, by its name.

        Hosts that listen have one of their own, and other clouds on this machine have other ones.
        """
        if not self.hypervisor["host_ports"]:
            return dict.fromkeys(self.hosts, ADDRESS)
        if len(self.hosts) > MAX_HOSTS:
            msg = f"There can be {MAX_HOSTS} hosts of the kind {self.hypervisor['name']}, not {len(self.hosts)}."
            raise CloudError(msg)
        network = ipaddress.ip_network(f"127.{self.port_base >> 8 & 255}.{self.port_base & 255}.0/24")
        return {host: str(network[FIRST_ADDRESS + number]) for number, host in enumerate(self.hosts)}

    def programs_of(self, host: str) -> tuple[str, ...]:
        """What supervisord runs for a compute host, in the order in which it is to be started."""
        return (*(f"{program}-{host}" for program in self.hypervisor["host_programs"]), f"nova-{host}")

    def identity_of(self, host: str) -> str:
        """A UUID for a compute host; no other cloud on this machine has one of the same."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.layout.top.as_uri()}#{host}"))

    def lock_key(self) -> str:
        """Changes when other versions of OpenStack or another Python are to be installed."""
        return digest(self.lock_file.read_bytes(), str(Path(self.python).resolve()).encode())

    def foundation(self) -> str:
        """Changes when nothing that runs may go on: other software, or other ports."""
        parts = {"release": self.release, "port_base": self.port_base}
        return digest(json.dumps(parts, sort_keys=True).encode(), self.lock_key().encode())

    def fingerprint(self) -> str:
        """Changes when anything that shapes the running cloud changes: inputs or this program.

        Where this program and its data lie does not count: two checkouts may share a cloud.
        Nor does how long a caller is ready to wait, nor faults: those get in and out of a running cloud.
        """
        inputs = dataclasses.asdict(self)
        for name in NO_SHAPE:
            del inputs[name]
        sources = [
            path.read_bytes()
            for folder in (PROGRAM, self.hypervisor_dir)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]
        return digest(json.dumps(inputs, default=str, sort_keys=True).encode(), self.lock_key().encode(), *sources)


def kept_port_base(layout: Layout) -> int:
    """The first port of the cloud in this folder, started or stopped, or of a new one."""
    return int(State(layout.state).get(PORT_BASE) or FIRST_PORT)


def one_or_more(name: str, raw: dict[str, Any]) -> int:
    """An input that counts what there must be at least one of."""
    number = int(raw[name])
    if number < 1:
        msg = f"local_cloud_{name} must be 1 or more, and is {number}."
        raise CloudError(msg)
    return number


def guest(raw: dict[str, Any]) -> dict[str, Any]:
    """An image to make; Ansible checks the types in a list of dictionaries, and converts none."""
    memory, rate = int(raw["memory"]), float(raw["dirty_rate"])
    if not 1 <= memory <= MAX_GUEST_MEMORY or rate < 0:
        msg = (
            f"local_cloud_guests: {raw['image']} is to write into {memory} MiB, {rate:g} of them each second. "
            f"It can do so into 1 to {MAX_GUEST_MEMORY} MiB, and 0 of them or more."
        )
        raise CloudError(msg)
    return {"image": str(raw["image"]), "memory": memory, "dirty_rate": rate}


def choose_python() -> str:
    """The distribution's Python where it is new enough and can make environments, else our own.

    It is built with every optimization, which services that do nothing but import for their
    first seconds repay at once; a Python that was compiled by hand often is not.
    """
    distribution = Path("/usr/bin/python3")
    program = distribution.resolve()  # such as /usr/bin/python3.11
    version = re.fullmatch(r"python3\.(\d+)", program.name)
    can_make_environments = (program.parent.parent / "lib" / program.name / "ensurepip").is_dir()
    if version and int(version[1]) >= OLDEST_MINOR and can_make_environments:
        return str(distribution)
    return sys.executable


def digest(*parts: bytes) -> str:
    """A short name for these bytes."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:20]
