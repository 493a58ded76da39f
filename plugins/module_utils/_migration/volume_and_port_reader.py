# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read the volumes and the ports of servers before and after their migrations.

One list contains the attachments of all servers, and another list contains their ports. The module sends no request for
servers without volumes and ports.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.client import BlockStorage
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import attached_volumes
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.client import Networking
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import AttachedVolume, Attachment
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Binding, Port


class VolumeAndPortReader:
    """Reads attachments from Cinder and Nova, and ports and bindings from Neutron."""

    def __init__(self, cloud: Cloud, *, all_projects: bool) -> None:
        self._cloud = cloud
        self._all_projects = all_projects
        self._block_storage = BlockStorage(cloud)
        self._networking = Networking(cloud)

    @property
    def warnings(self) -> list[str]:
        """Return a warning for each service that did not answer, so that its checks were not made."""
        problems = {"volume_attachments": self._block_storage.problem, "port_bindings": self._networking.problem}
        return [f"The check {name} was not made. {problem}" for name, problem in problems.items() if problem]

    # Before a migration

    def attachments_before(self, servers: Sequence[Mapping[str, Any]]) -> dict[str, list[Attachment]]:
        """Return the attachments of servers that have volumes, by server id. The result is empty if they are hidden."""
        ids = [server["id"] for server in servers if server["volumes"]]
        return (self._block_storage.attachments_of(ids, all_projects=self._all_projects) or {}) if ids else {}

    def ports_before(self, servers: Sequence[Mapping[str, Any]]) -> dict[str, list[Port]]:
        """Return the ports of servers that have addresses, by server id, without their bindings."""
        ids = [server["id"] for server in servers if server["addresses"]]
        return (self._networking.ports_of(ids) or {}) if ids else {}

    # After a migration

    def volumes_of(self, listed: Mapping[str, Sequence[str]]) -> dict[str, tuple[AttachedVolume, ...]] | None:
        """Return the volumes of servers with their attachments, by server id.

        ``listed`` contains the ids of the volumes that Nova lists for each server. Return None if the user may not read
        attachments. A server that Nova deleted in the meantime is not in the result.
        """
        if not listed or self._block_storage.hidden:
            return None if listed else {}
        known = sorted({volume for volumes in listed.values() for volume in volumes})
        reads: list[Callable[[], Any]] = [
            lambda: self._block_storage.attachments_of(list(listed), all_projects=self._all_projects),
            lambda: self._block_storage.volumes(known, all_projects=self._all_projects),
            *(partial(self._listed_by_nova, server_id, volumes) for server_id, volumes in listed.items()),
        ]
        attachments, volumes, *by_nova = call_concurrently(reads)
        if attachments is None:
            return None
        more = sorted({one.volume_id for found in attachments.values() for one in found}.difference(known))
        if more and volumes is not None:
            volumes |= self._block_storage.volumes(more, all_projects=self._all_projects) or {}
        return {
            server_id: attached_volumes(nova, attachments[server_id], volumes)
            for server_id, nova in zip(listed, by_nova, strict=True)
            if nova is not None
        }

    def _listed_by_nova(self, server_id: str, volumes: Sequence[str]) -> dict[str, str | None] | None:
        try:
            return nova_servers.volume_attachments(self._cloud, server_id)
        except NotFoundError:
            return None
        except ForbiddenError:
            return dict.fromkeys(volumes)

    def ports_of(self, known: Mapping[str, Sequence[Port]]) -> dict[str, tuple[Port, ...]] | None:
        """Return the ports of servers with their bindings, by server id. Return None if the user may not read ports.

        ``known`` contains the ports of each server before the migration. The bindings of these ports are read at the
        same time as the list of ports.
        """
        if not known or self._networking.hidden:
            return None if known else {}
        # A user who may not see the host of a port may not read its bindings either.
        before = [port.id for ports in known.values() for port in ports if port.host is not None]
        reads: list[Callable[[], Any]] = [lambda: self._networking.ports_of(list(known)), *self._binding_reads(before)]
        ports, *found = call_concurrently(reads)
        if ports is None:
            return None
        bindings = dict(zip(before, found, strict=True))
        more = [
            port.id for each in ports.values() for port in each if port.host is not None and port.id not in bindings
        ]
        bindings |= zip(more, call_concurrently(self._binding_reads(more)), strict=True)
        return {
            server_id: tuple(_with_bindings(port, bindings.get(port.id)) for port in each)
            for server_id, each in ports.items()
        }

    def _binding_reads(self, ports: Sequence[str]) -> list[Callable[[], list[Binding] | None]]:
        return [partial(self._networking.bindings_of, port) for port in ports]


def _with_bindings(port: Port, bindings: Sequence[Binding] | None) -> Port:
    return port if bindings is None else replace(port, bindings=tuple(bindings))
