# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._drain.move_method import (
    MoveMethod,
    move_method_back,
    move_method_of,
    move_method_of_departed,
)


def server(status: str = "ACTIVE", task: str | None = None, host: str = "compute1") -> dict[str, Any]:
    return {"status": status, "task_state": task, "host": host}


@pytest.mark.parametrize(
    ("status", "task", "how"),
    [
        ("ACTIVE", None, "live"),
        ("PAUSED", None, "live"),
        ("SHUTOFF", None, "cold"),
        # On its way already: joined
        ("MIGRATING", "migrating", "live"),
        ("ACTIVE", "rebooting", "none"),
        ("BUILD", None, "none"),
        ("SUSPENDED", None, "none"),
        ("ERROR", None, "none"),
        # Nobody's cold migration: a resize of the owner's
        ("RESIZE", "resize_prep", "none"),
        ("VERIFY_RESIZE", None, "none"),
        ("A STATUS OF THE FUTURE", None, "none"),
    ],
)
def test_way_of_a_server(status: str, task: str | None, how: str) -> None:
    way = move_method_of(server(status, task), cold_allowed=True)
    assert way.how == how
    assert (way.obstacle is None) == (how != "none")


def test_what_is_busy_may_pass() -> None:
    assert move_method_of(server("BUILD", "spawning"), cold_allowed=True).passing
    assert move_method_of(server("ACTIVE", "rebooting"), cold_allowed=True).passing
    assert not move_method_of(server("SUSPENDED"), cold_allowed=True).passing


def test_cold_migration_under_way_is_joined() -> None:
    assert move_method_of(server("RESIZE", "resize_prep"), cold_allowed=True, cold_record={"id": 1}) == MoveMethod(
        "cold"
    )


def test_shut_off_stays_where_cold_migration_is_not_allowed() -> None:
    way = move_method_of(server("SHUTOFF"), cold_allowed=False)
    assert way.how == "none"
    assert "not allowed (cold)" in str(way.obstacle)


RECORD = {"type": "migration", "created": "2026-04-01T10:00:05.000000", "destination": "compute2"}


@pytest.mark.parametrize(
    ("record", "earliest", "cold", "how"),
    [
        (RECORD, "2026-04-01T10:00:05", True, "confirm"),
        (RECORD, "2026-04-01T10:00:06", True, "none"),
        (RECORD, None, True, "none"),
        (RECORD, "2026-04-01T10:00:05", False, "none"),
        ({**RECORD, "type": "resize"}, "2026-04-01T10:00:00", True, "none"),
    ],
)
def test_only_what_a_drain_began_is_confirmed(
    record: dict[str, Any], earliest: str | None, cold: bool, how: str
) -> None:
    assert move_method_of_departed(record, earliest=earliest, cold_allowed=cold).how == how


def test_way_back() -> None:
    assert move_method_back(server(host="compute2"), RECORD, cold_allowed=True) == MoveMethod("live")
    assert move_method_back(None, RECORD, cold_allowed=True) == MoveMethod("none", "it is gone")
    assert "is on compute3 now" in str(move_method_back(server(host="compute3"), RECORD, cold_allowed=True).obstacle)
