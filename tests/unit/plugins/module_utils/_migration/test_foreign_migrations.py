# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration.foreign_migrations import (
    describe,
    is_stale,
    oldest_on_hosts,
    open_of_others,
)

NOW = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)


def record(status: str = "running", **more: Any) -> dict[str, Any]:
    usual = {"id": 7, "uuid": "m-7", "instance_uuid": "theirs", "source_compute": "a", "dest_compute": "b"}
    return {**usual, "status": status, "created_at": "2026-04-01T09:00:00.000000", "updated_at": None, **more}


@pytest.mark.parametrize(
    ("status", "open_"),
    [
        *((status, True) for status in ("accepted", "queued", "preparing", "running", "running (post-copy)")),
        *((status, True) for status in ("pre-migrating", "migrating", "post-migrating", "confirming", "reverting")),
        # This cold migration waits until the owner of the server confirms it.
        ("finished", False),
        *((status, False) for status in ("completed", "done", "confirmed", "reverted", "error", "failed", "cancelled")),
    ],
)
def test_selects_open_migrations_by_status(status: str, open_: bool) -> None:
    assert bool(open_of_others([record(status)], {"ours"})) is open_
    assert open_of_others([record(status)], {"theirs"}) == []


@pytest.mark.parametrize(
    ("hosts", "found"),
    [(["a"], True), (["b"], True), (["c", "b"], True), (["c"], False), ([None], False), ([], False)],
)
def test_selects_migrations_from_or_to_the_hosts(hosts: list[str | None], found: bool) -> None:
    assert (oldest_on_hosts([record(dest_compute="b")], hosts) is not None) is found


def test_accepts_an_unknown_destination() -> None:
    assert oldest_on_hosts([record(dest_compute=None)], [None, "b"]) is None
    assert "(a -> host not chosen yet, running, since 2026-04-01T09:00:00Z)" in describe(record(dest_compute=None))


def test_returns_the_oldest_migration() -> None:
    newer = record(uuid="m-8", id=8, created_at="2026-04-01T09:30:00.000000")
    assert oldest_on_hosts([newer, record()], ["a"]) == record()


@pytest.mark.parametrize(
    ("server", "updated", "stale"),
    [
        ({"status": "ACTIVE", "task_state": None}, "2026-04-01T09:54:59", True),
        ({"status": "ACTIVE", "task_state": None}, "2026-04-01T09:55:01", False),
        ({"status": "ACTIVE", "task_state": None}, None, True),
        ({"status": "MIGRATING", "task_state": "migrating"}, "2026-04-01T09:00:00", False),
        ({"status": "RESIZE", "task_state": None}, "2026-04-01T09:00:00", False),
    ],
)
def test_detects_stale_records(server: dict[str, Any], updated: str | None, stale: bool) -> None:
    assert is_stale(server, record(updated_at=updated), NOW) is stale
