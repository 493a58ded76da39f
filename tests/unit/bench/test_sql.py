# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.stackproof.migration.bench.sql import connection_arguments, insert_statement, uuid_expression


def test_copies_rows_with_changed_columns() -> None:
    statement = insert_statement("services", ["host", "binary"], {"host": "CONCAT('h', n.seq)"}, "host = 'a'", 1000)
    assert statement == (
        "INSERT INTO `services` (`host`, `binary`) SELECT CONCAT('h', n.seq), source.`binary`"
        " FROM (SELECT * FROM `services` WHERE host = 'a') AS source JOIN seq_1_to_1000 AS n"
    )


def test_uuid_expression_has_four_hyphens() -> None:
    assert uuid_expression("name").count("'-'") == 4


def test_reads_database_url() -> None:
    found = connection_arguments(
        "mysql+pymysql://nova:p%40ss@localhost/nova_api?unix_socket=/run/m.sock&charset=utf8mb4"
    )
    assert found == {"user": "nova", "password": "p@ss", "database": "nova_api", "unix_socket": "/run/m.sock"}
