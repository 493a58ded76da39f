# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._nova import lookup, server_groups
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import uuid_of

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


@pytest.fixture
def paging(fake: FakeCloud) -> FakeCloud:
    """Return a cloud with seven networks and seven server groups.

    Each page of a list contains two of them.
    """
    fake.page_size = 2
    fake.networks = [{"id": uuid_of(7100 + number), "name": f"net-{number}"} for number in range(7)]
    fake.server_groups = [{"id": uuid_of(7200 + number), "name": f"group-{number}"} for number in range(7)]
    return fake


def test_finds_network_by_name_with_one_request(paging: FakeCloud, cloud: Cloud) -> None:
    assert lookup.network_id(cloud, "net-6") == uuid_of(7106)
    assert paging.count("GET", "/networks") == 1


def test_finds_network_by_id_without_listing_networks(paging: FakeCloud, cloud: Cloud) -> None:
    assert lookup.network_id(cloud, uuid_of(7106)) == uuid_of(7106)
    assert paging.count("GET", "/networks$") == 0


def test_follows_pages_of_networks_for_the_error(paging: FakeCloud, cloud: Cloud) -> None:
    with pytest.raises(NotFoundError, match=r"named nowhere, .*There are: net-0, .*, net-6\."):
        lookup.network_id(cloud, "nowhere")
    assert paging.count("GET", "/networks") == 5


def test_refuses_network_name_on_different_pages(paging: FakeCloud, cloud: Cloud) -> None:
    paging.networks = [{"id": uuid_of(number), "name": "same"} for number in range(3)]
    with pytest.raises(InputError, match="networks: 3 resources have the name 'same'"):
        lookup.network_id(cloud, "same")


def test_follows_pages_of_server_groups(paging: FakeCloud, cloud: Cloud) -> None:
    assert server_groups.find(cloud, "group-6").id == uuid_of(7206)
    paging.server_groups.append({"id": uuid_of(7300), "name": "group-0"})
    with pytest.raises(InputError, match="server_group: 2 resources have the name 'group-0'"):
        server_groups.find(cloud, "group-0")
