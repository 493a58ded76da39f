# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Find and delete allocations of servers that no longer exist (Nova bug 1848343)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import Failure, ForbiddenError
from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import Deadline, Waiter
from ansible_collections.stackproof.migration.plugins.module_utils._nova import migration_list
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of
from ansible_collections.stackproof.migration.plugins.module_utils._placement.client import Placement
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Resources, by_provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._api.polling import PollIntervals

# Wait at most this many seconds until Nova has deleted the allocations of servers.
SERVER_SECONDS = 30.0
# Wait for at most this number of seconds until Nova has deleted the allocations of migrations.
MIGRATION_SECONDS = 5.0

Allocations = dict[str, dict[str, Resources]]


@dataclass
class Consumers:
    """The ids of the servers and migrations that can have allocations in Placement."""

    cloud: Cloud
    servers: list[str]
    migrations: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, cloud: Cloud, servers: Iterable[dict[str, Any]], migrations: Iterable[Mapping[str, Any]] = ()
    ) -> Consumers:
        """Return the ids of the servers and of their migrations.

        Nova deletes migration records with their server, so call this method before the deletion. If a server of the
        ``migrations`` (with ``server_id`` and ``migration_id``) no longer exists, its ids are included, too.
        """
        ids = [server["id"] for server in servers]
        found = cls(cloud, ids)
        try:
            found.migrations = [key_of(record) for one in ids for record in migration_list.of_server(cloud, one)]
        except ForbiddenError:
            # A user who may not list migrations usually may not read Placement either.
            found.migrations = []
        found._add_deleted(migrations)
        return found

    def _add_deleted(self, migrations: Iterable[Mapping[str, Any]]) -> None:
        """Add the migrations whose server no longer exists, and their servers.

        The allocations of a server that exists are not orphaned, so they are not added.
        """
        by_server: dict[str, list[str]] = {}
        for migration in migrations:
            if migration.get("server_id") and migration.get("migration_id"):
                by_server.setdefault(str(migration["server_id"]), []).append(str(migration["migration_id"]))
        for server, keys in by_server.items():
            if server not in self.servers and nova_servers.read(self.cloud, server) is None:
                self.servers.append(server)
                self.migrations += keys

    def left(self, pace: PollIntervals) -> Allocations | None:
        """Wait until Nova has deleted the allocations, and return the allocations that are left.

        Return None if the user may not read Placement.
        """
        placement = Placement(self.cloud)
        # With many servers, Placement lists the allocations of all consumers with few requests.
        found = placement.allocations_of([*self.servers, *self.migrations])
        if found is None:
            return None
        servers, migrations = ([one for one in ids if found[one]] for ids in (self.servers, self.migrations))
        held = self._wait(placement, servers, SERVER_SECONDS, pace)
        return held | self._wait(placement, migrations, MIGRATION_SECONDS, pace)

    def _wait(self, placement: Placement, consumers: list[str], seconds: float, pace: PollIntervals) -> Allocations:
        """Wait until Nova has deleted the allocations of these consumers, and return the allocations that are left."""
        waiting = list(consumers)
        left: Allocations = {}
        self.cloud.deadline = deadline = Deadline(self.cloud.clock, seconds)
        for _tick in Waiter(self.cloud.clock, deadline, pace):
            if not waiting:
                break
            found = placement.allocations_of(waiting) or {}
            left = {consumer: by_provider(held) for consumer, held in found.items() if held}
            waiting = list(left)
        return left


def release(cloud: Cloud, left: Allocations) -> None:
    """Delete the allocations of consumers that no longer exist."""
    placement = Placement(cloud)
    for consumer in left:
        placement.release(consumer)


def failure_of(left: Allocations) -> Failure:
    where = "; ".join(f"{consumer} on {', '.join(providers)}" for consumer, providers in left.items())
    return Failure(
        "orphaned",
        f"The servers are deleted, but Placement still has allocations of {where}."
        " `nova-manage placement heal_allocations` does not remove them. Set release_allocations, or check that no"
        " server uses these resources and delete them with `openstack resource provider allocation delete`.",
        "placement",
    )
