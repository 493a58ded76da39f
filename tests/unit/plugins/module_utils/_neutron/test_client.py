# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.module_utils._neutron.client import Networking
from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Binding, Port

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def test_one_request_reads_the_ports_of_several_servers(fake: FakeCloud, cloud: Cloud) -> None:
    servers = [fake.add_server(f"server-{number}") for number in range(4)]
    ports = [fake.ports.add(server) for server in servers[:3]]
    fake.ports.add(servers[0], "DOWN")
    found = Networking(cloud).ports_of([server["id"] for server in servers[:1] + servers[2:]])
    assert found is not None
    assert {port.status for port in found[servers[0]["id"]]} == {"ACTIVE", "DOWN"}
    assert found[servers[2]["id"]] == [Port(ports[2]["id"], "ACTIVE", "compute1")]
    assert found[servers[3]["id"]] == []
    assert len(found) == 3
    assert fake.count("GET", "/ports") == 1


def test_a_request_names_at_most_100_servers(fake: FakeCloud, cloud: Cloud) -> None:
    servers = [fake.add_server(f"server-{number}") for number in range(101)]
    for server in servers:
        fake.ports.add(server)
    found = Networking(cloud).ports_of([server["id"] for server in servers])
    assert found is not None
    assert all(len(ports) == 1 for ports in found.values())
    assert fake.count("GET", "/ports") == 2


def test_all_pages_of_the_ports_are_read(fake: FakeCloud, cloud: Cloud) -> None:
    server = fake.add_server()
    ports = [fake.ports.add(server)["id"] for _number in range(5)]
    fake.page_size = 2
    found = Networking(cloud).ports_of([server["id"]])
    assert found is not None
    assert [port.id for port in found[server["id"]]] == sorted(ports)


def test_only_administrators_can_see_hosts_and_bindings(fake: FakeCloud, cloud: Cloud) -> None:
    port = fake.ports.add(fake.add_server())
    fake.roles = ["member"]
    networking = Networking(cloud)
    assert networking.ports_of([port["device_id"]]) == {port["device_id"]: [Port(port["id"], "ACTIVE", None)]}
    assert networking.bindings_of(port["id"]) is None


def test_bindings_name_each_host(fake: FakeCloud, cloud: Cloud) -> None:
    server = fake.add_server()
    port = fake.ports.add(server)
    fake.ports.prepare(server, "compute2")
    assert Networking(cloud).bindings_of(port["id"]) == [Binding("compute1", "ACTIVE"), Binding("compute2", "INACTIVE")]


def test_port_without_a_server_shows_no_bindings(fake: FakeCloud, cloud: Cloud) -> None:
    networking = Networking(cloud)
    assert networking.bindings_of(fake.ports.add_free()["id"]) == []
    assert networking.bindings_hidden is None


def test_bindings_are_not_read_again_after_http_403(fake: FakeCloud, cloud: Cloud) -> None:
    port = fake.ports.add(fake.add_server())
    fake.fault("GET", "/bindings", status=403, body={"NeutronError": {"message": "Access was denied"}}, times=9)
    networking = Networking(cloud)
    assert networking.bindings_of(port["id"]) is networking.bindings_of(port["id"]) is None
    assert "Access was denied" in str(networking.bindings_hidden)
    assert fake.count("GET", "/bindings") == 1


def test_only_ports_with_inactive_bindings_are_returned(fake: FakeCloud, cloud: Cloud) -> None:
    servers = [fake.add_server(f"server-{number}") for number in range(2)]
    ports = [fake.ports.add(server)["id"] for server in servers]
    fake.ports.prepare(servers[1], "compute2")
    assert Networking(cloud).inactive_bindings([*ports, "missing"]) == {ports[1]: ["compute2"]}
    fake.roles = ["member"]
    assert Networking(cloud).inactive_bindings(ports) == {}


def test_one_list_finds_the_ports_with_inactive_bindings(fake: FakeCloud, cloud: Cloud) -> None:
    servers = [fake.add_server(f"server-{number}") for number in range(130)]
    ports = [fake.ports.add(server) for server in servers]
    left = ports[120]["id"]
    fake.ports.prepare(servers[120], "compute2")
    networking = Networking(cloud)
    own = networking.ports_of([server["id"] for server in servers])
    assert own is not None
    before = fake.count("GET", "/ports$")
    assert networking.inactive_bindings_on(["compute1", "compute2"], own) == {left: ["compute2"]}
    # One list for each 100 servers
    assert (fake.count("GET", "/ports$") - before, fake.count("GET", "/bindings$")) == (2, 1)
    assert networking.inactive_bindings_on(["compute1", "compute3"], own) == {}


def test_hosts_with_long_names_are_looked_for_in_several_lists(fake: FakeCloud, cloud: Cloud) -> None:
    server = fake.add_server("server")
    left = fake.ports.add(server)["id"]
    fake.ports.prepare(server, "compute2")
    networking = Networking(cloud)
    own = networking.ports_of([server["id"]])
    assert own is not None
    before = fake.count("GET", "/ports$")
    hosts = [f"compute-{number}.{'x' * 60}.example.org" for number in range(60)]
    assert networking.inactive_bindings_on([*hosts, "compute2"], own) == {left: ["compute2"]}
    # Each list names at most 2500 characters of hosts
    assert fake.count("GET", "/ports$") - before == 3


def test_hosts_that_the_user_may_not_see_have_no_inactive_bindings(fake: FakeCloud, cloud: Cloud) -> None:
    server = fake.add_server("server")
    fake.ports.add(server)
    fake.ports.prepare(server, "compute2")
    fake.roles = ["member"]
    networking = Networking(cloud)
    own = networking.ports_of([server["id"]])
    assert own is not None
    assert networking.inactive_bindings_on(["compute1", "compute2"], own) == {}


def test_cloud_without_neutron_gives_none(fake: FakeCloud, cloud: Cloud) -> None:
    fake.services_without = {"network"}
    networking = Networking(cloud)
    assert networking.ports_of(["server"]) is None
    assert "network" in str(networking.hidden)
