# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes for the ports of servers, as Neutron reports them."""

from __future__ import annotations

from dataclasses import dataclass

# The status of a port that can send and receive, and of the binding that Neutron uses.
ACTIVE = "ACTIVE"
INACTIVE = "INACTIVE"


@dataclass(frozen=True)
class Binding:
    """A binding of a port to a host.

    During a live migration, a port has two bindings. The binding on the destination host is INACTIVE until the server
    runs there.
    """

    host: str
    status: str


@dataclass(frozen=True)
class Port:
    """A port of a server."""

    id: str
    status: str
    # The host of the ACTIVE binding. The value is empty if the port is not bound, and None if the user may not see host
    # names.
    host: str | None
    # The value is None if the bindings were not read, or if the user may not read them.
    bindings: tuple[Binding, ...] | None = None
    # The type of the interface, such as "normal", or "direct" for SR-IOV.
    vnic_type: str = "normal"
    # The destination of a live migration, which Nova writes into the binding profile until the migration ends.
    migrating_to: str | None = None


@dataclass(frozen=True)
class PortDetails:
    """A port with its network, its addresses and its tags."""

    id: str
    name: str
    network_id: str
    # The id of the server or of the other device that uses the port. Empty if the port is free.
    device_id: str
    device_owner: str
    mac_address: str | None
    addresses: tuple[str, ...]
    vnic_type: str | None
    tags: tuple[str, ...]


def how_to_delete_binding(port: str, host: str) -> str:
    """Return the action that deletes an INACTIVE binding, as sentences.

    The source of the policy is ``delete_port_binding`` in neutron.conf.policies.port_bindings.
    """
    return (
        f"Delete the binding with the request DELETE /v2.0/ports/{port}/bindings/{host} to Neutron. By default, only"
        " users with the role service, such as the user of Nova, may send it."
    )
