# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read volumes and their attachments from Cinder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ForbiddenError,
    MicroversionError,
    NotFoundError,
    ServiceError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import BLOCK_STORAGE
from ansible_collections.stackproof.migration.plugins.module_utils._api.restricted_service import (
    RETRY_SECONDS,
    RestrictedService,
)
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import Attachment, Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

T = TypeVar("T")

# With fewer servers or volumes than this number, one request for each of them is faster than a list.
MANY = 4
# The number of entries on each page of a list. Cinder uses the same default.
PAGE_SIZE = 1000


class BlockStorage(RestrictedService):
    """Reads volumes and attachments from Cinder.

    By default, members and readers of a project may read both. Only administrators can see the compute host of an
    attachment. A method returns None if the user may not read the values, or if the cloud has no Cinder service that
    supports attachments (3.27, Pike). The attribute `hidden` then contains the reason.
    """

    hiding_errors: ClassVar[tuple[type[CloudError], ...]] = (
        ForbiddenError,
        CatalogError,
        MicroversionError,
        ServiceError,
        UnreachableError,
    )

    def attachments_of(
        self, servers: Sequence[str], *, all_projects: bool = False
    ) -> dict[str, list[Attachment]] | None:
        """Return the attachments of several servers, by server id. Each list is sorted by volume and attachment.

        ``all_projects`` states whether a server belongs to another project. The source of the API is
        https://docs.openstack.org/api-ref/block-storage/v3/#attachments-attachments.
        """
        return self._if_visible(lambda: self._read_attachments(servers, all_projects=all_projects))

    def all_attachments(self) -> dict[str, list[Attachment]] | None:
        """Return the attachments of all servers that the user may see, by server id, also of deleted servers.

        Each list is sorted by volume and attachment. The requests are the pages of a list.
        """
        return self._if_visible(self._read_all_attachments)

    def all_volumes(self) -> dict[str, Volume] | None:
        """Return all volumes with attachments that the user may see, by id. The requests are the pages of a list."""
        return self._if_visible(self._read_all_volumes)

    def volumes(self, ids: Sequence[str], *, all_projects: bool = False) -> dict[str, Volume] | None:
        """Return the volumes that exist, by id."""
        return self._if_visible(lambda: self._read_volumes(ids, all_projects=all_projects))

    def hosts_of_servers(self) -> dict[str, dict[str, list[str]]] | None:
        """Return the hosts to which volumes are attached, by server id and volume id.

        The list contains the volumes of all projects if the user is an administrator.
        """
        return self._if_visible(self._read_hosts_of_servers)

    def _read_hosts_of_servers(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for volume in (volume for page in self._volume_pages(all_projects=True) for volume in page):
            for attachment in volume["attachments"]:
                if attachment.get("host_name"):
                    of_server = found.setdefault(str(attachment["server_id"]), {})
                    of_server.setdefault(str(volume["id"]), []).append(str(attachment["host_name"]))
        return found

    # Attachments

    def _read_attachments(self, servers: Sequence[str], *, all_projects: bool) -> dict[str, list[Attachment]]:
        found: dict[str, list[Attachment]] = {server: [] for server in servers}
        for entry in self._attachment_entries(servers, all_projects=all_projects):
            if entry["instance"] in found:
                found[entry["instance"]].append(_attachment_of(entry))
        return _sorted_by_volume(found)

    def _read_all_attachments(self) -> dict[str, list[Attachment]]:
        found: dict[str, list[Attachment]] = {}
        for page in self._attachment_pages(all_projects=True):
            for entry in page:
                # Cinder's own attachments, for example to copy an image, belong to no server.
                if entry.get("instance"):
                    found.setdefault(str(entry["instance"]), []).append(_attachment_of(entry))
        return _sorted_by_volume(found)

    def _attachment_entries(self, servers: Sequence[str], *, all_projects: bool) -> list[dict[str, Any]]:
        if len(servers) >= MANY:
            listed = _within(len(servers), self._attachment_pages(all_projects=all_projects))
            if listed is not None:
                return listed
        # Cinder ignores all_tenants in requests of users who are not administrators.
        queries = [{"instance_id": server, "all_tenants": "1"} for server in servers]
        return [entry for query in queries for entry in self._attachment_page(query)]

    def _attachment_pages(self, *, all_projects: bool) -> Iterator[list[dict[str, Any]]]:
        """Yield the pages of the list. The list has no links to its next page, so its last page is empty."""
        query = {"limit": str(PAGE_SIZE), **({"all_tenants": "1"} if all_projects else {})}
        longest = 1
        while len(page := self._attachment_page(query)) >= longest:
            yield page
            longest = len(page)
            query["marker"] = str(page[-1]["id"])
        yield page

    def _attachment_page(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        body = self._cloud.read(
            "block-storage",
            "/attachments",
            "Listing the volume attachments",
            microversion=BLOCK_STORAGE,
            params=query,
            retry_seconds=RETRY_SECONDS,
        )
        return list(body.objects("attachments"))

    # Volumes

    def _read_volumes(self, ids: Sequence[str], *, all_projects: bool) -> dict[str, Volume]:
        if len(ids) >= MANY:
            pages = self._volume_pages(all_projects=all_projects)
            listed = _within(len(ids), pages, enough=lambda found: set(ids) <= {entry["id"] for entry in found})
            if listed is not None:
                return {entry["id"]: _volume_of(entry) for entry in listed if entry["id"] in ids}
        each = [self._read_volume(volume_id) for volume_id in ids]
        return {volume.id: volume for volume in each if volume is not None}

    def _read_all_volumes(self) -> dict[str, Volume]:
        found = (_volume_of(entry) for page in self._volume_pages(all_projects=True) for entry in page)
        return {volume.id: volume for volume in found if volume.hosts}

    def _volume_pages(self, *, all_projects: bool) -> Iterator[list[dict[str, Any]]]:
        params = {"limit": str(PAGE_SIZE), **({"all_tenants": "1"} if all_projects else {})}
        return self._cloud.each_page(
            "/volumes/detail",
            "volumes",
            "Listing the volumes",
            params=params,
            service="block-storage",
            retry_seconds=RETRY_SECONDS,
        )

    def _read_volume(self, volume_id: str) -> Volume | None:
        try:
            body = self._cloud.read(
                "block-storage",
                f"/volumes/{volume_id}",
                f"Reading the volume {volume_id}",
                microversion=BLOCK_STORAGE,
                retry_seconds=RETRY_SECONDS,
            )
        except NotFoundError:
            return None
        return _volume_of(body.object("volume"))


def _attachment_of(entry: Mapping[str, Any]) -> Attachment:
    return Attachment(str(entry["id"]), str(entry["volume_id"]), str(entry["status"]))


def _sorted_by_volume(attachments: dict[str, list[Attachment]]) -> dict[str, list[Attachment]]:
    return {
        server: sorted(own, key=lambda attachment: (attachment.volume_id, attachment.id))
        for server, own in attachments.items()
    }


def _volume_of(entry: Mapping[str, Any]) -> Volume:
    hosts = {attachment["attachment_id"]: attachment.get("host_name") for attachment in entry["attachments"]}
    return Volume(str(entry["id"]), str(entry["status"]), hosts)


def _within(
    most: int, pages: Iterator[list[T]], *, enough: Callable[[list[T]], bool] = lambda _found: False
) -> list[T] | None:
    """Return the entries of all pages. Return None if there are more than ``most`` pages."""
    found: list[T] = []
    for number, page in enumerate(pages):
        if number == most:
            return None
        found += page
        if enough(found):
            break
    return found
