# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volumes and ports of the fake cloud: the answers of Cinder and Neutron, and what a migration changes in them."""

from __future__ import annotations

import ast
import re
import uuid
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
        self.types = ["__DEFAULT__", "fast"]
        # By name: the limit, and the amount in use.
        self.quota: dict[str, tuple[int, int]] = {"volumes": (10, 0), "gigabytes": (1000, 0)}
        # Whether Nova deletes the volumes of a server but leaves their attachments.
        self.leaves_attachments = False
        # The status of a volume after its deletion. Usually, the volume no longer exists.
        self.status_after_deletion: str | None = None
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

    # What Nova does at the boot and at the deletion of a server

    def create(self, server: Json, devices: list[Json]) -> None:
        for device in devices:
            if device["destination_type"] != "volume":
                continue
            volume = self.add(server)
            image = device["source_type"] == "image"
            volume |= {
                "name": "" if image else f"{server['id']}-blank-vol",
                "size": device["volume_size"],
                "volume_type": device.get("volume_type", "__DEFAULT__"),
                "bootable": str(image).lower(),
            }
            server["os-extended-volumes:volumes_attached"][-1]["delete_on_termination"] = True

    def set_delete_on_termination(self, server: Json, volume_id: str, *, delete: bool) -> bool:
        for shown in server.get("os-extended-volumes:volumes_attached", []):
            if shown["id"] == volume_id:
                shown["delete_on_termination"] = delete
                return True
        return False

    def delete_with(self, server: Json) -> None:
        for shown in server.get("os-extended-volumes:volumes_attached", []):
            self.nova.pop((server["id"], shown["id"]), None)
            if self.leaves_attachments:
                continue
            self.attachments = [one for one in self.attachments if one["volume_id"] != shown["id"]]
            self.volumes[shown["id"]]["status"] = "available"
            if shown["delete_on_termination"]:
                self._delete(shown["id"])

    def _delete(self, volume_id: str) -> None:
        if self.status_after_deletion is None:
            del self.volumes[volume_id]
        else:
            self.volumes[volume_id]["status"] = self.status_after_deletion

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

    def answer(self, request: Request, rest: str, body: Any = None) -> Answer:
        path = rest.strip("/")
        if not path or path == "v3":
            links = [{"rel": "self", "href": f"{request.host_url}volume/v3/"}]
            version = {"id": "v3.0", "status": "CURRENT", "version": "3.71", "min_version": "3.0", "links": links}
            return (300 if not path else 200), {"versions": [version]}
        if self.forbidden:
            return 403, {"forbidden": {"code": 403, "message": "Policy doesn't allow this to be performed."}}
        path = path.removeprefix("v3/")
        if request.method in ("PUT", "DELETE"):
            return self._change(request.method, path, body)
        lists = {
            "attachments": self._list_attachments,
            "volumes/detail": self._list_volumes,
            "types": self._list_types,
            f"os-quota-sets/{PROJECT}": self._show_quota,
        }
        if path in lists:
            return lists[path](request)
        volume = self.volumes.get(path.removeprefix("volumes/"))
        return (200, {"volume": self._volume_view(volume)}) if volume else _NOT_FOUND

    def _list_volumes(self, request: Request) -> Answer:
        wanted = ast.literal_eval(request.args.get("metadata", "{}"))
        views = [
            self._volume_view(volume)
            for volume in self.volumes.values()
            if wanted.items() <= volume.get("metadata", {}).items()
        ]
        page, more = self._page(request, views)
        return 200, {"volumes": page, **({"volumes_links": [{"rel": "next", "href": "more"}]} if more else {})}

    def _list_types(self, _request: Request) -> Answer:
        return 200, {"volume_types": [{"id": id_of("type", name), "name": name} for name in self.types]}

    def _show_quota(self, _request: Request) -> Answer:
        sets = {
            name: {"limit": limit, "in_use": used, "reserved": 0, "allocated": 0}
            for name, (limit, used) in self.quota.items()
        }
        return 200, {"quota_set": {"id": PROJECT, **sets}}

    def _change(self, method: str, path: str, body: Any) -> Answer:
        kind, _slash, name = path.partition("/")
        if kind == "attachments":
            deleted = [one for one in self.attachments if one["id"] == name]
            self.attachments = [one for one in self.attachments if one["id"] != name]
            for one in deleted:
                self.volumes[one["volume_id"]]["status"] = "available"
            return (200, {"attachments": []}) if deleted else _NOT_FOUND
        volume = self.volumes.get(name)
        if volume is None:
            return _NOT_FOUND
        if method == "PUT":
            volume |= body["volume"]
            return 200, {"volume": self._volume_view(volume)}
        if volume["status"] not in ("available", "error"):
            message = f"Invalid volume: Volume status must be available or error, but is {volume['status']}."
            return 400, {"badRequest": {"code": 400, "message": message}}
        self._delete(name)
        return 202, {}

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
        shown = {"os-vol-tenant-attr:tenant_id": PROJECT, "multiattach": False, "metadata": {}, "bootable": "false"}
        return {**shown, **volume, "attachments": attachments}

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
        self.security_groups = ["default", "ping"]
        self.cidr = "192.0.2.0/24"
        # The limit of ports, and the used number. None if the user may not read the quota.
        self.quota: tuple[int, int] | None = (100, 0)
        # Whether a request that creates a port can contain its tags.
        self.tag_creation = True
        # Whether Neutron ignores these tags.
        self.ignores_tags = False

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
        self._bind(server, port, number)
        return port

    def attach(self, server: Json, port: Json) -> None:
        """Attach a port that no server uses."""
        port |= {"device_id": server["id"], "device_owner": "compute:nova", "status": "ACTIVE"}
        self._bind(server, port, len(self.ports))

    def _bind(self, server: Json, port: Json, number: int) -> None:
        self.bindings[port["id"]] = {server["host"]: "ACTIVE"}
        mac = {"OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:00:00:01"}
        fixed = {"addr": f"192.0.2.{number}", "version": 4, "OS-EXT-IPS:type": "fixed", **mac}
        server["security_groups"] = [{"name": "default"}]
        addresses = server.setdefault("addresses", {})
        addresses["private"] = [*addresses.get("private", []), fixed]

    def add_free(self, **values: Any) -> Json:
        """Create a port that no server uses."""
        number = len(self.ports) + 1
        port = {
            "id": str(uuid.UUID(int=number)),
            "name": "",
            "device_id": "",
            "device_owner": "",
            "status": "DOWN",
            **values,
        }
        self.ports[port["id"]] = port
        self.bindings[port["id"]] = {}
        return port

    # What Nova does at the boot and at the deletion of a server

    def create_for(self, server: Json, networks: list[Json]) -> None:
        for wanted in networks:
            port = self.ports[wanted["port"]] if "port" in wanted else self.add(server)
            if "uuid" in wanted:
                port |= {"network_id": wanted["uuid"], "created_by_nova": True}
            port |= {"device_id": server["id"], "device_owner": "compute:nova", "status": "ACTIVE"}
            self.bindings[port["id"]] = {server["host"]: "ACTIVE"}

    def delete_with(self, server: Json) -> None:
        for port in self.of(server):
            if port.get("created_by_nova"):
                del self.ports[port["id"]]
            else:
                port |= {"device_id": "", "device_owner": ""}

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

    # The resources besides ports that this class answers
    OTHER_RESOURCES = ("security-groups", "subnets", "extensions", "quotas")

    def other(self, request: Request, path: str) -> Answer:
        kind, _slash, name = path.partition("/")
        if kind == "security-groups":
            groups = [{"id": id_of("security group", one), "name": one} for one in self.security_groups]
            return 200, {"security_groups": [one for one in groups if request.args.get("id") in (None, one["id"])]}
        if kind == "subnets":
            return 200, {"subnets": [{"id": id_of("subnet", self.cidr), "cidr": self.cidr}]}
        if kind == "extensions" and self.tag_creation:
            return 200, {"extension": {"alias": name}}
        if kind == "quotas" and self.quota is not None:
            limit, used = self.quota
            return 200, {"quota": {"port": {"limit": limit, "used": used, "reserved": 0}}}
        return 404, {"NeutronError": {"type": "NotFound", "message": "not found", "detail": ""}}

    def _change(self, method: str, path: str, body: Any) -> Answer:
        parts = path.split("/")
        if method == "POST":
            assert "tags" not in body["port"] or self.tag_creation
            if self.ignores_tags:
                body["port"].pop("tags", None)
            addresses = [{"subnet_id": id_of("subnet", self.cidr), "ip_address": f"192.0.2.{100 + len(self.ports)}"}]
            return 201, {"port": self._view(self.add_free(**{"fixed_ips": addresses, **body["port"]}))}
        port = self.ports.get(parts[1])
        if port is None:
            return 404, {"NeutronError": {"type": "PortNotFound", "message": "not found", "detail": ""}}
        if method == "PUT":
            port["tags"] = body["tags"]
            return 200, body
        del self.ports[parts[1]]
        return 204, {}

    def _wanted(self, port: Json, request: Request) -> bool:
        """Return whether the port matches the filters of the request."""
        for name in ("id", "network_id"):
            if name in request.args and port[name] not in request.args.getlist(name):
                return False
        tags = [tag for tag in request.args.get("tags", "").split(",") if tag]
        addresses = [fixed["ip_address"] for fixed in port["fixed_ips"]]
        address = request.args.get("fixed_ips", "").removeprefix("ip_address=")
        return set(tags) <= set(port["tags"]) and (not address or address in addresses)

    def answer(
        self, request: Request, path: str, page: Callable[[list[Json]], Response], body: Any = None
    ) -> Response | Answer:
        if request.method != "GET":
            return self._change(request.method, path, body)
        found = re.fullmatch("ports/([^/]+)/bindings", path)
        if found is None:
            owners, fields = request.args.getlist("device_id"), request.args.getlist("fields")
            hosts = set(request.args.getlist("binding:host_id"))
            listed = [
                port
                for port in self.ports.values()
                # Neutron compares the filter with each binding of the port, and not only with the ACTIVE one.
                if (not owners or port["device_id"] in owners) and (not hosts or hosts & set(self.bindings[port["id"]]))
            ]
            views = [view for view in map(self._view, listed) if self._wanted(view, request)]
            return page([_fields(view, fields) for view in views])
        bindings = self.bindings.get(found[1]) if self.admin else None
        if bindings is None:
            message = f"Port {found[1]} could not be found."
            return 404, {"NeutronError": {"type": "PortNotFound", "message": message, "detail": ""}}
        if not self.ports[found[1]]["device_owner"].startswith("compute:"):
            message = f"Bad port request: Invalid port {found[1]}. Operation only valid on compute ports."
            return 400, {"NeutronError": {"type": "BadPortRequest", "message": message, "detail": ""}}
        views = [
            {"host": host, "status": status, "vif_type": "tap", "vnic_type": "normal", "profile": {}, "vif_details": {}}
            for host, status in bindings.items()
        ]
        return 200, {"bindings": views}

    def _view(self, port: Json) -> Json:
        bound = self.bindings[port["id"]].items()
        host = next((host for host, status in bound if status == "ACTIVE"), "")
        shown = {"network_id": id_of("network", "private"), "fixed_ips": [], "tags": [], "binding:vnic_type": "normal"}
        view = {**shown, **port, **({"binding:host_id": host} if self.admin else {})}
        view.pop("created_by_nova", None)
        return view
