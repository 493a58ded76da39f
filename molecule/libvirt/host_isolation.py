#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print as JSON how the compute hosts are isolated from the machine.

usage: host_isolation.py FOLDER machine|hosts|processes
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
    *("/run/libvirt", "/run/sshd", str(Path("~root/.ssh").expanduser())),
)
ACCOUNTS = {"kvm", "libvirt", "libvirt-qemu"}
TLS_PORT = 16514
SSH_PORT = 16522
# ssh returns this exit code if it cannot connect or log in.
SSH_FAILED = 255


def addresses(folder: Path) -> dict[str, str]:
    lines = (folder / "etc" / "compute1" / "hosts").read_text(encoding="utf-8").splitlines()
    return {name: address for address, name in map(str.split, lines) if name != "localhost"}


def run_on(folder: Path, host: str, *command: str) -> str:
    pid = (folder / "run" / f"{host}.pid").read_text(encoding="utf-8").strip()
    enter = ["nsenter", "--target", pid, "--mount", "--uts", "--ipc", "--pid", "--", *command]
    return subprocess.run(enter, capture_output=True, text=True, check=True).stdout.strip()


def tls_without_certificate(address: str) -> str:
    """Return whether libvirtd accepts a TLS client without a certificate.

    libvirtd closes such a connection only after the TLS handshake.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((address, TLS_PORT), timeout=10) as plain:
        try:
            with context.wrap_socket(plain) as channel:
                # If libvirtd requires a certificate from clients, it does not answer this message.
                channel.sendall(b"\0\0\0\x1c" + b"\0" * 24)
                return "accepted" if channel.recv(1) else "refused"
        except (ssl.SSLError, ConnectionError):
            return "refused"


def ssh_without_certificate(address: str) -> str:
    """Try to log in with the SSH keys of the user who runs the test."""
    options = (
        "-F",
        "none",
        "-o",
        "BatchMode=yes",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
    )
    command = ["ssh", *options, "-p", str(SSH_PORT), f"root@{address}", "true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    refused = done.returncode == SSH_FAILED and "Permission denied" in done.stderr
    return "refused" if refused else f"exit code {done.returncode}: {done.stderr}"


def open_ports(folder: Path) -> list[str]:
    """Return the open TCP ports of the compute hosts, except the ports of TLS and SSH."""
    known = addresses(folder).values()
    table = Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]
    found = []
    for line in table:
        _number, local, _remote, state, *_rest = line.split()
        number, port = local.split(":")
        address = ".".join(str(part) for part in reversed(bytes.fromhex(number)))
        if state == "0A" and address in known and int(port, 16) not in {TLS_PORT, SSH_PORT}:
            found.append(f"{address}:{int(port, 16)}")
    return found


def visible_mounts(folder: Path) -> list[str]:
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if str(folder) in line or "/run/machine" in line]


def hosts(folder: Path) -> dict[str, Any]:
    known = addresses(folder)
    return {
        "open_ports": open_ports(folder),
        "without_certificate": sorted(
            {
                attempt(address)
                for address in known.values()
                for attempt in (tls_without_certificate, ssh_without_certificate)
            }
        ),
        "hostnames": {host: run_on(folder, host, "hostname") for host in known},
        "machine_ids": sorted({run_on(folder, host, "cat", "/etc/machine-id") for host in known}),
        "mounts": visible_mounts(folder),
    }


def machine(_folder: Path) -> dict[str, Any]:
    accounts = {
        line.partition(":")[0]
        for name in ("passwd", "group")
        for line in Path("/etc", name).read_text(encoding="utf-8").splitlines()
    }
    return {
        "places": {place: sorted(path.name for path in Path(place).glob("*")) for place in PLACES},
        "accounts": sorted(accounts & ACCOUNTS),
        "hostname": socket.gethostname(),
        "interfaces": sorted(path.name for path in Path("/sys/class/net").iterdir()),
    }


def processes(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                found.append((entry / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
    own = (Path(__file__).name, "ansible", "molecule")
    return [line for line in found if not any(word in line for word in own)]


if __name__ == "__main__":
    print(json.dumps({"machine": machine, "hosts": hosts, "processes": processes}[sys.argv[2]](Path(sys.argv[1]))))
