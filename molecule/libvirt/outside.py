#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud with libvirt hosts is like from outside: ``outside.py FOLDER machine|look|left``.

machine  what of libvirt's and Nova's the machine itself has
look     who listens where nobody may, whether a stranger is let in, what hosts call themselves, which mounts are seen
left     processes of the cloud that still run
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

PLACES = (
    *("/etc/libvirt", "/etc/pki", "/var/lib/nova", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt"),
    "/run/libvirt",
)
ACCOUNTS = {"kvm", "libvirt", "libvirt-qemu"}
TLS_PORT = 16514


def addresses(folder: Path) -> dict[str, str]:
    """Each host's address, as the hosts themselves are told."""
    lines = (folder / "etc" / "compute1" / "hosts").read_text(encoding="utf-8").splitlines()
    return {name: address for address, name in map(str.split, lines) if name != "localhost"}


def within(folder: Path, host: str, *command: str) -> str:
    """What a command prints on a host."""
    pid = (folder / "run" / f"{host}.pid").read_text(encoding="utf-8").strip()
    enter = ["nsenter", "--target", pid, "--mount", "--uts", "--ipc", "--pid", "--", *command]
    return subprocess.run(enter, capture_output=True, text=True, check=True).stdout.strip()


def stranger(address: str) -> str:
    """Whether somebody with no certificate is let in. By TLS 1.3 the refusal comes with the first answer."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((address, TLS_PORT), timeout=10) as plain:
        try:
            with context.wrap_socket(plain) as channel:
                # a request of libvirt's: the length, and what no daemon of this version knows
                channel.sendall(b"\0\0\0\x1c" + b"\0" * 24)
                return "let in" if channel.recv(1) else "refused"
        except (ssl.SSLError, ConnectionError):
            return "refused"


def listening(folder: Path) -> list[str]:
    """Where programs of the hosts listen without certificates."""
    known = addresses(folder).values()
    table = Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]
    found = []
    for line in table:
        _number, local, _remote, state, *_rest = line.split()
        number, port = local.split(":")
        address = ".".join(str(part) for part in reversed(bytes.fromhex(number)))
        if state == "0A" and address in known and int(port, 16) != TLS_PORT:
            found.append(f"{address}:{int(port, 16)}")
    return found


def mounts(folder: Path) -> list[str]:
    """Mounts of the hosts that the machine sees, too."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if str(folder) in line or "/run/machine" in line]


def look(folder: Path) -> dict[str, Any]:
    """While it runs."""
    hosts = addresses(folder)
    return {
        "listening": listening(folder),
        "strangers": {host: stranger(address) for host, address in hosts.items()},
        "hostnames": {host: within(folder, host, "hostname") for host in hosts},
        "machine_ids": sorted({within(folder, host, "cat", "/etc/machine-id") for host in hosts}),
        "mounts": mounts(folder),
    }


def machine(_folder: Path) -> dict[str, Any]:
    """What the cloud must leave alone."""
    accounts = {
        line.partition(":")[0]
        for name in ("passwd", "group")
        for line in Path("/etc", name).read_text(encoding="utf-8").splitlines()
    }
    return {
        "places": {place: sorted(path.name for path in Path(place).glob("*")) for place in PLACES},
        "accounts": sorted(accounts & ACCOUNTS),
        "hostname": socket.gethostname(),
    }


def left(folder: Path) -> list[str]:
    """When it is gone."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                found.append((entry / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
    return [one for one in found if not any(word in one for word in ("outside.py", "ansible", "molecule"))]


if __name__ == "__main__":
    print(json.dumps({"machine": machine, "look": look, "left": left}[sys.argv[2]](Path(sys.argv[1]))))
