# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small OpenStack on a loopback HTTP server. It gets real requests, has a scripted time, and has faults on request.

The time of the fake cloud passes only while the code under test sleeps. Therefore the state of a migration changes at
exact times.
"""

from __future__ import annotations

import json
import os
import re
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from selectors import EVENT_READ
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    PLACEMENT_NESTED_CANDIDATES,
    parsed,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Clock
from ansible_collections.stackproof.migration.tests.unit.plugins import nova_answers
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_volumes_and_ports import FakePorts, FakeVolumes
from ansible_collections.stackproof.migration.tests.unit.plugins.nova_answers import PROJECT, id_of
from werkzeug import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from selectors import BaseSelector, SelectorKey

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

Json = dict[str, Any]

PASSWORD = "correct-horse-battery"
TOKEN = "gAAAAAB-the-token-that-nobody-may-see"
# Since this microversion, a list of servers contains the properties of their images.
IMAGE_PROPERTIES = (2, 98)
IMAGE = "0d5bc9a4-3c3b-4a3e-8d8e-6f4f5a8c9b7d"


def _microversion_of(request: Request) -> str | None:
    return request.headers.get("OpenStack-API-Version", "").rpartition(" ")[2] or None


def _key_pair_in_list(stored: Json) -> Json:
    return nova_answers.key_pair(stored, single=False)


def uuid_of(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


class ScriptedTime:
    """A clock that advances only when the code under test sleeps.

    A probe thread can also wait for a time. The clock stops at this time, and advances again when the thread waits for
    its next time.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []
        self.clock = Clock(lambda: self.now, self._sleep, self._select, self._wait)
        self._changed = threading.Condition()
        # By thread in _select: the time until which the thread waits, and the file descriptor that wakes the thread
        self._waiting: dict[threading.Thread, tuple[float, int]] = {}

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        end = self.now + seconds
        with self._changed:
            while self._probes_wait() and (due := min(until for until, _wake in self._waiting.values())) <= end:
                self.now = max(self.now, due)
                for thread, (until, wake) in list(self._waiting.items()):
                    if until <= self.now:
                        del self._waiting[thread]
                        os.write(wake, b"!")
            self.now = end

    def _wait(self, event: threading.Event, seconds: float) -> bool:
        if not event.is_set():
            self._sleep(seconds)
        return event.is_set()

    def _probes_wait(self) -> bool:
        """Wait until all probe threads wait. Return whether there are probe threads."""
        for _number in range(1000):
            if all(one in self._waiting for one in threading.enumerate() if one.name == "probe"):
                return bool(self._waiting)
            # A thread that ends sends no notification. Therefore the wait has a timeout.
            self._changed.wait(0.01)
        raise AssertionError("a probe thread does not wait with this clock")

    def _select(self, selector: BaseSelector, seconds: float) -> list[tuple[SelectorKey, Any]]:
        if (ready := selector.select(0)) or seconds <= 0:
            return ready
        woken, wake = os.pipe()
        selector.register(woken, EVENT_READ)
        thread = threading.current_thread()
        with self._changed:
            self._waiting[thread] = (self.now + seconds, wake)
            self._changed.notify_all()
        try:
            ready = selector.select()
        finally:
            with self._changed:
                self._waiting.pop(thread, None)
            selector.unregister(woken)
            os.close(woken)
            os.close(wake)
        return [(key, events) for key, events in ready if key.fd != woken]


@dataclass
class Fault:
    """A fault for the next matching requests. A matching request gets the fault instead of the normal response."""

    method: str
    path: str
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    # Whether the request takes effect although its response is lost
    after: bool = False
    times: int = 1

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and re.search(self.path, path) is not None


@dataclass
class Seen:
    """A request that the fake cloud received."""

    method: str
    path: str
    query: dict[str, str]
    microversion: str | None
    body: Any


