# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Data classes for the state of a cloud that the audit reads, and for the findings of the audit."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.timestamps import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from ansible_collections.stackproof.migration.plugins.module_utils._cinder.model import Attachment, Volume
    from ansible_collections.stackproof.migration.plugins.module_utils._neutron.model import Binding, Port
    from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation

# A migration record in the form that the modules return (see `migration_record.view`).
Record = dict[str, Any]

# The kinds of findings.
SERVER_MIGRATING = "server_migrating"
SERVER_ERROR = "server_error"
RESIZE_WAITS = "resize_waits"
RECORD_OPEN = "record_open"
ALLOCATION_OF_MIGRATION = "allocation_of_migration"
ALLOCATION_ORPHANED = "allocation_orphaned"
ALLOCATION_DOUBLED = "allocation_doubled"
ALLOCATION_ELSEWHERE = "allocation_elsewhere"
ALLOCATION_MISSING = "allocation_missing"
PORT_ELSEWHERE = "port_elsewhere"
PORT_ORPHANED = "port_orphaned"
BINDING_INACTIVE = "binding_inactive"
ATTACHMENT_ELSEWHERE = "attachment_elsewhere"
ATTACHMENT_ORPHANED = "attachment_orphaned"
ATTACHMENT_UNFINISHED = "attachment_unfinished"
SERVICE_WITHOUT_REASON = "service_without_reason"
KINDS = (
    SERVER_MIGRATING,
    SERVER_ERROR,
    RESIZE_WAITS,
    RECORD_OPEN,
    ALLOCATION_OF_MIGRATION,
    ALLOCATION_ORPHANED,
    ALLOCATION_DOUBLED,
    ALLOCATION_ELSEWHERE,
    ALLOCATION_MISSING,
    PORT_ELSEWHERE,
    PORT_ORPHANED,
    BINDING_INACTIVE,
    ATTACHMENT_ELSEWHERE,
    ATTACHMENT_ORPHANED,
    ATTACHMENT_UNFINISHED,
    SERVICE_WITHOUT_REASON,
)
# The audit can repair findings of these kinds.
REPAIRABLE = (ALLOCATION_OF_MIGRATION, ALLOCATION_ORPHANED, ALLOCATION_DOUBLED)

# Whether a finding blocks the next migration: Nova refuses it, it can fail, or the finding does not block it.
CERTAIN, LIKELY, NO = "certain", "likely", "no"


@dataclass(frozen=True)
class AuditServer:
    """The values of a server that the audit compares. A value is None if the user may not see it."""

    id: str
    name: str | None
    status: str
    task_state: str | None
    host: str | None
    # The name of the hypervisor, which is also the name of its root resource provider.
    node: str | None
    project_id: str | None
    updated: str | None
    fault: str | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> AuditServer:
        """Return the server from an answer of Nova."""
        return cls(
            id=str(raw["id"]),
            name=raw.get("name"),
            status=str(raw.get("status")),
            task_state=raw.get("OS-EXT-STS:task_state"),
            host=raw.get("OS-EXT-SRV-ATTR:host"),
            node=raw.get("OS-EXT-SRV-ATTR:hypervisor_hostname"),
            project_id=raw.get("tenant_id"),
            updated=raw.get("updated"),
            fault=(raw.get("fault") or {}).get("message"),
        )


@dataclass(frozen=True)
class Snapshot:
    """What the audit has read. A value is None if the user may not read it, or if the audit does not look at it."""

    now: datetime
    # The audit does not judge what has changed more recently than this time.
    settle: timedelta
    # A migration record that has not changed for this time does not end any more.
    stale_after: timedelta
    servers: Mapping[str, AuditServer] = field(default_factory=dict)
    # Whether `servers` contains every server of the cloud, so that other ids belong to no server.
    all_servers: bool = False
    records: Sequence[Record] = ()
    # Whether `records` contains every record of the servers, and not only recent and open records.
    all_records: bool = False
    # Whether the user sees the records of all projects, so that other ids belong to no migration.
    all_projects_records: bool = False
    # The compute services, in the form that `compute_services.view` returns, by host.
    services: Mapping[str, Mapping[str, Any]] | None = None
    # The allocations by consumer. None if Placement cannot be read.
    allocations: Mapping[str, Sequence[Allocation]] | None = None
    # The types of consumers that are neither servers nor migrations, by consumer (Placement 1.38).
    consumer_types: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, Sequence[Port]] | None = None
    bindings: Mapping[str, Sequence[Binding]] = field(default_factory=dict)
    attachments: Mapping[str, Sequence[Attachment]] | None = None
    volumes: Mapping[str, Volume] | None = None
    # The reason of the last failure, by server.
    reasons: Mapping[str, str] = field(default_factory=dict)

    def age(self, moment: str | None) -> timedelta | None:
        """Return the time since a moment that a service has written. Return None if the moment is unknown."""
        read = read_time(moment)
        return None if read is None else self.now - read

    def records_of(self, server_id: str) -> list[Record]:
        """Return the records of a server, with the oldest record first."""
        return self._records_by_server.get(server_id, [])

    @cached_property
    def _records_by_server(self) -> dict[str, list[Record]]:
        # The records are sorted once, because the audit asks for the records of each server.
        found: dict[str, list[Record]] = {}
        for record in sorted(self.records, key=lambda record: (str(record["created"]), record["id"])):
            found.setdefault(record["server_id"], []).append(record)
        return found

    def down(self, *hosts: str | None) -> list[str]:
        """Return the hosts whose compute service is not up, each once."""
        services = self.services or {}
        return [host for host in dict.fromkeys(hosts) if host and services.get(host, {}).get("state", "up") != "up"]


@dataclass(frozen=True)
class Finding:
    """What an earlier migration left behind."""

    kind: str
    # The id of the object that was left: a server, a record, a consumer, a port, an attachment or a host.
    subject: str
    message: str
    # What the finding means for the next migration, as a sentence.
    effect: str
    blocks: str
    remedy: str
    command: str
    since: str | None = None
    server_id: str | None = None
    server_name: str | None = None
    project_id: str | None = None
    host: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str | None]:
        return self.kind, self.subject, self.host

    @property
    def repairable(self) -> bool:
        """Return whether the module migration_audit_repair can repair this kind."""
        return self.kind in REPAIRABLE

    def as_result(self) -> dict[str, Any]:
        return {**asdict(self), "repairable": self.repairable}

    def about(self, server: AuditServer | None) -> Finding:
        """Return the finding with the name and the project of the server."""
        if server is None:
            return self
        return replace(self, server_id=server.id, server_name=server.name, project_id=server.project_id)
