# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.stackproof.migration.plugins.modules import server_batch

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

PAIR: dict[str, Any] = {"name": "probe", "count": 2, "image": "cirros", "flavor": "tiny", "metadata": {"run": "1"}}


def test_boots_all_in_one_request(run: Run, fake: FakeCloud) -> None:
    result = run(server_batch, **PAIR)
    assert result["changed"]
    assert [(one["name"], one["status"]) for one in result["servers"]] == [("probe-1", "ACTIVE"), ("probe-2", "ACTIVE")]
    assert {one["reservation_id"] for one in result["servers"]} == {result["reservation_id"]}
    assert fake.count("POST", "/servers$") == 1
    body = next(seen.body for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/servers"))
    assert body["server"]["min_count"] == body["server"]["max_count"] == 2
    assert body["server"]["networks"] == "none"
    assert result["request_id"].startswith("req-")


def test_second_run_changes_nothing(run: Run, fake: FakeCloud) -> None:
    first = run(server_batch, **PAIR)
    second = run(server_batch, **PAIR)
    assert not second["changed"]
    assert second["reservation_id"] == first["reservation_id"]
    assert [one["id"] for one in second["servers"]] == [one["id"] for one in first["servers"]]
    assert fake.count("POST", "/servers$") == 1
