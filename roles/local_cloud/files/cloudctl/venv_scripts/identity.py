# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the users, services and endpoints of the local cloud.

Standard input is the JSON that ``identity_order`` returns. Existing objects and passwords stay unchanged.
The script deletes the services that the cloud does not have.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    # Only version 3 exists, but the type of connection.identity also allows version 2.
    from openstack.identity.v3._proxy import Proxy as Identity


def ensure_user(identity: Identity, name: str, password: str, project_id: str, roles: list[str]) -> None:
    """Create a user if it does not exist, and assign its roles in the project."""
    user = identity.find_user(name) or identity.create_user(name=name, password=password, default_project_id=project_id)
    known = {role.name: role.id for role in identity.roles()}
    for role in roles:
        if role not in known:  # Keystone creates the role service since 2023.1, and the role manager since 2023.2
            known[role] = identity.create_role(name=role).id
        identity.assign_project_role_to_user(project_id, user, known[role])


def ensure_project(identity: Identity, name: str) -> str:
    """Return the id of a project. Create the project if it does not exist."""
    project = identity.find_project(name) or identity.create_project(name=name, domain_id="default")
    return str(project.id)


def ensure_endpoints(identity: Identity, region: str, service_type: str, name: str, url: str) -> None:
    """Create a service and its endpoints, or correct the URLs of the endpoints."""
    service = identity.find_service(name) or identity.create_service(type=service_type, name=name)
    known = {endpoint.interface: endpoint for endpoint in identity.endpoints(service_id=service.id)}
    for interface in ("public", "internal"):
        endpoint = known.get(interface)
        if endpoint is None:
            identity.create_endpoint(service_id=service.id, interface=interface, region_id=region, url=url)
        elif endpoint.url != url:
            identity.update_endpoint(endpoint, url=url)


def delete_service(identity: Identity, name: str) -> None:
    """Delete a service if it exists. Keystone also deletes its endpoints."""
    service = identity.find_service(name)
    if service is not None:
        identity.delete_service(service)


def main(order: dict[str, Any]) -> None:
    cloud = openstack.connect(
        auth=order["auth"], region_name=order["region"], identity_interface="public", identity_api_version="3"
    )
    identity: Identity = cloud.identity  # type: ignore[assignment]  # see the import of Identity
    for user in order["users"]:
        project_id = ensure_project(identity, user["project"])
        ensure_user(identity, user["name"], user["password"], project_id, user["roles"])
    for service in order["services"]:
        ensure_endpoints(identity, order["region"], service["type"], service["name"], service["url"])
    for name in order["absent_services"]:
        delete_service(identity, name)


if __name__ == "__main__":
    main(json.load(sys.stdin))
