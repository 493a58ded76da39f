#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create and remove server groups and availability zones with the SDK, without the collection."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import openstack

if TYPE_CHECKING:
    from openstack.connection import Connection

USAGE = """\
group NAME POLICY     create a server group
reset ID              reset the state of a server to ACTIVE
zone NAME HOST…       create an availability zone with these hosts
remove PREFIX         remove groups and zones whose names begin with PREFIX
"""


def create_zone(cloud: Connection, name: str, hosts: list[str]) -> None:
    aggregate = cloud.compute.create_aggregate(name=name, availability_zone=name)
    for host in hosts:
        cloud.compute.add_host_to_aggregate(aggregate, host)


def remove(cloud: Connection, prefix: str) -> None:
    for group in cloud.compute.server_groups():
        if group.name.startswith(prefix):
            cloud.compute.delete_server_group(group)
    for aggregate in cloud.compute.aggregates():
        if aggregate.name.startswith(prefix):
            for host in aggregate.hosts or []:
                cloud.compute.remove_host_from_aggregate(aggregate, host)
            cloud.compute.delete_aggregate(aggregate)


def main() -> None:
    cloud = openstack.connect()
    match sys.argv[1:]:
        case ["group", name, policy]:
            cloud.compute.create_server_group(name=name, policy=policy)
        case ["reset", server]:
            cloud.compute.reset_server_state(server, "active")
        case ["zone", name, *hosts]:
            create_zone(cloud, name, hosts)
        case ["remove", prefix]:
            remove(cloud, prefix)
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main()
