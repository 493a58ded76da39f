# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration.concurrency import Lanes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import Tracked


def on(*hosts: str | None) -> list[Tracked]:
    return [Tracked(server_id=f"{host}-{number}", server_name="", source=host) for number, host in enumerate(hosts)]


@pytest.mark.parametrize(
    ("lanes", "waiting", "running", "begin"),
    [
        (Lanes(), ["a", "a", "b"], [], ["a", "a", "b"]),
        (Lanes(2), ["a", "a", "b"], [], ["a", "a"]),
        (Lanes(2), ["a", "a", "b"], ["c"], ["a"]),
        (Lanes(2), ["a"], ["b", "c"], []),
        # a busy host holds up nobody else
        (Lanes(None, 1), ["a", "a", "b", "b"], [], ["a", "b"]),
        (Lanes(None, 1), ["a", "b"], ["a"], ["b"]),
        (Lanes(3, 2), ["a", "a", "a", "b", "c"], [], ["a", "a", "b"]),
        (Lanes(2, 1), ["a", "b", "c"], ["a"], ["b"]),
        # hosts that may not be seen
        (Lanes(None, 1), [None, None], [None], [None, None]),
        (Lanes(2, 1), [None, None], [None], [None]),
    ],
)
def test_next(lanes: Lanes, waiting: list[str | None], running: list[str | None], begin: list[str | None]) -> None:
    assert [one.source for one in lanes.next(on(*waiting), on(*running))] == begin
