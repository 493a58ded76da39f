# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read migration records and the events of their instance actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError, NotFoundError
from ansible_collections.stackproof.migration.plugins.module_utils._nova import (
    instance_actions,
    migration_list,
    migration_record,
    timestamps,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova import servers as nova_servers
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import OF_TYPE

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud

Record = dict[str, Any]


@dataclass(frozen=True)
class HistoryQuery:
    """The options that select migration records."""

    servers: list[str] | None = None
    all_projects: bool = False
    migrations: list[str] | None = None
    status: str | None = None
    migration_type: str | None = None
    host: str | None = None
    changed_since: str | None = None
    events: bool = False
    limit: int = 1000

    def filters(self) -> dict[str, str]:
        """Return the query parameters for Nova's list of migrations. Raise InputError if a time is not valid."""
        if self.changed_since is not None and timestamps.read_time(self.changed_since) is None:
            raise InputError(f"changed_since must be a time in ISO 8601, found {self.changed_since!r}.")
        wanted = {
            "status": self.status,
            "migration_type": self.migration_type,
            "host": self.host,
            "changes-since": self.changed_since,
        }
        return {key: value for key, value in wanted.items() if value is not None}


def read_history(cloud: Cloud, query: HistoryQuery) -> list[Record]:
    """Return the migration records, newest first."""
    filters = query.filters()
    if query.servers is None:
        found = migration_list.matching(cloud, filters, at_most=query.limit)
    else:
        found = []
        for server_id in [_server_id(cloud, server, query) for server in query.servers]:
            found += migration_list.matching(cloud, {**filters, "instance_uuid": server_id}, at_most=query.limit)
    if query.migrations is not None:
        found = [record for record in found if migration_record.key_of(record) in query.migrations]
    found.sort(key=lambda record: str(record.get("created_at")), reverse=True)
    entries = [_entry(record) for record in found[: query.limit]]
    return [_with_events(cloud, entry) for entry in entries] if query.events else entries


def _server_id(cloud: Cloud, server: str, query: HistoryQuery) -> str:
    if nova_servers.is_uuid(server):
        # Nova may list the migration records of a server that has been deleted.
        return server.lower()
    found = nova_servers.find(cloud, server, all_projects=query.all_projects)
    if found is None:
        raise NotFoundError(f"servers: there is no server {server} that this user can see.", service="compute")
    return str(found["id"])


def _entry(record: Record) -> Record:
    return {**migration_record.view(record), "phase": migration_record.phase_of(record.get("status")).value}


def _with_events(cloud: Cloud, entry: Record) -> Record:
    request_id = None
    events: list[dict[str, Any]] = []
    kind = OF_TYPE.get(entry["type"])
    if kind is not None:
        actions = instance_actions.list_actions(cloud, entry["server_id"])
        request_id = instance_actions.action_of(actions, kind.action, entry["created"])
        if request_id is not None:
            events = instance_actions.read_events(cloud, entry["server_id"], request_id)
    return {**entry, "request_id": request_id, "events": events, "reason": instance_actions.reason_in(events)}
