# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings that the role passes to cloudctl, with their types and checks."""

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

# The port of a program is local_cloud_port_base plus the position of the program in this list. MariaDB has no port,
# because it uses only a socket.
PORTS = ("epmd", "rabbitmq_dist", "rabbitmq", "keystone", "placement", "glance", "nova", "neutron")
# A new cloud uses this value if local_cloud_port_base is not set.
FIRST_PORT = 18750
# The state file stores the first port of the cloud under this key.
PORT_BASE = "port_base"
# The IP address of the first compute host ends with this number.
FIRST_ADDRESS = 11
MAX_HOSTS = 200
# The unit is MiB. A PC uses higher addresses for devices.
MAX_GUEST_MEMORY = 2048
# The services require Python 3.11 or newer.
OLDEST_MINOR = 11
PROGRAM = Path(__file__).parent
# These inputs do not affect the running cloud. Settings.fingerprint ignores them.
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
    """The inputs of a command."""

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
        """Read the JSON of the role, whose argument_specs have checked the types."""
        raw = json.loads(text)
        # A process is found by its working folder, and this path contains no symbolic links. Therefore links are
        # resolved here.
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
        """Return these settings with the ports that the cloud uses now. Another command may have changed the ports."""
        return dataclasses.replace(self, port_base=kept_port_base(self.layout)) if self.keeps_port_base else self

    @property
    def ports(self) -> dict[str, int]:
        """The TCP port of each program. All ports are on 127.0.0.1."""
        return {name: self.port_base + offset for offset, name in enumerate(PORTS)}

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of all programs that supervisord runs. The order has no meaning."""
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
        """The loopback address of each compute host, by the name of the host.

        Hosts that listen on ports have addresses that no other cloud on this machine uses.
        """
        if not self.hypervisor["host_ports"]:
            return dict.fromkeys(self.hosts, ADDRESS)
        if len(self.hosts) > MAX_HOSTS:
            msg = (
                f"local_cloud_hosts={len(self.hosts)} is too large: a cloud can have at most {MAX_HOSTS} hosts of the "
                f"kind {self.hypervisor['name']}."
            )
            raise CloudError(msg)
        network = ipaddress.ip_network(f"127.{self.port_base >> 8 & 255}.{self.port_base & 255}.0/24")
        return {host: str(network[FIRST_ADDRESS + number]) for number, host in enumerate(self.hosts)}

    def programs_of(self, host: str) -> tuple[str, ...]:
        """Return the programs of a compute host, in the order in which the programs start."""
        return (*(f"{program}-{host}" for program in self.hypervisor["host_programs"]), f"nova-{host}")

    def identity_of(self, host: str) -> str:
        """Return a UUID for a compute host. No other cloud on this machine uses this UUID."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.layout.top.as_uri()}#{host}"))

    def lock_key(self) -> str:
        """Return a hash of the lock file and the Python.

        If the hash changes, the packages must be installed again.
        """
        return digest(self.lock_file.read_bytes(), str(Path(self.python).resolve()).encode())

    def foundation(self) -> str:
        """Return a hash of the software and the ports. If the hash changes, all programs must be restarted."""
        parts = {"release": self.release, "port_base": self.port_base}
        return digest(json.dumps(parts, sort_keys=True).encode(), self.lock_key().encode())

    def fingerprint(self) -> str:
        """Return a hash of the code of cloudctl and of the inputs that affect the running cloud.

        The hash does not contain the path of cloudctl, because two clones may use the same cloud. It does not contain
        the timeouts. It does not contain the faults, because a start compares the faults separately.
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
    """Return the first port of the cloud in this folder, started or stopped. Return the default for a new cloud."""
    return int(State(layout.state).get(PORT_BASE) or FIRST_PORT)


def one_or_more(name: str, raw: dict[str, Any]) -> int:
    """Return the value of an input that must be at least 1. Raise CloudError if the value is smaller."""
    number = int(raw[name])
    if number < 1:
        msg = f"local_cloud_{name} must be 1 or more, found {number}."
        raise CloudError(msg)
    return number


def guest(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of an image as numbers.

    Ansible checks the types in a list of dictionaries, but does not convert the values.
    """
    memory, rate = int(raw["memory"]), float(raw["dirty_rate"])
    if not 1 <= memory <= MAX_GUEST_MEMORY or rate < 0:
        msg = (
            f"local_cloud_guests: the image {raw['image']} has memory={memory} and dirty_rate={rate:g}. "
            f"memory must be 1 to {MAX_GUEST_MEMORY} (MiB), and dirty_rate must be 0 or more (MiB/s)."
        )
        raise CloudError(msg)
    return {"image": str(raw["image"]), "memory": memory, "dirty_rate": rate}


def choose_python() -> str:
    """Return the Python for the virtual environment of the cloud.

    The function returns the Python of the distribution if it is new enough and can create environments. Otherwise it
    returns the Python of Ansible.

    The Python of the distribution is compiled with all optimizations, so the services start faster. A Python that a
    user has compiled often lacks these optimizations.
    """
    distribution = Path("/usr/bin/python3")
    program = distribution.resolve()  # for example /usr/bin/python3.11
    version = re.fullmatch(r"python3\.(\d+)", program.name)
    can_make_environments = (program.parent.parent / "lib" / program.name / "ensurepip").is_dir()
    if version and int(version[1]) >= OLDEST_MINOR and can_make_environments:
        return str(distribution)
    return sys.executable


def digest(*parts: bytes) -> str:
    """Return a short hash of these bytes."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:20]
