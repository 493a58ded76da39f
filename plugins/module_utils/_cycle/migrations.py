# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Select the servers of a test run, and collect the results of their migrations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._cycle.prediction import score_migrations
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.target import is_host_name
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Server = dict[str, Any]
Migration = dict[str, Any]

# Without a probe and notifications, server_live_migrate returns the outcome "requested" at once.
_SUCCESSFUL = frozenset({outcomes.COMPLETED, outcomes.REQUESTED})


@dataclass(frozen=True)
class Selection:
    """The servers to migrate, or the reason why there are too few servers."""

    servers: list[Server] = field(default_factory=list)
    problem: str = ""

    @property
    def names(self) -> str:
        return ", ".join(str(server["name"]) for server in self.servers)


@dataclass(frozen=True)
class CycleMigrations:
    """The migrations of one run of the role migration_cycle."""

    migrations: list[Migration]
    not_completed: list[Migration]
    # Whether an error occurred before the first migration request.
    not_requested: bool
    # How many predictions of migration_preflight came true, as ``prediction.count`` returns it.
    prediction: dict[str, Any]

    @property
    def message(self) -> str:
        """Return the messages of the failed migrations, or of all migrations if none failed."""
        return " ".join(str(migration["message"]) for migration in self.not_completed or self.migrations)

    @property
    def failures_first(self) -> list[Migration]:
        """Return all migrations, with the failed migrations first."""
        return [
            *self.not_completed,
            *(migration for migration in self.migrations if migration not in self.not_completed),
        ]


def select_servers(booted: Sequence[Server], target: str, count: int) -> Selection:
    """Return ``count`` servers that are not on the target host.

    If there are too few servers, return the problem.
    """
    movable = [server for server in booted if server.get("host") != target]
    if len(movable) >= count:
        return Selection(movable[:count])
    destination = f" to {target} (migration_cycle_target)" if is_host_name(target) else ""
    problem = (
        f"Too few servers to migrate{destination}: requested={count} booted={len(booted)} movable={len(movable)}."
        " Lower migration_cycle_migrate_count, raise migration_cycle_count, or choose another migration_cycle_target."
    )
    return Selection(movable, problem)


def collect_migrations(
    migrate: Mapping[str, Any],
    wait: Mapping[str, Any],
    *,
    in_migrate: bool,
    blockers: Iterable[Mapping[str, Any]] = (),
) -> CycleMigrations:
    """Return the migrations of a cycle.

    ``migrate`` is the result of server_live_migrate, and ``wait`` is the result of migration_wait. If ``in_migrate``
    is true, server_live_migrate has monitored the migrations until their end. ``blockers`` are the blockers in the
    result of migration_preflight.
    """
    requested: list[Migration] = list(migrate.get("migrations") or [])
    migrations = list(wait["migrations"] or []) if "migrations" in wait else requested
    not_completed = [migration for migration in migrations if migration["outcome"] not in _SUCCESSFUL]
    all_refused = all(migration["outcome"] == outcomes.REFUSED for migration in requested)
    failed = bool(migrate.get("failed"))
    return CycleMigrations(
        migrations,
        not_completed,
        not_requested=failed and (not in_migrate or all_refused),
        prediction=score_migrations(migrations, blockers),
    )
