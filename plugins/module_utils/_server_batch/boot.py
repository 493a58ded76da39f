# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Boot servers with one request and wait until all servers are ACTIVE."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CloudError,
    DroppedError,
    Failure,
    InputError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import (
    BOOT,
    BOOT_ON_HOST,
    BOOT_WITH_TAGS,
    BOOT_WITH_VOLUME_TYPE,
    BOOT_WITHOUT_NETWORKS,
    KEEP_VOLUMES,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, PollIntervals, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    boot_devices,
    boot_references,
    boot_requirements,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import lookup as nova_lookup
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete import delete_servers
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete_devices import DeviceDeletion
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.devices import BatchDevices
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import Mark
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.requirements import DeviceRequirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud, Response
    from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import MicroversionRequirement

Server = dict[str, Any]

# If a boot request gets no answer, the module searches for new servers for this many seconds.
ADOPTION_SECONDS = 10.0

EMPTY_RESULT: dict[str, Any] = {
    "reservation_id": None,
    "request_id": None,
    "servers": [],
    "hosts": [],
    "volumes": [],
    "ports": [],
    "server_group": None,
    "allocations_left": None,
    "allocations_released": {},
}


@dataclass(frozen=True)
class BatchRequest:
    """The options for the servers of a batch."""

    name: str
    count: int
    image: str
    flavor: str
    devices: boot_devices.BootDevices = field(default_factory=boot_devices.BootDevices)
    metadata: dict[str, str] = field(default_factory=dict)
    availability_zone: str | None = None
    key_name: str | None = None
    tags: tuple[str, ...] = ()
    replace: bool = False
    # Nova boots one server on each of these hosts. Without hosts, one request boots all servers.
    hosts: tuple[str, ...] = ()

    @property
    def mark(self) -> Mark:
        return Mark(self.metadata, self.tags)


@dataclass
class BatchBoot:
    """Boots the requested servers that do not exist yet."""

    cloud: Cloud
    batch: BatchRequest
    # The time until all servers must be ACTIVE, in seconds.
    timeout: float
    poll_intervals: PollIntervals
    check_mode: bool = False

    def __post_init__(self) -> None:
        self.cloud.deadline = self._deadline = Deadline(self.cloud.clock, self.timeout)
        self._request_id: str | None = None
        self._last_seen: list[Server] = []
        self._reservation_id: str | None = None
        # Whether Nova has accepted a boot request.
        self._booted = False
        # None if the module boots no server.
        self._devices: BatchDevices | None = None

    def run(self) -> Report:
        existing = self._existing()
        broken = [server for server in existing if nova_servers.is_broken(server)]
        good = [server for server in existing if not nova_servers.is_broken(server)]
        if self._is_surplus(good):
            return self._refuse_surplus(good)
        missing = self._missing(good)
        if existing and (missing or broken) and not self.batch.replace:
            return self._refuse_incomplete(existing, broken, missing)
        # An invalid request must fail before the module deletes servers in ERROR.
        request = self._request(len(missing)) if missing else None
        changed = request is not None or bool(broken)
        if self.check_mode:
            return self._report(good, changed=changed, before=existing, planned=missing)
        if broken:
            devices = DeviceDeletion(self.cloud, broken, None, None, self.poll_intervals)
            devices.find()
            deletion = delete_servers(self.cloud, broken, self._deadline, self.poll_intervals)
            failure = deletion.failure or devices.run(self._deadline)
            if failure is not None:
                return Report.failure(failure, self._values(existing, changed=deletion.requested))
        try:
            ids = {server["id"] for server in good}
            if request is not None:
                assert self._devices is not None  # noqa: S101  # _request has set it
                ids |= self._boot(request, self._devices, missing, known={server["id"] for server in existing})
            else:
                self._reservation_id = _common_reservation(good)
            return self._wait(ids, changed=changed, before=existing)
        except CloudError as error:
            changed = bool(broken) or self._booted
            return Report.failure(error.failure, self._values(self._last_seen or good, changed=changed))

    def _existing(self) -> list[Server]:
        named = nova_servers.by_name(self.cloud, self.batch.name, prefix=True)
        return [
            nova_servers.view(server)
            for server in named
            if nova_servers.belongs_to_batch(server, self.batch.name)
            and nova_servers.carries(server, self.batch.metadata)
        ]

    def _is_surplus(self, good: list[Server]) -> bool:
        """Return whether the batch has servers that were not requested."""
        return len(good) > self.batch.count

    def _missing(self, good: list[Server]) -> list[str]:
        """Return the names of the servers to boot."""
        return _names_of_new(self.batch.name, self.batch.count - len(good))

    def _request(self, count: int) -> nova_servers.BootRequest:
        """Return the boot request. Its ports and its new server group do not exist yet.

        Raise NotFoundError if a name is unknown. Raise InputError if the image is not active or the flavor is too
        small. Raise QuotaError if the quota of volumes or ports is too small.
        """
        batch, cloud = self.batch, self.cloud
        image = nova_lookup.image(cloud, batch.image)
        if image.get("status") != "active":
            raise InputError(boot_requirements.image_not_active(image, batch.image))
        flavor = nova_lookup.flavor(cloud, batch.flavor)
        devices = batch.devices
        if not boot_requirements.flavor_fits_image(flavor, image, boot_volume=devices.boot_volume is not None):
            raise InputError(boot_requirements.flavor_too_small(flavor, image))
        if batch.availability_zone is not None:
            boot_references.check_availability_zone(cloud, batch.availability_zone)
        if batch.key_name is not None:
            boot_references.check_key_name(cloud, batch.key_name)
        if devices.keeps_volumes:
            # An old cloud cannot keep the volumes, so fail before the boot.
            cloud.microversions.choose(KEEP_VOLUMES)
        found = DeviceRequirements(cloud, devices, count, image)
        found.require_all()
        self._devices = BatchDevices(cloud, found, batch.mark)
        networks = devices.networks
        return nova_servers.BootRequest(
            name=batch.name,
            count=count,
            image_id=image["id"],
            flavor_id=flavor["id"],
            networks=networks if isinstance(networks, str) else [found.network_ids[name] for name in networks],
            metadata=batch.metadata,
            availability_zone=batch.availability_zone,
            key_name=batch.key_name,
            tags=batch.tags,
            security_group_ids=self._server_security_groups(found),
            config_drive=devices.config_drive,
            block_devices=tuple(boot_devices.block_device_mapping(devices, image)),
        )

    @staticmethod
    def _server_security_groups(found: DeviceRequirements) -> tuple[str, ...]:
        """Return the security groups for the ports that Nova creates. Nova does not change other ports."""
        if found.devices.networks == "none":
            return ()
        return tuple(found.security_group_ids[name] for name in found.devices.security_groups)

    def _boot(
        self, planned: nova_servers.BootRequest, devices: BatchDevices, names: list[str], known: set[str]
    ) -> set[str]:
        """Boot the servers, and return their ids. ``known`` contains the ids of servers that existed before."""
        try:
            request = self._with_devices(planned, devices)
            answer = self._send(request, f"Booting {len(names)} servers named {self.batch.name}")
        except DroppedError as error:
            # Do not repeat the boot request, because Nova could then boot twice as many servers.
            return self._adopt(planned.count, known, error.failure)
        except CloudError:
            devices.discard()
            raise
        self._booted, self._request_id = True, answer.request_id
        self._reservation_id = str(answer.body["reservation_id"])
        return {server["id"] for server in self._members()}

    def _with_devices(self, planned: nova_servers.BootRequest, devices: BatchDevices) -> nova_servers.BootRequest:
        """Create the ports and the server group, and return the boot request with their ids."""
        devices.create(self.batch.name)
        group = devices.group
        return replace(planned, port_ids=tuple(devices.port_ids), server_group_id=None if group is None else group.id)

    def _send(self, request: nova_servers.BootRequest, what: str) -> Response:
        return self.cloud.send("POST", "/servers", self._title(what), need=self._need(request), json=request.body())

    def _need(self, request: nova_servers.BootRequest) -> MicroversionRequirement:
        """Return the microversions that the request can use."""
        text = isinstance(request.networks, str) and not request.port_ids
        needs = [BOOT_WITHOUT_NETWORKS if text else BOOT]
        needs += [BOOT_WITH_TAGS] if request.tags else []
        needs += [BOOT_ON_HOST] if request.host else []
        needs += [BOOT_WITH_VOLUME_TYPE] if self.batch.devices.volume_types() else []
        return max(needs, key=lambda need: need.oldest)

    def _title(self, what: str) -> str:
        """Return the start of the error message for a boot request. ``what`` describes the request.

        The text names the requested options, because Nova's message does not name them.
        """
        batch, devices = self.batch, self.batch.devices
        options = {
            "availability_zone": batch.availability_zone,
            "key_name": batch.key_name,
            "server_group": devices.server_group,
            "server_group_policy": devices.server_group_policy,
            "networks": None if devices.networks == "none" else devices.networks,
        }
        requested = [f"{option} {value}" for option, value in options.items() if value is not None]
        return f"{what} ({', '.join(requested)})" if requested else what

    def _adopt(self, count: int, known: set[str], lost: Failure) -> set[str]:
        """Return the ids of servers that Nova booted although its answer was lost.

        ``lost`` describes what came instead of the answer of Nova.
        """
        new = self._find_new(count, known)
        if len(new) >= count:
            self._booted, self._reservation_id = True, _common_reservation(new)
            return {server["id"] for server in new}
        raise DroppedError(
            not_repeated(lost, f"{len(new)} servers named {self.batch.name}"),
            service="compute",
            http_status=lost.http_status,
            request_id=lost.request_id,
        )

    def _find_new(self, count: int, known: set[str]) -> list[Server]:
        """Return the servers that Nova booted although its answer was lost. Wait until there are ``count`` servers."""
        new: list[Server] = []
        for _poll in Waiter(self.cloud.clock, Deadline(self.cloud.clock, ADOPTION_SECONDS), self.poll_intervals):
            new = [server for server in self._existing() if server["id"] not in known]
            if len(new) >= count:
                break
        return new

    def _members(self) -> list[Server]:
        listed = nova_servers.all_pages(self.cloud, "Listing the booted servers", reservation_id=self._reservation_id)
        return [nova_servers.view(server, self._reservation_id) for server in listed]

    def _read(self, ids: set[str]) -> list[Server]:
        """Return the requested servers that exist. The list is sorted by name."""
        servers = {server["id"]: server for server in (self._members() if self._reservation_id else [])}
        if ids - set(servers):
            servers |= {server["id"]: server for server in self._existing()}
        return sorted((servers[key] for key in ids & set(servers)), key=lambda server: str(server["name"]))

    def _wait(self, ids: set[str], *, changed: bool, before: list[Server]) -> Report:
        servers: list[Server] = []
        for _poll in Waiter(self.cloud.clock, self._deadline, self.poll_intervals):
            servers = self._last_seen = self._read(ids)
            if self._devices is not None:
                self._devices.mark_volumes(servers)
            for server in servers:
                if nova_servers.is_broken(server) or nova_servers.is_at_rest_elsewhere(server):
                    return self._fail_for(server, servers, changed=changed)
            if len(servers) == self.batch.count and all(nova_servers.is_ready(server) for server in servers):
                if self._devices is not None:
                    self._devices.finish(servers)
                return self._report(servers, changed=changed, before=before)
        states = ", ".join(f"{server['name']} {server['status']}/{server['task_state']}" for server in servers)
        return Report.failure(
            Failure(
                "timeout",
                f"Booting {self.batch.count} servers timed out after {self.timeout:.0f} s: {len(servers)} of"
                f" {self.batch.count} exist ({states or 'none'}). Not all servers are ACTIVE."
                " Raise timeout, or read the logs of the compute hosts.",
                "compute",
            ),
            self._values(servers, changed=changed),
        )

    def _values(self, servers: list[Server], *, changed: bool) -> dict[str, Any]:
        return {
            **EMPTY_RESULT,
            "changed": changed,
            "reservation_id": self._reservation_id,
            "request_id": self._request_id,
            "servers": servers,
            **({} if self._devices is None else self._devices.result()),
        }

    def _report(
        self, servers: list[Server], *, changed: bool, before: list[Server], planned: Sequence[str] = ()
    ) -> Report:
        values = self._values(servers, changed=changed)
        new = [f"{name} (new) ACTIVE" for name in planned]
        values["diff"] = {"before": _diff_lines(before), "after": _diff_lines(servers, new)}
        return Report(values)

    def _fail_for(self, server: Server, servers: list[Server], *, changed: bool) -> Report:
        return Report.failure(failure_of(server), self._values(servers, changed=changed))

    def _refuse_incomplete(self, existing: list[Server], broken: list[Server], missing: list[str]) -> Report:
        states = ", ".join(f"{server['name']} {server['status']}" for server in existing)
        counts = f"requested={self.batch.count} missing={len(missing)} broken={len(broken)} ({states})"
        action = "Set replace to true to delete the broken servers and to boot the missing servers."
        message = f"The servers named {self.batch.name} are not complete: {counts}. {action}"
        return Report.failure(Failure("server", message, "compute"), self._values(existing, changed=False))

    def _refuse_surplus(self, good: list[Server]) -> Report:
        message = (
            f"There are {len(good)} servers named {self.batch.name} with this metadata, but count is"
            f" {self.batch.count}. Choose other metadata for this batch, or delete the surplus servers."
        )
        return Report.failure(Failure("server", message, "compute"), self._values(good, changed=False))


def not_repeated(lost: Failure, found: str) -> str:
    """Return the message about a boot request whose answer was lost.

    ``lost`` describes what came instead of the answer of Nova, and ``found`` the servers that exist.
    """
    return (
        f"{lost.message} The module found {found} within {ADOPTION_SECONDS:.0f} s. The request was not repeated."
        " Run the task again when the Compute API answers."
    )


def failure_of(server: Server) -> Failure:
    """Return the failure of a server that has a lasting status other than ACTIVE."""
    no_reason = "Nova gives no reason" if nova_servers.is_broken(server) else "it must be ACTIVE"
    reason = server["fault"] or no_reason
    kind = "no_valid_host" if means(reason, Meaning.NO_VALID_HOST) else "server"
    return Failure(kind, f"Server {server['name']} ({server['id']}) is in {server['status']}: {reason}", "compute")


def _names_of_new(name: str, count: int) -> list[str]:
    """Return the names that Nova gives to the servers of one request."""
    return [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]


def _common_reservation(servers: list[Server]) -> str | None:
    reservations = {server["reservation_id"] for server in servers}
    return reservations.pop() if len(reservations) == 1 else None


def _diff_lines(servers: list[Server], new: list[str] | None = None) -> str:
    lines = [f"{server['name']} ({server['id']}) {server['status']}" for server in servers]
    return "".join(f"{line}\n" for line in [*sorted(lines), *(new or [])])
