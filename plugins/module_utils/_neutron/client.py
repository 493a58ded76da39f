# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read ports and their bindings from Neutron."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CatalogError,
    CloudError,
    ForbiddenError,
    NotFoundError,
    ServiceError,
    UnreachableError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.restricted_service import (
    RETRY_SECONDS,
    RestrictedService,
)
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Binding, Port

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# A request names at most this many servers, because many proxies accept URLs of at most 8 KB.
SERVERS_PER_REQUEST = 100
_FIELDS = ("id", "device_id", "status", "binding:host_id")


class Networking(RestrictedService):
    """Reads ports and bindings from Neutron.

    By default, members and readers of a project may read ports, and only administrators may read the hosts and the
    bindings of ports. A method returns None if the user may not read the values, or if the cloud has no Neutron
    service. The attributes `hidden` and `bindings_hidden` then contain the reason.
    """

    hiding_errors: ClassVar[tuple[type[CloudError], ...]] = (
        ForbiddenError,
        CatalogError,
        ServiceError,
        UnreachableError,
    )

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.bindings_hidden: str | None = None

    def ports_of(self, servers: Sequence[str]) -> dict[str, list[Port]] | None:
        """Return the ports of several servers, by server id. Each list is sorted by the id of the port.

        One request reads the ports of up to 100 servers. The source of the API is
        https://docs.openstack.org/api-ref/network/v2/#list-ports.
        """
        return self._if_visible(lambda: self._read_ports(servers))

    def bindings_of(self, port: str) -> list[Binding] | None:
        """Return the bindings of a port, sorted by host.

        The source of the API is https://docs.openstack.org/api-ref/network/v2/#list-bindings-of-a-port.
        """
        if self.bindings_hidden is not None:
            return None
        try:
            what = f"Reading the bindings of port {port}"
            body = self._cloud.read("network", f"/ports/{port}/bindings", what, retry_seconds=RETRY_SECONDS)
        except self.hiding_errors as error:
            self.bindings_hidden = error.failure.message
            return None
        except NotFoundError:
            # Neutron answers HTTP 404 if the user may not read bindings, and if the port was deleted.
            return None
        found = [Binding(str(entry["host"]), str(entry["status"])) for entry in body.objects("bindings")]
        return sorted(found, key=lambda binding: (binding.host, binding.status))

    def _read_ports(self, servers: Sequence[str]) -> dict[str, list[Port]]:
        found: dict[str, list[Port]] = {server: [] for server in servers}
        for start in range(0, len(servers), SERVERS_PER_REQUEST):
            query = {"device_id": list(servers[start : start + SERVERS_PER_REQUEST]), "fields": list(_FIELDS)}
            pages = self._cloud.each_page(
                "/ports", "ports", "Listing the ports", params=query, service="network", retry_seconds=RETRY_SECONDS
            )
            for entry in chain.from_iterable(pages):
                port = Port(str(entry["id"]), str(entry["status"]), entry.get("binding:host_id"))
                found.setdefault(entry["device_id"], []).append(port)
        for ports in found.values():
            ports.sort(key=lambda port: port.id)
        return found
