# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of the servers in a local cloud."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from . import database
from .errors import CloudError

if TYPE_CHECKING:
    from .layout import Layout
    from .settings import Settings

# The name of the network that a cloud with networks has.
NETWORK = "local-cloud"
# Neutron's name of the physical network. It is also the name of the bridges that connect the servers.
PHYSICAL_NETWORK = "guests"
QUERY = "SELECT status, COUNT(*) FROM neutron.ports WHERE device_owner LIKE 'compute:%' GROUP BY status ORDER BY status"


def prefix(layout: Layout) -> str:
    """Return the IPv6 prefix of the cloud, without a length, for example ``fd12:3456:789a::``.

    Each cloud of a machine has another prefix. RFC 4193 defines such prefixes.
    """
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"{layout.top.as_uri()}#{PHYSICAL_NETWORK}").hex
    return f"fd{number[:2]}:{number[2:6]}:{number[6:10]}::"


def gateway(layout: Layout) -> str:
    """Return the address of the bridge that connects the servers."""
    return f"{prefix(layout)}1"


def order(settings: Settings) -> dict[str, Any] | None:
    """Return the network and its subnet as input for ``venv_scripts/resources.py``. Return None without networks."""
    if not settings.has_networks:
        return None
    return {
        "network": {
            "name": NETWORK,
            "provider_network_type": "flat",
            "provider_physical_network": PHYSICAL_NETWORK,
            "is_shared": True,
        },
        # Only OVN filters packets.
        "allow_ping": settings.has_ovn,
        # The address of a port follows from its MAC address, so the guest needs no DHCP server.
        "subnet": {
            "name": NETWORK,
            "ip_version": 6,
            "cidr": f"{prefix(settings.layout)}/64",
            "gateway_ip": gateway(settings.layout),
            "ipv6_address_mode": "slaac",
            "ipv6_ra_mode": "slaac",
        },
    }


def require_no_ports(settings: Settings, password: str, kind: str) -> None:
    """Raise CloudError if servers of the cloud have ports. ``kind`` is the kind of their networks."""
    by_status = database.counts(settings, password, QUERY, "ports")
    if not by_status:
        return
    total = sum(by_status.values())
    listing = ", ".join(f"{number} {status}" for status, number in by_status.items())
    msg = (
        f"Servers of the cloud have {total} port{'s'[: total != 1]} ({listing}), which cannot be used with "
        f"local_cloud_networks={settings.networks}. No port was changed. Set local_cloud_networks={kind} to keep them, "
        f"or delete the servers."
    )
    raise CloudError(msg)
