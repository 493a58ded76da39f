# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pure: the objects in the answers of Nova and Placement.

A test sets some keys of an object. Each function adds the other keys of the release 2026.2, at the microversions that
this collection requests. tests/samples compares the results with a real Nova.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = dict[str, Any]

PROJECT = "0f1c2d3e4b5a69788796a5b4c3d2e1f0"
USER = "5d0f1a2b3c4d5e6f708192a3b4c5d6e7"
CREATED = "2026-01-01T00:00:00.000000"
# An error of Nova has this key. The key depends on the HTTP status. Other statuses have the key "computeFault".
_ERRORS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    409: "conflictingRequest",
    429: "overLimit",
}
# In these statuses Nova shows the progress of a server.
_WITH_PROGRESS = ("ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE", "MIGRATING")
# In these statuses Nova shows the fault of a server.
_WITH_FAULT = ("ERROR", "DELETED")
_VM_STATES = {"BUILD": "building", "ERROR": "error", "VERIFY_RESIZE": "resized", "SHUTOFF": "stopped"}
_MIGRATION_HOSTS = ("dest_compute", "dest_host", "dest_node", "source_compute", "source_node")
_PROGRESS = ("memory_total_bytes", "memory_processed_bytes", "memory_remaining_bytes")
_DISK_PROGRESS = ("disk_total_bytes", "disk_processed_bytes", "disk_remaining_bytes")
# The collection lists many servers with this microversion. Newer ones add the keys below.
OLD_SERVERS = (2, 3)
_NEWER_KEYS = frozenset(
    {
        "description",
        "host_status",
        "locked",
        "locked_reason",
        "pinned_availability_zone",
        "tags",
        "trusted_image_certificates",
    }
)


