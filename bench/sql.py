# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SQL statements that the benchmark runs in the databases of the local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


def connection_arguments(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "user": parts.username,
        "password": unquote(parts.password or ""),
        "database": parts.path.strip("/"),
        "unix_socket": parse_qs(parts.query)["unix_socket"][0],
    }


def uuid_expression(text: str) -> str:
    """Return an SQL expression that creates a UUID from the MD5 hash of ``text``."""
    expression = f"MD5({text})"
    for position in (9, 14, 19, 24):
        expression = f"INSERT({expression}, {position}, 0, '-')"
    return expression


def insert_statement(
    table: str, columns: list[str], changed: Mapping[str, str], where: str, count: int, first: int = 1
) -> str:
    """Return the SQL statement that copies each row of a table ``count`` times.

    ``changed`` maps a column to an SQL expression for its new value. In this expression, ``n.seq`` is the number of the
    copy. ``first`` is the number of the first copy.
    """
    values = [changed.get(column, f"source.`{column}`") for column in columns]
    names = ", ".join(f"`{column}`" for column in columns)
    return (
        f"INSERT INTO `{table}` ({names}) SELECT {', '.join(values)}"  # noqa: S608  # no input of a user
        f" FROM (SELECT * FROM `{table}` WHERE {where}) AS source"
        f" JOIN seq_{first}_to_{first + count - 1} AS n"
    )
