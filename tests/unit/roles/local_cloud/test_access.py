# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cloudctl.access import CLOUDS, clouds_yaml
from cloudctl.settings import Settings
from cloudctl.store import PASSWORDS

if TYPE_CHECKING:
    from cloudctl.layout import Layout

# These strings look like numbers.
SECRETS = {name: str(number) for number, name in enumerate(PASSWORDS)}


def test_clouds_yaml_is_in_block_style(settings: Settings, layout: Layout) -> None:
    first, second, *lines = clouds_yaml(settings, SECRETS).splitlines()
    assert first == (f'# The local cloud (OpenStack 2026.2) in the folder "{layout.top}". A start writes this file.')
    assert second == (
        "# Entries: local (role admin, project admin), local-manager (role manager, project demo), "
        "local-member (role member, project demo), local-reader (role reader, project demo)."
    )
    assert lines[:10] == [
        "clouds:",
        "  local:",
        "    auth:",
        f"      auth_url: http://127.0.0.1:{settings.ports['keystone']}/v3",
        "      username: admin",
        f"      password: {SECRETS['admin']!r}",
        "      project_name: admin",
        "      user_domain_name: Default",
        "      project_domain_name: Default",
        "    region_name: RegionOne",
    ]
    assert not [line for line in lines if set("{}[]&*") & set(line)]


def test_clouds_yaml_has_all_settings_of_clients(settings: Settings) -> None:
    clouds = yaml.safe_load(clouds_yaml(settings, SECRETS))["clouds"]
    assert list(clouds) == list(CLOUDS)
    assert clouds["local-member"] == {
        "auth": {
            "auth_url": f"http://127.0.0.1:{settings.ports['keystone']}/v3",
            "username": "member",
            "password": SECRETS["member"],
            "project_name": "demo",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        },
        "region_name": "RegionOne",
        "identity_api_version": 3,
    }


@pytest.mark.parametrize("name", ["two\nclouds: {}", 'with "quotes" #'])
def test_name_of_the_folder_cannot_end_the_comment(order: dict[str, Any], name: str) -> None:
    strange = Settings.from_json(json.dumps({**order, "dir": f"/nowhere/{name}"}))
    assert list(yaml.safe_load(clouds_yaml(strange, SECRETS))["clouds"]) == list(CLOUDS)
