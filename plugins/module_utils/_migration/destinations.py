# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure functions for the option ``destinations``, which names a compute host for each server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._api.errors import InputError
from ansible_collections.stackproof.migration.plugins.module_utils._suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_destinations(destinations: Mapping[Any, Any]) -> dict[str, str]:
    """Return the option ``destinations`` with text as keys and values. Raise InputError if an entry names no host."""
    for server, host in destinations.items():
        if isinstance(host, (dict, list, bool)) or host is None or not str(host).strip():
            raise InputError(
                f"destinations: the host of the server {server} must be the name of a compute host, found {host!r}."
                " To let the scheduler choose the host of a server, leave the server out of destinations."
            )
    return {str(server): str(host) for server, host in destinations.items()}


def destinations_by_id(
    destinations: Mapping[str, str], servers: Mapping[str, Mapping[str, Any] | None]
) -> dict[str, str]:
    """Return the requested hosts by server id.

    ``servers`` contains the server for each name or id in the option ``servers``. The server is None if it does not
    exist. Raise InputError if a key of ``destinations`` is not exactly one of these servers, or if two keys name
    different hosts for one server.
    """
    ids: dict[str, set[str]] = {}
    for wanted, server in servers.items():
        server_id = wanted.lower() if server is None else str(server["id"])
        for name in {wanted, server_id, server_id if server is None else str(server["name"])}:
            ids.setdefault(name, set()).add(server_id)
    known = set().union(*ids.values())
    found: dict[str, str] = {}
    for name, host in destinations.items():
        # Nova accepts the id of a server in upper case.
        matches = {name.lower()} if name.lower() in known else ids.get(name, set())
        server_id = _single(name, matches, list(ids))
        if found.setdefault(server_id, host) != host:
            raise InputError(
                f"destinations: two entries name different hosts for the server {server_id}: {found[server_id]} and"
                f" {host}. Remove one of them."
            )
    return found


def _single(name: str, matches: set[str], names: list[str]) -> str:
    if len(matches) == 1:
        return next(iter(matches))
    if matches:
        raise InputError(
            f"destinations: {len(matches)} of the servers have the name {name!r}: {', '.join(sorted(matches))}."
            " Use the id."
        )
    problem = f"destinations: the server {name} is not in servers. {did_you_mean(name, names)}".rstrip()
    raise InputError(f"{problem} Add the server to servers, or remove it from destinations.")
