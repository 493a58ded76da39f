# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.
"""Read the facts about servers that the rules of this package judge. No request changes the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    ForbiddenError,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import FILE_SHARES, nova_releases
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import (
    MoveContext,
    ServerFacts,
)
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.client import BlockStorage
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.client import Networking
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port

_ATTACHED = "os-extended-volumes:volumes_attached"
# The names of Manila in the catalog (https://service-types.openstack.org/service-types.json)
_MANILA = ("shared-file-system", "sharev2", "share")
# Nova shows file shares only with one request for each server, so the reader does not ask for more servers.
_MOST_READ = 500


@dataclass(frozen=True)
class Attached:
    """The ports, volumes and file shares of servers, by server id. None means unknown."""

    ports: Mapping[str, Sequence[Port]] | None = None
    # The compute hosts of the attachments of a server, by volume id
    attachments: Mapping[str, Mapping[str, Sequence[str]]] | None = None
    # The number of file shares
    shares: Mapping[str, int] | None = None


class FactsReader:
    """Reads the facts about many servers with few requests."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._networking = Networking(cloud)
        self._storage = BlockStorage(cloud)
        # Messages about facts that the user may not read.
        self.unknown: list[str] = []
        self._images: dict[str, Mapping[str, Any] | None] = {}

    def context(self, *, block_migration: str | bool = "auto", cold_allowed: bool = True) -> MoveContext:
        """Return the cloud, the user and the options of the moves."""
        identity = self.cloud.identity()
        # Some authentication plugins use no tokens, so the roles are not known.
        is_admin = identity.user_id is None or "admin" in identity.roles
        return MoveContext(nova_releases(self.cloud.microversions.newest), is_admin, block_migration, cold_allowed)

    def facts_of(
        self,
        raw: Mapping[str, Any],
        attached: Attached | None = None,
        *,
        cold_record: Mapping[str, Any] | None = None,
        read_image: bool = True,
    ) -> ServerFacts:
        """Return the facts about one server in the format of Nova's API.

        Without ``attached``, the ports, volumes and file shares are unknown.
        With ``read_image``, the reader asks Glance for image properties that Nova does not return.
        """
        image = raw.get("image") or {}
        known = attached or Attached()
        return ServerFacts(
            nova_servers.view(raw),
            raw.get("flavor") or {},
            self._properties_of(image, read_image=read_image),
            from_volume=not image,
            ports=None if known.ports is None else known.ports.get(raw["id"], ()),
            attachments=None if known.attachments is None else known.attachments.get(raw["id"], {}),
            shares=None if known.shares is None else known.shares.get(raw["id"], 0),
            cold_record=cold_record,
        )

    def _properties_of(self, image: Mapping[str, Any], *, read_image: bool) -> Mapping[str, Any] | None:
        """Return the properties of an image. Since microversion 2.98, Nova returns them with the server."""
        if "properties" in image:
            return dict(image["properties"])
        image_id = str(image.get("id") or "")
        if not image_id or not read_image:
            return None
        if image_id not in self._images:
            self._images[image_id] = self._read_image(image_id)
        return self._images[image_id]

    def _read_image(self, image_id: str) -> Mapping[str, Any] | None:
        try:
            return dict(self.cloud.read("image", f"/images/{image_id}", f"Reading the image {image_id}"))
        except (NotFoundError, ForbiddenError, CatalogError) as error:
            self.note(f"The properties of the image {image_id} are unknown: {error.failure.message}")
            return None

    # Ports and volumes

    def ports_of(
        self, raw_servers: Sequence[Mapping[str, Any]], *, whole_cloud: bool = False
    ) -> dict[str, list[Port]] | None:
        """Return the ports of servers by server id, or None if the user may not list them.

        With ``whole_cloud``, the reader lists all ports of the cloud instead of the ports of these servers.
        """
        # A server without addresses has no ports. With `networks: none`, no server has ports.
        ids = [str(raw["id"]) for raw in raw_servers if raw.get("addresses")]
        if not ids:
            return {}
        found = self._networking.all_ports() if whole_cloud else self._networking.ports_of(ids)
        if found is None:
            self.note(f"The ports of the servers are unknown: {self._networking.hidden}")
        return found

    def attachments_of(self, raw_servers: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, list[str]]] | None:
        """Return the hosts of the volume attachments, by server id and volume id. Return None if they are unknown.

        The reader lists all volumes of the cloud.
        """
        if not any(raw.get(_ATTACHED) for raw in raw_servers):
            return {}
        found = self._storage.hosts_of_servers()
        if found is None:
            self.note(f"The volume attachments of the servers are unknown: {self._storage.hidden}")
        return found

    def shares_of(self, raw_servers: Iterable[Mapping[str, Any]]) -> dict[str, int] | None:
        """Return the number of file shares of servers by server id, or None if they are unknown.

        Only a cloud with Manila and microversion 2.97 has file shares. The method sends one request for each server
        (https://docs.openstack.org/api-ref/compute/#list-share-attachments).
        """
        ids = [str(raw["id"]) for raw in raw_servers]
        if not ids or not self.cloud.microversions.offers(FILE_SHARES) or not self.cloud.has_service(_MANILA):
            return {}
        if len(ids) > _MOST_READ:
            self.note(
                f"The file shares of the servers are unknown. Nova shows them with one request for each server, and"
                f" the plan has more than {_MOST_READ} servers. Name fewer hosts."
            )
            return None
        try:
            found = call_concurrently([partial(self._shares_of, one) for one in ids])
        except ForbiddenError as error:
            self.note(f"The file shares of the servers are unknown: {error.failure.message}")
            return None
        return dict(zip(ids, found, strict=True))

    def _shares_of(self, server: str) -> int:
        what = f"Listing the file shares of server {server}"
        found = self.cloud.find(f"/servers/{server}/shares", what, need=FILE_SHARES)
        # A server that was deleted since the list was read has no shares.
        return 0 if found is None else len(found.objects("shares"))

    def note(self, text: str) -> None:
        if text not in self.unknown:
            self.unknown.append(text)
