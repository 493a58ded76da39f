# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Reads of migration records: one list, however many servers it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import ForbiddenError
from ansible_collections.stackproof.migration.plugins.module_utils._api.microversions import LIST_MIGRATIONS
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from ansible_collections.stackproof.migration.plugins.module_utils._api.client import Cloud
    from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import MigrationType

Record = dict[str, Any]

_KEY = "migrations"
_PAGING = (2, 59)
_SMALLEST_PAGE = 50
_USUAL_PAGE = 200


def of_server(cloud: Cloud, server_id: str) -> list[Record]:
    """All records of one server."""
    return matching(cloud, {"instance_uuid": server_id}, f"Listing the migrations of server {server_id}")


def matching(
    cloud: Cloud, filters: Mapping[str, Any], what: str = "Listing the migrations", *, at_most: int | None = None
) -> list[Record]:
    """The records that Nova's own filters let through, all or the newest."""

    def enough(found: list[Record]) -> bool:
        return at_most is not None and len(found) >= at_most

    return _list(cloud, filters, what, enough)


def peek(cloud: Cloud) -> None:
    """Whether this user may list migrations at all; raises what stands against it."""
    params = {"limit": 1} if cloud.microversions.newest >= _PAGING else {"status": "queued"}
    _list(cloud, params, "Listing the migrations", lambda _found: True)


def of_servers(
    cloud: Cloud, server_ids: Collection[str], kind: MigrationType, *, keys: Collection[str], since: datetime
) -> list[Record]:
    """The migrations of these servers that are as new as `since`, and those of the given keys.

    Newest first, so that the first page holds what is followed, however long the cloud's history is.
    """
    if len(server_ids) == 1:
        return of_server(cloud, next(iter(server_ids)))
    wanted = max(_SMALLEST_PAGE, 4 * len(server_ids))
    listed = _newest(cloud, kind, since, f"Listing the {kind.noun}s", keys=keys, page=wanted)
    return [record for record in listed if record.get("instance_uuid") in server_ids]


def recent(cloud: Cloud, kind: MigrationType, *, since: datetime) -> list[Record]:
    """The migrations of all servers that are as new as `since`."""
    return _newest(cloud, kind, since, f"Listing the {kind.noun}s of late", keys=(), page=_USUAL_PAGE)


def on_host(cloud: Cloud, host: str, *, since: datetime) -> list[Record]:
    """The migrations from and to a compute host, of all kinds, that are as new as `since`.

    Those that are older are left out by page, and not by Nova's changes-since: a record that was never updated has no
    time of a change.
    """
    what = f"Listing the migrations from and to {host}"
    listed = _since(cloud, {"host": host}, since, what, keys=(), page=_USUAL_PAGE)
    oldest = since.strftime("%Y-%m-%dT%H:%M:%S")
    return [record for record in listed if str(record.get("created_at")) >= oldest]


def _newest(
    cloud: Cloud, kind: MigrationType, since: datetime, what: str, *, keys: Collection[str], page: int
) -> list[Record]:
    return _since(cloud, {"migration_type": kind.record_type}, since, what, keys=keys, page=page)


def _since(
    cloud: Cloud, filters: Mapping[str, Any], since: datetime, what: str, *, keys: Collection[str], page: int
) -> list[Record]:
    """Page by page, until those are there that are as new, and those of the given keys."""
    oldest = since.strftime("%Y-%m-%dT%H:%M:%S")
    wanted = set(keys)

    def enough(found: list[Record]) -> bool:
        return wanted <= {key_of(record) for record in found} and str(found[-1].get("created_at")) < oldest

    paging = {"limit": page} if cloud.microversions.newest >= _PAGING else {}
    return _list(cloud, {**filters, **paging}, what, enough)


def _list(cloud: Cloud, filters: Mapping[str, Any], what: str, enough: Callable[[list[Record]], bool]) -> list[Record]:
    """A list of all projects for administrators, and of the own project for its manager.

    Since Nova 32 a manager is refused unless the own project is named as a filter. An administrator must not name it:
    a record bears the project of who asked for the migration, and not that of the server.
    """
    if not cloud.own_migrations_only:
        try:
            return cloud.pages("/os-migrations", _KEY, what, need=LIST_MIGRATIONS, params=filters, enough=enough)
        except ForbiddenError as error:
            if "all_projects" not in error.failure.message:
                raise
            cloud.own_migrations_only = True
    own = {**filters, "project_id": cloud.identity().project_id}
    return cloud.pages("/os-migrations", _KEY, what, need=LIST_MIGRATIONS, params=own, enough=enough)
