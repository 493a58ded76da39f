# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_record import (
    Phase,
    first_new,
    key_of,
    phase_of,
    view,
    with_key,
)
from ansible_collections.stackproof.migration.plugins.module_utils._nova.migration_type import LIVE, going_on


def record(number: int, status: str = "running", server: str = "s1", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "uuid": f"m{number}",
        "instance_uuid": server,
        "migration_type": "live-migration",
        "status": status,
        "created_at": f"2026-04-01T10:00:{number:02d}.000000",
        **more,
    }


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        (None, Phase.RUNNING),
        ("accepted", Phase.RUNNING),
        ("queued", Phase.RUNNING),
        ("preparing", Phase.RUNNING),
        ("running", Phase.RUNNING),
        ("running (post-copy)", Phase.RUNNING),
        ("post-migrating", Phase.RUNNING),
        ("a status of the future", Phase.RUNNING),
        ("completed", Phase.DONE),
        ("finished", Phase.DONE),
        ("confirmed", Phase.DONE),
        ("error", Phase.FAILED),
        ("failed", Phase.FAILED),
        ("cancelled", Phase.CANCELLED),
    ],
)
def test_phase_of_a_status(status: str | None, phase: Phase) -> None:
    assert phase_of(status) is phase


@pytest.mark.parametrize(
    ("records", "known", "found"),
    [
        ([], [], None),
        # The only record existed before the request. Its status does not matter.
        ([record(1, "completed")], ["m1"], None),
        ([record(1, "error")], ["m1"], None),
        # Nova lists the newest record first.
        ([record(2), record(1, "completed")], ["m1"], "m2"),
        # Two records are new. The older record belongs to the request of the module. Another user requested the newer
        # record.
        ([record(3), record(2), record(1)], ["m1"], "m2"),
        ([record(2, server="s2")], [], None),
        ([record(2, migration_type="resize")], [], None),
    ],
)
def test_first_new_record_belongs_to_the_request(
    records: list[dict[str, Any]], known: list[str], found: str | None
) -> None:
    ours = first_new(records, "s1", known, "live-migration")
    assert (None if ours is None else key_of(ours)) == found


def test_key_is_the_number_if_the_record_has_no_uuid() -> None:
    assert key_of({"id": 7}) == "7"
    assert with_key([{"id": 7}], "7") == {"id": 7}
    assert with_key([record(1)], "m1") is not None
    assert with_key([record(1)], "m2") is None


def test_finds_the_latest_record_that_has_not_ended() -> None:
    assert going_on([record(1, "completed"), record(2, "queued"), record(3, "cancelled")], "s1", LIVE) == record(
        2, "queued"
    )
    assert going_on([record(1, "completed")], "s1", LIVE) is None


def test_view_has_null_for_hidden_values() -> None:
    seen = view({"id": 1, "status": "running"})
    assert seen["source"] is None
    assert seen["uuid"] is None
    assert seen["status"] == "running"
