# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until every compute host is up and known to Placement. Standard input holds JSON.

``{"auth": …, "region": …, "hosts": ["compute1"], "timeout": 60}``; ends with 1, and a line
that says what is missing, when time is up.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

POLL_SECONDS = 0.3


def missing(cloud: Connection, hosts: list[str]) -> dict[str, list[str]]:
    """What is not there yet of each host: an up service, a mapped hypervisor, a resource provider."""
    up = {service.host for service in cloud.compute.services(binary="nova-compute") if service.state == "up"}
    mapped = {hypervisor.name for hypervisor in cloud.compute.hypervisors()}
    providers = {provider.name for provider in cloud.placement.resource_providers()}
    lacks = {
        host: [
            what
            for what, known in (
                ("compute service up", up),
                ("hypervisor mapped to the cell", mapped),
                ("resource provider in Placement", providers),
            )
            if host not in known
        ]
        for host in hosts
    }
    return {host: what for host, what in lacks.items() if what}


def main(order: dict[str, Any]) -> int:
    """Poll until nothing is missing."""
    cloud = openstack.connect(auth=order["auth"], region_name=order["region"], identity_api_version="3")
    # Until some query has configured Neutron's mappers, listing ports answers 500, and so do Nova's servers.
    list(cloud.network.networks())
    deadline = time.monotonic() + order["timeout"]
    while lacks := missing(cloud, order["hosts"]):
        if time.monotonic() > deadline:
            for host, what in lacks.items():
                print(f"{host} lacks: {', '.join(what)}")
            return 1
        time.sleep(POLL_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(json.load(sys.stdin)))
