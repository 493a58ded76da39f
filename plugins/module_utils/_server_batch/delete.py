# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Delete servers, and wait until the servers and their allocations no longer exist."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CloudError,
    DroppedError,
    Failure,
    NotFoundError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import DELETE
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, PollIntervals, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._placement import leaked_allocations
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete_devices import DeviceDeletion
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.mark import Mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud, Response

Server = dict[str, Any]

_SOFT_DELETED = "SOFT_DELETED"
# If the deletion of a server ends in ERROR, the module repeats the deletion.
REPEAT_SECONDS = 10.0
GIVE_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Selection:
    """The conditions that select the servers to delete. A server must meet all conditions."""

    servers: list[str] | None = None
    reservation_id: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    name: str | None = None
    tags: tuple[str, ...] = ()

    def find(self, cloud: Cloud) -> list[Server]:
        """Return the servers to delete that still exist."""
        if self.servers is not None:
            found = [nova_servers.find(cloud, name_or_id) for name_or_id in dict.fromkeys(self.servers)]
            listed = [server for server in found if server is not None and self._selects_raw(server)]
        else:
            listed = nova_servers.all_pages(cloud, "Listing the servers", keep=self._selects_raw, **self._filters())
        return list({server["id"]: nova_servers.view(server, self.reservation_id) for server in listed}.values())

    @property
    def mark(self) -> Mark | None:
        """Return the mark of the devices to delete. Return None if other options select the servers."""
        by_metadata = self.servers is None and self.reservation_id is None
        return Mark(self.metadata, self.tags) if by_metadata else None

    def _filters(self) -> dict[str, str]:
        """Return query parameters for Nova's server list, which may still contain other servers."""
        filters = nova_servers.tags_filter(self.tags)
        if self.reservation_id is not None:
            filters["reservation_id"] = self.reservation_id
        if self.name is not None:
            filters["name"] = nova_servers.name_filter(self.name, end="")
        return filters

    def _selects_raw(self, server: Server) -> bool:
        if not set(self.tags) <= set(server.get("tags") or ()):
            return False
        return self._selects(nova_servers.view(server, self.reservation_id))

    def _selects(self, server: Server) -> bool:
        if self.reservation_id is not None and server["reservation_id"] != self.reservation_id:
            return False
        if self.name is not None and not nova_servers.belongs_to_batch(server, self.name):
            return False
        return nova_servers.carries(server, self.metadata)


@dataclass
class BatchDeletion:
    """Deletes the selected servers."""

    cloud: Cloud
    selection: Selection
    # The longest wait for the deletion of all servers, in seconds.
    timeout: float
    poll_intervals: PollIntervals
    check_mode: bool = False
    release_allocations: bool = False
    # Results of migrations. Another user may have deleted their servers.
    migrations: Sequence[Mapping[str, Any]] = ()

    def run(self) -> Report:
        self.cloud.deadline = deadline = Deadline(self.cloud.clock, self.timeout)
        servers = self.selection.find(self.cloud)
        devices = DeviceDeletion(self.cloud, servers, self.selection.mark, self.selection.name, self.poll_intervals)
        devices.find()
        deletion = DeletionResult([], None)
        if (servers or self.migrations) and not self.check_mode:
            try:
                deletion = delete_servers(
                    self.cloud,
                    servers,
                    deadline,
                    self.poll_intervals,
                    release_allocations=self.release_allocations,
                    migrations=self.migrations,
                )
            except CloudError as error:
                deletion = DeletionResult(remaining=servers, allocations_left=None, failure=error.failure)
        if devices.any and not self.check_mode and not deletion.remaining:
            left = devices.run(deadline)
            # Orphaned allocations are also a failure, but the servers are deleted.
            deletion.failure = deletion.failure or left
        remaining = {server["id"]: server for server in deletion.remaining}
        values = {
            "changed": (bool(servers) and deletion.requested)
            or bool(deletion.allocations_released)
            or devices.requested
            or self._would_delete(devices),
            "reservation_id": self.selection.reservation_id,
            "request_id": None,
            "servers": [remaining.get(server["id"], self._deleted(server)) for server in servers],
            **devices.result(deleted=not self.check_mode and not deletion.remaining),
            "allocations_left": deletion.allocations_left,
            "allocations_released": deletion.allocations_released,
            "diff": {
                "before": _diff_lines(servers) + devices.diff_lines(),
                "after": _diff_lines(deletion.remaining) + devices.diff_lines(left_only=True),
            },
        }
        if deletion.failure is not None:
            return Report.failure(deletion.failure, values)
        return Report(values)

    def _would_delete(self, devices: DeviceDeletion) -> bool:
        return self.check_mode and devices.any

    def _deleted(self, server: Server) -> Server:
        return server if self.check_mode else {**server, "status": "DELETED", "status_before": server["status"]}


def _diff_lines(servers: list[Server]) -> str:
    return "".join(f"{server['name']} ({server['id']}) {server['status']}\n" for server in servers)


@dataclass
class DeletionResult:
    """The servers and allocations that still exist after a deletion."""

    remaining: list[Server]
    # The remaining allocations in Placement. None means that the allocations are unknown.
    allocations_left: leaked_allocations.Allocations | None
    failure: Failure | None = None
    allocations_released: leaked_allocations.Allocations = field(default_factory=dict)
    # Whether Nova may have received the module's request to delete servers.
    requested: bool = True


