# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The orders for the programs in ``venv_scripts``, and the credentials of the cloud's users."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
import yaml
from cloudctl import access
from cloudctl.schema import schemas
from cloudctl.store import PASSWORDS

if TYPE_CHECKING:
    from cloudctl.settings import Settings

SECRETS = {name: f"secret of {name}" for name in PASSWORDS}


@pytest.mark.parametrize(
    ("service", "script", "configs", "begins"),
    [
        ("keystone", "keystone-manage", 1, ["db_sync", "fernet_setup", "credential_setup", "bootstrap"]),
        ("placement", "placement-manage", 1, ["db"]),
        ("glance", "glance-manage", 1, ["db_sync"]),
        ("neutron", "neutron-db-manage", 2, ["upgrade"]),
        ("nova", "nova-manage", 2, ["api_db", "cell_v2", "db", "cell_v2"]),
        ("cinder", "cinder-manage", 1, ["db"]),
    ],
)
def test_schema_order_has_commands_of_the_service(
    settings: Settings, service: str, script: str, configs: int, begins: list[str]
) -> None:
    order = schemas(settings, SECRETS, ("me", "us"))[service].order(settings)
    assert order["script"] == script
    assert [command["argv"][2 * configs] for command in order["commands"]] == begins
    for command in order["commands"]:
        options = command["argv"][: 2 * configs]
        assert options[::2] == ["--config-file"] * configs
        assert all(path.startswith(f"{settings.layout.etc}/{service}/") for path in options[1::2])
        assert command["check_command"][: 2 * configs] in ([], options)


def test_schema_orders_name_owner_password_and_cell(settings: Settings) -> None:
    made = schemas(settings, SECRETS, ("me", "us"))
    keystone = made["keystone"].order(settings)["commands"]
    assert keystone[1]["argv"][-4:] == ["--keystone-user", "me", "--keystone-group", "us"]
    assert SECRETS["admin"] in keystone[3]["argv"]
    cell = made["nova"].order(settings)["commands"][3]
    assert cell["check_command"][-2:] == ["cell_v2", "list_cells"]
    assert cell["skip_if_output"].strip() in cell["argv"]


def test_clouds_yaml_has_an_entry_for_each_role(settings: Settings) -> None:
    clouds = yaml.safe_load(access.clouds_yaml(settings, SECRETS))["clouds"]
    assert sorted(clouds) == ["local", "local-manager", "local-member", "local-reader"]
    for cloud in clouds.values():
        assert cloud["auth"]["auth_url"] == f"http://127.0.0.1:{settings.ports['keystone']}/v3"
        assert cloud["auth"]["password"] == SECRETS[cloud["auth"]["username"]]
        assert cloud["region_name"] == "RegionOne"
    assert clouds["local-reader"]["auth"]["project_name"] == "demo"


def test_identity_order_has_users_and_services(settings: Settings) -> None:
    order = access.identity_order(settings, SECRETS)
    assert {user["name"]: user["roles"] for user in order["users"]} == {
        "manager": ["manager"],
        "member": ["member"],
        "reader": ["reader"],
        **{name: ["admin", "service"] for name in ("placement", "glance", "neutron", "nova")},
    }
    assert {service["type"]: service["url"].split(":", 2)[2] for service in order["services"]} == {
        "placement": f"{settings.ports['placement']}",
        "image": f"{settings.ports['glance']}",
        "network": f"{settings.ports['neutron']}",
        "compute": f"{settings.ports['nova']}/v2.1",
        "identity": f"{settings.ports['keystone']}/v3",
    }


def test_identity_order_has_cinder_if_the_cloud_has_volumes(settings: Settings) -> None:
    with_volumes = access.identity_order(dataclasses.replace(settings, volumes="fake"), SECRETS)
    (service,) = [service for service in with_volumes["services"] if service["type"] == "block-storage"]
    assert service["name"] in {user["name"] for user in with_volumes["users"]}
    assert service["url"] == f"http://127.0.0.1:{settings.ports['cinder']}/v3"
    assert with_volumes["absent_services"] == []
    assert access.identity_order(settings, SECRETS)["absent_services"] == ["cinder"]


def test_identity_order_has_only_services_of_the_release(settings: Settings) -> None:
    less = dataclasses.replace(settings, release={"name": "small", "wsgi": {"keystone": "", "nova": ""}})
    assert [service["name"] for service in access.identity_order(less, SECRETS)["services"]] == ["nova", "keystone"]
