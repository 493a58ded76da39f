# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Boot servers in one multi-create request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import CloudError, DroppedError, Failure
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import BOOT, BOOT_WITHOUT_NETWORKS
from ansible_collections.stackproof.migration.plugins.module_utils._api.nova_reasons import Meaning, means
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, PollIntervals, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._module.report import Report
from ansible_collections.stackproof.migration.plugins.module_utils._nova import lookup as nova_lookup
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._server_batch.delete import delete

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

# How long to look whether a boot request whose answer was lost took effect.
ADOPTION_SECONDS = 10.0

NOTHING: dict[str, Any] = {
    "reservation_id": None,
    "request_id": None,
    "servers": [],
    "allocations_left": None,
    "allocations_released": {},
}


@dataclass(frozen=True)
class Wanted:
    """The batch as the user describes it."""

    name: str
    count: int
    image: str
    flavor: str
    networks: str | list[str] = "none"
    metadata: dict[str, str] = field(default_factory=dict)
    availability_zone: str | None = None
    key_name: str | None = None
    server_group: str | None = None
    replace: bool = False


@dataclass
class Boot:
    """Makes the cloud have the wanted batch."""

    cloud: Cloud
    wanted: Wanted
    timeout: float
    pace: PollIntervals
    check_mode: bool = False

    def __post_init__(self) -> None:
        self.cloud.deadline = self._deadline = Deadline(self.cloud.clock, self.timeout)
        self._request_id: str | None = None
        self._last_seen: list[dict[str, Any]] = []
        self._reservation_id: str | None = None

    def run(self) -> Report:
        existing = self._existing()
        broken = [server for server in existing if nova_servers.is_broken(server)]
        good = [server for server in existing if not nova_servers.is_broken(server)]
        missing = self.wanted.count - len(good)
        if existing and (missing > 0 or broken) and not self.wanted.replace:
            return self._refused(existing, broken, missing)
        if missing < 0:
            return self._too_many(good)
        change = missing > 0 or bool(broken)
        if self.check_mode:
            return self._report(good, changed=change, before=existing, planned=missing)
        if broken:
            deleted = delete(self.cloud, broken, self._deadline, self.pace)
            if deleted.failure is not None:
                return Report.failure(deleted.failure, self._values(existing, changed=deleted.asked))
        try:
            return self._complete(existing, good, missing, changed=change)
        except CloudError as error:
            # What was booted by then is found by its reservation, so that must be told.
            changed = bool(broken) or self._reservation_id is not None
            return Report.failure(error.failure, self._values(self._last_seen or good, changed=changed))

    def _complete(
        self, existing: list[dict[str, Any]], good: list[dict[str, Any]], missing: int, *, changed: bool
    ) -> Report:
        ids = {server["id"] for server in good}
        if missing > 0:
            ids |= self._boot(missing, known={server["id"] for server in existing})
        else:
            self._reservation_id = _common_reservation(good)
        return self._wait(ids, changed=changed, before=existing)

    def _existing(self) -> list[dict[str, Any]]:
        named = nova_servers.by_name(self.cloud, self.wanted.name, prefix=True)
        return [
            nova_servers.view(server)
            for server in named
            if nova_servers.belongs_to_batch(server, self.wanted.name)
            and nova_servers.carries(server, self.wanted.metadata)
        ]

    def _boot(self, count: int, known: set[str]) -> set[str]:
        wanted = self.wanted
        networks = wanted.networks
        need = BOOT_WITHOUT_NETWORKS if isinstance(networks, str) else BOOT
        request = nova_servers.BootRequest(
            name=wanted.name,
            count=count,
            image_id=nova_lookup.image(self.cloud, wanted.image)["id"],
            flavor_id=nova_lookup.flavor(self.cloud, wanted.flavor)["id"],
            networks=networks
            if isinstance(networks, str)
            else [nova_lookup.network_id(self.cloud, network) for network in networks],
            metadata=wanted.metadata,
            availability_zone=wanted.availability_zone,
            key_name=wanted.key_name,
            server_group_id=nova_lookup.server_group_id(self.cloud, wanted.server_group)
            if wanted.server_group
            else None,
        )
        try:
            answer = self.cloud.send("POST", "/servers", self._what(count), need=need, json=request.body())
        except DroppedError:
            # Sending it again could boot twice as many. What is new under our name is ours.
            return self._adopt(count, known)
        self._request_id = answer.request_id
        self._reservation_id = str(answer.body["reservation_id"])
        return {server["id"] for server in self._members()}

    def _what(self, count: int) -> str:
        """Nova does not repeat the names that it does not know: what was given stands in every error."""
        options = ("availability_zone", "key_name", "server_group", "networks")
        given = [
            f"{option} {value}" for option in options if (value := getattr(self.wanted, option)) not in (None, "none")
        ]
        named = f"Booting {count} servers named {self.wanted.name}"
        return f"{named} ({', '.join(given)})" if given else named

    def _adopt(self, count: int, known: set[str]) -> set[str]:
        new: list[dict[str, Any]] = []
        for _tick in Waiter(self.cloud.clock, Deadline(self.cloud.clock, ADOPTION_SECONDS), self.pace):
            new = [server for server in self._existing() if server["id"] not in known]
            if len(new) >= count:
                self._reservation_id = _common_reservation(new)
                return {server["id"] for server in new}
        raise DroppedError(
            f"Booting {count} servers: the connection ended without an answer, and {len(new)} servers named"
            f" {self.wanted.name} appeared within {ADOPTION_SECONDS:.0f} s. Nothing was sent a second time:"
            " run the task again once the Compute API answers.",
            service="compute",
        )

    def _members(self) -> list[dict[str, Any]]:
        listed = nova_servers.all_pages(self.cloud, "Listing the booted servers", reservation_id=self._reservation_id)
        return [nova_servers.view(server, self._reservation_id) for server in listed]

    def _look(self, ids: set[str]) -> list[dict[str, Any]]:
        found = {server["id"]: server for server in (self._members() if self._reservation_id else [])}
        if ids - set(found):
            found |= {server["id"]: server for server in self._existing()}
        return sorted((found[one] for one in ids & set(found)), key=lambda server: str(server["name"]))

    def _wait(self, ids: set[str], *, changed: bool, before: list[dict[str, Any]]) -> Report:
        servers: list[dict[str, Any]] = []
        for _tick in Waiter(self.cloud.clock, self._deadline, self.pace):
            servers = self._last_seen = self._look(ids)
            for server in servers:
                if nova_servers.is_broken(server) or nova_servers.is_at_rest_elsewhere(server):
                    return self._broken(server, servers, changed=changed)
            if len(servers) == self.wanted.count and all(nova_servers.is_ready(server) for server in servers):
                return self._report(servers, changed=changed, before=before)
        states = ", ".join(f"{server['name']} {server['status']}/{server['task_state']}" for server in servers)
        return Report.failure(
            Failure(
                "timeout",
                f"Booting {self.wanted.count} servers: after {self.timeout:.0f} s {len(servers)} of"
                f" {self.wanted.count} are there ({states or 'none'}), and not all are ACTIVE."
                " Raise timeout, or see the compute hosts' logs.",
                "compute",
            ),
            self._values(servers, changed=changed),
        )

    def _values(self, servers: list[dict[str, Any]], *, changed: bool) -> dict[str, Any]:
        return {
            **NOTHING,
            "changed": changed,
            "reservation_id": self._reservation_id,
            "request_id": self._request_id,
            "servers": servers,
        }

    def _report(
        self, servers: list[dict[str, Any]], *, changed: bool, before: list[dict[str, Any]], planned: int = 0
    ) -> Report:
        values = self._values(servers, changed=changed)
        planned_lines = [f"{self.wanted.name} (new) ACTIVE"] * planned
        values["diff"] = {"before": _lines(before), "after": _lines(servers, planned_lines)}
        return Report(values)

    def _broken(self, server: dict[str, Any], servers: list[dict[str, Any]], *, changed: bool) -> Report:
        silent = "Nova gives no reason" if nova_servers.is_broken(server) else "it must be ACTIVE"
        fault = server["fault"] or silent
        kind = "no_valid_host" if means(fault, Meaning.NO_VALID_HOST) else "server"
        message = f"Server {server['name']} ({server['id']}) is in {server['status']}: {fault}"
        return Report.failure(Failure(kind, message, "compute"), self._values(servers, changed=changed))

    def _refused(self, existing: list[dict[str, Any]], broken: list[dict[str, Any]], missing: int) -> Report:
        states = ", ".join(f"{server['name']} {server['status']}" for server in existing)
        message = (
            f"Of {self.wanted.count} servers named {self.wanted.name} {max(missing, 0)} are missing and"
            f" {len(broken)} broken ({states}). Set replace to true to delete the broken and boot the missing."
        )
        return Report.failure(Failure("server", message, "compute"), self._values(existing, changed=False))

    def _too_many(self, good: list[dict[str, Any]]) -> Report:
        message = (
            f"There are {len(good)} servers named {self.wanted.name} with this metadata and count is"
            f" {self.wanted.count}: tell them apart by metadata, or delete those that are too many."
        )
        return Report.failure(Failure("server", message, "compute"), self._values(good, changed=False))


def _common_reservation(servers: list[dict[str, Any]]) -> str | None:
    found = {server["reservation_id"] for server in servers}
    return found.pop() if len(found) == 1 else None


def _lines(servers: list[dict[str, Any]], more: list[str] | None = None) -> str:
    """The batch as lines of a diff."""
    lines = [f"{server['name']} ({server['id']}) {server['status']}" for server in servers]
    return "".join(f"{line}\n" for line in [*sorted(lines), *(more or [])])
