# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.client import MANY, BlockStorage

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def boot(fake: FakeCloud, number: int) -> list[str]:
    """Create servers with one volume each, and return the ids of the servers."""
    servers = [fake.add_server(f"server-{each}") for each in range(number)]
    for server in servers:
        fake.volumes.add(server)
    return [server["id"] for server in servers]


def test_attachments_of_one_server_need_one_request(fake: FakeCloud, cloud: Cloud) -> None:
    server, *_others = boot(fake, 3)
    volume = fake.volumes.of(fake.servers[server])[0]["volume_id"]
    fake.volumes.add_attachment(fake.servers[server], volume, "compute2", "attaching")
    found = BlockStorage(cloud).attachments_of([server])
    assert found is not None
    assert list(found) == [server]
    assert {attachment.volume_id for attachment in found[server]} == {volume}
    assert sorted(attachment.status for attachment in found[server]) == ["attached", "attaching"]
    (request,) = [seen for seen in fake.requests if seen.path.endswith("/attachments")]
    assert request.query == {"instance_id": server, "all_tenants": "1"}
    assert request.microversion == "3.27"


def test_server_without_volumes_has_no_attachments(fake: FakeCloud, cloud: Cloud) -> None:
    server = fake.add_server()
    assert BlockStorage(cloud).attachments_of([server["id"]]) == {server["id"]: []}


@pytest.mark.parametrize("page_size", [1000, 7])
def test_one_list_contains_the_attachments_of_many_servers(fake: FakeCloud, cloud: Cloud, page_size: int) -> None:
    servers = boot(fake, 10)
    fake.volumes.page_size = page_size
    found = BlockStorage(cloud).attachments_of(servers)
    assert found is not None
    assert {server: len(attachments) for server, attachments in found.items()} == dict.fromkeys(servers, 1)
    # The list has no links to its next page, so the last request of the first case gets an empty page.
    assert fake.count("GET", "/attachments") == 2


def test_list_of_a_large_project_is_not_read_to_its_end(fake: FakeCloud, cloud: Cloud) -> None:
    servers = boot(fake, 40)[:MANY]
    fake.volumes.page_size = 2
    found = BlockStorage(cloud).attachments_of(servers)
    assert found is not None
    assert {server: len(attachments) for server, attachments in found.items()} == dict.fromkeys(servers, 1)
    assert fake.count("GET", "/attachments") <= 2 * MANY + 1


@pytest.mark.parametrize(("all_projects", "query"), [(True, "1"), (False, None)])
def test_list_of_all_projects_is_read_only_for_servers_of_other_projects(
    fake: FakeCloud, cloud: Cloud, all_projects: bool, query: str | None
) -> None:
    block_storage = BlockStorage(cloud)
    block_storage.attachments_of(boot(fake, MANY), all_projects=all_projects)
    block_storage.volumes(list(fake.volumes.volumes), all_projects=all_projects)
    lists = [seen for seen in fake.requests if seen.path.endswith(("/attachments", "/volumes/detail"))]
    assert {seen.query.get("all_tenants") for seen in lists} == {query}


@pytest.mark.parametrize("number", [1, MANY])
def test_volumes_have_a_status_and_hosts(fake: FakeCloud, cloud: Cloud, number: int) -> None:
    boot(fake, number)
    found = BlockStorage(cloud).volumes(list(fake.volumes.volumes))
    assert found is not None
    assert [volume.status for volume in found.values()] == ["in-use"] * number
    assert [list(volume.hosts.values()) for volume in found.values()] == [["compute1"]] * number
    assert fake.count("GET", "/volumes/") == 1


def test_only_administrators_can_see_the_host_of_a_volume(fake: FakeCloud, cloud: Cloud) -> None:
    boot(fake, 1)
    fake.roles = ["member"]
    found = BlockStorage(cloud).volumes(list(fake.volumes.volumes))
    assert found is not None
    assert [list(volume.hosts.values()) for volume in found.values()] == [[None]]


def test_volume_that_was_deleted_is_left_out(fake: FakeCloud, cloud: Cloud) -> None:
    boot(fake, 1)
    (volume,) = fake.volumes.volumes
    found = BlockStorage(cloud).volumes([volume, "another"])
    assert found is not None
    assert list(found) == [volume]


def test_list_of_volumes_ends_when_all_are_found(fake: FakeCloud, cloud: Cloud) -> None:
    boot(fake, 40)
    fake.volumes.page_size = 10
    wanted = list(fake.volumes.volumes)[:MANY]
    found = BlockStorage(cloud).volumes(wanted)
    assert found is not None
    assert list(found) == wanted
    assert fake.count("GET", "/volumes/") == 1


def test_user_without_permission_gets_none(fake: FakeCloud, cloud: Cloud) -> None:
    fake.volumes.forbidden = True
    block_storage = BlockStorage(cloud)
    assert block_storage.attachments_of(["server"]) is None
    assert block_storage.volumes(["volume"]) is None
    assert "HTTP 403" in str(block_storage.hidden)
    assert fake.count("GET", "volume/v3/attachments") == 1


def test_cloud_without_cinder_gives_none(fake: FakeCloud, cloud: Cloud) -> None:
    fake.services_without = {"block-storage"}
    block_storage = BlockStorage(cloud)
    assert block_storage.attachments_of(["server"]) is None
    assert "block-storage" in str(block_storage.hidden)


def test_cinder_without_attachments_gives_none(fake: FakeCloud, cloud: Cloud) -> None:
    fake.fault("GET", "/attachments", status=406, body={"computeFault": {"message": "Version 3.27 is not supported"}})
    assert BlockStorage(cloud).attachments_of(["server"]) is None
