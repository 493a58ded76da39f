# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that return the users, the endpoints and the file clouds.yaml of the local cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from .schema import REGION

if TYPE_CHECKING:
    from .settings import Settings

SERVICE_TYPES = {
    "placement": "placement",
    "glance": "image",
    "nova": "compute",
    "neutron": "network",
    "cinder": "block-storage",
}
PATHS = {"nova": "/v2.1", "cinder": "/v3"}
USERS_PROJECT = "demo"
# Each entry of clouds.yaml has a user, a project and a role.
CLOUDS = {
    "local": ("admin", "admin", "admin"),
    "local-manager": ("manager", USERS_PROJECT, "manager"),
    "local-member": ("member", USERS_PROJECT, "member"),
    "local-reader": ("reader", USERS_PROJECT, "reader"),
}


def auth(settings: Settings, secrets: dict[str, str], user: str, project: str) -> dict[str, str]:
    """Return the credentials of a user for a project of the local cloud."""
    return {
        "auth_url": f"http://127.0.0.1:{settings.ports['keystone']}/v3",
        "username": user,
        "password": secrets[user],
        "project_name": project,
        "user_domain_name": "Default",
        "project_domain_name": "Default",
    }


def admin_order(settings: Settings, secrets: dict[str, str]) -> dict[str, Any]:
    """Return the administrator's credentials and the region as input for a script."""
    return {"auth": auth(settings, secrets, "admin", "admin"), "region": REGION}


def identity_order(settings: Settings, secrets: dict[str, str]) -> dict[str, Any]:
    """Return the input of ``venv_scripts/identity.py``."""
    services = [name for name in settings.wsgi if name in SERVICE_TYPES]
    users = [
        {"name": user, "password": secrets[user], "project": project, "roles": [role]}
        for user, project, role in CLOUDS.values()
        if user != "admin"
    ] + [
        {"name": name, "password": secrets["service"], "project": "service", "roles": ["admin", "service"]}
        for name in services
    ]
    endpoints = [
        {
            "name": name,
            "type": SERVICE_TYPES[name],
            "url": f"http://127.0.0.1:{settings.ports[name]}{PATHS.get(name, '')}",
        }
        for name in services
    ]
    endpoints.append(
        {"name": "keystone", "type": "identity", "url": f"http://127.0.0.1:{settings.ports['keystone']}/v3"}
    )
    return {
        **admin_order(settings, secrets),
        "users": users,
        "services": endpoints,
        "absent_services": absent_services(settings),
    }


def absent_services(settings: Settings) -> list[str]:
    """Return the services that the cloud does not have."""
    return [name for name in SERVICE_TYPES if name not in settings.wsgi]


def clouds_yaml(settings: Settings, secrets: dict[str, str]) -> str:
    """Return the content of clouds.yaml."""
    clouds = {
        cloud: {
            "auth": auth(settings, secrets, user, project),
            "region_name": REGION,
            "identity_api_version": 3,
        }
        for cloud, (user, project, _role) in CLOUDS.items()
    }
    entries = ", ".join(f"{cloud} (role {role}, project {project})" for cloud, (_user, project, role) in CLOUDS.items())
    # A line break in the path would end the YAML comment, so quote the path as JSON.
    folder = json.dumps(str(settings.layout.top), ensure_ascii=False)
    comments = (
        f"# The local cloud (OpenStack {settings.release['name']}) in the folder {folder}. A start writes this file.",
        f"# Entries: {entries}.",
    )
    return "\n".join((*comments, yaml.safe_dump({"clouds": clouds}, sort_keys=False)))
