# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scenario in which a cloud answers every request of this collection. Servers boot, migrate and fail."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ansible_collections.stackproof.migration.tests.samples import api_requests as requests
from ansible_collections.stackproof.migration.tests.samples.shapes import Shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import MicroversionRange
    from ansible_collections.stackproof.migration.tests.samples.api_requests import ApiRequest

# If a server has this metadata item, its migration does not end while the scenario needs it.
SLOW = {"stackproof_fake_migration_seconds": "90"}
NAME = "answer-samples"
MISSING = "00000000-0000-4000-8000-00000000dead"
_POLL_SECONDS = 0.2
_TIMEOUT_SECONDS = 60.0

Answer = tuple[int, Any]


class SampleCloud(Protocol):
    """A cloud that has a key pair, a server group, a host aggregate and an unused port. All have the name NAME."""

    offered: MicroversionRange
    image_id: str
    flavor_id: str
    port_id: str
    project_id: str

    def send(self, user: str, request: ApiRequest, path: str, query: Mapping[str, str], body: Any) -> Answer:
        """Send a request as the user ``admin`` or ``member``.

        Return the status and the parsed body. Without a body, return None in its place.
        """

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Exchange:
    """An answer of a cloud, and the request to which the answer belongs."""

    user: str
    request: ApiRequest
    microversion: str
    status: int
    body: Any

    @property
    def title(self) -> str:
        title = self.request.title(self.microversion)
        return title if self.user == "admin" else f"{title} as {self.user}"


def shapes(exchanges: list[Exchange]) -> dict[str, dict[str, Shape]]:
    """Return the shape of the answers, by kind of request and HTTP status."""
    bodies: dict[str, dict[str, list[Any]]] = {}
    for exchange in exchanges:
        bodies.setdefault(exchange.title, {}).setdefault(str(exchange.status), []).append(exchange.body)
    return {
        title: {status: shape_of(found) for status, found in sorted(by_status.items())}
        for title, by_status in sorted(bodies.items())
    }


