# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Delete servers and wait until nothing of them is left."""

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

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud, Response

Server = dict[str, Any]

_KEPT = "SOFT_DELETED"
# A host whose hypervisor does not answer fails to delete a server and leaves it in ERROR. Mostly it is back soon, so it
# is asked again now and then, for a while.
AGAIN_SECONDS = 10.0
PERSISTENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Selection:
    """Which servers to delete: all the given conditions must hold."""

    servers: list[str] | None = None
    reservation_id: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    name: str | None = None

    def find(self, cloud: Cloud) -> list[Server]:
        if self.servers is not None:
            found = [nova_servers.find(cloud, one) for one in dict.fromkeys(self.servers)]
            listed = [server for server in found if server is not None]
        elif self.reservation_id is not None:
            listed = nova_servers.all_pages(cloud, "Listing the servers", reservation_id=self.reservation_id)
        else:
            listed = nova_servers.all_pages(cloud, "Listing the servers")
        views = {server["id"]: nova_servers.view(server, self.reservation_id) for server in listed}
        return [server for server in views.values() if self._meant(server)]

    def _meant(self, server: Server) -> bool:
        if self.reservation_id is not None and server["reservation_id"] != self.reservation_id:
            return False
        if self.name is not None and not nova_servers.belongs_to_batch(server, self.name):
            return False
        return nova_servers.carries(server, self.metadata)


@dataclass
class Removal:
    """Makes the cloud have none of the selected servers."""

    cloud: Cloud
    selection: Selection
    timeout: float
    pace: PollIntervals
    check_mode: bool = False
    release: bool = False

    def run(self) -> Report:
        self.cloud.deadline = deadline = Deadline(self.cloud.clock, self.timeout)
        servers = self.selection.find(self.cloud)
        deletion = Deletion([], None)
        if servers and not self.check_mode:
            try:
                deletion = delete(self.cloud, servers, deadline, self.pace, release=self.release)
            except CloudError as error:
                deletion = Deletion(left=servers, allocations_left=None, failure=error.failure)
        left = {server["id"]: server for server in deletion.left}
        values = {
            "changed": bool(servers) and deletion.asked,
            "reservation_id": self.selection.reservation_id,
            "request_id": None,
            "servers": [left.get(server["id"], self._afterwards(server)) for server in servers],
            "allocations_left": deletion.allocations_left,
            "allocations_released": deletion.allocations_released,
            "diff": {
                "before": "".join(f"{server['name']} ({server['id']}) {server['status']}\n" for server in servers),
                "after": "".join(f"{server['name']} ({server['id']}) {server['status']}\n" for server in deletion.left),
            },
        }
        if deletion.failure is not None:
            return Report.failure(deletion.failure, values)
        return Report(values)

    def _afterwards(self, server: Server) -> Server:
        return server if self.check_mode else {**server, "status": "DELETED", "status_before": server["status"]}


@dataclass
class Deletion:
    """What is left after deleting."""

    left: list[Server]
    allocations_left: leaked_allocations.Allocations | None
    failure: Failure | None = None
    allocations_released: leaked_allocations.Allocations = field(default_factory=dict)
    # Whether any request to delete was accepted, as far as is known.
    asked: bool = True


def delete(
    cloud: Cloud, servers: list[Server], deadline: Deadline, pace: PollIntervals, *, release: bool = False
) -> Deletion:
    """Ask for all, then wait for all, and see what they leave in Placement."""
    consumers = leaked_allocations.Consumers.of(cloud, servers)
    refusals: dict[str, Failure] = {}
    for server in servers:
        refusal = _ask(cloud, server)
        if refusal is not None:
            refusals[server["id"]] = refusal
    asked = [server for server in servers if server["id"] not in refusals]
    left = _wait(cloud, asked, deadline, pace) or _reclaim(cloud, asked, deadline, pace)
    if refusals or left:
        failure = next(iter(refusals.values()), None) or _stuck(left, deadline)
        refused = [server for server in servers if server["id"] in refusals]
        # a request whose answer was lost may have been accepted
        taken = bool(asked) or any(refusal.kind == DroppedError.kind for refusal in refusals.values())
        return Deletion(left=[*refused, *left], allocations_left=None, failure=failure, asked=taken)
    allocations = consumers.left(pace)
    if allocations and release:
        leaked_allocations.release(cloud, allocations)
        return Deletion([], {}, allocations_released=allocations)
    return Deletion([], allocations, leaked_allocations.failure_of(allocations) if allocations else None)


