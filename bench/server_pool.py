# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Boot the servers for the drain benchmark, and move them between compute hosts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.bench.bench_cloud import FLAVOR, HOSTS, IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible_collections.stackproof.migration.bench.nova_client import NovaClient

NAME = "bench"
COPY = "stackproof_fake_migration_seconds"
_CHUNK = 50
# Nova attaches the volumes of all servers of a request at the same time.
_VOLUME_CHUNK = 10
_POLL_SECONDS = 2.0
_LONGEST_SECONDS = 900.0


class ServerPoolError(Exception):
    """The servers did not reach the expected host or status before the timeout."""


class ServerPool:
    """The servers that the benchmark migrates. All servers have the same name."""

    def __init__(self, nova: NovaClient, copy: float = 0.0, devices: Mapping[str, Any] | None = None) -> None:
        self._bare = nova
        self._metadata = {COPY: str(copy)}
        # The part of a boot request for volumes and ports.
        self._devices = devices or {}
        self._chunk = _VOLUME_CHUNK if devices else _CHUNK

    def _all(self) -> list[dict[str, Any]]:
        return self._bare.servers(name=f"^{NAME}(-[0-9]+)?$")

    def on(self, host: str) -> list[str]:
        """Return the ids of the servers on a host that are ACTIVE and have no task state."""
        return [one["id"] for one in self._at_rest() if one["OS-EXT-SRV-ATTR:host"] == host]

    def _at_rest(self) -> list[dict[str, Any]]:
        return [one for one in self._all() if one["status"] == "ACTIVE" and one["OS-EXT-STS:task_state"] is None]

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _LONGEST_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise ServerPoolError(f"Timed out after {_LONGEST_SECONDS:.0f} s, waiting until {what}.")
            time.sleep(_POLL_SECONDS)

    def set_size(self, count: int) -> None:
        """Boot or delete servers until the cloud has ``count`` servers on one host."""
        self.move_all_to(HOSTS[0])
        there = [one["id"] for one in self._all()]
        for server in there[count:]:
            self._bare.delete(server)
        self._until(lambda: len(self._all()) <= count, "the servers are deleted")
        present = len(there[:count])
        self._only(HOSTS[0])
        while present < count:
            chunk = min(self._chunk, count - present)
            image, flavor = self._bare.image(IMAGE), self._bare.flavor(FLAVOR)
            self._bare.boot(NAME, chunk, image, flavor, self._metadata, self._devices)
            self._until(self._are_built, f"{chunk} more servers are up")
            self._delete_failed()
            before, present = present, len(self.on(HOSTS[0]))
            if present == before:
                raise ServerPoolError(f"All {chunk} servers of a request are in ERROR. See the logs of nova-compute.")
        self.open()

    def _are_built(self) -> bool:
        return all(one["status"] != "BUILD" for one in self._all())

    def _delete_failed(self) -> None:
        """Delete the servers in ERROR, so that the caller boots other servers.

        Cinder reports a new volume as available before it stores the service of the volume. If Nova reads the volume
        between these two steps, the boot fails. This occurs when the machine is slow.
        """
        failed = {one["id"] for one in self._all() if one["status"] == "ERROR"}
        for server in failed:
            self._bare.delete(server)
        self._until(lambda: failed.isdisjoint(one["id"] for one in self._all()), "failed servers are deleted")

    def move_all_to(self, host: str) -> None:
        """Move all servers of the benchmark to one host, and enable both compute services."""
        self._only(host)
        self._bare.migrate([one["id"] for one in self._at_rest() if one["OS-EXT-SRV-ATTR:host"] != host])
        self._until(lambda: len(self.on(host)) == len(self._all()), f"all servers are on {host}")
        self.open()

    def _only(self, host: str) -> None:
        for one in HOSTS:
            self._bare.enable(one, enabled=one == host)

    def disable(self, host: str) -> None:
        self._bare.enable(host, enabled=False)

    def open(self) -> None:
        for host in HOSTS:
            self._bare.enable(host, enabled=True)

    def clear(self) -> None:
        """Delete all servers of the local cloud, because an interrupted benchmark may have left some."""
        for one in self._bare.servers():
            self._bare.delete(one["id"])
        self._until(lambda: not self._bare.servers(), "the servers are deleted")