@dataclass
class Scenario:
    """Send every request of the list. `exchanges` contains all answers."""

    cloud: SampleCloud
    exchanges: list[Exchange] = field(default_factory=list)
    _servers: list[str] = field(default_factory=list)

    def play(self) -> list[Exchange]:
        try:
            self._read_cloud()
            self._boot_servers()
            self._boot_on_hosts()
            self._migrate_live()
            self._intervene()
            self._migrate_cold()
            self._change_server()
            self._resize()
            self._send_as_member()
            self._fail_to_boot()
        finally:
            self._delete_servers()
        self._read_providers()
        return self.exchanges

    # Requests

    def _send(
        self,
        request: ApiRequest,
        body: Any = None,
        user: str = "admin",
        query: Mapping[str, str] | None = None,
        **ids: str,
    ) -> Any:
        path = request.path.format(**ids)
        status, answer = self.cloud.send(user, request, path, query or {}, body)
        microversion = request.microversion(self.cloud.offered)
        self.exchanges.append(Exchange(user, request, microversion, status, answer))
        return answer

    def _wait(self, what: str, poll: Callable[[], Any]) -> Any:
        waited = 0.0
        while not (found := poll()):
            assert waited < _TIMEOUT_SECONDS, f"{what}: not within {_TIMEOUT_SECONDS} s"
            self.cloud.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS
        return found

    def _server(self, server: str, user: str = "admin") -> Any:
        return self._send(requests.READ_SERVER, user=user, id=server).get("server", {})

    def _wait_for_status(self, server: str, status: str, user: str = "admin") -> None:
        def poll() -> bool:
            found = self._server(server, user)
            return found.get("status") == status and found["OS-EXT-STS:task_state"] is None

        self._wait(f"server in status {status}", poll)

    def _wait_until_gone(self, server: str) -> None:
        self._wait("server deleted", lambda: not self._server(server))

    def _record(self, server: str, *statuses: str) -> Any:
        """Wait until the newest migration of a server has one of these statuses. Return the migration record."""

        def poll() -> Any:
            query = {"instance_uuid": server}
            records = self._send(requests.LIST_MIGRATIONS, query=query)["migrations"]
            return records[0] if records and records[0]["status"] in statuses else None

        return self._wait(f"migration {' or '.join(statuses)}", poll)

    def _boot(self, user: str = "admin", **more: Any) -> str:
        hints = more.pop("hints", {})
        body = {**self._boot_body(**more), **({"os:scheduler_hints": hints} if hints else {})}
        reservation = self._send(requests.BOOT_WITH_TAGS, body, user)["reservation_id"]
        listed = self._send(requests.LIST_SERVERS, user=user, query={"reservation_id": reservation})
        found = str(listed["servers"][0]["id"])
        self._servers.append(found)
        return found

    def _boot_on_hosts(self) -> None:
        services = self._send(requests.LIST_SERVICES, query={"binary": "nova-compute"})["services"]
        body = self._boot_body(host=services[0]["host"], return_reservation_id=False)
        self._servers.append(self._send(requests.BOOT_ON_HOST, body)["server"]["id"])
        self._send(requests.BOOT_ON_HOST, body, "member")
        self._send(requests.BOOT_ON_HOST, self._boot_body(host="missing", return_reservation_id=False))
        self._wait_for_status(self._servers[-1], "ACTIVE")

    def _boot_body(self, **more: Any) -> dict[str, Any]:
        server = {
            "name": NAME,
            "imageRef": self.cloud.image_id,
            "flavorRef": self.cloud.flavor_id,
            "min_count": 1,
            "max_count": 1,
            "return_reservation_id": True,
            "networks": "none",
            "tags": [NAME],
            **more,
        }
        return {"server": server}

    # Parts of the scenario

    def _read_cloud(self) -> None:
        for request in (
            requests.LIST_ZONES,
            requests.LIST_KEY_PAIRS,
            requests.LIST_FLAVORS,
            requests.READ_LIMITS,
            requests.LIST_HYPERVISORS,
            requests.LIST_HYPERVISOR_DETAILS,
            requests.LIST_SERVICES,
            requests.LIST_AGGREGATES,
            requests.LIST_PROVIDERS,
        ):
            query = {"binary": "nova-compute"} if request is requests.LIST_SERVICES else {}
            self._send(request, query=query)
        self._send(requests.LIST_HYPERVISORS, query={"limit": "1"})
        self._send(requests.LIST_HYPERVISOR_DETAILS, query={"limit": "1"})
        self._send(requests.READ_KEY_PAIR, id=NAME)
        self._send(requests.READ_KEY_PAIR, id="missing")
        resources = {"resources": "DISK_GB:1,MEMORY_MB:64,VCPU:1"}
        self._send(requests.CANDIDATES, query=resources)
        self._send(requests.NESTED_CANDIDATES, query={**resources, "limit": "1000"})
        self._send(requests.NESTED_CANDIDATES, query={**resources, "required": "CUSTOM_MISSING"})

    def _boot_servers(self) -> None:
        group = self._send(requests.LIST_SERVER_GROUPS, query={"offset": "0"})["server_groups"][0]["id"]
        self._group = str(group)
        self._first = self._boot(metadata={"purpose": "samples"}, key_name=NAME, hints={"group": self._group})
        self._slow = self._boot(metadata=SLOW, description="migrates slowly")
        for server in (self._first, self._slow):
            self._wait_for_status(server, "ACTIVE")
        self._send(requests.READ_SERVER, id=MISSING)
        self._send(requests.LIST_SERVERS, query={"all_tenants": "1", "limit": "1"})
        self._send(requests.LIST_SERVER_IDS, query={"all_tenants": "1"})
        self._send(requests.LIST_SERVERS_WITH_IMAGE_PROPERTIES, query={"all_tenants": "1"})
        self._send(requests.LIST_SERVERS_WITH_HOSTS, query={"all_tenants": "1"})
        self._send(requests.LIST_SERVER_GROUPS, query={"all_projects": "True", "limit": "1000", "offset": "0"})
        self._send(requests.READ_SERVER_GROUP, id=self._group)
        self._send(requests.READ_SERVER_GROUP, id=MISSING)
        self._send(requests.READ_CONSOLE, {"os-getConsoleOutput": {}}, id=self._first)
        self._send(requests.LIST_ACTIONS, server_id=self._first)
        self._send(requests.LIST_VOLUMES, server_id=self._first)
        self._send(requests.LIST_VOLUMES, server_id=MISSING)
        self._send(requests.LIST_SHARES, server_id=self._first)
        self._send(requests.LIST_SHARES, server_id=MISSING)
        keep = {"volumeAttachment": {"volumeId": MISSING, "delete_on_termination": False}}
        self._send(requests.KEEP_VOLUME, keep, server_id=self._first, id=MISSING)
        created = {"server_group": {"name": f"{NAME}-2", "policy": "anti-affinity"}}
        second = self._send(requests.CREATE_SERVER_GROUP, created)["server_group"]["id"]
        self._send(requests.DELETE_SERVER_GROUP, id=second)
        self._send(requests.DELETE_SERVER_GROUP, id=second)

    def _live_migrate(self, server: str, host: str | None = None) -> None:
        body = {"os-migrateLive": {"host": host, "block_migration": "auto"}}
        self._send(requests.LIVE_MIGRATE, body, id=server)

    def _migrate_live(self) -> None:
        self._live_migrate(self._first, "missing")
        self._live_migrate(self._first)
        # Nova refuses this request, because the first migration is in progress.
        self._live_migrate(self._first)
        record = self._record(self._first, "running")
        self._send(requests.LIST_IN_PROGRESS, server_id=self._first)
        self._send(requests.CONSUMER_ALLOCATIONS, id=self._first)
        self._send(requests.CONSUMER_ALLOCATIONS, id=record["uuid"])
        self._server(self._first)
        self._record(self._first, "completed")
        self._wait_for_status(self._first, "ACTIVE")
        self._send(requests.LIST_IN_PROGRESS, server_id=self._first)
        self._send(requests.ABORT, server_id=self._first, id=str(record["id"]))
        self._read_actions(self._first)

    def _read_actions(self, server: str, user: str = "admin") -> None:
        actions = self._send(requests.LIST_ACTIONS, user=user, server_id=server)["instanceActions"]
        self._send(requests.READ_ACTION, user=user, server_id=server, id=actions[0]["request_id"])
        self._send(requests.READ_ACTION, user=user, server_id=server, id="req-" + MISSING)

    def _intervene(self) -> None:
        """Abort one running migration. Force another running migration to complete."""
        self._live_migrate(self._slow)
        record = self._record(self._slow, "running")
        self._send(requests.ABORT, server_id=self._slow, id=str(record["id"]))
        self._record(self._slow, "cancelled")
        self._wait_for_status(self._slow, "ACTIVE")
        self._live_migrate(self._slow)
        record = self._record(self._slow, "running")
        self._send(requests.FORCE_COMPLETE, {"force_complete": None}, server_id=self._slow, id=str(record["id"]))
        self._record(self._slow, "completed")
        self._wait_for_status(self._slow, "ACTIVE")
        self._send(requests.FORCE_COMPLETE, {"force_complete": None}, server_id=self._slow, id=str(record["id"]))

    def _migrate_cold(self) -> None:
        self._send(requests.CONFIRM, {"confirmResize": None}, id=self._first)
        self._send(requests.COLD_MIGRATE, {"migrate": None}, id=self._first)
        self._record(self._first, "finished")
        self._wait_for_status(self._first, "VERIFY_RESIZE")
        self._send(requests.CONFIRM, {"confirmResize": None}, id=self._first)
        self._record(self._first, "confirmed")
        self._wait_for_status(self._first, "ACTIVE")
        self._send(requests.LIST_MIGRATIONS, query={"limit": "1"})
        self._read_actions(self._first)
        self._send(requests.RESET_STATE, {"os-resetState": {"state": "active"}}, id=self._first)

    def _change_server(self) -> None:
        """Pause a server, unpause it, and attach a port to it."""
        self._send(requests.PAUSE, {"pause": None}, id=self._first)
        self._wait_for_status(self._first, "PAUSED")
        self._send(requests.PAUSE, {"pause": None}, id=self._first)
        self._send(requests.UNPAUSE, {"unpause": None}, id=self._first)
        self._wait_for_status(self._first, "ACTIVE")
        self._send(requests.UNPAUSE, {"unpause": None}, id=self._first)
        attachment = {"interfaceAttachment": {"port_id": self.cloud.port_id}}
        self._send(requests.ATTACH_PORT, attachment, server_id=self._first)
        self._wait("address of the port", lambda: self._server(self._first)["addresses"])
        self._send(requests.ATTACH_PORT, attachment, server_id=self._first)
        self._send(requests.ATTACH_PORT, attachment, server_id=MISSING)

    def _resize(self) -> None:
        """Resize a server to a private flavor, and revert the resize."""
        flavor = {"name": f"{NAME}-larger", "ram": 128, "vcpus": 1, "disk": 1, "os-flavor-access:is_public": False}
        created = self._send(requests.CREATE_FLAVOR, {"flavor": flavor})["flavor"]["id"]
        self._send(requests.CREATE_FLAVOR, {"flavor": flavor}, "member")
        try:
            access = {"addTenantAccess": {"tenant": self.cloud.project_id}}
            self._send(requests.ADD_FLAVOR_ACCESS, access, id=created)
            specs = {"extra_specs": {"hw:cpu_policy": "shared"}}
            self._send(requests.SET_EXTRA_SPECS, specs, flavor_id=created)
            self._send(requests.RESIZE, {"resize": {"flavorRef": MISSING}}, id=self._first)
            self._send(requests.RESIZE, {"resize": {"flavorRef": created}}, id=self._first)
            self._record(self._first, "finished")
            self._wait_for_status(self._first, "VERIFY_RESIZE")
            self._send(requests.REVERT, {"revertResize": None}, id=self._first)
            self._record(self._first, "reverted")
            self._wait_for_status(self._first, "ACTIVE")
            self._send(requests.REVERT, {"revertResize": None}, id=self._first)
        finally:
            self._send(requests.DELETE_FLAVOR, id=created)
        self._send(requests.DELETE_FLAVOR, id=created)

    def _send_as_member(self) -> None:
        for request in (
            requests.LIST_HYPERVISORS,
            requests.LIST_HYPERVISOR_DETAILS,
            requests.LIST_SERVICES,
            requests.LIST_AGGREGATES,
            requests.LIST_MIGRATIONS,
            requests.LIST_PROVIDERS,
        ):
            self._send(request, user="member")
        server = self._boot("member")
        self._wait_for_status(server, "ACTIVE", "member")
        self._send(
            requests.LIVE_MIGRATE, {"os-migrateLive": {"host": None, "block_migration": "auto"}}, "member", id=server
        )
        self._send(requests.RESET_STATE, {"os-resetState": {"state": "active"}}, "member", id=server)
        self._send(requests.LIST_IN_PROGRESS, user="member", server_id=server)
        self._read_actions(server, "member")

    def _fail_to_boot(self) -> None:
        """Boot a server while every compute service is disabled."""
        services = self._send(requests.LIST_SERVICES, query={"binary": "nova-compute"})["services"]
        try:
            for service in services:
                change = {"status": "disabled", "disabled_reason": NAME}
                self._send(requests.CHANGE_SERVICE, change, id=service["id"])
            self._send(requests.LIST_SERVICES, query={"binary": "nova-compute", "host": services[0]["host"]})
            self._send(requests.LIST_HYPERVISOR_DETAILS)
            server = self._boot()
            self._wait_for_status(server, "ERROR")
            self._send(requests.LIST_SERVERS, query={"all_tenants": "1", "name": f"^{NAME}$"})
            self._send(requests.LIST_SERVERS_WITH_TAGS, query={"tags": NAME})
            self._live_migrate(server)
        finally:
            for service in services:
                self._send(requests.CHANGE_SERVICE, {"status": "enabled"}, id=service["id"])
        self._send(requests.CHANGE_SERVICE, {"status": "enabled"}, id=MISSING)

    def _delete_servers(self) -> None:
        servers, self._servers = self._servers, []
        for number, server in enumerate(servers):
            if number:
                self._send(requests.DELETE, id=server)
            else:
                self._send(requests.FORCE_DELETE, {"forceDelete": None}, id=server)
            with contextlib.suppress(KeyError):
                self._server(server)
        for server in servers:
            self._wait_until_gone(server)
            self._send(requests.DELETE, id=server)

    def _replace_allocations(self, server: str) -> None:
        """Replace the allocations of a server by the same allocations."""
        self._send(requests.CONSUMER_TYPE, id=server)
        state = self._send(requests.CONSUMER_GENERATION, id=server)
        held = {uuid: {"resources": part["resources"]} for uuid, part in state["allocations"].items()}
        body = {**state, "allocations": held}
        # Placement refuses a generation that is not the present generation.
        self._send(requests.REPLACE_ALLOCATIONS, {**body, "consumer_generation": 77}, id=server)
        self._send(requests.REPLACE_ALLOCATIONS, body, id=server)

    def _read_providers(self) -> None:
        (provider, *_more) = self._send(requests.LIST_PROVIDERS)["resource_providers"]
        server = self._boot()
        self._wait_for_status(server, "ACTIVE")
        for entry in (provider, *_more):
            self._send(requests.PROVIDER_ALLOCATIONS, id=entry["uuid"])
            # One host is in an aggregate. Placement lists the hosts in any order.
            self._send(requests.PROVIDER_AGGREGATES, id=entry["uuid"])
        self._send(requests.LIST_PROVIDERS, query={"in_tree": provider["uuid"]})
        self._send(requests.READ_PROVIDER, id=provider["uuid"])
        self._send(requests.PROVIDER_TRAITS, id=provider["uuid"])
        self._send(requests.LIST_SHARING_PROVIDERS, query={"required": "MISC_SHARES_VIA_AGGREGATE"})
        self._replace_allocations(server)
        self._send(requests.DELETE_ALLOCATIONS, id=server)
        self._send(requests.CONSUMER_ALLOCATIONS, id=server)
        self._delete_servers()
        self._send(requests.DELETE_ALLOCATIONS, id=server)
