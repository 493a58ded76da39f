# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read ports and their bindings from Neutron."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    BadRequestError,
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
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import INACTIVE, Binding, Port

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# A request names at most this many servers, because many proxies accept URLs of at most 8 KB.
SERVERS_PER_REQUEST = 100
# The number of characters of the hosts that such a request also names.
_HOST_CHARACTERS = 2500
_FIELDS = ("id", "device_id", "status", "binding:host_id", "binding:vnic_type", "binding:profile")
# The ports of servers have an owner with this prefix and the availability zone. Routers and DHCP also own ports.
_OWNED_BY_SERVER = "compute:"
# The number of ports on each page of the list of all ports.
_PAGE_SIZE = 1000


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

    def all_ports(self) -> dict[str, list[Port]] | None:
        """Return the ports of all servers that the user may see, by server id."""
        return self._if_visible(lambda: self._list({"limit": _PAGE_SIZE}, owner=_OWNED_BY_SERVER))

    def bindings_of(self, port: str) -> list[Binding] | None:
        """Return the bindings of a port, sorted by host. The list is empty if the port belongs to no server.

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
        except BadRequestError:
            # Neutron shows only the bindings of ports that belong to a server ("Operation only valid on compute and
            # shared filesystem ports").
            return []
        found = [Binding(str(entry["host"]), str(entry["status"])) for entry in body.objects("bindings")]
        return sorted(found, key=lambda binding: (binding.host, binding.status))

    def inactive_bindings(self, ports: Sequence[str]) -> dict[str, list[str]]:
        """Return the hosts with an INACTIVE binding of a port, by port. Other ports are not in the result.

        Outside of a live migration, a port has no INACTIVE binding. Neutron refuses a second binding on the same host,
        so a binding that a failed migration left prevents each later live migration to this host. The method sends one
        request for each port. The result is empty if the user may not read bindings.
        """
        found = call_concurrently([partial(self.bindings_of, port) for port in ports])
        hosts = {
            port: [binding.host for binding in bindings or () if binding.status == INACTIVE]
            for port, bindings in zip(ports, found, strict=True)
        }
        return {port: each for port, each in hosts.items() if each}

    def inactive_bindings_on(self, hosts: Iterable[str], ports: Mapping[str, Sequence[Port]]) -> dict[str, list[str]]:
        """Return the hosts with an INACTIVE binding of a port, by port, for many servers and few requests.

        ``ports`` are the ports of each server, by server id, as `ports_of` returns them. The method looks for bindings
        on ``hosts``. The result is empty if the user may not see host names.

        The filter `binding:host_id` of the list of ports selects ports with any binding on the host, ACTIVE or
        INACTIVE (Neutron, `plugins/ml2/plugin.py`, `_ml2_port_result_filter_hook`). One request thus finds the ports of
        up to 100 servers that have a binding on another host than their own. Only the bindings of these ports are read.
        """
        servers: dict[str, set[str]] = {}
        for server, own in ports.items():
            for port in own:
                if port.host is not None:
                    servers.setdefault(port.host, set()).add(server)
        suspects: set[str] = set()
        for host, selected in servers.items():
            others = [other for other in hosts if other != host]
            for named in _batches(others, _HOST_CHARACTERS):
                found = self._read_ports(sorted(selected), {"binding:host_id": named})
                suspects.update(port.id for own in found.values() for port in own)
        return self.inactive_bindings(sorted(suspects))

    def _read_ports(self, servers: Sequence[str], also: Mapping[str, Any] | None = None) -> dict[str, list[Port]]:
        found: dict[str, list[Port]] = {server: [] for server in servers}
        for start in range(0, len(servers), SERVERS_PER_REQUEST):
            found |= self._list({"device_id": list(servers[start : start + SERVERS_PER_REQUEST]), **(also or {})})
        return found

    def _list(self, query: dict[str, Any], owner: str = "") -> dict[str, list[Port]]:
        """Return the ports that match the filters and whose owner starts with ``owner``."""
        found: dict[str, list[Port]] = {}
        params = {**query, "fields": [*_FIELDS, "device_owner"]}
        pages = self._cloud.each_page(
            "/ports", "ports", "Listing the ports", params=params, service="network", retry_seconds=RETRY_SECONDS
        )
        for entry in chain.from_iterable(pages):
            if entry["device_id"] and str(entry.get("device_owner")).startswith(owner):
                found.setdefault(str(entry["device_id"]), []).append(_port_of(entry))
        for ports in found.values():
            ports.sort(key=lambda port: port.id)
        return found


def _batches(names: Iterable[str], characters: int) -> list[list[str]]:
    """Return the names in lists that have at most this number of characters in the query of a URL."""
    batches: list[list[str]] = []
    left = 0
    for name in names:
        size = len(f"&binding%3Ahost_id={quote(name)}")
        if not batches or size > left:
            batches.append([])
            left = characters
        batches[-1].append(name)
        left -= size
    return batches


def _port_of(entry: Mapping[str, Any]) -> Port:
    profile = entry.get("binding:profile") or {}
    return Port(
        str(entry["id"]),
        str(entry["status"]),
        entry.get("binding:host_id"),
        vnic_type=str(entry.get("binding:vnic_type") or "normal"),
        migrating_to=profile.get("migrating_to"),
    )
