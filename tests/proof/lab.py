# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A local cloud of the proof, and faults that operators and accidents cause in this cloud."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import openstack
import yaml
from ansible_collections.stackproof.migration.tests.proof.runs import ANSIBLE_PLAYBOOK, PLAYBOOKS, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from openstack.connection import Connection

TIMEOUT_SECONDS = 60
INSTANCES = "/var/lib/nova/instances"
_RUN_KEY = "stackproof_run"
SHARED_STORAGE = "proof-shared-storage"
# Since this version of the API, Cinder lists attachments.
ATTACHMENTS = {"OpenStack-API-Version": "volume 3.27"}


class Lab:
    """A local cloud that only the rows of the proof use."""

    # The name of the project and of the role of the administrator
    ADMINISTRATOR = "admin"

    def __init__(self, folder: Path, port_base: int, scratch: Path, **inputs: Any) -> None:
        self.folder = folder
        # Most rows need no volumes, and a start without Cinder is faster.
        defaults = {"local_cloud_dir": str(folder), "local_cloud_port_base": port_base, "local_cloud_volumes": "none"}
        self.inputs = {**defaults, **inputs}
        self._scratch = scratch
        self._runs = 0

    # The cloud

    def start(self, faults: Sequence[str] = (), **inputs: Any) -> None:
        """Start the cloud with exactly these faults.

        This also restarts the programs that a row has killed.
        """
        self._local_cloud("started", local_cloud_faults=list(faults), **inputs)

    def remove(self) -> None:
        self._local_cloud("absent")

    def _local_cloud(self, state: str, **more: Any) -> None:
        inputs = json.dumps({**self.inputs, "local_cloud_state": state, **more})
        done = subprocess.run(
            [ANSIBLE_PLAYBOOK, "local_cloud.yml", "-e", inputs],
            cwd=PLAYBOOKS,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"

    @property
    def clouds_yaml(self) -> Path:
        return self.folder / "clouds.yaml"

    @property
    def notifications(self) -> dict[str, Any]:
        """The option notifications for this cloud, if the cloud was started with local_cloud_notifications."""
        text = (self.folder / "notifications.yaml").read_text(encoding="utf-8")
        return dict(yaml.safe_load(text)["migration_cycle_notifications"])

    @property
    def broker_url(self) -> str:
        """The URL of RabbitMQ with the user of the services."""
        password = json.loads((self.folder / "secrets.json").read_text(encoding="utf-8"))["rabbitmq"]
        return f"amqp://openstack:{password}@{self.notifications['url'].rpartition('@')[2]}"

    def connect(self, cloud: str = "local") -> Connection:
        config = openstack.config.OpenStackConfig(config_files=[str(self.clouds_yaml)])
        # Repeat the request, because a fault can be active.
        kinds = ("connect_retries", "status_code_retries")
        retries: dict[str, Any] = {f"{service}_{kind}": 5 for service in ("compute", "placement") for kind in kinds}
        return openstack.connection.Connection(config=config.get_one(cloud, **retries))

    # Runs

    def run(self, cloud: str = "local", clouds_yaml: Path | None = None, **inputs: Any) -> Run:
        """Start a regression run against the cloud."""
        environment = {"OS_CLIENT_CONFIG_FILE": str(clouds_yaml or self.clouds_yaml), "OS_CLOUD": cloud}
        return self._start_run("regression.yml", ("migration_cycle",), environment, inputs)

    def drain(self, host: str, **inputs: Any) -> Run:
        """Start a drain of a compute host."""
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.clouds_yaml), "OS_CLOUD": "local"}
        return self._start_run("drain.yml", ("host_drain", host), environment, {"host_drain_host": host, **inputs})

    def coverage(self, **inputs: Any) -> Run:
        """Start a test of each compute host."""
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.clouds_yaml), "OS_CLOUD": "local"}
        inputs = {"regression_coverage": "each_host", **inputs}
        return self._start_run("regression.yml", ("migration_coverage",), environment, inputs)

    def scenarios(self, **inputs: Any) -> Run:
        """Start a run of scenarios."""
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.clouds_yaml), "OS_CLOUD": "local"}
        return self._start_run("regression.yml", ("migration_scenarios",), environment, inputs)

    def readiness(self, **inputs: Any) -> Run:
        """Start a report about the hosts that can be emptied."""
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.clouds_yaml), "OS_CLOUD": "local"}
        return self._start_run("readiness.yml", ("migration_readiness",), environment, inputs)

    def audit(self, **inputs: Any) -> Run:
        """Start an audit of the cloud."""
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.clouds_yaml), "OS_CLOUD": "local"}
        return self._start_run("audit.yml", ("migration_audit",), environment, inputs)

    def _start_run(
        self, playbook: str, result_keys: Sequence[str], environment: dict[str, str], inputs: dict[str, Any]
    ) -> Run:
        self._runs += 1
        report = self._scratch / f"report-{self._runs}"
        log = self._scratch / f"run-{self._runs}.log"
        inputs = {f"{result_keys[0]}_report_dir": str(report), **inputs}
        return Run(playbook, result_keys, environment, inputs, report, log)

    def changed_clouds_yaml(self, change: Callable[[dict[str, Any]], None]) -> Path:
        """Return a copy of clouds.yaml. ``change`` has altered the entry of the administrator in the copy."""
        content = yaml.safe_load(self.clouds_yaml.read_text(encoding="utf-8"))
        change(content["clouds"]["local"])
        path = self._scratch / "clouds.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    # Programs and hosts

    def supervisorctl(self, *arguments: str) -> str:
        command = [f"{self.folder}/venv/bin/supervisorctl", "-c", f"{self.folder}/etc/supervisord.conf", *arguments]
        # The exit code is not checked. supervisorctl status returns an error if a program is stopped.
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def kill(self, program: str) -> None:
        """Send SIGKILL to a program, as the kernel does when the machine has no free memory."""
        self.supervisorctl("signal", "KILL", program)

    def restart(self, program: str) -> None:
        """Restart a program, and return when its process runs.

        The program may not be ready at this time.
        """
        self.supervisorctl("restart", program)

    @contextlib.contextmanager
    def stopped(self, program: str) -> Iterator[None]:
        """Stop a program, and start the program again at the end of the context."""
        self.supervisorctl("stop", program)
        try:
            yield
        finally:
            self.supervisorctl("start", program)

    def guests(self, host: str) -> list[str]:
        """Return the ids of the servers whose QEMU processes run on a libvirt host."""
        namespace = Path("/proc", self.host_pid(host), "ns", "pid").readlink()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # the process ended after the list of processes was read
                arguments = (entry / "cmdline").read_text(encoding="utf-8").split("\0")
                if "-uuid" in arguments and (entry / "ns" / "pid").readlink() == namespace:
                    found.append(arguments[arguments.index("-uuid") + 1])
        return found

    def host_pid(self, host: str) -> str:
        """Return the process id, on this machine, of the first process of a libvirt host."""
        return (self.folder / "run" / f"{host}.pid").read_text(encoding="utf-8").strip()

    def run_on(self, host: str, *command: str) -> None:
        """Run a command with the file systems of a libvirt host."""
        enter = ["nsenter", "--target", self.host_pid(host), "--mount", "--", *command]
        subprocess.run(enter, check=True)

    @contextlib.contextmanager
    def disk_full(self, host: str) -> Iterator[None]:
        """Leave no free inode in the folder of server disks on a libvirt host.

        Programs then cannot create a file in the folder, and get the error ENOSPC. The size of the file system stays
        large. Nova reports this size to Placement, and the scheduler does not choose a host with a small size.
        """
        self.run_on(host, "mount", "-t", "tmpfs", "-o", "size=64g,nr_inodes=2", "full", INSTANCES)
        try:
            self.run_on(host, "touch", f"{INSTANCES}/last")
            yield
        finally:
            self.run_on(host, "umount", INSTANCES)

    # Changes through the APIs

    def servers_of_runs(self) -> list[Any]:
        return [server for server in self.connect().compute.servers(all_projects=True) if _RUN_KEY in server.metadata]

    def running_migration(self) -> Callable[[], str | None]:
        """Return a function that returns the id of a server whose live migration runs.

        The function returns None while no live migration runs.
        """
        compute = self.connect().compute

        def poll() -> str | None:
            response = compute.get("/os-migrations", params={"status": "running"}, microversion="2.59")
            records = response.json()["migrations"]
            return str(records[0]["instance_uuid"]) if records else None

        return poll

    def running_destination(self) -> Callable[[], str | None]:
        """Return a function that returns the destination of a live migration that runs, or None."""
        compute = self.connect().compute

        def poll() -> str | None:
            response = compute.get("/os-migrations", params={"status": "running"}, microversion="2.59")
            hosts = [record["dest_compute"] for record in response.json()["migrations"]]
            return next((str(host) for host in hosts if host), None)

        return poll

    @contextlib.contextmanager
    def stopped_servers(self, host: str, count: int) -> Iterator[list[str]]:
        """Boot servers on a host, stop them, and yield their ids. Delete the servers at the end of the context."""
        cloud = self.connect()
        image = cloud.image.find_image("local-cloud", ignore_missing=False)
        flavor = cloud.compute.find_flavor("local.tiny", ignore_missing=False)
        servers = [
            cloud.compute.create_server(
                name=f"proof-stopped-{number}",
                image_id=image.id,
                flavor_id=flavor.id,
                networks="none",
                availability_zone=f"nova:{host}",
            )
            for number in range(count)
        ]
        try:
            for server in servers:
                cloud.compute.wait_for_server(server, interval=0.5, wait=TIMEOUT_SECONDS)
                cloud.compute.stop_server(server)
            for server in servers:
                cloud.compute.wait_for_server(server, status="SHUTOFF", interval=0.5, wait=TIMEOUT_SECONDS)
            yield [server.id for server in servers]
        finally:
            for server in servers:
                cloud.compute.delete_server(server, ignore_missing=True)
            for server in servers:
                cloud.compute.wait_for_delete(server, interval=0.5, wait=TIMEOUT_SECONDS)

    @contextlib.contextmanager
    def server_with_port(self, host: str) -> Iterator[tuple[str, str]]:
        """Boot a server with a port on a host. Yield the ids of both, and delete the server at the end."""
        cloud: Any = self.connect()
        server = cloud.compute.create_server(
            name="proof-with-port",
            image_id=cloud.image.find_image("local-cloud", ignore_missing=False).id,
            flavor_id=cloud.compute.find_flavor("local.tiny", ignore_missing=False).id,
            networks=[{"uuid": cloud.network.find_network("local-cloud", ignore_missing=False).id}],
            availability_zone=f"nova:{host}",
        )
        try:
            cloud.compute.wait_for_server(server, interval=0.5, wait=TIMEOUT_SECONDS)
            (port,) = cloud.network.ports(device_id=server.id)
            yield server.id, str(port.id)
        finally:
            cloud.compute.delete_server(server, ignore_missing=True)
            cloud.compute.wait_for_delete(server, interval=0.5, wait=TIMEOUT_SECONDS)

    def live_migrate(self, server: str, host: str) -> None:
        """Live-migrate a server with a request to Nova alone, and wait until Nova has completed the migration."""
        compute: Any = self.connect().compute
        compute.live_migrate_server(server, host=host, block_migration="auto")
        deadline = time.monotonic() + TIMEOUT_SECONDS
        status = "requested"
        while status != "completed":
            assert time.monotonic() < deadline, f"not completed after {TIMEOUT_SECONDS} s: {status}"
            time.sleep(0.5)
            response = compute.get("/os-migrations", params={"instance_uuid": server}, microversion="2.59")
            (record,) = _require(response)["migrations"]
            status = record["status"]

    def enable(self, host: str) -> None:
        compute = self.connect().compute
        (service,) = compute.services(binary="nova-compute", host=host)
        compute.enable_service(service)

    @contextlib.contextmanager
    def service_disabled(self, host: str) -> Iterator[None]:
        """Disable the compute service of a host, and enable the service at the end of the context."""
        compute = self.connect().compute
        (service,) = compute.services(binary="nova-compute", host=host)
        compute.disable_service(service, disabled_reason="proof")
        try:
            yield
        finally:
            self.enable(host)

    @contextlib.contextmanager
    def service_down(self, host: str) -> Iterator[None]:
        """Stop nova-compute on a host, and wait until Nova reports it as down."""
        self.supervisorctl("stop", f"nova-{host}")
        try:
            self._wait_for_state(host, "down")
            yield
        finally:
            self.start()

    def wait_for_hosts(self) -> None:
        """Wait until every compute service is up.

        After a restart of RabbitMQ, all compute services are down for some seconds.
        """
        for host in sorted({service.host for service in self.connect().compute.services(binary="nova-compute")}):
            self._wait_for_state(host, "up")

    def _wait_for_state(self, host: str, state: str) -> None:
        compute = self.connect().compute
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while [service.state for service in compute.services(binary="nova-compute", host=host)] != [state]:
            assert time.monotonic() < deadline, f"{host} is not {state} after {TIMEOUT_SECONDS} s"
            time.sleep(0.5)

    @contextlib.contextmanager
    def memory_full(self, host: str, free: int = 32) -> Iterator[None]:
        """Boot a server that uses the memory of a host, and delete the server at the end of the context.

        ``free`` is the memory that is left, in MiB.
        """
        cloud = self.connect()
        (provider,) = cloud.placement.resource_providers(name=host)
        inventory = next(
            entry
            for entry in cloud.placement.resource_provider_inventories(provider)
            if entry.resource_class == "MEMORY_MB"
        )
        available = int(inventory.total * inventory.allocation_ratio) - inventory.reserved
        flavor = cloud.compute.create_flavor(name="proof-fills-a-host", ram=available - free, vcpus=1, disk=1)
        image = next(iter(cloud.image.images()))
        try:
            server = cloud.compute.create_server(
                name="proof-filler",
                image_id=image.id,
                flavor_id=flavor.id,
                networks="none",
                availability_zone=f"nova:{host}",
            )
            cloud.compute.wait_for_server(server, interval=0.5, wait=TIMEOUT_SECONDS)
            yield
        finally:
            for server in cloud.compute.servers(name="proof-filler"):
                cloud.compute.delete_server(server)
                cloud.compute.wait_for_delete(server, interval=0.5, wait=TIMEOUT_SECONDS)
            cloud.compute.delete_flavor(flavor)

    def change_nova_database(self, statement: str, **values: str) -> None:
        """Run an SQL statement in the database of Nova's cell, with the database driver of the cloud."""
        conf = (self.folder / "etc/nova/databases.conf").read_text(encoding="utf-8")
        url = next(one for one in re.findall(r"(?m)^connection *= *(\S+)$", conf) if "/nova?" in one)
        program = (
            "import json, sys, sqlalchemy as sa\n"
            "with sa.create_engine(sys.argv[1]).begin() as database:\n"
            "    assert database.execute(sa.text(sys.argv[2]), json.loads(sys.argv[3])).rowcount == 1\n"
        )
        command = [self.folder / "venv/bin/python", "-c", program, url, statement, json.dumps(values)]
        subprocess.run(command, check=True)

    @contextlib.contextmanager
    def instance_quota(self, instances: int) -> Iterator[None]:
        """Set the project's quota of instances, and reset the quota at the end of the context."""
        cloud = self.connect()
        project = str(cloud.current_project_id)
        cloud.compute.update_quota_set(project, instances=instances)
        try:
            yield
        finally:
            cloud.compute.revert_quota_set(project)

    @contextlib.contextmanager
    def administrator(self, name: str, password: str) -> Iterator[dict[str, Any]]:
        """Create an administrator, and yield the settings of the cloud for this user. Delete the user at the end."""
        identity: Any = self.connect().identity
        project, role = (
            find(self.ADMINISTRATOR, ignore_missing=False) for find in (identity.find_project, identity.find_role)
        )
        user = identity.create_user(name=name, password=password, domain_id="default")
        try:
            identity.assign_project_role_to_user(project, user, role)
            settings = yaml.safe_load(self.clouds_yaml.read_text(encoding="utf-8"))["clouds"]["local"]
            settings["auth"] |= {"username": name, "password": password}
            yield settings
        finally:
            identity.delete_user(user)

    @contextlib.contextmanager
    def shared_storage(self) -> Iterator[None]:
        """Add a resource provider that shares its storage with all hosts, and use the storage of the hosts.

        At the end, remove the provider, and release the storage of the hosts.
        """
        placement: Any = self.connect().placement
        placement.default_microversion = "1.36"
        hosts = [provider.id for provider in placement.resource_providers()]
        aggregate, shared = str(uuid4()), str(uuid4())
        fillers = {host: str(uuid4()) for host in hosts}
        try:
            _require(placement.post("/resource_providers", json={"name": SHARED_STORAGE, "uuid": shared}))
            _put(placement, shared, "inventories", inventories={"DISK_GB": {"total": 1000}})
            _put(placement, shared, "traits", traits=["MISC_SHARES_VIA_AGGREGATE"])
            for provider in (*hosts, shared):
                _put(placement, provider, "aggregates", aggregates=[aggregate])
            for host, consumer in fillers.items():
                _fill_disk(placement, host, consumer)
            yield
        finally:
            for consumer in fillers.values():
                placement.delete(f"/allocations/{consumer}")
            for provider in hosts:
                _put(placement, provider, "aggregates", aggregates=[])
            _require(placement.delete(f"/resource_providers/{shared}"))

    # After a row

    def remove_volumes(self) -> None:
        """Start the cloud without faults. Delete all attachments and volumes, and wait until they are deleted."""
        self.start()
        storage: Any = self.connect().block_storage
        for attachment in _require(storage.get("/attachments?all_tenants=1", headers=ATTACHMENTS))["attachments"]:
            _require(storage.delete(f"/attachments/{attachment['id']}", headers=ATTACHMENTS))
        for volume in storage.volumes(all_projects=True):
            storage.delete_volume(volume, force=True)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while volumes := [volume.id for volume in storage.volumes(all_projects=True)]:
            assert time.monotonic() < deadline, f"not deleted after {TIMEOUT_SECONDS} s: {volumes}"
            time.sleep(0.5)

    def wait_for_deleted_allocations(self) -> None:
        """Wait until no allocation of a deleted server or migration exists, at most 10 s."""
        deadline = time.monotonic() + 10
        while self.orphans()["allocations"] and time.monotonic() < deadline:
            time.sleep(0.5)

    def orphans(self) -> dict[str, list[str]]:
        """Return the servers of runs, and the orphaned consumers of allocations.

        A consumer is orphaned if it is neither a server nor a migration.
        """
        cloud = self.connect()
        consumers: set[str] = set()
        for provider in cloud.placement.resource_providers():
            path = f"/resource_providers/{provider.id}/allocations"
            consumers |= set(cloud.placement.get(path, microversion="1.28").json()["allocations"])
        servers = list(cloud.compute.servers(all_projects=True))
        records = cloud.compute.get("/os-migrations", microversion="2.59").json()["migrations"]
        known = {server.id for server in servers} | {record["uuid"] for record in records}
        return {
            "servers": sorted(server.name for server in servers if _RUN_KEY in server.metadata),
            "allocations": sorted(consumers - known),
        }


def _require(response: Any) -> Any:
    """Return the content of a response of Placement. Raise HTTPError if Placement refused the request."""
    openstack.exceptions.raise_from_response(response)
    return response.json() if response.content else None


def _put(placement: Any, provider: str, part: str, **content: Any) -> None:
    """Replace the inventories, the traits or the aggregates of a resource provider."""
    generation = _require(placement.get(f"/resource_providers/{provider}"))["generation"]
    body = {"resource_provider_generation": generation, **content}
    _require(placement.put(f"/resource_providers/{provider}/{part}", json=body))


def _fill_disk(placement: Any, host: str, consumer: str) -> None:
    """Allocate all free storage of a host."""
    disk = _require(placement.get(f"/resource_providers/{host}/inventories"))["inventories"]["DISK_GB"]
    used = _require(placement.get(f"/resource_providers/{host}/usages"))["usages"]["DISK_GB"]
    free = int((disk["total"] - disk["reserved"]) * disk["allocation_ratio"]) - used
    body = {
        "allocations": {host: {"resources": {"DISK_GB": free}}},
        "project_id": "proof",
        "user_id": "proof",
        "consumer_generation": None,
    }
    _require(placement.put(f"/allocations/{consumer}", json=body))
