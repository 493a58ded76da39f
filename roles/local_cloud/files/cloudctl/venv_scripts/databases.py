# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create empty databases, because MariaDB cannot undo an interrupted schema migration.

Existing databases with the same names are deleted. Standard input is JSON: ``{"socket": …, "password": …, "databases":
["nova"]}``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pymysql


def main(order: dict[str, Any]) -> None:
    with pymysql.connect(unix_socket=order["socket"], user="root", password=order["password"]) as connection:
        for name in order["databases"]:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
                cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")


if __name__ == "__main__":
    main(json.load(sys.stdin))