class FakeCloud:
    """The APIs of Keystone, Nova, Placement, Glance, Cinder and Neutron that this collection uses."""

    # The properties of the image of each server
    image_properties: Mapping[str, str] = MappingProxyType(
        {"hw_disk_bus": "virtio", "hw_machine_type": "pc", "hw_video_model": "none"}
    )

    # The ids of the file shares of each server. With None, the cloud has no Manila.
    manila: dict[str, list[str]] | None = None

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.time = ScriptedTime()
        self.requests: list[Seen] = []
        self.faults: list[Fault] = []
        self.servers: dict[str, Json] = {}
        self.migrations: list[Json] = []
        self.actions: dict[str, list[Json]] = {}
        self.allocations: dict[str, Json] = {}
        # The names of child providers, for example "compute1_gpu"
        self.child_providers: list[str] = []
        # By name of a sharing provider: the hosts in the aggregate of the provider
        self.sharing_providers: dict[str, list[str]] = {}
        # Whether Nova reports the progress of a copy. This depends on the hypervisor.
        self.tells_progress = True
        # By server: a function that returns the present text of the server's console
        self.consoles: dict[str, Callable[[], str]] = {}
        # The console of servers that `consoles` does not contain. With None, Nova cannot read the console.
        self.default_console: Callable[[], str] | None = None
        self.hosts: list[str] = []
        self.hypervisors: list[Json] = []
        self.services: list[Json] = []
        for name in ("compute1", "compute2"):
            self.add_host(name)
        self.roles = ["admin", "manager", "member", "reader"]
        # The microversion in each response, as if a proxy ignored the requested microversion
        self.answers_as: str | None = None
        # The scope of tokens: project, domain or system. Unscoped tokens have None.
        self.scope: str | None = "project"
        self.newest = "2.104"
        self.oldest = "2.1"
        self.images: list[Json] = [
            {"id": IMAGE, "name": "cirros", "status": "active", "size": 20 * 1024**2, "min_disk": 1, "min_ram": 0}
        ]
        # Other projects share images with this project. The images have this member status.
        self.members: dict[str, str] = {}
        self.flavors: list[Json] = [
            {"id": "1", "name": "tiny", "ram": 64, "vcpus": 1, "disk": 1, "extra_specs": {}},
            {"id": "2", "name": "small", "ram": 128, "vcpus": 1, "disk": 2, "extra_specs": {}},
        ]
        self.networks: list[Json] = [{"id": uuid_of(7001), "name": "private"}]
        self.volumes = FakeVolumes()
        self.ports = FakePorts()
        # Availability zones that have no compute service
        self.more_zones: list[str] = []
        self.keypairs: list[Json] = [{"keypair": {"name": "mine"}}]
        self.server_groups: list[Json] = [{"id": uuid_of(7002), "name": "apart"}]
        self.candidates: list[str] | None = None
        # By resource: the maximum amount in one allocation. Resources without a limit are not listed.
        self.max_unit: dict[str, int] = {}
        # By host: the free amount of each resource. Hosts without a limit are not listed.
        self.free: dict[str, dict[str, int]] = {}
        # By host: the traits of its root provider
        self.traits: dict[str, list[str]] = {}
        self.aggregates: list[Json] = []
        self.limits: Json = {"maxTotalInstances": 10, "totalInstancesUsed": 0, "maxTotalCores": -1}
        self.services_without: set[str] = set()
        self.script: list[tuple[float, Callable[[], object]]] = []
        self.on_migrate: Callable[[Json, Json], None] = self.succeed
        self.on_cold_migrate: Callable[[Json, Json], None] = self.resize
        self.boot_status = "ACTIVE"
        self.boot_seconds = 1.0
        self.delete_seconds = 1.0
        self.confirming_allowed = True
        self.leak_allocations = False
        # As with Nova's option reclaim_instance_interval, Nova keeps deleted servers but does not list them.
        self.keeps_deleted = False
        self.page_size = 1000
        self._count = 0
        server.expect_request(re.compile(".*")).respond_with_handler(self._handle)

    # Methods that tests call

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """The content of each image, by its id."""
        return {IMAGE: b"content"}

    @cached_property
    def generations(self) -> dict[str, int]:
        """The generations of consumers that are not 1."""
        return {}

    @cached_property
    def full_hosts(self) -> set[str]:
        """The hosts on which the status of a new server becomes ERROR."""
        return set()

    @cached_property
    def consumer_types(self) -> dict[str, str]:
        """The types of consumers that are not INSTANCE."""
        return {}

    @property
    def admin(self) -> bool:
        return "admin" in self.roles

    @property
    def params(self) -> Json:
        """Return the options with which a module connects to this cloud."""
        return {
            "auth": {
                "auth_url": f"{self.url}/identity/v3",
                "username": "operator",
                "password": PASSWORD,
                "project_name": "validation",
                "user_domain_name": "Default",
                "project_domain_name": "Default",
            },
            "region_name": "RegionOne",
        }

    def moment(self, seconds: float | None = None) -> str:
        at = self.time.now if seconds is None else seconds
        return (datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=at - self.time.now)).strftime(
            "%Y-%m-%dT%H:%M:%S.000000"
        )

    def at(self, seconds: float, then: Callable[[], object]) -> None:
        """Call a function after this number of seconds."""
        self.script.append((self.time.now + seconds, then))
        self.script.sort(key=lambda entry: entry[0])

    def fault(self, method: str, path: str, **what: Any) -> Fault:
        fault = Fault(method, path, **what)
        self.faults.append(fault)
        return fault

    def add_host(self, name: str) -> None:
        service = {"id": id_of("service", name), "host": name, "binary": "nova-compute"}
        self.hosts.append(name)
        self.hypervisors.append(self._hypervisor(name))
        self.services.append({**service, "state": "up", "status": "enabled", "zone": "nova"})

    def add_server(self, name: str = "probe", host: str = "compute1", **more: Any) -> Json:
        self._count += 1
        server_id = uuid_of(self._count)
        server: Json = {
            "id": server_id,
            "name": name,
            "status": "ACTIVE",
            "OS-EXT-STS:task_state": None,
            "host": host,
            "tenant_id": PROJECT,
            "reservation_id": "r-before",
            "created": self.moment()[:19] + "Z",
            "locked": False,
            "metadata": {},
            **more,
        }
        self.servers[server_id] = server
        self.allocations[server_id] = {host: {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}}
        return server

    def add_migration(self, server: Json, status: str, **more: Any) -> Json:
        number = len(self.migrations) + 1
        record = {
            "id": number,
            "uuid": uuid_of(9000 + number),
            "instance_uuid": server["id"],
            "migration_type": "live-migration",
            "status": status,
            "source_compute": server["host"],
            "dest_compute": None,
            "source_node": server["host"],
            "dest_node": None,
            "created_at": self.moment(),
            "updated_at": None,
            **more,
        }
        self.migrations.append(record)
        return record

    def add_action(self, server: Json, request_id: str, events: list[Json] | None = None, **more: Any) -> Json:
        action = {
            "action": "live-migration",
            "request_id": request_id,
            "start_time": self.moment(),
            "events": events if events is not None else [],
            **more,
        }
        self.actions.setdefault(server["id"], []).insert(0, action)
        return action

    # A migration changes at these times. They were measured with a real Nova.

    def place(self, server: Json, record: Json, destination: str | None = None) -> str:
        target = (
            destination or self._host_of_group(server) or next(name for name in self.hosts if name != server["host"])
        )
        record["dest_compute"] = record["dest_node"] = target
        return target

    def succeed(self, server: Json, record: Json, destination: str | None = None, seconds: float = 5.0) -> None:
        source, wanted = server["host"], destination or record.pop("wanted", None)
        status = record.pop("status_before", "ACTIVE")
        held = self.allocations[server["id"]].pop(source)
        self.allocations[record["uuid"]] = {source: held}

        def prepare() -> None:
            target = self.place(server, record, wanted)
            record["status"] = "preparing"
            self.allocations[server["id"]] = {target: held}
            self.volumes.prepare(server, target)
            self.ports.prepare(server, target)

        def switch() -> None:
            self.volumes.leave(server, source)
            self.ports.switch(server, record["dest_compute"])
            server["host"] = record["dest_compute"]
            server["status"], server["OS-EXT-STS:task_state"] = status, None

        self.at(0.5, prepare)
        self.at(1.0, lambda: record.update(status="running"))
        self.at(seconds - 0.5, switch)
        self.at(seconds, lambda: record.update(status="completed", updated_at=self.moment()))
        self.at(seconds + 1.0, lambda: self.allocations.pop(record["uuid"]))

    def fail(self, server: Json, record: Json, details: str | None = "No valid host was found.") -> None:
        """Fail as if the scheduler found no host.

        The record gets the status error. Then the server becomes ACTIVE, and the record gets the status failed.
        """
        action = self.actions[server["id"]][0]

        def told() -> None:
            record.update(status="error")
            action["events"] = [
                self.event("compute_live_migration", "Success"),
                self.event("conductor_live_migrate_instance", "Error", details),
            ]

        def rest() -> None:
            server["status"], server["OS-EXT-STS:task_state"] = "ACTIVE", None
            self.ports.roll_back(server)

        self.at(1.0, told)
        self.at(1.4, rest)
        self.at(1.6, lambda: record.update(status="failed"))

    def resize(self, server: Json, record: Json) -> None:
        """Cold-migrate or resize the server until the migration waits for its confirmation."""
        source, before = server["host"], server["status"]
        held = self.allocations[server["id"]].pop(source)
        self.allocations[record["uuid"]] = {source: held}
        resources = record.pop("resources", held)
        server["status"], server["OS-EXT-STS:task_state"] = "RESIZE", "resize_prep"

        def arrive() -> None:
            target = self.place(server, record, record.pop("wanted", None))
            self.allocations[server["id"]] = {target: resources}
            self.volumes.prepare(server, target)
            self.volumes.leave(server, source)
            self.ports.switch(server, target)
            server["host"] = target
            record["status"] = "finished"

        def rest() -> None:
            server["status"], server["OS-EXT-STS:task_state"] = "VERIFY_RESIZE", None
            server["OS-EXT-STS:power_state"] = 1 if before == "ACTIVE" else 4

        self.at(2.0, arrive)
        self.at(2.4, rest)

    def hang(self, server: Json, record: Json, status: str = "running") -> None:
        self.at(0.5, lambda: self.place(server, record))
        self.at(0.5, lambda: record.update(status=status))

    def event(self, name: str, result: str, details: str | None = None) -> Json:
        return {
            "event": name,
            "start_time": self.moment(),
            "finish_time": self.moment(),
            "result": result,
            "host": "compute1",
            "details": details,
        }

    # Count requests

    def count(self, method: str, path: str) -> int:
        return sum(1 for seen in self.requests if seen.method == method and re.search(path, seen.path))

    # HTTP

    def _handle(self, request: Request) -> Response:
        while self.script and self.script[0][0] <= self.time.now:
            self.script.pop(0)[1]()
        path = urlsplit(request.full_path).path
        body = json.loads(request.data) if request.data and request.mimetype == "application/json" else None
        self.requests.append(
            Seen(
                request.method,
                path,
                request.args.to_dict(),
                _microversion_of(request),
                body,
            )
        )
        fault = next((one for one in self.faults if one.fits(request.method, path)), None)
        if fault is not None:
            fault.times -= 1
            if fault.after:
                self._route(request, path, body)
            if fault.drop:
                request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                return Response(status=503)
            return self._answer(fault.status or 500, fault.body, fault.headers)
        return self._state_microversion(request, self._route(request, path, body))

    def _state_microversion(self, request: Request, response: Response) -> Response:
        """Add the microversion of the answer to the response, as Nova and Placement do."""
        requested = request.headers.get("OpenStack-API-Version")
        if requested:
            service, _space, version = requested.partition(" ")
            response.headers["OpenStack-API-Version"] = f"{service} {self.answers_as or version}"
        return response

    def _answer(self, status: int, body: Any = None, headers: Json | None = None) -> Response:
        data = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        kind = "text/html" if isinstance(body, str) else "application/json"
        self._count += 1
        ours = {"x-openstack-request-id": f"req-{uuid_of(5000 + self._count)}"}
        return Response(data, status=status, content_type=kind, headers={**ours, **(headers or {})})

    def _refuse(self, status: int, message: str) -> Response:
        return self._answer(status, nova_answers.error(status, message))

    def _policy(self, policy: str) -> Response:
        return self._refuse(403, f"Policy doesn't allow {policy} to be performed.")

    def _route(self, request: Request, path: str, body: Any) -> Response:
        service, _slash, rest = path.lstrip("/").partition("/")
        handler = getattr(self, f"_{service}", None)
        return self._refuse(404, f"nothing at {path}") if handler is None else handler(request, rest, body)

    def _identity(self, _request: Request, rest: str, body: Any) -> Response:
        if rest.endswith("auth/tokens"):
            given = body["auth"]["identity"]["password"]["user"]["password"]
            if given != PASSWORD:
                message = "The request you have made requires authentication."
                return self._answer(401, {"error": {"code": 401, "message": message, "title": "Unauthorized"}})
            return self._answer(201, {"token": self._token()}, {"X-Subject-Token": TOKEN})
        version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": f"{self.url}/identity/v3/"}]}
        return self._answer(200, {"version": version} if rest.startswith("v3") else {"versions": {"values": [version]}})

    def _token(self) -> Json:
        def entry(kind: str, path: str) -> Json:
            endpoint = {"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "id": kind}
            return {"type": kind, "name": kind, "endpoints": [{**endpoint, "url": f"{self.url}/{path}"}]}

        catalog = [
            entry("compute", "compute/v2.1"),
            entry("identity", "identity"),
            entry("image", "image"),
            entry("network", "network"),
            entry("block-storage", "volume/v3"),
            entry("placement", "placement"),
            *([entry("shared-file-system", "share/v2")] if self.manila is not None else []),
        ]
        domain = {"id": "default", "name": "Default"}
        scopes: dict[str, Json] = {
            "project": {"project": {"id": PROJECT, "name": "validation", "domain": domain}},
            "domain": {"domain": domain},
            "system": {"system": {"all": True}},
        }
        return {
            "methods": ["password"],
            "expires_at": "2099-01-01T00:00:00.000000Z",
            "issued_at": "2026-01-01T00:00:00.000000Z",
            "user": {"id": "u1", "name": "operator", "domain": {"id": "default", "name": "Default"}},
            **scopes.get(self.scope or "", {}),
            "roles": [{"id": name, "name": name} for name in self.roles],
            "catalog": [one for one in catalog if one["type"] not in self.services_without] if self.scope else [],
        }

    def _image(self, request: Request, rest: str, _body: Any) -> Response:
        if "images" not in rest:
            links = [{"rel": "self", "href": f"{self.url}/image/v2/"}]
            return self._answer(300, {"versions": [{"id": "v2.17", "status": "CURRENT", "links": links}]})
        if request.method != "GET" or rest.endswith("/file"):
            return self._change_image(request, rest.partition("images")[2].strip("/"), _body)
        wanted, _slash, member = rest.partition("images")[2].lstrip("/").partition("/members/")
        if member:
            status = self.members.get(wanted)
            known = member == PROJECT and status is not None
            return self._answer(200, {"status": status}) if known else self._refuse(404, "no such member")
        if wanted:
            found = next((one for one in self.images if one["id"] == wanted), None)
            return self._answer(200, found) if found else self._refuse(404, f"No image found with ID {wanted}")
        listed = [one for one in self.images if request.args.get("name") in (None, one["name"])]
        marker = request.args.get("marker")
        if marker:
            ids = [one["id"] for one in listed]
            listed = listed[ids.index(marker) + 1 :]
        page = listed[: self.page_size]
        return self._answer(200, {"images": page, **({"next": "/v2/images?more"} if len(listed) > len(page) else {})})

    def _change_image(self, request: Request, path: str, body: Any) -> Response:
        """Create or delete an image, or read or write its content."""
        name = path.removesuffix("/file")
        if request.method == "POST":
            image = {"id": uuid_of(8000 + len(self.images)), "status": "queued", "owner": PROJECT, **body}
            self.images.append(image)
            return self._answer(201, image)
        image = next((one for one in self.images if one["id"] == name), {})
        if not image:
            return self._refuse(404, f"No image found with ID {name}")
        if request.method == "DELETE":
            self.images.remove(image)
        elif request.method == "PUT":
            self.contents[name] = request.data
            image["status"] = "active"
        else:
            return Response(self.contents.get(name, b""), content_type="application/octet-stream")
        return self._answer(204)

    def _create_flavor(self, body: Json) -> Response:
        if not self.admin:
            return self._policy("os_compute_api:os-flavor-manage:create")
        flavor = {"id": uuid_of(8100 + len(self.flavors)), "extra_specs": {}, **body["flavor"]}
        self.flavors.append(flavor)
        return self._answer(200, {"flavor": nova_answers.flavor(flavor)})

    def _delete_flavor(self, name: str) -> Response:
        known = [one for one in self.flavors if one["id"] == name]
        self.flavors = [one for one in self.flavors if one["id"] != name]
        return self._answer(202) if known else self._refuse(404, f"Flavor {name} could not be found.")

    def _add_flavor_access(self, body: Json, name: str) -> Response:
        access = {"flavor_id": name, "tenant_id": body["addTenantAccess"]["tenant"]}
        return self._answer(200, {"flavor_access": [access]})

    def _set_extra_specs(self, body: Json, name: str) -> Response:
        next(one for one in self.flavors if one["id"] == name)["extra_specs"] = body["extra_specs"]
        return self._answer(200, body)

    def _volume(self, request: Request, rest: str, body: Any) -> Response:
        self.volumes.admin = self.admin
        return self._answer(*self.volumes.answer(request, rest, body))

    def _network(self, request: Request, rest: str, body: Any) -> Response:
        resource = rest.removeprefix("v2.0").strip("/")
        if resource.startswith("ports"):
            self.ports.admin = self.admin
            answer = self.ports.answer(request, resource, lambda found: self._page("ports", found, request, "id"), body)
            return self._answer(*answer) if isinstance(answer, tuple) else answer
        if resource.split("/")[0] in FakePorts.OTHER_RESOURCES:
            return self._answer(*self.ports.other(request, resource))
        _start, _slash, name = rest.partition("networks/")
        if name:
            found = next((network for network in self.networks if network["id"] == name), None)
            return self._answer(200, {"network": found}) if found else self._refuse(404, f"Network {name} not found")
        if not rest.endswith("networks"):
            return self._answer(200, {})
        listed = [network for network in self.networks if request.args.get("name") in (None, network["name"])]
        return self._page("networks", listed, request, "id")

    def _placement(self, request: Request, rest: str, _body: Any) -> Response:
        if rest == "":
            links = [{"rel": "self", "href": ""}]
            version = {"id": "v1.0", "max_version": "1.39", "min_version": "1.0", "status": "CURRENT", "links": links}
            return self._answer(200, {"versions": [version]})
        if not self.admin:
            return self._refuse_placement(403, "Forbidden", "Policy does not allow it.")
        kind, _slash, name = rest.partition("/")
        if kind == "allocations":
            return self._consumer(request, name)
        if kind == "resource_providers":
            return self._provider(request, name)
        return self._candidates(request)

    def _refuse_placement(self, status: int, title: str, detail: str, code: str | None = None) -> Response:
        return self._answer(status, nova_answers.placement_error(status, title, detail, code))

    def _candidates(self, request: Request) -> Response:
        nested = _microversion_of(request) == PLACEMENT_NESTED_CANDIDATES
        hosts = self.candidates if self.candidates is not None else self.hosts
        requested = {
            name: int(amount)
            for name, _colon, amount in (part.partition(":") for part in request.args["resources"].split(","))
        }
        # Placement has no candidate where the limit for a single allocation is lower than the requested amount.
        too_large = any(requested[name] > most for name, most in self.max_unit.items() if name in requested)
        required = request.args.get("required", "").split(",")
        known = {trait for traits in self.traits.values() for trait in traits}
        unknown = [trait for trait in required if trait and trait.removeprefix("!") not in known]
        if unknown:
            detail = f"No such trait(s): {', '.join(unknown)}."
            return self._refuse_placement(400, "Bad Request", detail, "placement.undefined_code" if nested else None)
        hosts = [] if too_large else [host for host in hosts if self._has_traits(host, required)]
        plenty = {"VCPU": 8, "MEMORY_MB": 7680, "DISK_GB": 40}
        summaries = {
            id_of("provider", host): {
                # Before microversion 1.27, the summaries contain only the requested resources.
                "resources": {
                    name: {"capacity": free + 1, "used": 1}
                    for name, free in self.free.get(host, plenty).items()
                    if nested or name in requested
                },
                "traits": self.traits.get(host, []),
            }
            for host in hosts
        }
        requests = [{"allocations": {id_of("provider", host): {"resources": requested}}} for host in hosts]
        return self._answer(200, nova_answers.candidates(summaries, requests, nested=nested))

    def _has_traits(self, host: str, required: list[str]) -> bool:
        own = self.traits.get(host, [])
        return all((trait.removeprefix("!") in own) != trait.startswith("!") for trait in required if trait)

    def _consumer(self, request: Request, name: str) -> Response:
        if request.method == "DELETE":
            if self.allocations.pop(name, None):
                return self._answer(204)
            return self._refuse_placement(404, "Not Found", f"No allocations for consumer '{name}'")
        if request.method == "PUT":
            return self._replace_allocations(name, json.loads(request.data))
        held = self.allocations.get(name, {})
        version = parsed(_microversion_of(request) or "1.0")
        answer = nova_answers.consumer(held)
        if held and version >= (1, 28):
            answer["consumer_generation"] = self.generations.get(name, 1)
        if held and version >= (1, 38):
            answer["consumer_type"] = self.consumer_types.get(name, "INSTANCE")
        return self._answer(200, answer)

    def _replace_allocations(self, name: str, body: Json) -> Response:
        if body["consumer_generation"] != self.generations.get(name, 1):
            detail = f"consumer generation conflict - expected {self.generations.get(name, 1)}"
            return self._refuse_placement(409, "Conflict", detail, "placement.concurrent_update")
        kept = {str(self._provider_name(uuid)): part["resources"] for uuid, part in body["allocations"].items()}
        self.allocations.pop(name, None)
        if kept:
            self.allocations[name] = kept
        self.generations[name] = self.generations.get(name, 1) + 1
        return self._answer(204)

    def _provider(self, request: Request, path: str) -> Response:
        uuid, _slash, part = path.partition("/")
        if not uuid:
            return self._answer(200, {"resource_providers": self._list_providers(request)})
        name = self._provider_name(uuid)
        if name is None:
            return self._refuse_placement(404, "Not Found", f"No resource provider with uuid {uuid} found.")
        generation = {"resource_provider_generation": 1}
        if part == "allocations":
            held_here = {who: {"resources": held[name]} for who, held in self.allocations.items() if name in held}
            return self._answer(200, {"allocations": held_here, **generation})
        if part == "traits":
            traits = ["MISC_SHARES_VIA_AGGREGATE"] if name in self.sharing_providers else self.traits.get(name, [])
            return self._answer(200, {"traits": traits, **generation})
        if part == "aggregates":
            return self._answer(200, {"aggregates": self._aggregates(name)})
        return self._answer(200, self._provider_view(name))

    @property
    def _provider_names(self) -> list[str]:
        return [*self.hosts, *self.child_providers, *self.sharing_providers]

    def _provider_name(self, uuid: str) -> str | None:
        held = [name for allocations in self.allocations.values() for name in allocations]
        return next((name for name in [*self._provider_names, *held] if id_of("provider", name) == uuid), None)

    def _provider_view(self, name: str) -> Json:
        root = name.split("_", maxsplit=1)[0]
        return nova_answers.provider(name, None if root == name else root)

    def _aggregates(self, name: str) -> list[str]:
        pools = [pool for pool, hosts in self.sharing_providers.items() if name == pool or name in hosts]
        return [id_of("aggregate", pool) for pool in pools]

    def _list_providers(self, request: Request) -> list[Json]:
        names = self._provider_names
        if "in_tree" in request.args:
            tree = self._provider_name(request.args["in_tree"])
            root = None if tree is None else tree.split("_")[0]
            names = [name for name in names if name.split("_")[0] == root]
        if "member_of" in request.args:
            aggregates = set(request.args["member_of"].removeprefix("in:").split(","))
            names = [name for name in names if aggregates.intersection(self._aggregates(name))]
        if "required" in request.args:
            names = [name for name in names if name in self.sharing_providers]
        return [self._provider_view(name) for name in names]

    # Nova

    def _compute(self, request: Request, rest: str, body: Any) -> Response:
        path = rest.removeprefix("v2.1").strip("/")
        for method, pattern, answer in self._nova_routes():
            found = re.fullmatch(pattern, path)
            if method == request.method and found is not None:
                return answer(request, body, *found.groups())
        return self._refuse(404, f"nothing at {rest}")

    def _nova_routes(self) -> list[tuple[str, str, Callable[..., Response]]]:
        def known(answer: Callable[..., Response]) -> Callable[..., Response]:
            def of_server(_request: Request, body: Any, server_id: str, *more: str) -> Response:
                server = self.servers.get(server_id)
                if server is None:
                    return self._refuse(404, f"Instance {server_id} could not be found.")
                return answer(server, body, *more)

            return of_server

        return [
            ("GET", "", lambda _request, _body: self._answer(200, {"version": self._version()})),
            ("GET", "servers", lambda request, _body: self._list_servers(request, detail=False)),
            ("GET", "servers/detail", lambda request, _body: self._list_servers(request)),
            ("POST", "servers", lambda _request, body: self._boot(body)),
            ("GET", "os-migrations", lambda request, _body: self._list_migrations(request)),
            (
                "GET",
                "flavors/detail",
                lambda _request, _body: self._list_each("flavors", self.flavors, nova_answers.flavor),
            ),
            ("POST", "flavors", lambda _request, body: self._create_flavor(body)),
            ("DELETE", "flavors/([^/]+)", lambda _request, _body, name: self._delete_flavor(name)),
            ("POST", "flavors/([^/]+)/action", lambda _request, body, name: self._add_flavor_access(body, name)),
            ("POST", "flavors/([^/]+)/os-extra_specs", lambda _request, body, name: self._set_extra_specs(body, name)),
            ("GET", "os-availability-zone", lambda _request, _body: self._list_zones()),
            (
                "GET",
                "os-keypairs",
                lambda _request, _body: self._list_each("keypairs", self.keypairs, _key_pair_in_list),
            ),
            ("GET", "os-keypairs/([^/]+)", lambda _request, _body, name: self._show_key(name)),
            (
                "GET",
                "os-server-groups",
                lambda request, _body: self._list_each(
                    "server_groups",
                    self.server_groups[int(request.args.get("offset", 0)) :][: self.page_size],
                    nova_answers.server_group,
                ),
            ),
            ("GET", "limits", lambda _request, _body: self._answer(200, {"limits": nova_answers.limits(self.limits)})),
            (
                "GET",
                "os-hypervisors/detail",
                lambda request, _body: (
                    self._list_hypervisors(request, detail=True)
                    if self.admin
                    else self._policy("os_compute_api:os-hypervisors:list-detail")
                ),
            ),
            (
                "GET",
                "os-hypervisors",
                lambda request, _body: (
                    self._list_hypervisors(request, detail=False)
                    if self.admin
                    else self._policy("os_compute_api:os-hypervisors:list")
                ),
            ),
            ("GET", "os-aggregates", lambda _request, _body: self._list_aggregates()),
            ("GET", "os-server-groups/([^/]+)", lambda _request, _body, name: self._show_group(name)),
            ("POST", "os-server-groups", lambda _request, body: self._create_group(body)),
            ("DELETE", "os-server-groups/([^/]+)", lambda _request, _body, name: self._delete_group(name)),
            ("GET", "os-services", lambda request, _body: self._list_services(request)),
            ("PUT", "os-services/([^/]+)", lambda _request, body, name: self._change_service(body, name)),
            ("GET", "servers/([^/]+)", known(self._show_server)),
            ("DELETE", "servers/([^/]+)", known(self._ask_to_delete)),
            (
                "POST",
                "servers/([^/]+)/action",
                known(self._act),
            ),
            (
                "GET",
                "servers/([^/]+)/os-volume_attachments",
                known(lambda server, _body: self._answer(200, self.volumes.of_server(server))),
            ),
            ("PUT", "servers/([^/]+)/os-volume_attachments/([^/]+)", known(self._keep_volume)),
            ("GET", "servers/([^/]+)/shares", known(self._list_shares)),
            ("POST", "servers/([^/]+)/os-interface", known(self._attach_port)),
            ("GET", "servers/([^/]+)/os-instance-actions", known(self._list_actions)),
            ("GET", "servers/([^/]+)/os-instance-actions/([^/]+)", known(self._show_action)),
            ("GET", "servers/([^/]+)/migrations", known(self._list_in_progress)),
            ("DELETE", "servers/([^/]+)/migrations/([0-9]+)", known(self._abort)),
            ("POST", "servers/([^/]+)/migrations/([0-9]+)/action", known(self._force)),
        ]

    def _list_each(self, key: str, stored: list[Json], view: Callable[[Json], Json]) -> Response:
        return self._answer(200, {key: [view(entry) for entry in stored]})

    def _list_hypervisors(self, request: Request, *, detail: bool) -> Response:
        views = [nova_answers.hypervisor(entry, detail=detail) for entry in self.hypervisors]
        return self._page("hypervisors", views, request, "id")

    def _list_aggregates(self) -> Response:
        if not self.admin:
            return self._policy("os_compute_api:os-aggregates:index")
        return self._list_each("aggregates", self.aggregates, nova_answers.aggregate)

    def _list_zones(self) -> Response:
        names = sorted({*self.more_zones, *(service["zone"] for service in self.services)})
        zones = [{"zoneName": name, "zoneState": {"available": True}, "hosts": None} for name in names]
        return self._answer(200, {"availabilityZoneInfo": zones})

    def _show_key(self, name: str) -> Response:
        found = next((entry for entry in self.keypairs if entry["keypair"]["name"] == name), None)
        if found is None:
            return self._refuse(404, f"Keypair {name} not found")
        return self._answer(200, nova_answers.key_pair(found, single=True))

    def _version(self) -> Json:
        links = [{"rel": "self", "href": f"{self.url}/compute/v2.1/"}]
        return {
            "id": "v2.1",
            "status": "CURRENT",
            "version": self.newest,
            "min_version": self.oldest,
            "links": links,
        }

    def _list_in_progress(self, server: Json, _body: Any) -> Response:
        if not self.admin:
            return self._policy("os_compute_api:servers:migrations:index")
        copied = int(self.time.now) if self.tells_progress else None
        found = [
            nova_answers.migration_in_progress(record, copied)
            for record in self.migrations
            if record["instance_uuid"] == server["id"] and record["status"] in ("queued", "preparing", "running")
        ]
        return self._answer(200, {"migrations": found})

    def _list_shares(self, server: Json, _body: Any) -> Response:
        shares = [
            {"share_id": one, "status": "inactive", "tag": one} for one in (self.manila or {}).get(server["id"], ())
        ]
        return self._answer(200, {"shares": shares})

    def _list_actions(self, server: Json, _body: Any) -> Response:
        stored = self.actions.get(server["id"], [])
        actions = [nova_answers.action(entry, server["id"], admin=self.admin, single=False) for entry in stored]
        return self._answer(200, {"instanceActions": actions})

    def _show_group(self, name: str) -> Response:
        group = next((one for one in self.server_groups if one["id"] == name), None)
        if group is None:
            return self._refuse(404, f"Instance group {name} could not be found.")
        return self._answer(200, {"server_group": nova_answers.server_group(group)})

    def _create_group(self, body: Json) -> Response:
        self._count += 1
        group = {"id": uuid_of(6000 + self._count), **body["server_group"]}
        self.server_groups.append(group)
        return self._answer(200, {"server_group": nova_answers.server_group(group)})

    def _delete_group(self, name: str) -> Response:
        known = [group["id"] for group in self.server_groups]
        if name not in known:
            return self._refuse(404, f"Instance group {name} could not be found.")
        del self.server_groups[known.index(name)]
        return self._answer(204)

    def _list_services(self, request: Request) -> Response:
        if not self.admin:
            return self._policy("os_compute_api:os-services:list")
        wanted = request.args.get("host")
        services = [service for service in self.services if wanted in (None, service["host"])]
        return self._list_each("services", services, nova_answers.service)

    def _change_service(self, body: Json, name: str) -> Response:
        if not self.admin:
            return self._policy("os_compute_api:os-services:update")
        service = next((entry for entry in self.services if entry["id"] == name), None)
        if service is None:
            return self._refuse(404, f"Compute service {name} could not be found.")
        service |= {"status": body["status"], "disabled_reason": body.get("disabled_reason")}
        for hypervisor in self.hypervisors:
            if hypervisor["service"]["host"] == service["host"]:
                hypervisor["status"] = service["status"]
                hypervisor["service"]["disabled_reason"] = service["disabled_reason"]
        return self._answer(200, {"service": nova_answers.service(service)})

    def _keep_volume(self, server: Json, body: Json, volume: str) -> Response:
        kept = body["volumeAttachment"]["delete_on_termination"]
        if not self.volumes.set_delete_on_termination(server, volume, delete=kept):
            return self._refuse(404, f"Instance {server['id']} is not attached to volume {volume}")
        return self._answer(202)

    def _show_action(self, server: Json, _body: Any, request_id: str) -> Response:
        for action in self.actions.get(server["id"], []):
            if action["request_id"] == request_id:
                shown = nova_answers.action(action, server["id"], admin=self.admin, single=True)
                return self._answer(200, {"instanceAction": shown})
        return self._refuse(404, "no such action")

    def _ask_to_delete(self, server: Json, _body: Any) -> Response:
        server["OS-EXT-STS:task_state"] = "deleting"
        if self.keeps_deleted:
            kept = {"status": "SOFT_DELETED", "OS-EXT-STS:task_state": None}
            self.at(self.delete_seconds, lambda: server.update(kept))
        else:
            self.at(self.delete_seconds, lambda: self._delete(server))
        return self._answer(204)

    def _delete_for_good(self, server: Json, _body: Any) -> Response:
        self.at(self.delete_seconds, lambda: self._delete(server))
        return self._answer(202)

    def _delete(self, server: Json) -> None:
        self.servers.pop(server["id"], None)
        self.volumes.delete_with(server)
        self.ports.delete_with(server)
        for group in self.server_groups:
            group["members"] = [member for member in group.get("members", []) if member != server["id"]]
        self.migrations = [one for one in self.migrations if one["instance_uuid"] != server["id"]]
        if not self.leak_allocations:
            self.allocations.pop(server["id"], None)

    def _show_server(self, server: Json, _body: Any) -> Response:
        return self._answer(200, {"server": self._server_view(server, single=True)})

    def _server_view(self, server: Json, *, single: bool) -> Json:
        view = nova_answers.server(server, admin=self.admin, single=single)
        if parsed(self.newest) < (2, 96) and "pinned_availability_zone" not in server:
            del view["pinned_availability_zone"]
        return view

    def _matching_servers(self, query: Mapping[str, str]) -> list[Json]:
        found = [one for one in self.servers.values() if one["status"] != "SOFT_DELETED"]
        if "name" in query:
            found = [one for one in found if re.search(query["name"], one["name"])]
        if "reservation_id" in query:
            found = [one for one in found if one["reservation_id"] == query["reservation_id"]]
        if "host" in query:
            found = [one for one in found if one["host"] == query["host"]]
        if "tags" in query:
            found = [one for one in found if set(query["tags"].split(",")) <= set(one.get("tags", []))]
        if "all_tenants" not in query:
            found = [one for one in found if one["tenant_id"] == PROJECT]
        return found

    def _list_servers(self, request: Request, *, detail: bool = True) -> Response:
        views = [self._server_view(server, single=False) for server in self._matching_servers(request.args)]
        if not detail:
            brief = [{key: view[key] for key in ("id", "name", "links")} for view in views]
            return self._page("servers", brief, request, "id")
        version = parsed(_microversion_of(request) or "2.1")
        if version <= nova_answers.OLD_SERVERS:
            views = [nova_answers.old_server(view) for view in views]
        if version >= IMAGE_PROPERTIES:
            for view in views:
                if view["image"]:
                    view["image"] = {"properties": dict(self.image_properties), **view["image"]}
        return self._page("servers", views, request, "id")

    def _page(self, key: str, found: list[Json], request: Request, mark: str) -> Response:
        marker = request.args.get("marker")
        if marker:
            marks = [one[mark] for one in found]
            found = found[marks.index(marker) + 1 :]
        size = min(self.page_size, int(request.args.get("limit", self.page_size)))
        links = {f"{key}_links": [{"rel": "next", "href": f"{self.url}/more"}]} if len(found) > size else {}
        return self._answer(200, {key: found[:size], **links})

    def _list_migrations(self, request: Request) -> Response:
        query = request.args
        if not {"admin", "manager"} & set(self.roles):
            return self._policy("os_compute_api:os-migrations:index")
        if not self.admin and query.get("project_id") != PROJECT:
            return self._policy("os_compute_api:os-migrations:index:all_projects")
        found = sorted(self.migrations, key=lambda one: (one["created_at"], one["id"]), reverse=True)
        for name in ("instance_uuid", "status", "migration_type"):
            if name in query:
                found = [one for one in found if one[name] == query[name]]
        if "host" in query:
            found = [one for one in found if query["host"] in (one["source_compute"], one["dest_compute"])]
        found = [nova_answers.migration(record, hosts=self.admin) for record in found]
        return self._page("migrations", found, request, "uuid")

    def _boot(self, body: Json) -> Response:
        asked = body["server"]
        count = asked["max_count"]
        host = asked.get("host")
        if host is not None and not self.admin:
            return self._policy("compute:servers:create:requested_destination")
        if host is not None and host not in self.hosts:
            return self._refuse(400, f"Compute host {host} could not be found.")
        reservation = f"r-{len(self.servers):08d}"
        first = {"server": nova_answers.new_server(uuid_of(self._count + 2))}
        answer = self._answer(202, {"reservation_id": reservation} if asked["return_reservation_id"] else first)
        for number in range(1, count + 1):
            name = asked["name"] if count == 1 else f"{asked['name']}-{number}"
            server = self.add_server(
                name,
                host=host or self.hosts[number % len(self.hosts)],
                status="BUILD",
                reservation_id=reservation,
                metadata=asked.get("metadata", {}),
                key_name=asked.get("key_name"),
                tags=asked.get("tags", []),
                description=asked.get("description"),
                **{"OS-EXT-STS:task_state": "spawning"},
            )
            self._join_group(server, body.get("os:scheduler_hints", {}).get("group"))
            server["host"] = self._host_of_group(server) or server["host"]
            self.volumes.create(server, asked.get("block_device_mapping_v2", []))
            if not isinstance(asked["networks"], str):
                self.ports.create_for(server, asked["networks"])
            self.at(self.boot_seconds, lambda server=server: self._become(server))  # type: ignore[misc]  # default argument
            event = self.event("compute__do_build_and_run_instance", "Success")
            self.add_action(server, answer.headers["x-openstack-request-id"], [event], action="create")
        return answer

    def _host_of_group(self, server: Json) -> str | None:
        """Return the host of the other servers of an affinity group."""
        for group in self.server_groups:
            others = [one for one in group.get("members", []) if one != server["id"] and one in self.servers]
            if group.get("policy") == "affinity" and server["id"] in group.get("members", []) and others:
                return str(self.servers[others[0]]["host"])
        return None

    def _join_group(self, server: Json, group_id: str | None) -> None:
        for group in self.server_groups:
            if group["id"] == group_id:
                group.setdefault("members", []).append(server["id"])
                server["server_groups"] = [group_id]

    def _become(self, server: Json) -> None:
        no_host = all(service["status"] == "disabled" for service in self.services)
        no_host = no_host or server["host"] in self.full_hosts
        server["status"], server["OS-EXT-STS:task_state"] = "ERROR" if no_host else self.boot_status, None
        if server["status"] == "ERROR":
            server["fault"] = {"message": "No valid host was found. There are not enough hosts available."}

    def _act(self, server: Json, body: Json) -> Response:
        (name,) = body
        answer = {
            "os-migrateLive": self._migrate,
            "migrate": self._cold_migrate,
            "confirmResize": self._confirm,
            "pause": self._pause,
            "resize": self._resize,
            "revertResize": self._revert,
            "unpause": self._pause,
            "forceDelete": self._delete_for_good,
            "os-getConsoleOutput": self._show_console,
            "os-resetState": self._reset_state,
        }[name]
        return answer(server, body)

    def _reset_state(self, server: Json, body: Json) -> Response:
        if not self.admin:
            return self._policy("os_compute_api:os-admin-actions:reset_state")
        assert body == {"os-resetState": {"state": "active"}}
        server["status"] = "ACTIVE"
        return self._answer(202)

    def _pause(self, server: Json, body: Json) -> Response:
        (action,) = body
        before, after = ("ACTIVE", "PAUSED") if action == "pause" else ("PAUSED", "ACTIVE")
        if server["status"] != before:
            return self._refuse(
                409, f"Cannot '{action}' instance {server['id']} while it is in vm_state {after.lower()}"
            )
        server["OS-EXT-STS:task_state"] = f"{action.removesuffix('e')}ing"
        self.at(0.5, lambda: server.update({"status": after, "OS-EXT-STS:task_state": None}))
        return self._answer(202)

    def _attach_port(self, server: Json, body: Json) -> Response:
        port = self.ports.ports[body["interfaceAttachment"]["port_id"]]
        if port["device_id"]:
            return self._refuse(409, f"Port {port['id']} is in use.")
        self.ports.attach(server, port)
        return self._answer(200, {"interfaceAttachment": nova_answers.attached_port(port)})

    def _resize(self, server: Json, body: Json) -> Response:
        wanted = body["resize"]["flavorRef"]
        flavor = next((one for one in self.flavors if one["id"] == wanted), None)
        if flavor is None:
            return self._refuse(400, f"Flavor {wanted} could not be found.")
        if server["OS-EXT-STS:task_state"] or server["status"] != "ACTIVE":
            return self._refuse(409, f"Cannot 'resize' instance {server['id']} while it is in vm_state paused")
        answer = self._answer(202)
        event = self.event("conductor_migrate_server", "Success")
        self.add_action(server, answer.headers["x-openstack-request-id"], [event], action="resize")
        record = self.add_migration(server, "pre-migrating", migration_type="resize")
        server["flavor"] = nova_answers.embedded_flavor(flavor)
        record["resources"] = {"VCPU": flavor["vcpus"], "MEMORY_MB": flavor["ram"], "DISK_GB": flavor["disk"]}
        self.on_cold_migrate(server, record)
        return answer

    def _show_console(self, server: Json, _body: Json) -> Response:
        console = self.consoles.get(server["id"], self.default_console)
        if console is None:
            return self._refuse(404, "Unable to get console")
        return self._answer(200, {"output": console()})

    def _cold_migrate(self, server: Json, body: Json) -> Response:
        if server["OS-EXT-STS:task_state"] or server["status"] not in ("ACTIVE", "SHUTOFF"):
            return self._refuse(409, f"Cannot 'migrate' instance {server['id']} while it is in vm_state paused")
        answer = self._answer(202)
        event = self.event("conductor_migrate_server", "Success")
        self.add_action(server, answer.headers["x-openstack-request-id"], [event], action="migrate")
        record = self.add_migration(server, "pre-migrating", migration_type="migration")
        if body["migrate"]:
            record["wanted"] = body["migrate"]["host"]
        self.on_cold_migrate(server, record)
        return answer

    def _revert(self, server: Json, _body: Json) -> Response:
        if server["status"] != "VERIFY_RESIZE":
            return self._refuse(409, f"Cannot 'revertResize' instance {server['id']} while it is in vm_state active")
        record = next(
            one for one in self.migrations if one["instance_uuid"] == server["id"] and one["status"] == "finished"
        )
        server["status"], server["OS-EXT-STS:task_state"] = "REVERT_RESIZE", "resize_reverting"
        record["status"] = "reverting"

        def end() -> None:
            source = record["source_compute"]
            self.allocations[server["id"]] = self.allocations.pop(record["uuid"])
            self.volumes.prepare(server, source)
            self.volumes.leave(server, server["host"])
            self.ports.switch(server, source)
            server.update({"host": source, "OS-EXT-STS:task_state": None})
            server.pop("flavor", None)
            server["status"] = "ACTIVE" if server["OS-EXT-STS:power_state"] == 1 else "SHUTOFF"
            record["status"] = "reverted"

        self.at(1.0, end)
        return self._answer(202)

    def _confirm(self, server: Json, _body: Json) -> Response:
        if not self.confirming_allowed:
            return self._policy("os_compute_api:servers:confirm_resize")
        if server["status"] != "VERIFY_RESIZE":
            return self._refuse(409, f"Cannot 'confirmResize' instance {server['id']} while it is in vm_state stopped")
        record = next(
            one for one in self.migrations if one["instance_uuid"] == server["id"] and one["status"] == "finished"
        )
        record["status"] = "confirming"

        def end() -> None:
            record["status"] = "confirmed"
            server["status"] = "ACTIVE" if server["OS-EXT-STS:power_state"] == 1 else "SHUTOFF"
            self.allocations.pop(record["uuid"], None)

        self.at(1.0, end)
        return self._answer(204)

    def _migrate(self, server: Json, body: Json) -> Response:
        if not {"admin", "manager"} & set(self.roles):
            return self._policy("os_compute_api:os-migrate-server:migrate_live")
        asked = body["os-migrateLive"]
        if asked["host"] is not None and not self.admin:
            return self._policy("os_compute_api:os-migrate-server:migrate_live:host")
        if server["OS-EXT-STS:task_state"] or server["status"] not in ("ACTIVE", "PAUSED"):
            state = server["OS-EXT-STS:task_state"] or server["status"]
            return self._refuse(409, f"Cannot 'os-migrateLive' instance {server['id']} while it is in {state}")
        if asked["host"] is not None and asked["host"] not in self.hosts:
            return self._refuse(400, f"Compute host {asked['host']} could not be found.")
        before = server["status"]
        server["status"], server["OS-EXT-STS:task_state"] = "MIGRATING", "migrating"
        answer = self._answer(202)
        self.add_action(
            server, answer.headers["x-openstack-request-id"], [self.event("compute_live_migration", "Success")]
        )

        def begin() -> None:
            record = self.add_migration(server, "accepted")
            if before != "ACTIVE":
                record["status_before"] = before
            if asked["host"]:
                record["wanted"] = asked["host"]
            self.on_migrate(server, record)

        self.at(0.3, begin)
        return answer

    def _record(self, server: Json, number: int) -> Json | None:
        return next(
            (one for one in self.migrations if one["id"] == number and one["instance_uuid"] == server["id"]), None
        )

    def _refuse_intervention(self, server: Json, message: str) -> Response:
        """Refuse an action that the state forbids.

        Nova checks the state of the server first, and then the state of the migration. The HTTP statuses differ.
        """
        if server["status"] != "MIGRATING":
            return self._refuse(
                409, f"Cannot change the migration of instance {server['id']}: it is {server['status']}"
            )
        return self._refuse(400, message)

    def _abort(self, server: Json, _body: Any, number: str) -> Response:
        record = self._record(server, int(number))
        if record is None or record["status"] not in ("queued", "preparing", "running"):
            return self._refuse_intervention(server, f"Migration {number} state is not valid to abort")
        held = self.allocations.get(server["id"])

        def end() -> None:
            record["status"] = "cancelled"
            server["status"], server["OS-EXT-STS:task_state"] = "ACTIVE", None
            self.volumes.leave(server, record["dest_compute"])
            self.ports.roll_back(server)
            if held is not None:
                self.allocations[server["id"]] = {server["host"]: next(iter(held.values()))}

        self.at(1.0, end)
        return self._answer(202)

    def _force(self, server: Json, _body: Any, number: str) -> Response:
        record = self._record(server, int(number))
        if record is None or record["status"] != "running":
            return self._refuse_intervention(server, f"Migration {number} is not running")

        def end() -> None:
            server["host"] = record["dest_compute"]
            server["status"], server["OS-EXT-STS:task_state"] = "ACTIVE", None
            record["status"] = "completed"
            self.allocations[server["id"]] = {server["host"]: {"VCPU": 1}}

        self.at(1.0, end)
        return self._answer(202)

    def _hypervisor(self, name: str) -> Json:
        return {
            "id": id_of("provider", name),
            "hypervisor_hostname": name,
            "hypervisor_type": "QEMU",
            "hypervisor_version": 7002000,
            "cpu_info": {"arch": "x86_64", "model": "Nehalem"},
            "state": "up",
            "status": "enabled",
            "service": {"host": name, "id": id_of("service", name), "disabled_reason": None},
            "vcpus": 8,
            "vcpus_used": 1,
            "free_ram_mb": 7680,
            "free_disk_gb": 40,
            "running_vms": 0,
        }