def id_of(kind: str, name: str) -> str:
    """Return the uuid of a resource. The same name always has the same uuid."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{name}"))


def links(path: str, *relations: str) -> list[Json]:
    return [{"rel": relation, "href": f"http://127.0.0.1/{path}"} for relation in relations or ("self", "bookmark")]


def error(status: int, message: str) -> Json:
    return {_ERRORS.get(status, "computeFault"): {"code": status, "message": message}}


def placement_error(status: int, title: str, detail: str, code: str | None = None) -> Json:
    """Return an error of Placement. Errors have a code since microversion 1.23."""
    entry = {"status": status, "title": title, "detail": detail, "request_id": f"req-{id_of('request', title)}"}
    return {"errors": [entry | ({"code": code} if code else {})]}


def server(stored: Mapping[str, Any], *, admin: bool, single: bool) -> Json:
    """Return a server as the user can read it.

    With `single`, the result is an answer for one server. Such an answer has more keys than a list.
    """
    status, host = stored.get("status"), stored.get("host")
    shown: Json = {
        "OS-DCF:diskConfig": "MANUAL",
        "OS-EXT-AZ:availability_zone": "nova",
        "OS-EXT-SRV-ATTR:hostname": str(stored.get("name", "")).replace("_", "-"),
        "OS-EXT-STS:power_state": 0 if status == "BUILD" else 1,
        "OS-EXT-STS:task_state": None,
        "OS-EXT-STS:vm_state": _VM_STATES.get(str(status), "active"),
        "OS-SRV-USG:launched_at": None if status in ("BUILD", "ERROR") else CREATED,
        "OS-SRV-USG:terminated_at": None,
        "accessIPv4": "",
        "accessIPv6": "",
        "addresses": {},
        "config_drive": "",
        "created": CREATED[:19] + "Z",
        "description": None,
        "flavor": {
            "original_name": "tiny",
            "ram": 64,
            "vcpus": 1,
            "disk": 1,
            "ephemeral": 0,
            "swap": 0,
            "extra_specs": {},
        },
        "hostId": f"hash-of-{host}",
        "image": {"id": id_of("image", "cirros"), "links": links("images", "bookmark")},
        "key_name": None,
        "links": links(f"servers/{stored.get('id')}"),
        "locked": False,
        "locked_reason": None,
        "metadata": {},
        "os-extended-volumes:volumes_attached": [],
        "pinned_availability_zone": None,
        "tags": [],
        "trusted_image_certificates": None,
        "updated": CREATED[:19] + "Z",
        "user_id": USER,
    }
    if admin:
        shown |= {
            "OS-EXT-SRV-ATTR:host": host,
            "OS-EXT-SRV-ATTR:hypervisor_hostname": host,
            "OS-EXT-SRV-ATTR:instance_name": "instance-00000001",
            "OS-EXT-SRV-ATTR:kernel_id": "",
            "OS-EXT-SRV-ATTR:launch_index": 0,
            "OS-EXT-SRV-ATTR:ramdisk_id": "",
            "OS-EXT-SRV-ATTR:reservation_id": stored.get("reservation_id"),
            "OS-EXT-SRV-ATTR:root_device_name": None if status == "BUILD" else "/dev/vda",
            "OS-EXT-SRV-ATTR:user_data": None,
            "host_status": "UP",
        }
    if single:
        shown["server_groups"] = []
    if status in _WITH_PROGRESS:
        shown["progress"] = 0
    hidden = {"host", "reservation_id"} | (set() if single else {"server_groups"})
    shown |= {key: value for key, value in stored.items() if key not in hidden}
    if status in _WITH_FAULT and "fault" in shown:
        shown["fault"] = {"code": 500, "created": CREATED[:19] + "Z", "message": "", **shown["fault"]}
        if admin:
            shown["fault"].setdefault("details", "Traceback (most recent call last):\n")
    return shown


def old_server(shown: Mapping[str, Any]) -> Json:
    """Return a server as Nova shows it in a list until the microversion OLD_SERVERS."""
    old = {key: value for key, value in shown.items() if key not in _NEWER_KEYS}
    flavor = str((shown.get("flavor") or {}).get("original_name"))
    attached = [{"id": volume["id"]} for volume in shown["os-extended-volumes:volumes_attached"]]
    return {
        **old,
        "flavor": {"id": id_of("flavor", flavor), "links": links(f"flavors/{flavor}", "bookmark")},
        "os-extended-volumes:volumes_attached": attached,
    }


def new_server(server_id: str) -> Json:
    """Return the answer to a boot request without return_reservation_id."""
    return {
        "id": server_id,
        "links": links(f"servers/{server_id}", "self", "bookmark"),
        "OS-DCF:diskConfig": "MANUAL",
        "security_groups": [{"name": "default"}],
        "adminPass": "never-show-this",
    }


def migration(stored: Mapping[str, Any], *, hosts: bool) -> Json:
    """Return a record in the list of migrations.

    `hosts` states whether the user may read the compute hosts of the record.
    """
    shown = {
        "dest_host": "127.0.0.1" if stored["migration_type"] == "migration" and stored["dest_compute"] else None,
        "new_instance_type_id": 1,
        "old_instance_type_id": 1,
        "project_id": PROJECT,
        "user_id": USER,
        **stored,
    }
    running = stored["status"] in ("queued", "preparing", "running", "post-migrating")
    if stored["migration_type"] == "live-migration" and running:
        shown["links"] = links(f"servers/{stored['instance_uuid']}/migrations/{stored['id']}")
    return shown if hosts else shown | dict.fromkeys(_MIGRATION_HOSTS)


def migration_in_progress(stored: Mapping[str, Any], mebibytes: int | None) -> Json:
    """Return a record in the list of a server's migrations.

    The record contains the size that was copied. With None, Nova reports no size.
    """
    copied = dict.fromkeys((*_PROGRESS, *_DISK_PROGRESS), None if mebibytes is None else 0)
    if mebibytes is not None:
        copied |= dict(zip(_PROGRESS, (64 * 2**20, mebibytes * 2**20, 2**20), strict=True))
    record = migration(stored, hosts=True)
    record["updated_at"] = record["updated_at"] or record["created_at"]
    kept = (*_MIGRATION_HOSTS, "created_at", "id", "project_id", "status", "updated_at", "user_id", "uuid")
    return {**{key: record[key] for key in kept}, "server_uuid": stored["instance_uuid"], **copied}


def action(stored: Mapping[str, Any], server_id: str, *, admin: bool, single: bool) -> Json:
    """Return an instance action.

    With `single`, the action contains its events. Only administrators may read some parts of the events.
    """
    shown = {
        "instance_uuid": server_id,
        "message": None,
        "project_id": PROJECT,
        "updated_at": stored["start_time"],
        "user_id": USER,
        **stored,
    }
    if not single:
        shown.pop("events", None)
    elif shown["events"] is not None:
        shown["events"] = [_event(entry, admin=admin) for entry in shown["events"]]
    return shown


def _event(stored: Mapping[str, Any], *, admin: bool) -> Json:
    shown: Json = {"hostId": f"hash-of-{stored.get('host')}", "traceback": None, **stored}
    return shown if admin else {key: shown[key] for key in shown if key not in ("details", "host", "traceback")}


def service(stored: Mapping[str, Any]) -> Json:
    return {"disabled_reason": None, "forced_down": False, "updated_at": CREATED, **stored}


def hypervisor(stored: Mapping[str, Any], *, detail: bool) -> Json:
    shown = {
        "current_workload": 0,
        "disk_available_least": 40,
        "host_ip": "127.0.0.1",
        "local_gb": 41,
        "local_gb_used": 1,
        "memory_mb": 8192,
        "memory_mb_used": 512,
        **stored,
    }
    return shown if detail else {key: shown[key] for key in ("hypervisor_hostname", "id", "state", "status")}


def flavor(stored: Mapping[str, Any]) -> Json:
    return {
        "OS-FLV-DISABLED:disabled": False,
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "description": None,
        "extra_specs": {},
        "links": links(f"flavors/{stored['id']}"),
        "os-flavor-access:is_public": True,
        "rxtx_factor": 1.0,
        "swap": "",
        **stored,
    }


def embedded_flavor(stored: Mapping[str, Any]) -> Json:
    """Return the flavor in the details of a server."""
    kept = {name: stored[name] for name in ("ram", "vcpus", "disk")}
    specs = dict(stored.get("extra_specs") or {})
    return {"original_name": stored["name"], **kept, "ephemeral": 0, "swap": 0, "extra_specs": specs}


def attached_port(port: Mapping[str, Any]) -> Json:
    return {
        "fixed_ips": [{"ip_address": "192.0.2.1", "subnet_id": id_of("subnet", "private")}],
        "mac_addr": "fa:16:3e:00:00:01",
        "net_id": id_of("network", "private"),
        "port_id": port["id"],
        "port_state": "DOWN",
        "tag": None,
    }


def server_group(stored: Mapping[str, Any]) -> Json:
    shown = {"members": [], "policy": "soft-anti-affinity", "project_id": PROJECT, "rules": {}, "user_id": USER}
    return {**shown, **stored}


def aggregate(stored: Mapping[str, Any]) -> Json:
    return {
        "availability_zone": None,
        "created_at": CREATED,
        "deleted": False,
        "deleted_at": None,
        "id": 1,
        "name": "aggregate",
        "updated_at": None,
        **stored,
    }


def key_pair(stored: Mapping[str, Any], *, single: bool) -> Json:
    shown = {
        "fingerprint": "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
        "public_key": "ssh-rsa AAAA",
        "type": "ssh",
        **stored["keypair"],
    }
    if single:
        shown |= {"created_at": CREATED, "deleted": False, "deleted_at": None, "id": 1, "updated_at": None}
        shown["user_id"] = USER
    return {"keypair": shown}


def limits(stored: Mapping[str, Any]) -> Json:
    absolute = {
        "maxServerGroupMembers": 10,
        "maxServerGroups": 10,
        "maxServerMeta": 128,
        "maxTotalCores": 20,
        "maxTotalInstances": 10,
        "maxTotalKeypairs": 100,
        "maxTotalRAMSize": 51200,
        "totalCoresUsed": 0,
        "totalInstancesUsed": 0,
        "totalRAMUsed": 0,
        "totalServerGroupsUsed": 0,
        **stored,
    }
    return {"absolute": absolute, "rate": []}


# Placement


def provider(name: str, parent: str | None) -> Json:
    """Return a resource provider.

    The parent is the name of the compute host's provider. A root provider has None.
    """
    uuid_, root = id_of("provider", name), id_of("provider", parent or name)
    return {
        "generation": 1,
        "links": links(f"resource_providers/{uuid_}", *("self", "inventories", "usages")),
        "name": name,
        "parent_provider_uuid": None if parent is None else root,
        "root_provider_uuid": root,
        "uuid": uuid_,
    }


def consumer(allocations: Mapping[str, Mapping[str, int]]) -> Json:
    """Return the allocations of a consumer. The argument contains its resources, by the name of the provider."""
    held = {id_of("provider", name): {"generation": 1, "resources": part} for name, part in allocations.items()}
    return {"allocations": held, **({"project_id": PROJECT, "user_id": USER} if held else {})}


def candidates(summaries: Mapping[str, Json], requests: Iterable[Mapping[str, Any]], *, nested: bool) -> Json:
    """Return allocation candidates.

    With `nested`, the result also has the traits and the tree of providers. Placement returns them since microversion
    1.29.
    """
    shown = {
        uuid_: {**({"parent_provider_uuid": None, "root_provider_uuid": uuid_} if nested else {}), **summary}
        for uuid_, summary in summaries.items()
    }
    if nested:
        for summary in shown.values():
            summary.setdefault("traits", [])
    else:
        for summary in shown.values():
            summary.pop("traits", None)
    return {"allocation_requests": list(requests), "provider_summaries": shown}
