# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clouds on which the scenario runs: a local cloud, and the fake cloud of the unit tests."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import MicroversionRange
from ansible_collections.stackproof.migration.tests.samples.scenario import NAME, SLOW
from openstack.config import OpenStackConfig
from openstack.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ansible_collections.stackproof.migration.tests.samples.api_requests import ApiRequest
    from ansible_collections.stackproof.migration.tests.samples.scenario import Answer
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

_MEMBER = "local-member"


def _send(connection: Connection, offered: MicroversionRange, request: ApiRequest, path: str, **more: Any) -> Answer:
    adapter = connection.placement if request.service == "placement" else connection.compute
    response = adapter.request(
        path, request.method, microversion=request.microversion(offered), raise_exc=False, **more
    )
    return response.status_code, json.loads(response.content) if response.content else None


def _offered(connection: Connection) -> MicroversionRange:
    data: Any = connection.compute.get_endpoint_data()
    return MicroversionRange(data.min_microversion, data.max_microversion)


class LocalCloud:
    """A local cloud with hosts of the kind fake, and with networks of the kind flat."""

    def __init__(self, connect: Callable[[str], Connection]) -> None:
        self._connections = {"admin": connect("local"), "member": connect(_MEMBER)}
        admin = self._connections["admin"]
        self.offered = _offered(admin)
        self.image_id = str(admin.image.find_image("local-cloud", ignore_missing=False).id)
        self.flavor_id = str(admin.compute.find_flavor("local.tiny", ignore_missing=False).id)
        self.project_id = str(admin.current_project_id)
        self.port_id = ""

    def send(self, user: str, request: ApiRequest, path: str, query: Mapping[str, str], body: Any) -> Answer:
        more = {} if body is None else {"json": body}
        return _send(self._connections[user], self.offered, request, path, params=query, **more)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        """Create the resources that the scenario reads. Delete them afterwards."""
        compute, network = self._connections["admin"].compute, self._connections["admin"].network
        with contextlib.ExitStack() as created:
            key = compute.create_keypair(name=NAME)
            created.callback(compute.delete_keypair, key)
            group = compute.create_server_group(name=NAME, policy="soft-anti-affinity")
            created.callback(compute.delete_server_group, group)
            aggregate = compute.create_aggregate(name=NAME)
            created.callback(compute.delete_aggregate, aggregate)
            compute.set_aggregate_metadata(aggregate, {"purpose": "samples"})
            host = next(iter(compute.services(binary="nova-compute"))).host
            compute.add_host_to_aggregate(aggregate, host)
            created.callback(compute.remove_host_from_aggregate, aggregate, host)
            port = network.create_port(name=NAME, network_id=next(iter(network.networks())).id)
            created.callback(network.delete_port, port)
            self.port_id = str(port.id)
            yield


class FakeSampleCloud:
    """The fake cloud of the unit tests with the same resources."""

    def __init__(self, fake: FakeCloud) -> None:
        self._fake = fake
        self._connection = Connection(
            config=OpenStackConfig(load_yaml_config=False, load_envvars=False).get_one(**fake.params)
        )
        self.offered = _offered(self._connection)
        self.image_id = str(fake.images[0]["id"])
        self.flavor_id = str(fake.flavors[0]["id"])
        self.project_id = str(self._connection.current_project_id)
        self.port_id = str(fake.ports.add_free()["id"])
        fake.keypairs = [{"keypair": {"name": NAME}}]
        fake.server_groups = [{"id": fake.server_groups[0]["id"], "name": NAME}]
        fake.aggregates = [{"name": NAME, "hosts": [fake.hosts[0]], "metadata": {"purpose": "samples"}}]
        fake.sharing_providers = {"shared-disks": list(fake.hosts)}
        fake.traits = {host: ["COMPUTE_NODE"] for host in fake.hosts}
        fake.default_console = lambda: "booted"
        # The hypervisor of the local cloud does not report this value.
        fake.tells_progress = False
        fake.on_migrate = self._migrate

    def _migrate(self, server: dict[str, Any], record: dict[str, Any]) -> None:
        if server["metadata"] == SLOW:
            self._fake.hang(server, record)
        else:
            self._fake.succeed(server, record)

    def send(self, user: str, request: ApiRequest, path: str, query: Mapping[str, str], body: Any) -> Answer:
        self._fake.roles = ["admin", "manager", "member", "reader"] if user == "admin" else ["member", "reader"]
        more = {} if body is None else {"json": body}
        return _send(self._connection, self.offered, request, path, params=query, **more)

    def sleep(self, seconds: float) -> None:
        self._fake.time.clock.sleep(seconds)
