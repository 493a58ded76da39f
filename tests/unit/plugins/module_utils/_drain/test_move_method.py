# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.model import MoveContext, ServerFacts
from ansible_collections.stackproof.migration.plugins.module_utils._drain.move_method import (
    MoveMethod,
    move_method_back,
    move_method_of,
    move_method_of_departed,
)


def server(status: str = "ACTIVE", task: str | None = None, host: str = "compute1", **more: Any) -> ServerFacts:
    return ServerFacts({"status": status, "task_state": task, "host": host, "locked": False}, **more)


ADMIN = MoveContext((34, 34))
WITHOUT_COLD = MoveContext((34, 34), cold_allowed=False)


@pytest.mark.parametrize(
    ("status", "task", "name"),
    [
        ("ACTIVE", None, "live"),
        ("PAUSED", None, "live"),
        ("SHUTOFF", None, "cold"),
        # The drain waits for the migration that is already open.
        ("MIGRATING", "migrating", "live"),
        ("ACTIVE", "rebooting", "none"),
        ("BUILD", None, "none"),
        ("SUSPENDED", None, "none"),
        ("ERROR", None, "none"),
        # The drain does not confirm a resize. The owner of the server must decide.
        ("RESIZE", "resize_prep", "none"),
        ("VERIFY_RESIZE", None, "none"),
        ("A STATUS OF THE FUTURE", None, "none"),
    ],
)
def test_move_method_by_status_and_task(status: str, task: str | None, name: str) -> None:
    method = move_method_of(server(status, task), ADMIN)
    assert method.name == name
    assert (method.obstacle is None) == (name != "none")


def test_obstacle_of_a_task_is_temporary() -> None:
    assert move_method_of(server("BUILD", "spawning"), ADMIN).obstacle_is_temporary
    assert move_method_of(server("ACTIVE", "rebooting"), ADMIN).obstacle_is_temporary
    assert not move_method_of(server("SUSPENDED"), ADMIN).obstacle_is_temporary


def test_joins_open_cold_migration() -> None:
    assert move_method_of(server("RESIZE", "resize_prep", cold_record=RECORD), ADMIN) == MoveMethod("cold")


def test_shutoff_server_stays_without_cold_migration() -> None:
    method = move_method_of(server("SHUTOFF"), WITHOUT_COLD)
    assert method.name == "none"
    assert "not allowed (cold=false)" in str(method.obstacle)


RECORD = {"type": "migration", "created": "2026-04-01T10:00:05.000000", "destination": "compute2"}


@pytest.mark.parametrize(
    ("record", "earliest", "cold", "name"),
    [
        (RECORD, "2026-04-01T10:00:05", True, "confirm"),
        (RECORD, "2026-04-01T10:00:06", True, "none"),
        (RECORD, None, True, "none"),
        (RECORD, "2026-04-01T10:00:05", False, "none"),
        ({**RECORD, "type": "resize"}, "2026-04-01T10:00:00", True, "none"),
    ],
)
def test_confirms_only_cold_migrations_of_the_drain(
    record: dict[str, Any], earliest: str | None, cold: bool, name: str
) -> None:
    assert move_method_of_departed(record, earliest=earliest, context=ADMIN if cold else WITHOUT_COLD).name == name


def test_move_method_to_bring_a_server_back() -> None:
    assert move_method_back(server(host="compute2"), RECORD, ADMIN) == MoveMethod("live")
    deleted = move_method_back(None, RECORD, ADMIN)
    assert deleted.name == "none"
    assert "does not exist any more" in str(deleted.obstacle)
    assert "is on compute3 now" in str(move_method_back(server(host="compute3"), RECORD, ADMIN).obstacle)


def test_drain_does_not_try_a_move_that_nova_refuses() -> None:
    method = move_method_of(server(flavor={"extra_specs": {"hw:tpm_version": "2.0"}}), ADMIN)
    assert method.name == "none"
    assert "virtual TPM" in str(method.obstacle)
    assert not method.obstacle_is_temporary


def test_drain_tries_a_doubtful_move() -> None:
    method = move_method_of(server(flavor={"extra_specs": {"hw:numa_nodes": "1"}}), ADMIN)
    assert (method.name, method.obstacle) == ("live", None)
    assert [(one.reason, one.certainty) for one in method.blockers] == [("numa", "unknown")]