def _ask(cloud: Cloud, server: Server) -> Failure | None:
    what = f"Deleting server {server['name']} ({server['id']})"
    try:
        # Deleting twice is deleting once.
        cloud.retry_idempotent(lambda: cloud.send("DELETE", f"/servers/{server['id']}", what, need=DELETE))
    except NotFoundError:
        return None
    except CloudError as error:
        return error.failure
    return None


def _wait(cloud: Cloud, servers: list[Server], deadline: Deadline, pace: PollIntervals) -> list[Server]:
    left = list(servers)
    if not left:
        return left
    again, persistence = Deadline(cloud.clock, AGAIN_SECONDS), Deadline(cloud.clock, PERSISTENCE_SECONDS)
    for _tick in Waiter(cloud.clock, deadline, pace):
        left = _still_there(cloud, left)
        failed = [server for server in left if server["status"] == "ERROR" and server["task_state"] is None]
        if not left or (len(failed) == len(left) and persistence.over):
            break
        if failed and again.over:
            again = Deadline(cloud.clock, AGAIN_SECONDS)
            for server in failed:
                _ask(cloud, server)
    return left


def _reclaim(cloud: Cloud, servers: list[Server], deadline: Deadline, pace: PollIntervals) -> list[Server]:
    """Delete for good what the cloud keeps for a while (Nova's reclaim_instance_interval), with all that it holds.

    Lists do not show such servers.
    """
    kept = [server for server in servers if _is_kept(cloud, server)]
    for server in kept:
        with contextlib.suppress(NotFoundError):
            cloud.retry_idempotent(partial(_delete_for_good, cloud, server))
    if kept:
        for _tick in Waiter(cloud.clock, deadline, pace):
            kept = [server for server in kept if _is_kept(cloud, server)]
            if not kept:
                break
    return [{**server, "status": _KEPT} for server in kept]


def _delete_for_good(cloud: Cloud, server: Server) -> Response:
    what = f"Deleting server {server['name']} ({server['id']}) for good"
    return cloud.send("POST", f"/servers/{server['id']}/action", what, need=DELETE, json={"forceDelete": None})


def _is_kept(cloud: Cloud, server: Server) -> bool:
    found = nova_servers.read(cloud, server["id"])
    return found is not None and found.get("status") == _KEPT


def _still_there(cloud: Cloud, servers: list[Server]) -> list[Server]:
    reservations = {server["reservation_id"] for server in servers}
    projects = {server["project_id"] for server in servers}
    own = cloud.identity().project_id
    if len(servers) > 1 and len(reservations) == 1 and None not in reservations and projects == {own}:
        listed = nova_servers.all_pages(cloud, "Listing the servers", reservation_id=reservations.pop())
    elif len(servers) > 1 and projects == {own}:
        listed = nova_servers.all_pages(cloud, "Listing the servers")
    else:
        listed = [
            found for found in (nova_servers.read(cloud, server["id"]) for server in servers) if found is not None
        ]
    now = {server["id"]: server for server in listed if server.get("status") not in ("DELETED", _KEPT)}
    return [nova_servers.view(now[server["id"]], server["reservation_id"]) for server in servers if server["id"] in now]


def _stuck(left: list[Server], deadline: Deadline) -> Failure:
    states = ", ".join(
        f"{server['name']} ({server['id']}) {server['status']}/{server['task_state']}" for server in left
    )
    return Failure(
        "timeout",
        f"Deleting servers: still there after {deadline.seconds:.0f} s at most: {states}."
        " See the logs of their compute hosts; `openstack server delete --force` is the last resort.",
        "compute",
    )
