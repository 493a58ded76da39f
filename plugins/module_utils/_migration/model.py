# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: what is to be done with one server, what one poll observed of it, and how its migration was concluded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import QUEUED, Phase
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, MigrationType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import Failure
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation, Resources
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import Reach

Check = dict[str, Any]


@dataclass(frozen=True)
class MigrationPlan:
    """What is to be done with one server, and what was so before."""

    server_id: str
    server_name: str
    kind: MigrationType = LIVE
    # None where this user may not see compute hosts; hostId is visible to everyone
    source: str | None = None
    source_host_id: str | None = None
    # The destination that was requested; None when the scheduler chooses
    expected_host: str | None = None
    # The status that the server must have afterwards, and whether it was seen or is only what most servers have
    initial_status: str = "ACTIVE"
    initial_known: bool = True
    project_id: str | None = None
    # What the server held in Placement, by resource provider
    allocations_before: Mapping[str, Resources] | None = None
    # The keys of the records that existed before; of those older than that moment not all are known
    known: frozenset[str] = frozenset()
    not_before: str = ""

    @property
    def source_identity(self) -> str | None:
        """What tells the source from other compute hosts, also for a user who may not see its name."""
        return self.source or self.source_host_id


@dataclass(frozen=True)
class Observation:
    """What the last poll found. None: it does not exist, was not read, or this user may not see it."""

    record: Mapping[str, Any] | None = None
    server: Mapping[str, Any] | None = None
    # What the server and the migration hold in Placement
    server_allocations: list[Allocation] | None = None
    migration_allocations: list[Allocation] | None = None
    # How the server answers on the network, where it is probed
    reach: Reach | None = None

    @property
    def status(self) -> str | None:
        """Of the migration record."""
        return None if self.record is None else self.record["status"]

    @property
    def is_queued(self) -> bool:
        """Nova has not begun with it, because it moves only so many servers off a compute host at once."""
        return self.status in QUEUED

    def has_failed(self, kind: MigrationType) -> bool:
        return self.record is not None and kind.phase(self.status) is Phase.FAILED


@dataclass(frozen=True)
class Conclusion:
    """How a migration ended."""

    outcome: str
    message: str
    failure: Failure | None = None
    checks: list[Check] = field(default_factory=list)
    # Nova's events of the instance action, and the reason in them
    events: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None
    # Whether the server's state was reset after an abort
    state_reset: bool = False
    # Seconds since the start of the module's run, and when, by the cloud's clock
    seconds: float | None = None
    at: datetime | None = None
    # What the network probe found
    probe: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ending:
    """All that is known of a migration that is not waited for any more."""

    plan: MigrationPlan
    observation: Observation
    checks: list[Check]
    outcome: str
    # The id of the request that started it
    request_id: str | None = None
    # Nova's events of the instance action, and the reason in them
    events: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None
    # The action of on_timeout that Nova accepted
    intervened_with: str | None = None
    state_reset: bool = False
