# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: which servers of a cycle are migrated, and what their migrations came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.target import names_host
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Server = dict[str, Any]
Migration = dict[str, Any]

# "completed" is the outcome only where all checks agree; "requested" where the record was not followed to its end.
_AS_WANTED = frozenset({outcomes.COMPLETED, outcomes.REQUESTED})


@dataclass(frozen=True)
class Selection:
    """The servers to migrate, or why there are too few."""

    servers: list[Server] = field(default_factory=list)
    problem: str = ""

    @property
    def names(self) -> str:
        return ", ".join(str(server["name"]) for server in self.servers)


@dataclass(frozen=True)
class Followed:
    """The migrations as far as they were followed."""

    migrations: list[Migration]
    # Those that are not as they should be
    not_completed: list[Migration]
    # Whether nothing was requested, so that there is nothing to judge
    not_requested: bool

    @property
    def message(self) -> str:
        """Of those that are not as they should be, or of all where each is."""
        return " ".join(str(one["message"]) for one in self.not_completed or self.migrations)

    @property
    def in_order(self) -> list[Migration]:
        """All of them; first those that are not as they should be."""
        return [*self.not_completed, *(one for one in self.migrations if one not in self.not_completed)]


def select(booted: Sequence[Server], target: str, wanted: int) -> Selection:
    """The first servers of those that are not on the target already."""
    movable = [server for server in booted if server.get("host") != target]
    if len(movable) >= wanted:
        return Selection(movable[:wanted])
    where = f" to {target} (migration_cycle_target)" if names_host(target) else ""
    problem = (
        f"{wanted} servers are to be migrated{where}, but of {len(booted)} booted servers only {len(movable)} can be."
        " Lower migration_cycle_migrate_count, raise migration_cycle_count, or choose another migration_cycle_target."
    )
    return Selection(movable, problem)


def followed(migrate: Mapping[str, Any], wait: Mapping[str, Any], *, probed: bool) -> Followed:
    """From the results of server_live_migrate and migration_wait, empty where the step was not reached.

    With a probe server_live_migrate follows the records itself. A migration that was refused is not requested.
    """
    requested: list[Migration] = list(migrate.get("migrations") or [])
    migrations = list(wait["migrations"] or []) if "migrations" in wait else requested
    bad = [one for one in migrations if one["outcome"] not in _AS_WANTED]
    all_refused = all(one["outcome"] == outcomes.REFUSED for one in requested)
    failed = bool(migrate.get("failed"))
    return Followed(migrations, bad, not_requested=failed and (not probed or all_refused))
