# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes that describe a migration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import QUEUED, Phase
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, MigrationType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import Failure
    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import AttachedVolume, Attachment
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Port
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation, Resources
    from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import Reach

Check = dict[str, Any]


@dataclass(frozen=True)
class MigrationPlan:
    """The planned migration of one server, and the state of the server before the migration."""

    server_id: str
    server_name: str
    kind: MigrationType = LIVE
    # The name of the source host. None means that the user may not see host names.
    source: str | None = None
    source_host_id: str | None = None
    # The compute host in the migration request. None means that Nova's scheduler chooses the host.
    expected_host: str | None = None
    # The status that the server must have after the migration.
    initial_status: str = "ACTIVE"
    # False if Nova did not return the status of the server before the migration.
    initial_known: bool = True
    project_id: str | None = None
    # The allocations of the server before the migration, by name of the resource provider.
    allocations_before: Mapping[str, Resources] | None = None
    # The attachments and the ports of the server before the migration. None means that the module did not read them.
    attachments_before: tuple[Attachment, ...] | None = None
    ports_before: tuple[Port, ...] | None = None
    # The keys of the migration records that existed before this migration was requested.
    known: frozenset[str] = frozenset()
    # The module ignores migration records from before this time. Empty means no limit.
    not_before: str = ""

    @property
    def source_identity(self) -> str | None:
        """The name of the source host, or the hostId if the user may not see host names."""
        return self.source or self.source_host_id


@dataclass(frozen=True)
class Observation:
    """The values that the last poll of a migration read.

    A value is None if the module did not read it, or if it does not exist in the cloud.
    """

    record: Mapping[str, Any] | None = None
    server: Mapping[str, Any] | None = None
    # The allocations of the server and of its migration in Placement.
    server_allocations: list[Allocation] | None = None
    migration_allocations: list[Allocation] | None = None
    # The volumes with their attachments, and the ports with their bindings. The module reads them after the migration.
    volumes: tuple[AttachedVolume, ...] | None = None
    ports: tuple[Port, ...] | None = None
    # None means that the module does not probe the server.
    reach: Reach | None = None

    @property
    def status(self) -> str | None:
        """The status of the migration record."""
        return None if self.record is None else self.record["status"]

    @property
    def is_queued(self) -> bool:
        """Return whether the migration is waiting in the queue of the compute host."""
        return self.status in QUEUED

    @property
    def has_volumes(self) -> bool:
        """Return whether Nova lists volumes for the server."""
        return bool((self.server or {}).get("volumes"))

    @property
    def has_ports(self) -> bool:
        """Return whether the server has addresses, and therefore ports."""
        return bool((self.server or {}).get("addresses"))

    def has_failed(self, kind: MigrationType) -> bool:
        return self.record is not None and kind.phase(self.status) is Phase.FAILED


@dataclass(frozen=True)
class Conclusion:
    """How a migration ended, with its outcome, message, checks and events."""

    outcome: str
    message: str
    failure: Failure | None = None
    checks: list[Check] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None
    state_reset: bool = False
    # The module monitored the migration for this many seconds.
    seconds: float | None = None
    # The time at which the module stopped monitoring, on the clock of the cloud.
    at: datetime | None = None
    # The result of the network probe of the server.
    probe: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ending:
    """The data that determine the result of one migration."""

    plan: MigrationPlan
    observation: Observation
    checks: list[Check]
    outcome: str
    request_id: str | None = None
    # The events of the instance action, and the failure reason from the events.
    events: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None
    # The action that Nova accepted after the timeout, "abort" or "force_complete".
    intervened_with: str | None = None
    state_reset: bool = False
