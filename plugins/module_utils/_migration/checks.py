# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module util is PRIVATE and should only be used by this collection's plugins.

"""Pure: from everything that was seen of a migration to what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import Phase
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, Kind
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Held, roots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.stackproof.migration.plugins.module_utils._probe.model import Reach

Check = dict[str, Any]


# What is checked of a server that is asked on the network
REACH_CHECKS = ("answers", "pause")


@dataclass
class Seen:
    """All that was observed of one migration. None means that this user may not see it."""

    record: dict[str, Any] | None
    server: dict[str, Any] | None
    server_held: list[Held] | None = None
    migration_held: list[Held] | None = None
    # What was so before the migration, or was asked for
    source: str | None = None
    source_host_id: str | None = None
    expected_host: str | None = None
    initial_status: str = "ACTIVE"
    # What the server held before, by provider
    held_before: Mapping[str, Any] | None = None
    kind: Kind = LIVE
    # How the server answers on the network, where it is asked
    reach: Reach | None = None


def checks_of(seen: Seen) -> list[Check]:
    """Every side of the outcome, against what a migration that ended like this must leave behind.

    A migration that failed or was cancelled must leave the server where it was. `ok` is null where
    this user may not see what there is.
    """
    record = seen.record
    if record is None:
        return [_check("status", seen.kind.done, None, ok=False)]
    moved = seen.kind.phase(record["status"]) is Phase.DONE
    source = seen.source or record["source"]
    home = (seen.expected_host or record["destination"]) if moved else source
    checks = [
        _check("type", seen.kind.record_type, record["type"]),
        _compare_if_visible("source", seen.source, record["source"]),
        _destination(seen, record, moved=moved),
        _check("status", seen.kind.done, record["status"]),
        *_server_checks(seen, home, moved=moved),
    ]
    checks.append(_allocations("server_allocations", _providers(seen, home, moved=moved), seen.server_held))
    checks.append(_allocations("migration_allocations", [], seen.migration_held))
    return checks + _reach_checks(seen.reach)


def _reach_checks(reach: Reach | None) -> list[Check]:
    if reach is None:
        return []
    found = reach.address if reach.there else f"none for {reach.silent:.1f} s"
    answers = (
        _unknown("answers", reach.address)
        if reach.there is None
        else _check("answers", reach.address, found, ok=reach.there)
    )
    return [answers] if reach.most is None else [answers, _pause(reach, reach.most)]


def _pause(reach: Reach, most: float) -> Check:
    expected, found = f"at most {most:g} s", f"{reach.longest:.2f} s"
    if reach.longest > most:
        return _check("pause", expected, found, ok=False)
    if reach.there is None or reach.possible > most:
        # nobody asked for so long that a longer one may have been missed
        return {"name": "pause", "expected": expected, "found": found, "ok": None}
    return _check("pause", expected, found, ok=True)


def _providers(seen: Seen, home: str | None, *, moved: bool) -> list[str] | None:
    """Where the server must have its resources now: of the hypervisor, whose name need not be the compute host's."""
    record = seen.record or {}
    node = record["destination_node"] if moved else record["source_node"]
    if node is None and not moved and seen.held_before:
        # Nova writes the source's only once it has found a destination. Of nested providers the root is not known here.
        return list(seen.held_before) if len(seen.held_before) == 1 else None
    provider = node or home
    return [provider] if provider else None


def _check(name: str, expected: Any, found: Any, *, ok: bool | None = None) -> Check:
    return {"name": name, "expected": expected, "found": found, "ok": expected == found if ok is None else ok}


def _unknown(name: str, expected: Any) -> Check:
    return {"name": name, "expected": expected, "found": None, "ok": None}


def _compare_if_visible(name: str, expected: Any, found: Any) -> Check:
    if found is None:
        return _unknown(name, expected)
    return _check(name, found if expected is None else expected, found)


def _destination(seen: Seen, record: Mapping[str, Any], *, moved: bool) -> Check:
    source, found = seen.source or record["source"], record["destination"]
    if not moved and found is None:
        return _unknown("destination", seen.expected_host)
    if seen.expected_host is None and found is not None and found == source:
        return _check("destination", f"not {source}", found, ok=False)
    return _compare_if_visible("destination", seen.expected_host, found)


def _server_checks(seen: Seen, home: str | None, *, moved: bool) -> list[Check]:
    server = seen.server
    if server is None:
        return [_check("server_status", seen.initial_status, "gone", ok=False)]
    checks = [
        _check("server_status", seen.initial_status, server["status"]),
        _check("server_task_state", None, server["task_state"]),
    ]
    if server["host"] is not None and home is not None:
        checks.append(_check("server_host", home, server["host"]))
    elif seen.source_host_id and server["host_id"]:
        # Host names are for administrators; hostId still tells whether the server moved.
        stayed = server["host_id"] == seen.source_host_id
        expected = f"hostId other than {seen.source_host_id}" if moved else f"hostId {seen.source_host_id}"
        checks.append(_check("server_host", expected, f"hostId {server['host_id']}", ok=stayed != moved))
    else:
        checks.append(_unknown("server_host", home))
    return checks


def _allocations(name: str, expected: list[str] | None, held: list[Held] | None) -> Check:
    if held is None or expected is None:
        return _unknown(name, expected)
    return _check(name, expected, roots(held))


def agrees(checks: list[Check]) -> bool:
    return all(check["ok"] is not False for check in checks)
