# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fill the databases of Nova and Placement with copies of one compute host and one server.

The copies have no nova-compute and no guest.

usage: python -m ansible_collections.stackproof.migration.bench.multiply FOLDER HOSTS SERVERS
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymysql
from ansible_collections.stackproof.migration.bench.sql import connection_arguments, insert_statement, uuid_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST_PREFIX, SERVER_PREFIX = "multiplied-host-", "multiplied-server-"
PROJECTS = 50
# The trait COMPUTE_STATUS_DISABLED marks the resource provider of a disabled compute host.
DISABLED_TRAIT = "COMPUTE_STATUS_DISABLED"
# A compute service reports to Nova at this interval, in seconds. Nova shows the service as down 60 s after its last
# report.
HEARTBEAT_SECONDS = 15.0


class Database:
    def __init__(self, conf: Path, section: str) -> None:
        config = configparser.ConfigParser(interpolation=None, strict=False)
        config.read(conf, encoding="utf-8")
        self._connection = pymysql.connect(**connection_arguments(config[section]["connection"]), autocommit=True)

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def copy(self, table: str, where: str, count: int, changed: Mapping[str, str]) -> None:
        described = self.execute(f"DESCRIBE `{table}`")
        columns = [str(row[0]) for row in described if "auto_increment" not in str(row[5])]
        self.execute(insert_statement(table, columns, changed, where, count))

    def close(self) -> None:
        self._connection.close()