def delete_servers(
    cloud: Cloud,
    servers: list[Server],
    deadline: Deadline,
    poll_intervals: PollIntervals,
    *,
    release_allocations: bool = False,
    migrations: Sequence[Mapping[str, Any]] = (),
) -> DeletionResult:
    """Request the deletion of all servers. Wait until the servers and their allocations no longer exist.

    Also wait for the allocations of those ``migrations`` whose server no longer exists.
    """
    consumers = leaked_allocations.Consumers.of(cloud, servers, migrations)
    refusals: dict[str, Failure] = {}
    for server in servers:
        refusal = _request_deletion(cloud, server)
        if refusal is not None:
            refusals[server["id"]] = refusal
    accepted = [server for server in servers if server["id"] not in refusals]
    remaining = _wait(cloud, accepted, deadline, poll_intervals) or _reclaim(cloud, accepted, deadline, poll_intervals)
    if refusals or remaining:
        failure = next(iter(refusals.values()), None) or _timeout_failure(remaining, deadline)
        refused = [server for server in servers if server["id"] in refusals]
        # Nova may have accepted a request that got no answer.
        requested = bool(accepted) or any(refusal.kind == DroppedError.kind for refusal in refusals.values())
        return DeletionResult([*refused, *remaining], None, failure=failure, requested=requested)
    allocations = consumers.left(poll_intervals)
    if allocations and release_allocations:
        # The wait for the allocations had a short deadline of its own.
        cloud.deadline = deadline
        leaked_allocations.release(cloud, allocations)
        return DeletionResult([], {}, allocations_released=allocations)
    return DeletionResult([], allocations, leaked_allocations.failure_of(allocations) if allocations else None)


def _request_deletion(cloud: Cloud, server: Server) -> Failure | None:
    """Return the reason why Nova refuses to delete the server.

    Return None if Nova accepts the request or the server does not exist.
    """
    title = f"Deleting server {server['name']} ({server['id']})"
    try:
        cloud.retry_idempotent(lambda: cloud.send("DELETE", f"/servers/{server['id']}", title, need=DELETE))
    except NotFoundError:
        return None
    except CloudError as error:
        return error.failure
    return None


def _wait(cloud: Cloud, servers: list[Server], deadline: Deadline, poll_intervals: PollIntervals) -> list[Server]:
    """Wait until Nova has deleted the servers. Return the servers that still exist."""
    remaining = list(servers)
    if not remaining:
        return remaining
    repeat, give_up = Deadline(cloud.clock, REPEAT_SECONDS), Deadline(cloud.clock, GIVE_UP_SECONDS)
    for _poll in Waiter(cloud.clock, deadline, poll_intervals):
        remaining = _read_remaining(cloud, remaining)
        failed = [server for server in remaining if server["status"] == "ERROR" and server["task_state"] is None]
        if not remaining or (len(failed) == len(remaining) and give_up.over):
            break
        if failed and repeat.over:
            repeat = Deadline(cloud.clock, REPEAT_SECONDS)
            for server in failed:
                _request_deletion(cloud, server)
    return remaining


def _reclaim(cloud: Cloud, servers: list[Server], deadline: Deadline, poll_intervals: PollIntervals) -> list[Server]:
    """Force the deletion of servers with the status SOFT_DELETED, and return the remaining servers.

    With the Nova option reclaim_instance_interval, deleted servers keep their allocations for some time.
    """
    kept = [server for server in servers if _is_soft_deleted(cloud, server)]
    for server in kept:
        with contextlib.suppress(NotFoundError):
            cloud.retry_idempotent(partial(_force_delete, cloud, server))
    if kept:
        for _poll in Waiter(cloud.clock, deadline, poll_intervals):
            kept = [server for server in kept if _is_soft_deleted(cloud, server)]
            if not kept:
                break
    return [{**server, "status": _SOFT_DELETED} for server in kept]


def _force_delete(cloud: Cloud, server: Server) -> Response:
    title = f"Forcing the deletion of server {server['name']} ({server['id']})"
    return cloud.send("POST", f"/servers/{server['id']}/action", title, need=DELETE, json={"forceDelete": None})


def _is_soft_deleted(cloud: Cloud, server: Server) -> bool:
    found = nova_servers.read(cloud, server["id"])
    return found is not None and found.get("status") == _SOFT_DELETED


def _read_remaining(cloud: Cloud, servers: list[Server]) -> list[Server]:
    """Return the servers that still exist."""
    reservations = {server["reservation_id"] for server in servers}
    projects = {server["project_id"] for server in servers}
    own_project = cloud.identity().project_id
    if len(servers) > 1 and len(reservations) == 1 and None not in reservations and projects == {own_project}:
        listed = nova_servers.all_pages(cloud, "Listing the servers", reservation_id=reservations.pop())
    elif len(servers) > 1 and projects == {own_project}:
        listed = nova_servers.all_pages(cloud, "Listing the servers")
    else:
        listed = [
            found for found in (nova_servers.read(cloud, server["id"]) for server in servers) if found is not None
        ]
    # A server with the status DELETED still exists for a moment, and so do its allocations.
    existing = {server["id"]: server for server in listed if server.get("status") != _SOFT_DELETED}
    return [
        nova_servers.view(existing[server["id"]], server["reservation_id"])
        for server in servers
        if server["id"] in existing
    ]


def _timeout_failure(remaining: list[Server], deadline: Deadline) -> Failure:
    states = ", ".join(
        f"{server['name']} ({server['id']}) {server['status']}/{server['task_state']}" for server in remaining
    )
    problem = f"Deleting servers timed out (timeout={deadline.seconds:.0f} s). These servers still exist: {states}."
    action = "Read the logs of their compute hosts. `openstack server delete --force` deletes a server in any state."
    return Failure("timeout", f"{problem} {action}", "compute")
