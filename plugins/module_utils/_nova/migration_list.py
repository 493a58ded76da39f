# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Read migration records from Nova."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import LIST_MIGRATIONS
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of, of_type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import MigrationType

Record = dict[str, Any]

_KEY = "migrations"
_PAGING = (2, 59)
# The page size of a list request is four migration records for each requested server.
_PAGE_FACTOR = 4
_SMALLEST_PAGE = 50
_USUAL_PAGE = 200


def of_server(cloud: Cloud, server_id: str) -> list[Record]:
    """Return all migration records of one server."""
    return matching(cloud, {"instance_uuid": server_id}, f"Listing the migrations of server {server_id}")


def matching(
    cloud: Cloud, filters: Mapping[str, Any], what: str = "Listing the migrations", *, at_most: int | None = None
) -> list[Record]:
    """Return the migration records that match the filters. Stop when `at_most` records are found."""

    def complete(found: list[Record]) -> bool:
        return at_most is not None and len(found) >= at_most

    return _list(cloud, filters, what, complete)


def check_permission(cloud: Cloud) -> None:
    """Raise ForbiddenError when the user may not list migrations."""
    params = {"limit": 1} if cloud.microversions.newest >= _PAGING else {"status": "queued"}
    _list(cloud, params, "Listing the migrations", lambda _found: True)


def of_servers(cloud: Cloud, keys: Mapping[str, str | None], kind: MigrationType, *, since: datetime) -> list[Record]:
    """Return the newest migration records of several servers.

    `keys` maps a server id to the key of a migration record, or to None. If the answer contains no record of a server,
    the function sends a request for this server.
    """
    if len(keys) == 1:
        return of_server(cloud, next(iter(keys)))
    newest, complete = _newest(cloud, kind, max(_SMALLEST_PAGE, _PAGE_FACTOR * len(keys)), since)
    records = [record for record in newest if record.get("instance_uuid") in keys]
    found_keys = {key_of(record) for record in records}
    found_servers = {record["instance_uuid"] for record in records}
    missing = [
        server_id
        for server_id, key in keys.items()
        if (key not in found_keys if key else not complete and server_id not in found_servers)
    ]
    return records + [
        record
        for server_id in missing
        for record in of_server(cloud, server_id)
        if key_of(record) not in found_keys and of_type(record, kind.record_type)
    ]


def recent(cloud: Cloud, server_ids: Collection[str], kind: MigrationType, *, since: datetime) -> list[Record]:
    """Return the migration records of several servers since a given time."""
    return of_servers(cloud, dict.fromkeys(server_ids), kind, since=since)


def on_host(cloud: Cloud, host: str, *, since: datetime) -> list[Record]:
    """Return the migrations from and to a compute host since a given time.

    Nova's filter changes-since omits migrations without an update, so this function does not use the filter.
    """
    return _created_since(cloud, {"host": host}, f"Listing the migrations from and to {host}", since)


def created_since(cloud: Cloud, since: datetime) -> list[Record]:
    """Return the migration records that Nova created since a given time."""
    return _created_since(cloud, {}, "Listing the migrations", since)


def _created_since(cloud: Cloud, filters: Mapping[str, Any], what: str, since: datetime) -> list[Record]:
    oldest = _as_nova_writes(since)

    def complete(found: list[Record]) -> bool:
        return bool(found) and _created(found[-1]) < oldest

    paging = {"limit": _USUAL_PAGE} if cloud.microversions.newest >= _PAGING else {}
    listed = _list(cloud, {**filters, **paging}, what, complete)
    return [record for record in listed if _created(record) >= oldest]


def _newest(cloud: Cloud, kind: MigrationType, size: int, since: datetime) -> tuple[list[Record], bool]:
    """Return the newest migrations of a type, and whether the list contains all migrations since ``since``."""
    paging = {"limit": size} if cloud.microversions.newest >= _PAGING else {}
    filters = {"migration_type": kind.record_type, **paging}
    oldest = _as_nova_writes(since)

    def reaches_back(found: list[Record]) -> bool:
        return bool(found) and _created(found[-1]) < oldest

    # Nova may return fewer records than requested.
    found = _list(cloud, filters, f"Listing the {kind.noun}s", lambda found: len(found) >= size or reaches_back(found))
    # Nova returns all migration records in one response if it does not support paging.
    return found, not paging or len(found) < size or reaches_back(found)


def _created(record: Mapping[str, Any]) -> str:
    return str(record.get("created_at"))


def _as_nova_writes(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _list(
    cloud: Cloud, filters: Mapping[str, Any], what: str, complete: Callable[[list[Record]], bool]
) -> list[Record]:
    """Return the migration records that match the filters.

    If Nova refuses to list all projects, return the records of the user's project. Since Nova 32, a user with the role
    manager must set the filter ``project_id``.
    """
    if not cloud.own_migrations_only:
        try:
            return cloud.pages("/os-migrations", _KEY, what, need=LIST_MIGRATIONS, params=filters, enough=complete)
        except ForbiddenError as error:
            if "all_projects" not in error.failure.message:
                raise
            cloud.own_migrations_only = True
    own = {**filters, "project_id": cloud.identity().project_id}
    return cloud.pages("/os-migrations", _KEY, what, need=LIST_MIGRATIONS, params=own, enough=complete)
