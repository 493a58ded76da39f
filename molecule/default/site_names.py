#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail if a file contains the name of a resource of the cloud, for example of a host.

usage: site_names.py FOLDER NAME…
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import openstack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openstack.connection import Connection

# Reports may contain these names, because every OpenStack cloud has them.
DEFAULTS = frozenset(
    {
        "admin", "demo", "service", "manager", "member", "reader", "default", "nova", "neutron", "glance", "placement",
        "keystone", "cinder", "internal", "regionone", "local",
    }
)  # fmt: skip


def listed(cloud: Connection) -> Iterator[str]:
    yield from (service.host for service in cloud.compute.services(binary="nova-compute"))
    for hypervisor in cloud.compute.hypervisors(details=True):
        yield hypervisor.name
        yield hypervisor.id
        yield hypervisor.host_ip or ""
    yield from (zone.name for zone in cloud.compute.availability_zones())
    yield from (aggregate.name for aggregate in cloud.compute.aggregates())
    for things in (cloud.identity.projects(), cloud.identity.users(), cloud.identity.regions()):
        for thing in things:
            yield thing.name or ""
            yield thing.id
    yield from (thing.name for thing in cloud.image.images())
    yield from (thing.name for thing in cloud.compute.flavors())
    yield from (thing.name for thing in cloud.network.networks())
    yield from (urlsplit(endpoint.url).hostname or "" for endpoint in cloud.identity.endpoints())


def main(folder: str, *names: str) -> None:
    every = {*names, *listed(openstack.connect())}
    searched = sorted(name.lower() for name in every if name and name.lower() not in DEFAULTS)
    found = [
        f"{path.name}: {name}"
        for path in sorted(Path(folder).iterdir())
        for name in searched
        if name in path.read_text(encoding="utf-8").lower()
    ]
    print(f"{len(searched)} names, {len(list(Path(folder).iterdir()))} files")
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
