# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure data classes: the plan for one server, the values of one poll, and the conclusion of the migration."""

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
    """The migration that one server needs, and its state before the migration."""

    server_id: str
    server_name: str
    kind: MigrationType = LIVE
    # The name of the source host. None when this user may not see compute hosts. Every user may see hostId
    # (source_host_id).
    source: str | None = None
    source_host_id: str | None = None
    # The requested destination. None when Nova's scheduler chooses the destination.
    expected_host: str | None = None
    # The status that the server must have after the migration.
    initial_status: str = "ACTIVE"
    # True when initial_status was read from Nova, and False when initial_status is an assumption.
    initial_known: bool = True
    project_id: str | None = None
    # Allocations of the server before the migration, by name of the resource provider.
    allocations_before: Mapping[str, Resources] | None = None
    # Keys of the migration records that existed before the request.
    known: frozenset[str] = frozenset()
    # `known` may lack records that are older than this time. Empty when `known` contains all records.
    not_before: str = ""

    @property
    def source_identity(self) -> str | None:
        """An id of the source host. The id is the name of the host, or the hostId for a user who may not see names."""
        return self.source or self.source_host_id


@dataclass(frozen=True)
class Observation:
    """The values of the last poll. None: the value does not exist, was not read, or is not visible to this user."""

    record: Mapping[str, Any] | None = None
    server: Mapping[str, Any] | None = None
    # Allocations of the server and of the migration in Placement.
    server_allocations: list[Allocation] | None = None
    migration_allocations: list[Allocation] | None = None
    # The answers of the server to the network probe. None without a probe.
    reach: Reach | None = None

    @property
    def status(self) -> str | None:
        """The status of the migration record."""
        return None if self.record is None else self.record["status"]

    @property
    def is_queued(self) -> bool:
        """Whether the migration waits in Nova's queue. Nova limits the concurrent live migrations of a compute host."""
        return self.status in QUEUED

    def has_failed(self, kind: MigrationType) -> bool:
        return self.record is not None and kind.phase(self.status) is Phase.FAILED


@dataclass(frozen=True)
class Conclusion:
    """The outcome of a migration, with its message, checks and events."""

    outcome: str
    message: str
    failure: Failure | None = None
    checks: list[Check] = field(default_factory=list)
    # The events of the instance action, and the reason of a failure in these events.
    events: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None
    # Whether the module reset the state of the server after an abort.
    state_reset: bool = False
    # Seconds from the start of the module to the conclusion.
    seconds: float | None = None
    # Time of the conclusion on the clock of the cloud.
    at: datetime | None = None
    # The result of the network probe.
    probe: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ending:
    """The values from which the conclusion is made when the module stops monitoring a migration."""

    plan: MigrationPlan
    observation: Observation
    checks: list[Check]
    outcome: str
    # Id of the request that started the migration.
    request_id: str | None = None
    # The events of the instance action, and the reason of a failure in these events.
    events: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None
    # The action of the option on_timeout that Nova accepted.
    intervened_with: str | None = None
    state_reset: bool = False