class Multiplier:
    def __init__(self, folder: Path) -> None:
        nova = folder / "etc" / "nova" / "databases.conf"
        self._cell = Database(nova, "database")
        self._api = Database(nova, "api_database")
        self._placement = Database(folder / "etc" / "placement" / "placement.conf", "placement_database")

    def close(self) -> None:
        for database in (self._cell, self._api, self._placement):
            database.close()

    def add_hosts(self, host: str, count: int) -> None:
        """Make the cloud look larger: copy the database rows of a compute host ``count`` times."""
        name = f"CONCAT('{HOST_PREFIX}', LPAD(n.seq, 5, '0'))"
        node = uuid_expression(f"CONCAT('node', {name})")
        self._cell.copy(
            "services", f"host = '{host}'", count, {"host": name, "uuid": uuid_expression(f"CONCAT('s', {name})")}
        )
        changed = {"host": name, "hypervisor_hostname": name, "uuid": node, "service_id": "NULL"}
        self._cell.copy("compute_nodes", f"host = '{host}'", count, changed)
        self._api.copy("host_mappings", f"host = '{host}'", count, {"host": name})
        # The row needs its own id in root_provider_id, but the id is known only after the insert.
        provider = {"name": name, "uuid": node, "root_provider_id": "NULL"}
        self._placement.copy("resource_providers", f"name = '{host}'", count, provider)
        own = f"name LIKE '{HOST_PREFIX}%'"
        self._placement.execute(f"UPDATE resource_providers SET root_provider_id = id WHERE {own}")  # noqa: S608  # no input of a user
        number = f"(SELECT id FROM resource_providers WHERE name = {name})"  # noqa: S608  # no input of a user
        original = f"resource_provider_id = (SELECT id FROM resource_providers WHERE name = '{host}')"  # noqa: S608  # no input of a user
        for table in ("inventories", "resource_provider_traits", "resource_provider_aggregates"):
            self._placement.copy(table, original, count, {"resource_provider_id": number})

    def add_servers(self, server: str, count: int, hosts: int) -> None:
        """Add many copies of a server to the databases, to measure the modules in a large cloud."""
        name = f"CONCAT('{SERVER_PREFIX}', n.seq)"
        host = f"CONCAT('{HOST_PREFIX}', LPAD(1 + n.seq MOD {hosts}, 5, '0'))"
        uuid, project = uuid_expression(name), f"MD5(CONCAT('project', n.seq MOD {PROJECTS}))"
        node = f"(SELECT id FROM compute_nodes WHERE host = {host})"  # noqa: S608  # no input of a user
        instance = {"uuid": uuid, "project_id": project, "display_name": name, "hostname": name, "host": host}
        instance |= {"node": host, "launched_on": host, "compute_id": node}
        self._cell.copy("instances", f"uuid = '{server}'", count, instance)
        for table in ("instance_extra", "instance_info_caches", "instance_system_metadata", "instance_metadata"):
            self._cell.copy(table, f"instance_uuid = '{server}'", count, {"instance_uuid": uuid})
        mapping = {"instance_uuid": uuid, "project_id": project}
        self._api.copy("instance_mappings", f"instance_uuid = '{server}'", count, mapping)
        # Since microversion 2.96, Nova reads the request of each server in a list.
        self._api.copy("request_specs", f"instance_uuid = '{server}'", count, {"instance_uuid": uuid})
        provider = f"(SELECT id FROM resource_providers WHERE name = {host})"  # noqa: S608  # no input of a user
        self._placement.copy("consumers", f"uuid = '{server}'", count, {"uuid": uuid})
        allocation = {"consumer_id": uuid, "resource_provider_id": provider}
        self._placement.copy("allocations", f"consumer_id = '{server}'", count, allocation)

    def remove(self) -> None:
        """Remove all copies."""
        servers = f"(SELECT uuid FROM instances WHERE display_name LIKE '{SERVER_PREFIX}%')"  # noqa: S608  # no input of a user
        for table in ("instance_extra", "instance_info_caches", "instance_system_metadata", "instance_metadata"):
            self._cell.execute(f"DELETE FROM {table} WHERE instance_uuid IN {servers}")  # noqa: S608  # no input of a user
        uuids = ", ".join(f"'{row[0]}'" for row in self._cell.execute(servers))
        if uuids:
            for table in ("instance_mappings", "request_specs"):
                self._api.execute(f"DELETE FROM {table} WHERE instance_uuid IN ({uuids})")  # noqa: S608  # no input of a user
            self._placement.execute(f"DELETE FROM allocations WHERE consumer_id IN ({uuids})")  # noqa: S608  # no input of a user
            self._placement.execute(f"DELETE FROM consumers WHERE uuid IN ({uuids})")  # noqa: S608  # no input of a user
        self._cell.execute(f"DELETE FROM instances WHERE display_name LIKE '{SERVER_PREFIX}%'")  # noqa: S608  # no input of a user
        for table in ("services", "compute_nodes"):
            self._cell.execute(f"DELETE FROM {table} WHERE host LIKE '{HOST_PREFIX}%'")  # noqa: S608  # no input of a user
        self._api.execute(f"DELETE FROM host_mappings WHERE host LIKE '{HOST_PREFIX}%'")  # noqa: S608  # no input of a user
        own = f"(SELECT id FROM resource_providers WHERE name LIKE '{HOST_PREFIX}%')"  # noqa: S608  # no input of a user
        for table in ("inventories", "resource_provider_traits", "resource_provider_aggregates"):
            self._placement.execute(f"DELETE FROM {table} WHERE resource_provider_id IN {own}")  # noqa: S608  # no input of a user
        self._placement.execute(
            f"UPDATE resource_providers SET root_provider_id = NULL WHERE name LIKE '{HOST_PREFIX}%'"  # noqa: S608  # no input of a user
        )
        self._placement.execute(f"DELETE FROM resource_providers WHERE name LIKE '{HOST_PREFIX}%'")  # noqa: S608  # no input of a user

    def enable_hosts(self, *, enabled: bool) -> None:
        """Enable or disable the compute services that the benchmark has added to the database."""
        self._cell.execute(f"UPDATE services SET disabled = {int(not enabled)} WHERE host LIKE '{HOST_PREFIX}%'")  # noqa: S608  # no input of a user

        own = f"resource_providers.name LIKE '{HOST_PREFIX}%'"
        if enabled:
            self._placement.execute(
                f"DELETE link FROM resource_provider_traits AS link JOIN traits ON traits.id = link.trait_id"
                f" JOIN resource_providers ON resource_providers.id = link.resource_provider_id"
                f" WHERE traits.name = '{DISABLED_TRAIT}' AND {own}"
            )
        else:
            self._placement.execute(
                "INSERT INTO resource_provider_traits (trait_id, resource_provider_id)"  # noqa: S608  # no input of a user
                f" SELECT traits.id, resource_providers.id FROM traits, resource_providers"
                f" WHERE traits.name = '{DISABLED_TRAIT}' AND {own}"
            )

    def report_up(self) -> None:
        now = "updated_at = UTC_TIMESTAMP(), last_seen_up = UTC_TIMESTAMP()"
        self._cell.execute(f"UPDATE services SET {now} WHERE host LIKE '{HOST_PREFIX}%'")  # noqa: S608  # no input of a user


@contextlib.contextmanager
def reporting_up(folder: Path) -> Iterator[None]:
    """Keep the copied compute services in the state up during the `with` block."""
    stop = threading.Event()
    multiplier = Multiplier(folder)
    multiplier.report_up()

    def report() -> None:
        while not stop.wait(HEARTBEAT_SECONDS):
            multiplier.report_up()

    thread = threading.Thread(target=report, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        multiplier.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="multiply", description="Copy a compute host and a server many times.")
    parser.add_argument("folder", type=Path, help="folder of the local cloud")
    parser.add_argument("hosts", type=int, help="number of copied hosts (0 removes all copies)")
    parser.add_argument("servers", type=int, help="number of copies of the server")
    parser.add_argument("--host", default="compute1", help="the compute host to copy")
    parser.add_argument("--server", help="uuid of the server to copy")
    chosen = parser.parse_args()
    with contextlib.closing(Multiplier(chosen.folder)) as multiplier:
        multiplier.remove()
        if not chosen.hosts:
            return
        multiplier.add_hosts(chosen.host, chosen.hosts)
        if chosen.servers:
            multiplier.add_servers(chosen.server, chosen.servers, chosen.hosts)
    print("The copied compute services stay up until you press Ctrl-C.", flush=True)
    with reporting_up(chosen.folder), contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    main()
