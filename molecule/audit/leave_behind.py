#!/usr/bin/env python3
# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leave behind in a local cloud what migrations can leave behind. The script uses the SDK and not the collection."""

from __future__ import annotations

import json
import sys
import time
import uuid
from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from collections.abc import Callable

    from openstack.connection import Connection

USAGE = """\
leave PREFIX   leave one finding of each kind on three hosts, and print the expected findings by kind
moving PREFIX  start a migration that takes a minute, and print its server
clear PREFIX   remove everything
"""
TIMEOUT_SECONDS = 120
SECONDS = "stackproof_fake_migration_seconds"
SERVERS = (
    "waits", "error", "open", "migrating", "done", "doubled", "elsewhere", "missing", "port", "binding", "volume",
)  # fmt: skip
ATTACHMENTS = "3.44"
PLACEMENT = "1.28"


class Cloud:
    """A local cloud with three fake hosts, a network and fake volumes."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.sdk: Connection = openstack.connect(compute_default_microversion="2.89")
        self.expected: dict[str, list[str]] = {}

    def expect(self, kind: str, subject: str) -> None:
        self.expected.setdefault(kind, []).append(subject)

    def boot(self, name: str, **more: Any) -> Any:
        cloud = self.sdk
        return cloud.compute.create_server(
            name=f"{self.prefix}-{name}",
            image_id=cloud.image.find_image("local-cloud", ignore_missing=False).id,
            flavor_id=cloud.compute.find_flavor("local.tiny", ignore_missing=False).id,
            **{"networks": "none", "metadata": {SECONDS: "1"}, **more},
        )

    def server(self, name: str) -> Any:
        found = self.sdk.compute.find_server(f"{self.prefix}-{name}", ignore_missing=False)
        return self.sdk.compute.get_server(found)

    def other_host(self, server: Any) -> str:
        return next(host for host in ("compute1", "compute2", "compute3") if host != server.compute_host)

    def records(self, server: Any) -> list[dict[str, Any]]:
        query = {"instance_uuid": server.id}
        answer = self.sdk.compute.get("/os-migrations", params=query, microversion="2.59")
        return list(require(answer)["migrations"])

    def migrate(self, server: Any) -> None:
        body = {"os-migrateLive": {"host": None, "block_migration": "auto"}}
        require(self.sdk.compute.post(f"/servers/{server.id}/action", json=body, microversion="2.30"))

    def live_migrate(self, server: Any) -> None:
        """Live-migrate a server without an earlier record, and wait for the end of the migration."""
        self.migrate(server)
        wait_for(lambda: [one["status"] for one in self.records(server)] == ["completed"])

    # Placement

    def allocations(self, consumer: str) -> dict[str, Any]:
        body: dict[str, Any] = require(self.sdk.placement.get(f"/allocations/{consumer}", microversion=PLACEMENT))
        return body

    def allocate(self, consumer: str, hosts: list[str]) -> None:
        """Replace the allocations of a consumer by allocations on these hosts."""
        present = self.allocations(consumer)
        providers = [next(iter(self.sdk.placement.resource_providers(name=host))).id for host in hosts]
        resources = {"VCPU": 1, "MEMORY_MB": 64}
        body = {
            "allocations": {provider: {"resources": resources} for provider in providers},
            "consumer_generation": present.get("consumer_generation"),
            "project_id": present.get("project_id") or self.sdk.current_project_id,
            "user_id": present.get("user_id") or self.sdk.current_user_id,
        }
        require(self.sdk.placement.put(f"/allocations/{consumer}", json=body, microversion=PLACEMENT))

    # Neutron

    def bind_inactive(self, port: str, host: str) -> None:
        """Create a binding, as Nova does before a migration. By default, only the role service may create it."""
        identity: Any = self.sdk.identity
        role, user, project = identity.find_role("service"), self.sdk.current_user_id, self.sdk.current_project_id
        identity.assign_project_role_to_user(project, user, role)
        try:
            service = openstack.connect()
            body = {"binding": {"host": host}}
            require(service.network.post(f"/ports/{port}/bindings", json=body))
        finally:
            identity.unassign_project_role_from_user(project, user, role)

    # Cinder

    def cinder(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"OpenStack-API-Version": f"volume {ATTACHMENTS}"}
        return require(self.sdk.block_storage.request(path, method, json=body, headers=headers))

    def attach(self, server_id: str, volume: str, host: str | None = None) -> str:
        """Create an attachment, as Nova does before a migration. With a host, the attachment is complete."""
        body: dict[str, Any] = {"attachment": {"instance_uuid": server_id, "volume_uuid": volume}}
        if host is not None:
            body["attachment"]["connector"] = {"host": host, "ip": "127.0.0.1", "initiator": f"iqn.{host}"}
        attachment = self.cinder("POST", "/attachments", body)["attachment"]["id"]
        if host is not None:
            self.cinder("POST", f"/attachments/{attachment}/action", {"os-complete": {}})
        return str(attachment)

    def volume(self, name: str) -> Any:
        volume = self.sdk.block_storage.create_volume(name=f"{self.prefix}-{name}", size=1)
        return self.sdk.block_storage.wait_for_status(volume, "available", interval=1, wait=TIMEOUT_SECONDS)

    # Everything

    def leave(self) -> None:
        for name in SERVERS:
            more: dict[str, Any] = {"metadata": {SECONDS: "3600"}} if name == "migrating" else {}
            if name in ("port", "binding"):
                more |= {"networks": [{"uuid": self.sdk.network.find_network("local-cloud", ignore_missing=False).id}]}
            self.boot(name, **more)
        for name in SERVERS:
            self.sdk.compute.wait_for_server(self.server(name), interval=1, wait=TIMEOUT_SECONDS)
        self._servers()
        self._allocations()
        self._ports()
        self._volumes()
        self._services()
        self._records()

    def _servers(self) -> None:
        waits, error, done = self.server("waits"), self.server("error"), self.server("done")
        self.sdk.compute.migrate_server(waits)
        for server in (error, done):
            self.live_migrate(server)
        # Nova deletes the allocations of a migration after the record has the status completed.
        wait_for(lambda: not self.allocations(self.records(done)[0]["uuid"])["allocations"])
        self.sdk.compute.reset_server_state(error, "error")
        wait_for(lambda: self.server("waits").status == "VERIFY_RESIZE")
        self.expect("resize_waits", waits.id)
        self.expect("server_error", error.id)

    def _allocations(self) -> None:
        (record,) = self.records(self.server("done"))
        doubled, elsewhere, missing = (self.server(name) for name in ("doubled", "elsewhere", "missing"))
        orphan = str(uuid.uuid5(uuid.NAMESPACE_DNS, self.prefix))
        self.allocate(record["uuid"], [record["source_compute"]])
        self.allocate(orphan, ["compute2"])
        self.allocate(doubled.id, [doubled.compute_host, self.other_host(doubled)])
        self.allocate(elsewhere.id, [self.other_host(elsewhere)])
        require(self.sdk.placement.delete(f"/allocations/{missing.id}"))
        self.expect("allocation_of_migration", record["uuid"])
        self.expect("allocation_orphaned", orphan)
        self.expect("allocation_doubled", doubled.id)
        self.expect("allocation_elsewhere", elsewhere.id)
        self.expect("allocation_missing", missing.id)

    def _ports(self) -> None:
        network: Any = self.sdk.network
        for name, kind in (("port", "port_elsewhere"), ("binding", "binding_inactive")):
            server = self.server(name)
            (port,) = network.ports(device_id=server.id)
            if name == "port":
                network.update_port(port, binding_host_id=self.other_host(server))
            else:
                # The audit reads the bindings of a port if its server has a migration record.
                self.live_migrate(server)
                self.bind_inactive(port.id, self.other_host(self.server(name)))
            self.expect(kind, port.id)
        gone = network.create_port(
            name=f"{self.prefix}-gone",
            network_id=network.find_network("local-cloud").id,
            device_id=str(uuid.uuid4()),
            device_owner="compute:nova",
        )
        self.expect("port_orphaned", gone.id)

    def _volumes(self) -> None:
        server = self.server("volume")
        data, spare = self.volume("data"), self.volume("spare")
        self.sdk.compute.create_volume_attachment(server, volume_id=data.id)
        self.sdk.block_storage.wait_for_status(data, "in-use", interval=1, wait=TIMEOUT_SECONDS)
        self.expect("attachment_elsewhere", self.attach(server.id, data.id, self.other_host(server)))
        self.expect("attachment_unfinished", self.attach(server.id, data.id))
        self.expect("attachment_orphaned", self.attach(str(uuid.uuid4()), spare.id))

    def _services(self) -> None:
        (service,) = self.sdk.compute.services(binary="nova-compute", host="compute3")
        require(self.sdk.compute.put(f"/os-services/{service.id}", json={"status": "disabled"}, microversion="2.53"))
        self.expect("service_without_reason", "compute3")

    def _records(self) -> None:
        server, stuck = self.server("open"), self.server("migrating")
        self.sdk.compute.migrate_server(server)
        wait_for(lambda: self.server("open").status == "VERIFY_RESIZE")
        # The record of the cold migration then waits for a confirmation that Nova no longer accepts.
        self.sdk.compute.reset_server_state(server, "active")
        self.expect("record_open", self.records(server)[0]["uuid"])
        self.migrate(stuck)
        wait_for(lambda: [one["status"] for one in self.records(stuck)] == ["running"])
        self.expect("server_migrating", stuck.id)

    def moving(self) -> str:
        server = self.boot("moving", metadata={SECONDS: "60"})
        server = self.sdk.compute.wait_for_server(server, interval=1, wait=TIMEOUT_SECONDS)
        self.migrate(server)
        wait_for(lambda: [one["status"] for one in self.records(server)] == ["running"])
        return str(server.id)

    def clear(self) -> None:
        servers = [one for one in self.sdk.compute.servers() if one.name.startswith(f"{self.prefix}-")]
        running = {
            record["id"]: one for one in servers for record in self.records(one) if record["status"] == "running"
        }
        for number, server in running.items():
            # Nova refuses to abort a migration whose record is open although it does not run.
            self.sdk.compute.delete(f"/servers/{server.id}/migrations/{number}", microversion="2.65")
        self._remove_attachments({one.id for one in servers})
        for server in servers:
            for record in self.records(server):
                self.sdk.placement.delete(f"/allocations/{record['uuid']}")
            self.sdk.compute.delete_server(server)
        for server in servers:
            self.sdk.compute.wait_for_delete(server, interval=1, wait=TIMEOUT_SECONDS)
        for consumer in (uuid.uuid5(uuid.NAMESPACE_DNS, self.prefix), *(one.id for one in servers)):
            self.sdk.placement.delete(f"/allocations/{consumer}")
        for port in self.sdk.network.ports():
            if port.name.startswith(f"{self.prefix}-"):
                self.sdk.network.delete_port(port)
        self._remove_attachments(set())
        for service in self.sdk.compute.services(binary="nova-compute"):
            if service.status == "disabled":
                self.sdk.compute.enable_service(service)

    def _remove_attachments(self, servers: set[str]) -> None:
        """Delete attachments that Nova does not know, and the volumes that have no other attachments."""
        volumes = [one for one in self.sdk.block_storage.volumes() if one.name.startswith(f"{self.prefix}-")]
        known = {one.attachment_id for server in servers for one in self.sdk.compute.volume_attachments(server)}
        for entry in self.cinder("GET", "/attachments")["attachments"]:
            if entry["volume_id"] in {one.id for one in volumes} and entry["id"] not in known:
                self.cinder("DELETE", f"/attachments/{entry['id']}")
        if not servers:
            for volume in volumes:
                self.sdk.block_storage.delete_volume(volume.id, force=True)


def require(answer: Any) -> Any:
    openstack.exceptions.raise_from_response(answer)
    return answer.json() if answer.content else None


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("Nothing changed within the time limit.")
        time.sleep(0.5)


def main() -> None:
    match sys.argv[1:]:
        case ["leave", prefix]:
            cloud = Cloud(prefix)
            cloud.leave()
            print(json.dumps(cloud.expected))
        case ["moving", prefix]:
            print(json.dumps(Cloud(prefix).moving()))
        case ["clear", prefix]:
            Cloud(prefix).clear()
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main()
