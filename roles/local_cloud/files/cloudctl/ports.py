# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP ports: which are free, and which the cloud itself listens on."""

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
# proc_pid_net(5): the state of a socket that listens, and the columns of its address, state and inode
LISTENING = "0A"
LOCAL, STATE, INODE = 1, 3, 9


def is_free(port: int, address: str = ADDRESS) -> bool:
    """Whether a service could listen there now."""
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
    """The IPv4 addresses and TCP ports that these processes listen on."""
    sockets = {link for pid in processes for link in _open_files(pid)}
    rows = [line.split() for line in (PROC / "net" / "tcp").read_text().splitlines()[1:]]
    return {_address(row[LOCAL]) for row in rows if row[STATE] == LISTENING and f"socket:[{row[INODE]}]" in sockets}


def _open_files(pid: int) -> list[str]:
    found: list[str] = []
    with contextlib.suppress(OSError):  # it ended just now
        for link in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.append(str(link.readlink()))
    return found


def _address(text: str) -> tuple[str, int]:
    """An address as the kernel prints it, such as ``0100007F:493E``: the bytes of the machine's own order."""
    address, port = text.split(":")
    return socket.inet_ntoa(struct.pack("=I", int(address, 16))), int(port, 16)


def require_free(ports: Mapping[str, int], own: Collection[tuple[str, int]] = ()) -> None:
    """Raise an error that names every taken port and the variable to change; ``own`` are the cloud's own listeners."""
    first, last = min(ports.values()), max(ports.values())
    if first < 1 or last > LAST_PORT:
        highest = LAST_PORT - (last - first)
        msg = (
            f"There are no TCP ports {first} to {last}: local_cloud_port_base must be 1 to {highest}, or 0 to keep "
            f"the ports of the cloud that is there."
        )
        raise CloudError(msg)
    taken = {name: port for name, port in ports.items() if (ADDRESS, port) not in own and not is_free(port)}
    if not taken:
        return
    listing = ", ".join(f"{port} (for {name})" for name, port in taken.items())
    msg = (
        f"Another program listens on {ADDRESS} port {listing}. The local cloud takes ports {first} to {last}: "
        f"set local_cloud_port_base to the first of {last - first + 1} free ports, or stop that program."
    )
    raise CloudError(msg)


def require_free_on_hosts(
    addresses: Mapping[str, str], ports: Collection[int], own: Collection[tuple[str, int]] = ()
) -> None:
    """The same for what listens at each compute host's own address, always on the same port."""
    for host, address in addresses.items():
        for port in ports:
            if (address, port) not in own and not is_free(port, address):
                msg = (
                    f"Another program listens on {address} port {port}, which {host} needs; most likely it listens on "
                    f"every address. Stop that program, or set local_cloud_hypervisor=fake."
                )
                raise CloudError(msg)
