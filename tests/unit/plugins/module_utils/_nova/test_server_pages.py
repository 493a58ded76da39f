# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import SERVERS_WITH_HOSTS
from ansible_collections.stackproof.migration.plugins.module_utils._nova import server_pages
from ansible_collections.stackproof.migration.plugins.module_utils._nova.server_pages import ServerPages

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

NAMES = [f"web-{number}" for number in range(13)]


@pytest.fixture
def found() -> list[str]:
    return []


@pytest.fixture
def pages(cloud: Cloud, fake: FakeCloud, found: list[str], monkeypatch: pytest.MonkeyPatch) -> ServerPages:
    monkeypatch.setattr(server_pages, "PAGE_SIZE", 3)
    for name in NAMES:
        fake.add_server(name, "compute1")

    def take(page: list[dict[str, Any]]) -> None:
        found.extend(server["name"] for server in page)

    return ServerPages(cloud, "Listing the servers", take, need=SERVERS_WITH_HOSTS, params={"all_tenants": "1"})


# Nova's maximum number of servers on a page can be greater or smaller than the size of the pages.
@pytest.mark.parametrize("max_limit", [1000, 5, 2, 1])
def test_each_server_is_read_once(fake: FakeCloud, pages: ServerPages, found: list[str], max_limit: int) -> None:
    fake.page_size = max_limit
    call_concurrently(pages.read_first())
    assert sorted(found) == sorted(NAMES)


def test_a_list_of_one_page_needs_one_request(cloud: Cloud, fake: FakeCloud, found: list[str]) -> None:
    fake.add_server("web", "compute1")
    one = ServerPages(
        cloud, "Listing", lambda page: found.extend(each["name"] for each in page), need=SERVERS_WITH_HOSTS, params={}
    )
    before = cloud.requests
    assert list(one.read_first()) == []
    assert (found, cloud.requests - before) == (["web"], 1)


def test_deleted_servers_hide_no_other_server(fake: FakeCloud, pages: ServerPages, found: list[str]) -> None:
    reads = list(pages.read_first())
    deleted = ["web-3", "web-4", "web-12"]
    fake.servers = {key: one for key, one in fake.servers.items() if one["name"] not in deleted}
    call_concurrently(reads)
    assert set(found) == set(NAMES) - set(deleted)


def test_a_new_server_within_a_page_hides_no_other_server(
    fake: FakeCloud, pages: ServerPages, found: list[str]
) -> None:
    reads = list(pages.read_first())
    new = fake.add_server("new", "compute1")
    listed = [one for one in fake.servers.values() if one is not new]
    fake.servers = {one["id"]: one for one in [*listed[:4], new, *listed[4:]]}
    call_concurrently(reads)
    assert set(found) == {*NAMES, "new"}
