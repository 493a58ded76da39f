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
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.client import BlockStorage
from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import attached_volumes
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.client import Networking
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import AttachedVolume, Attachment
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port


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

    def volumes_of(self, servers: Sequence[Mapping[str, Any]]) -> dict[str, tuple[AttachedVolume, ...]] | None:
        """Return the volumes of servers with their attachments, by server id.

        Return None if the user may not read attachments. A server that Nova deleted in the meantime is not in the
        result.
        """
        if not servers:
            return {}
        ids = [server["id"] for server in servers]
        attachments = self._block_storage.attachments_of(ids, all_projects=self._all_projects)
        if attachments is None:
            return None
        listed = {server["id"]: self._listed_by_nova(server) for server in servers}
        wanted = {volume for nova in listed.values() for volume in nova or ()}
        wanted |= {attachment.volume_id for found in attachments.values() for attachment in found}
        volumes = self._block_storage.volumes(sorted(wanted), all_projects=self._all_projects)
        return {
            server_id: attached_volumes(nova, attachments[server_id], volumes)
            for server_id, nova in listed.items()
            if nova is not None
        }

    def _listed_by_nova(self, server: Mapping[str, Any]) -> dict[str, str | None] | None:
        try:
            return nova_servers.volume_attachments(self._cloud, server["id"])
        except NotFoundError:
            return None
        except ForbiddenError:
            return dict.fromkeys(server["volumes"])

    def ports_of(self, servers: Sequence[str]) -> dict[str, list[Port]] | None:
        """Return the ports of servers with their bindings, by server id. Return None if the user may not read ports."""
        ports = self._networking.ports_of(servers) if servers else {}
        if ports is None:
            return None
        return {server: [self._with_bindings(port) for port in found] for server, found in ports.items()}

    def _with_bindings(self, port: Port) -> Port:
        if port.host is None:
            # A user who may not see the host of a port may not read its bindings either.
            return port
        bindings = self._networking.bindings_of(port.id)
        return port if bindings is None else replace(port, bindings=tuple(bindings))
