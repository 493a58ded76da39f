# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Boot one server on each of several compute hosts, and wait for all of them together."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.concurrent_calls import call_concurrently
from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import (
    CloudError,
    DroppedError,
    Failure,
    ForbiddenError,
)
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import BOOT_ON_HOST
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import boot_references
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.lookup import MAX_NAMES
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.boot import (
    BatchBoot,
    Server,
    failure_of,
    not_repeated,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.devices import BatchDevices


def _is_settled(server: Server) -> bool:
    return nova_servers.is_ready(server) or _has_failed(server)


def _has_failed(server: Server) -> bool:
    return nova_servers.is_broken(server) or nova_servers.is_at_rest_elsewhere(server)


class HostBatchBoot(BatchBoot):
    """Boots the servers of a batch that do not exist yet, each on its own compute host.

    A host on which Nova boots no server does not affect the other hosts. The run fails only if no server is ACTIVE.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        # The host for each name of a server, in the order of the option ``hosts``.
        self._hosts = {f"{self.batch.name}-{number}": host for number, host in enumerate(self.batch.hosts, start=1)}
        # By name of the server: the reason why it is not ACTIVE.
        self._failures: dict[str, Failure] = {}
        # What came instead of an answer of Nova, by the name of the server
        self._lost: dict[str, Failure] = {}
        # By name of the server: the ids of the new server and of its boot request.
        self._new_ids: dict[str, str] = {}
        self._request_ids: dict[str, str | None] = {}
        # A failure that does not depend on the host.
        self._common_failure: Failure | None = None

    def _is_surplus(self, good: list[Server]) -> bool:
        names = [server["name"] for server in good]
        return len(set(names)) < len(names) or not self._hosts.keys() >= set(names)

    def _missing(self, good: list[Server]) -> list[str]:
        names = {server["name"] for server in good}
        return [name for name in self._hosts if name not in names]

    def _request(self, count: int) -> nova_servers.BootRequest:
        self.cloud.microversions.choose(BOOT_ON_HOST)
        # If the user may not list hosts, Nova checks the host of each boot request.
        with contextlib.suppress(ForbiddenError):
            boot_references.check_compute_hosts(self.cloud, "hosts", self.batch.hosts)
        return super()._request(count)

    def _boot(
        self, planned: nova_servers.BootRequest, devices: BatchDevices, names: list[str], known: set[str]
    ) -> set[str]:
        try:
            request = self._with_devices(planned, devices)
        except CloudError:
            devices.discard()
            raise
        lost = self._boot_each(request, names)
        if lost:
            self._adopt_lost(lost, known | set(self._new_ids.values()))
        elif not self._new_ids:
            devices.discard()
        return set(self._new_ids.values())

    def _boot_each(self, request: nova_servers.BootRequest, names: list[str]) -> list[str]:
        """Send a boot request for each name. Return the names of the servers whose answers were lost.

        Nova answers each request only after it has checked the host, so the module sends several requests at the same
        time. It sends the first request alone: a user without permission then gets one refusal instead of several.
        """
        self._boot_one(request, names[0])
        call_concurrently([partial(self._boot_one, request, name) for name in names[1:]])
        return [name for name in names if name not in self._new_ids and name not in self._failures]

    def _boot_one(self, request: nova_servers.BootRequest, name: str) -> None:
        """Send the boot request of one server, unless the requests of all servers fail."""
        if self._common_failure is not None:
            self._failures[name] = self._common_failure
            return
        host = self._hosts[name]
        one = replace(request, name=name, count=1, host=host)
        try:
            answer = self._send(one, f"Booting the server {name} on the host {host}")
        except DroppedError as error:
            # Do not repeat the boot request, because Nova could then boot a second server.
            self._lost[name] = error.failure
        except CloudError as error:
            failure = error.failure
            if isinstance(error, ForbiddenError):
                hint = "Without hosts, Nova's scheduler chooses the host of each server."
                failure = replace(failure, message=f"{failure.message} {hint}")
            if isinstance(error, ForbiddenError) or failure.http_status is None:
                # The cause does not depend on the host, so the remaining requests would fail, too.
                self._common_failure = failure
            self._failures[name] = failure
        else:
            self._booted = True
            self._new_ids[name] = str(answer.body["server"]["id"])
            self._request_ids[name] = answer.request_id

    def _adopt_lost(self, names: list[str], known: set[str]) -> None:
        """Find the servers that Nova booted although its answers were lost."""
        new = {server["name"]: server["id"] for server in self._find_new(len(names), known)}
        for name in names:
            if name in new:
                self._booted = True
                self._new_ids[name] = new[name]
            else:
                lost = self._lost[name]
                message = not_repeated(lost, "no server of this name")
                self._failures[name] = replace(lost, message=message)

    def _wait(self, ids: set[str], *, changed: bool, before: list[Server]) -> Report:
        changed = self._booted or (changed and any(nova_servers.is_broken(server) for server in before))
        servers: list[Server] = []
        for _poll in Waiter(self.cloud.clock, self._deadline, self.poll_intervals):
            servers = self._last_seen = self._read(ids)
            if self._devices is not None:
                self._devices.mark_volumes(servers)
            if len(servers) == len(ids) and all(_is_settled(server) for server in servers):
                break
        active = [server for server in servers if nova_servers.is_ready(server)]
        self._note_timeouts(servers)
        if self._devices is not None:
            self._devices.finish(active)
        if not active:
            return self._fail(servers, changed=changed)
        report = self._report(servers, changed=changed, before=before)
        report.warnings += self._warnings(len(active))
        return report

    def _note_timeouts(self, servers: list[Server]) -> None:
        found = {server["name"]: server for server in servers}
        for name in self._hosts:
            server = found.get(name)
            if name in self._failures or (server is not None and _is_settled(server)):
                continue
            state = "does not exist" if server is None else f"is in {server['status']}/{server['task_state']}"
            message = f"Booting the server {name} timed out after {self.timeout:.0f} s: the server {state}."
            advice = "Raise timeout, or read the log of the compute host."
            self._failures[name] = Failure("timeout", f"{message} {advice}", "compute")

    def _failures_of(self, servers: list[Server]) -> dict[str, Failure]:
        """Return the failures by the name of the server, in the order of the option ``hosts``."""
        failed = {server["name"]: failure_of(server) for server in servers if _has_failed(server)}
        found = {**failed, **self._failures}
        return {name: found[name] for name in self._hosts if name in found}

    def _fail(self, servers: list[Server], *, changed: bool) -> Report:
        first = next(iter(self._failures_of(servers).values()))
        problem = f"None of the {self.batch.count} servers is ACTIVE." if self.batch.count > 1 else ""
        failure = replace(first, message=f"{problem} {first.message}".lstrip())
        return Report.failure(failure, self._values(servers, changed=changed))

    def _warnings(self, active: int) -> list[str]:
        failed = self.batch.count - active
        if not failed:
            return []
        hosts = list(dict.fromkeys(self._hosts[name] for name in self._failures_of(self._last_seen)))
        names = ", ".join(hosts[:MAX_NAMES]) + (" and others" if len(hosts) > MAX_NAMES else "")
        verb = "server is" if failed == 1 else "servers are"
        problem = f"hosts: {failed} {verb} not ACTIVE (requested={self.batch.count}), on {names}."
        return [f"{problem} The value hosts of the result contains the reasons."]

    def _values(self, servers: list[Server], *, changed: bool) -> dict[str, Any]:
        found = self._new_ids | {server["name"]: server["id"] for server in servers}
        failures = self._failures_of(servers)
        hosts = [
            {
                "host": host,
                "server_id": found.get(name),
                "request_id": self._request_ids.get(name),
                "reason": failures[name].message if name in failures else None,
            }
            for name, host in self._hosts.items()
        ]
        # Each server has a reservation id of its own.
        return {**super()._values(servers, changed=changed), "reservation_id": None, "hosts": hosts}

    def _refuse_surplus(self, good: list[Server]) -> Report:
        found = ", ".join(sorted(str(server["name"]) for server in good))
        message = (
            f"The servers named {self.batch.name} with this metadata are not the servers for hosts: found {found},"
            f" expected {', '.join(self._hosts)}. Choose other metadata for this batch, or delete the other servers."
        )
        return Report.failure(Failure("server", message, "compute"), self._values(good, changed=False))
