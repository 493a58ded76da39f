# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_info, server_cold_migrate

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def confirmations(fake: FakeCloud) -> int:
    return sum(1 for seen in fake.requests if seen.method == "POST" and seen.body and "confirmResize" in seen.body)


def test_moves_confirms_and_checks_every_side(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("archive", status="SHUTOFF")
    result = run(server_cold_migrate, servers=["archive"])
    (entry,) = result["migrations"]
    assert result["changed"]
    assert entry["outcome"] == "completed"
    assert entry["status"] == "confirmed"
    assert entry["message"] == "archive: cold migration compute1 -> compute2 completed."
    assert [one["status"] for one in entry["history"]] == ["pre-migrating", "finished", "confirming", "confirmed"]
    assert all(check["ok"] for check in entry["checks"])
    assert entry["server"]["status"] == "SHUTOFF"
    assert entry["allocations"] == {"server": {"compute2": {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}}, "migration": {}}
    assert entry["request_id"] == fake.actions[server["id"]][0]["request_id"]
    # Nova refuses the first confirmation, because the server still has a task state. The module repeats the request.
    assert confirmations(fake) > 1
    body = next(seen.body for seen in fake.requests if seen.path.endswith("/action"))
    assert body == {"migrate": None}


def test_moves_to_a_named_host(run: Run, fake: FakeCloud) -> None:
    fake.hosts.append("compute3")
    fake.add_server("archive", status="SHUTOFF")
    (entry,) = run(server_cold_migrate, servers=["archive"], host="compute3")["migrations"]
    assert entry["destination"] == "compute3"
    assert {"migrate": {"host": "compute3"}} in [seen.body for seen in fake.requests]


def test_named_host_needs_queens(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.53"
    fake.add_server("archive", status="SHUTOFF")
    result = run(server_cold_migrate, servers=["archive"], host="compute2", fails=True)
    assert "Microversion too old for cold migration to a named host" in result["msg"]
    assert fake.count("POST", "/action") == 0


def test_active_server_is_active_after_the_migration(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web")
    (entry,) = run(server_cold_migrate, servers=["web"])["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["server"]["status"] == "ACTIVE"


@pytest.mark.parametrize(("power_state", "status"), [(1, "ACTIVE"), (4, "SHUTOFF")])
def test_confirms_a_finished_migration(run: Run, fake: FakeCloud, power_state: int, status: str) -> None:
    more = {"OS-EXT-STS:power_state": power_state}
    server = fake.add_server("archive", host="compute2", status="VERIFY_RESIZE", **more)
    fake.add_migration(
        server, "finished", migration_type="migration", source_compute="compute1", source_node="compute1",
        dest_compute="compute2", dest_node="compute2",
    )  # fmt: skip
    result = run(server_cold_migrate, servers=["archive"])
    (entry,) = result["migrations"]
    assert entry["joined"]
    assert result["changed"]
    assert entry["outcome"] == "completed"
    assert entry["initial_status"] == status
    assert fake.count("POST", "/action") == 1


def test_refuses_a_paused_server(run: Run, fake: FakeCloud) -> None:
    fake.add_server("web", status="PAUSED")
    result = run(server_cold_migrate, servers=["web"], fails=True)
    assert result["migrations"][0]["outcome"] == "refused"
    assert "A server can be cold-migrated if its status is ACTIVE or SHUTOFF, without a task state." in result["msg"]


def test_reports_missing_permission_to_confirm(run: Run, fake: FakeCloud) -> None:
    fake.add_server("archive", status="SHUTOFF")
    fake.confirming_allowed = False
    result = run(server_cold_migrate, servers=["archive"], fails=True)
    (entry,) = result["migrations"]
    assert entry["status"] == "finished"
    assert result["failure"]["kind"] == "permission"
    assert "Confirming the cold migration of server archive" in entry["message"]


def test_reports_timeout(run: Run, fake: FakeCloud) -> None:
    fake.add_server("archive", status="SHUTOFF")
    fake.on_cold_migrate = lambda _server, _record: None
    result = run(server_cold_migrate, servers=["archive"], timeout=20, fails=True)
    assert result["migrations"][0]["outcome"] == "timeout"
    assert "cold migration compute1 -> another host timed out, record status is pre-migrating" in result["msg"]


def test_check_mode_sends_no_request(run: Run, fake: FakeCloud) -> None:
    fake.add_server("archive", status="SHUTOFF")
    result = run(server_cold_migrate, servers=["archive"], _ansible_check_mode=True)
    assert result["migrations"][0]["outcome"] == "predicted"
    assert "would be cold-migrated from compute1" in result["migrations"][0]["message"]
    assert fake.count("POST", "/action") == 0


def test_migration_info_returns_events_of_a_cold_migration(run: Run, fake: FakeCloud) -> None:
    fake.add_server("archive", status="SHUTOFF")
    run(server_cold_migrate, servers=["archive"])
    (record,) = run(migration_info, servers=["archive"], events=True)["migrations"]
    assert [event["event"] for event in record["events"]] == ["conductor_migrate_server"]


def test_server_that_is_not_on_source_is_unchanged(run: Run, fake: FakeCloud) -> None:
    fake.add_server("here")
    gone = fake.add_server("gone", host="compute2")
    result = run(server_cold_migrate, servers=["here", gone["id"]], source="compute1")
    assert [one["outcome"] for one in result["migrations"]] == ["completed", "unchanged"]
    assert (
        "gone was not migrated, because the server is on compute2, not on compute1 (source)."
        in result["migrations"][1]["message"]
    )
    assert gone["host"] == "compute2"
