# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volumes and ports of the fake cloud: the answers of Cinder and Neutron, and what a migration changes in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.tests.unit.plugins.nova_answers import CREATED, PROJECT, id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from werkzeug import Request, Response

Json = dict[str, Any]
Answer = tuple[int, Json]

_NOT_FOUND: Answer = (404, {"itemNotFound": {"code": 404, "message": "The resource could not be found."}})


def _fields(entry: Mapping[str, Any], wanted: Iterable[str]) -> Json:
    names = list(wanted)
    return {key: value for key, value in entry.items() if not names or key in names}


class FakeVolumes:
    """The volumes, and their attachments in Cinder and in Nova."""

    def __init__(self) -> None:
        self.volumes: dict[str, Json] = {}
        self.attachments: list[Json] = []
        # The attachment that Nova uses, by server and volume.
        self.nova: dict[tuple[str, str], str] = {}
        self.admin = True
        # Whether a policy forbids the requests of the user.
        self.forbidden = False
        self.page_size = 1000
        self._count = 0

    def add(self, server: Json, status: str = "in-use") -> Json:
        """Attach a new volume to the server on its present host."""
        number = len(self.volumes) + 1
        volume: Json = {"id": id_of("volume", str(number)), "name": f"volume-{number}", "status": status, "size": 1}
        self.volumes[volume["id"]] = volume
        shown = {"id": volume["id"], "delete_on_termination": False}
        server["os-extended-volumes:volumes_attached"] = [
            *server.get("os-extended-volumes:volumes_attached", []),
            shown,
        ]
        self.attach(server, volume["id"], server["host"])
        return volume

    def attach(self, server: Json, volume_id: str, host: str, status: str = "attached") -> Json:
        """Create an attachment, and store it in Nova."""
        attachment = self.add_attachment(server, volume_id, host, status)
        self.nova[server["id"], volume_id] = attachment["id"]
        return attachment

    def add_attachment(self, server: Json, volume_id: str, host: str, status: str = "attached") -> Json:
        """Create an attachment that Nova does not know."""
        self._count += 1
        attachment = {
            "id": id_of("attachment", str(self._count)),
            "instance": server["id"],
            "volume_id": volume_id,
            "status": status,
            "host": host,
        }
        self.attachments.append(attachment)
        return attachment

    def of(self, server: Json) -> list[Json]:
        return [one for one in self.attachments if one["instance"] == server["id"]]

    # What Nova does during a migration

    def prepare(self, server: Json, target: str) -> None:
        """Attach each volume also on the destination."""
        for one in self.of(server):
            self.attach(server, one["volume_id"], target)

    def leave(self, server: Json, host: str) -> None:
        """Delete the attachments on a host. Nova uses the other attachments."""
        self.attachments = [one for one in self.attachments if one["instance"] != server["id"] or one["host"] != host]
        for one in self.of(server):
            self.nova[server["id"], one["volume_id"]] = one["id"]

    # Cinder's API

    def answer(self, request: Request, rest: str) -> Answer:
        path = rest.strip("/")
        if not path or path == "v3":
            links = [{"rel": "self", "href": f"{request.host_url}volume/v3/"}]
            version = {"id": "v3.0", "status": "CURRENT", "version": "3.71", "min_version": "3.0", "links": links}
            return (300 if not path else 200), {"versions": [version]}
        if self.forbidden:
            return 403, {"forbidden": {"code": 403, "message": "Policy doesn't allow this to be performed."}}
        path = path.removeprefix("v3/")
        if path == "attachments":
            return self._list_attachments(request)
        if path == "volumes/detail":
            views = [self._volume_view(volume) for volume in self.volumes.values()]
            page, more = self._page(request, views)
            return 200, {"volumes": page, **({"volumes_links": [{"rel": "next", "href": "more"}]} if more else {})}
        found = re.fullmatch("volumes/([^/]+)", path)
        volume = found and self.volumes.get(found[1])
        return (200, {"volume": self._volume_view(volume)}) if volume else _NOT_FOUND

    def _list_attachments(self, request: Request) -> Answer:
        wanted = request.args.get("instance_id")
        shown = ("id", "instance", "volume_id", "status")
        found = [_fields(one, shown) for one in self.attachments if wanted in (None, one["instance"])]
        return 200, {"attachments": self._page(request, found)[0]}

    def _page(self, request: Request, entries: list[Json]) -> tuple[list[Json], bool]:
        marker = request.args.get("marker")
        start = [one["id"] for one in entries].index(marker) + 1 if marker else 0
        size = min(self.page_size, int(request.args.get("limit", self.page_size)))
        return entries[start : start + size], len(entries) > start + size

    def _volume_view(self, volume: Json) -> Json:
        attachments = [
            {
                "attachment_id": one["id"],
                "id": one["volume_id"],
                "volume_id": one["volume_id"],
                "server_id": one["instance"],
                "host_name": one["host"] if self.admin else None,
                "device": "/dev/vda",
                "attached_at": CREATED,
            }
            for one in self.attachments
            if one["volume_id"] == volume["id"] and one["status"] == "attached"
        ]
        return {"os-vol-tenant-attr:tenant_id": PROJECT, "multiattach": False, **volume, "attachments": attachments}

    # Nova's API

    def of_server(self, server: Json) -> Json:
        found = [
            {
                "id": volume,
                "volumeId": volume,
                "serverId": server["id"],
                "attachment_id": attachment,
                "bdm_uuid": id_of("bdm", volume),
                "device": "/dev/vda",
                "tag": None,
                "delete_on_termination": False,
            }
            for (owner, volume), attachment in self.nova.items()
            if owner == server["id"]
        ]
        return {"volumeAttachments": found}


