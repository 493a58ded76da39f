# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cloud that the proof breaks: a local cloud of its own, with hands on its services and its APIs."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openstack
import yaml
from ansible_collections.stackproof.migration.tests.proof.runs import ANSIBLE_PLAYBOOK, PLAYBOOKS, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from openstack.connection import Connection

DOWN_SECONDS = 60
_MARK = "stackproof_run"


class Lab:
    """A local cloud, and everything that the rows do to it."""

    def __init__(self, folder: Path, port_base: int, scratch: Path, **inputs: Any) -> None:
        self.folder = folder
        self._inputs = {"local_cloud_dir": str(folder), "local_cloud_port_base": port_base, **inputs}
        self._scratch = scratch
        self._runs = 0

    # The cloud as a whole

    def start(self, faults: Sequence[str] = ()) -> None:
        """Have it up with exactly these faults; brings back what a row has killed or restarted."""
        self._local_cloud("started", local_cloud_faults=list(faults))

    def remove(self) -> None:
        self._local_cloud("absent")

    def _local_cloud(self, state: str, **more: Any) -> None:
        inputs = json.dumps({**self._inputs, "local_cloud_state": state, **more})
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

    def connect(self, cloud: str = "local") -> Connection:
        config = openstack.config.OpenStackConfig(config_files=[str(self.clouds_yaml)])
        # with patience: a fault may still be in
        kinds = ("connect_retries", "status_code_retries")
        patience: dict[str, Any] = {f"{service}_{kind}": 5 for service in ("compute", "placement") for kind in kinds}
        return openstack.connection.Connection(config=config.get_one(cloud, **patience))

    # Runs

    def run(self, cloud: str = "local", clouds_yaml: Path | None = None, **inputs: Any) -> Run:
        """Begin a regression run against it."""
        self._runs += 1
        environment = {"OS_CLIENT_CONFIG_FILE": str(clouds_yaml or self.clouds_yaml), "OS_CLOUD": cloud}
        report = self._scratch / f"report-{self._runs}"
        given = {"migration_cycle_report_dir": str(report), **inputs}
        return Run(environment, given, report, self._scratch / f"run-{self._runs}.log")

    def changed_clouds_yaml(self, change: Callable[[dict[str, Any]], None]) -> Path:
        """A copy of the credentials of the administrator, with something changed."""
        content = yaml.safe_load(self.clouds_yaml.read_text(encoding="utf-8"))
        change(content["clouds"]["local"])
        path = self._scratch / "clouds.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    # Its services

    def supervisorctl(self, *arguments: str) -> str:
        command = [f"{self.folder}/venv/bin/supervisorctl", "-c", f"{self.folder}/etc/supervisord.conf", *arguments]
        # it exits with the state of what it shows, too
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def kill(self, program: str) -> None:
        """SIGKILL, as by the kernel or a power cut."""
        self.supervisorctl("signal", "KILL", program)

    def restart(self, program: str) -> None:
        """As an upgrade or a watchdog does. Returns when supervisord has started it, not when it is ready."""
        self.supervisorctl("restart", program)

    def guests(self, host: str) -> list[str]:
        """The ids of the servers whose guests run on a libvirt host, as its processes tell."""
        world = Path("/proc", self.first_process(host), "ns", "pid").readlink()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                arguments = (entry / "cmdline").read_text(encoding="utf-8").split("\0")
                if "-uuid" in arguments and (entry / "ns" / "pid").readlink() == world:
                    found.append(arguments[arguments.index("-uuid") + 1])
        return found

    def first_process(self, host: str) -> str:
        """Its id on this machine."""
        return (self.folder / "run" / f"{host}.pid").read_text(encoding="utf-8").strip()

    # What others do to it through its APIs

    def servers_of_runs(self) -> list[Any]:
        return [one for one in self.connect().compute.servers(all_projects=True) if _MARK in one.metadata]

    def migrating(self) -> Callable[[], str | None]:
        """A look for the id of a server of a run whose live migration is running."""
        compute = self.connect().compute

        def look() -> str | None:
            answer = compute.get("/os-migrations", params={"status": "running"}, microversion="2.59")
            found = answer.json()["migrations"]
            return str(found[0]["instance_uuid"]) if found else None

        return look

    @contextlib.contextmanager
    def disabled(self, host: str) -> Iterator[None]:
        """A compute service that the operator has disabled."""
        compute = self.connect().compute
        (service,) = compute.services(binary="nova-compute", host=host)
        compute.disable_service(service, disabled_reason="proof")
        try:
            yield
        finally:
            compute.enable_service(service)

    @contextlib.contextmanager
    def down(self, host: str) -> Iterator[None]:
        """A compute service that is stopped, and known as down."""
        self.supervisorctl("stop", f"nova-{host}")
        try:
            self._await_state(host, "down")
            yield
        finally:
            self.start()

    def await_hosts(self) -> None:
        """Until each compute host has reported: for a while after a broker's restart they count as down."""
        for host in sorted({one.host for one in self.connect().compute.services(binary="nova-compute")}):
            self._await_state(host, "up")

    def _await_state(self, host: str, state: str) -> None:
        compute = self.connect().compute
        deadline = time.monotonic() + DOWN_SECONDS
        while [one.state for one in compute.services(binary="nova-compute", host=host)] != [state]:
            assert time.monotonic() < deadline, f"{host} is not {state} after {DOWN_SECONDS} s"
            time.sleep(0.5)

    @contextlib.contextmanager
    def full(self, host: str) -> Iterator[None]:
        """A compute host whose memory is taken by somebody else's server."""
        cloud = self.connect()
        (provider,) = cloud.placement.resource_providers(name=host)
        inventory = next(
            one for one in cloud.placement.resource_provider_inventories(provider) if one.resource_class == "MEMORY_MB"
        )
        room = int(inventory.total * inventory.allocation_ratio) - inventory.reserved
        flavor = cloud.compute.create_flavor(name="proof-fills-a-host", ram=room - 32, vcpus=1, disk=1)
        image = next(iter(cloud.image.images()))
        try:
            server = cloud.compute.create_server(
                name="proof-filler",
                image_id=image.id,
                flavor_id=flavor.id,
                networks="none",
                availability_zone=f"nova:{host}",
            )
            cloud.compute.wait_for_server(server, interval=0.5, wait=60)
            yield
        finally:
            for one in cloud.compute.servers(name="proof-filler"):
                cloud.compute.delete_server(one)
                cloud.compute.wait_for_delete(one, interval=0.5, wait=60)
            cloud.compute.delete_flavor(flavor)

    @contextlib.contextmanager
    def quota(self, instances: int) -> Iterator[None]:
        """A project that may have few servers."""
        cloud = self.connect()
        project = str(cloud.current_project_id)
        cloud.compute.update_quota_set(project, instances=instances)
        try:
            yield
        finally:
            cloud.compute.revert_quota_set(project)

    # What is left

    def left(self) -> dict[str, list[str]]:
        """Servers of runs, and consumers of allocations whom Nova does not know, as the cloud tells from outside."""
        cloud = self.connect()
        consumers: set[str] = set()
        for provider in cloud.placement.resource_providers():
            path = f"/resource_providers/{provider.id}/allocations"
            consumers |= set(cloud.placement.get(path, microversion="1.28").json()["allocations"])
        servers = list(cloud.compute.servers(all_projects=True))
        records = cloud.compute.get("/os-migrations", microversion="2.59").json()["migrations"]
        known = {server.id for server in servers} | {record["uuid"] for record in records}
        return {
            "servers": sorted(server.name for server in servers if _MARK in server.metadata),
            "allocations": sorted(consumers - known),
        }
