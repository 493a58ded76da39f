# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No port is taken on trust."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from .errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ADDRESS = "127.0.0.1"
LAST_PORT = 65535


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


def require_free(ports: Mapping[str, int]) -> None:
    """Raise an error that names every taken port and the variable to change."""
    first, last = min(ports.values()), max(ports.values())
    if first < 1 or last > LAST_PORT:
        highest = LAST_PORT - (last - first)
        msg = f"There are no TCP ports {first} to {last}: local_cloud_port_base must be 1 to {highest}."
        raise CloudError(msg)
    taken = {name: port for name, port in ports.items() if not is_free(port)}
    if not taken:
        return
    listing = ", ".join(f"{port} (for {name})" for name, port in taken.items())
    msg = (
        f"Another program listens on {ADDRESS} port {listing}. The local cloud takes ports {first} to {last}: "
        f"set local_cloud_port_base to the first of {last - first + 1} free ports, or stop that program."
    )
    raise CloudError(msg)


def require_free_on_hosts(addresses: Mapping[str, str], ports: Sequence[int]) -> None:
    """The same for what listens at each compute host's own address, always on the same port."""
    for host, address in addresses.items():
        for port in ports:
            if not is_free(port, address):
                msg = (
                    f"Another program listens on {address} port {port}, which {host} needs; most likely it listens on "
                    f"every address. Stop that program, or set local_cloud_hypervisor=fake."
                )
                raise CloudError(msg)