class FakePorts:
    """The ports of servers, and the bindings of the ports."""

    def __init__(self) -> None:
        self.ports: dict[str, Json] = {}
        # The bindings, by port: the host and the status.
        self.bindings: dict[str, dict[str, str]] = {}
        self.admin = True
        self.page_size = 1000

    def add(self, server: Json, status: str = "ACTIVE") -> Json:
        """Create a port that is bound to the present host of the server."""
        number = len(self.ports) + 1
        port = {
            "id": id_of("port", str(number)),
            "name": "",
            "device_id": server["id"],
            "device_owner": "compute:nova",
            "status": status,
        }
        self.ports[port["id"]] = port
        self.bindings[port["id"]] = {server["host"]: "ACTIVE"}
        fixed = {"addr": f"192.0.2.{number}", "version": 4, "OS-EXT-IPS:type": "fixed"}
        addresses = server.setdefault("addresses", {})
        addresses["private"] = [*addresses.get("private", []), fixed]
        return port

    def of(self, server: Json) -> list[Json]:
        return [port for port in self.ports.values() if port["device_id"] == server["id"]]

    # What Nova does during a migration

    def prepare(self, server: Json, target: str) -> None:
        """Bind each port also to the destination. This binding is INACTIVE."""
        for port in self.of(server):
            self.bindings[port["id"]][target] = "INACTIVE"

    def switch(self, server: Json, target: str) -> None:
        """Activate the binding to a host, and delete the other bindings."""
        for port in self.of(server):
            self.bindings[port["id"]] = {target: "ACTIVE"}

    def roll_back(self, server: Json) -> None:
        """Delete the INACTIVE bindings."""
        for port in self.of(server):
            kept = {host: status for host, status in self.bindings[port["id"]].items() if status == "ACTIVE"}
            self.bindings[port["id"]] = kept

    # Neutron's API

    def answer(self, request: Request, path: str, page: Callable[[list[Json]], Response]) -> Response | Answer:
        found = re.fullmatch("ports/([^/]+)/bindings", path)
        if found is None:
            owners, fields = request.args.getlist("device_id"), request.args.getlist("fields")
            listed = [port for port in self.ports.values() if not owners or port["device_id"] in owners]
            return page([_fields(self._view(port), fields) for port in listed])
        bindings = self.bindings.get(found[1]) if self.admin else None
        if bindings is None:
            message = f"Port {found[1]} could not be found."
            return 404, {"NeutronError": {"type": "PortNotFound", "message": message, "detail": ""}}
        views = [
            {"host": host, "status": status, "vif_type": "tap", "vnic_type": "normal", "profile": {}, "vif_details": {}}
            for host, status in bindings.items()
        ]
        return 200, {"bindings": views}

    def _view(self, port: Json) -> Json:
        bound = self.bindings[port["id"]].items()
        host = next((host for host, status in bound if status == "ACTIVE"), "")
        return {**port, **({"binding:host_id": host} if self.admin else {})}
