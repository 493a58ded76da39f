# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read when the status of a migration record changed, in microseconds.

Nova stores only whole seconds, so a database trigger stores the time of each status change.
"""

from __future__ import annotations

import configparser
import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pymysql
from ansible_collections.stackproof.migration.bench.sql import connection_arguments

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

COMPLETED = "completed"
_TABLE = "stackproof_bench_moments"
_NOTE = f"INSERT INTO {_TABLE} VALUES (UTC_TIMESTAMP(6), NEW.uuid, NEW.instance_uuid, NEW.status)"  # noqa: S608  # a constant
_COLUMNS = "moment DATETIME(6) NOT NULL, migration CHAR(36), server CHAR(36), status VARCHAR(255), KEY (moment)"
_IF_CHANGED = f"BEGIN IF NOT (NEW.status <=> OLD.status) THEN {_NOTE}; END IF; END"
_SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS {_TABLE} ({_COLUMNS})",
    f"CREATE OR REPLACE TRIGGER {_TABLE}_new AFTER INSERT ON migrations FOR EACH ROW {_NOTE}",
    f"CREATE OR REPLACE TRIGGER {_TABLE}_changed AFTER UPDATE ON migrations FOR EACH ROW {_IF_CHANGED}",
)


@dataclasses.dataclass(frozen=True)
class StatusChange:
    at: float
    migration: str
    server: str
    status: str


class StatusLog:
    def __init__(self, databases_conf: Path) -> None:
        config = configparser.ConfigParser(interpolation=None, strict=False)
        config.read(databases_conf, encoding="utf-8")
        self._database = pymysql.connect(**connection_arguments(config["database"]["connection"]), autocommit=True)
        with self._database.cursor() as cursor:
            for statement in _SCHEMA:
                cursor.execute(statement)

    def since(self, started: float) -> list[StatusChange]:
        """Return the status changes of migration records since the time ``started``, oldest first."""
        with self._database.cursor() as cursor:
            cursor.execute(
                f"SELECT moment, migration, server, status FROM {_TABLE} WHERE moment >= %s ORDER BY moment",  # noqa: S608  # a constant
                (datetime.fromtimestamp(started, UTC).replace(tzinfo=None),),
            )
            rows = cursor.fetchall()
        return [StatusChange(row[0].replace(tzinfo=UTC).timestamp(), *row[1:]) for row in rows]

    def completed_since(self, started: float) -> dict[str, float]:
        """Return the time at which each migration completed, by the id of the server."""
        return {one.server: one.at for one in self.since(started) if one.status == COMPLETED}

    def completed_pairs_since(self, started: float) -> list[tuple[str, str]]:
        """Return the source and the destination of each migration that completed, oldest first."""
        uuids = [one.migration for one in self.since(started) if one.status == COMPLETED]
        if not uuids:
            return []
        with self._database.cursor() as cursor:
            cursor.execute("SELECT uuid, source_compute, dest_compute FROM migrations WHERE uuid IN %s", (uuids,))
            found = {row[0]: (str(row[1]), str(row[2])) for row in cursor.fetchall()}
        return [found[uuid] for uuid in uuids]

    def migrations_since(self, started: float, servers: Collection[str]) -> set[str]:
        """Return the migration records that changed after ``started``, for these servers only."""
        return {one.migration for one in self.since(started) if one.server in servers}

    def close(self) -> None:
        self._database.close()
