# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the newest microversion, the compute services and the number of servers of the cloud OS_CLOUD as JSON."""

from __future__ import annotations

import json

import openstack

cloud = openstack.connect()
services = {service.host: service.state for service in cloud.compute.services(binary="nova-compute")}
newest = cloud.compute.get_endpoint_data().max_microversion
print(
    json.dumps(
        {
            "newest_microversion": ".".join(map(str, newest)),
            "services": services,
            "servers": sum(1 for _server in cloud.compute.servers(all_projects=True)),
        }
    )
)
