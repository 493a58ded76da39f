# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check which TCP ports are free."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

ADDRESS = "127.0.0.1"
LAST_PORT = 65535
PROC = Path("/proc")
# The format of /proc/net/tcp is defined in proc_pid_net(5).
LISTENING = "0A"
LOCAL, STATE, INODE = 1, 3, 9


def is_free(port: int, address: str = ADDRESS) -> bool:
    """Return whether a service can listen on this address and port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def listened_on(processes: Iterable[int]) -> set[tuple[str, int]]:
    """Return the IPv4 addresses and TCP ports on which the processes listen."""
    sockets = {link for pid in processes for link in _open_files(pid)}
    rows = [line.split() for line in (PROC / "net" / "tcp").read_text().splitlines()[1:]]
    return {_address(row[LOCAL]) for row in rows if row[STATE] == LISTENING and f"socket:[{row[INODE]}]" in sockets}


def _open_files(pid: int) -> list[str]:
    found: list[str] = []
    with contextlib.suppress(OSError):  # the process may have ended
        for link in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(str(link.readlink()))
    return found


def _address(text: str) -> tuple[str, int]:
    """Convert an address of /proc/net/tcp, such as ``0100007F:493E``."""
    address, port = text.split(":")
    return socket.inet_ntoa(struct.pack("=I", int(address, 16))), int(port, 16)


def require_free(ports: Mapping[str, int], own: Collection[tuple[str, int]] = ()) -> None:
    """Raise CloudError if another program uses a port that the local cloud needs.

    ``own`` lists the ports on which this local cloud already listens.
    """
    first, last = min(ports.values()), max(ports.values())
    if first < 1 or last > LAST_PORT:
        highest = LAST_PORT - (last - first)
        msg = (
            f"The TCP ports {first} to {last} are not valid. Set local_cloud_port_base to 1 to {highest}, or to 0 to "
            f"keep the ports of the existing cloud."
        )
        raise CloudError(msg)
    used = {name: port for name, port in ports.items() if (ADDRESS, port) not in own and not is_free(port)}
    if not used:
        return
    listing = ", ".join(f"{port} (for {name})" for name, port in used.items())
    msg = (
        f"Another program listens on {ADDRESS} port {listing}. The local cloud needs the ports {first} to {last}. "
        f"Set local_cloud_port_base to the first of {last - first + 1} free ports, or stop that program."
    )
    raise CloudError(msg)


def require_free_on_hosts(
    addresses: Mapping[str, str], ports: Collection[int], own: Collection[tuple[str, int]] = ()
) -> None:
    """Raise CloudError if another program uses a port that a compute host needs."""
    for host, address in addresses.items():
        for port in ports:
            if (address, port) not in own and not is_free(port, address):
                msg = (
                    f"Another program listens on {address} port {port}, which {host} needs. The program probably "
                    f"listens on all addresses. Stop that program, or set local_cloud_hypervisor=fake."
                )
                raise CloudError(msg)
