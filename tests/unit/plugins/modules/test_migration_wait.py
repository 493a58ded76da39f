# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_wait
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import uuid_of

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def test_needs_only_ids(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.add_action(server, "req-ours", [fake.event("compute_live_migration", "Success")])
    record = fake.add_migration(server, "running")
    server.update({"status": "MIGRATING", "OS-EXT-STS:task_state": "migrating"})
    fake.succeed(server, record)
    given = {"server_id": server["id"], "migration_id": record["uuid"]}
    (entry,) = run(migration_wait, migrations=[given])["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["server_name"] == server["id"]
    assert entry["source"] == "compute1"
    assert entry["request_id"] == "req-ours"
    assert not entry["changed"]


def test_returns_a_migration_that_ended_long_ago(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe", host="compute2")
    record = fake.add_migration(
        server, "completed", source_compute="compute1", dest_compute="compute2", dest_node="compute2"
    )
    given = {"server_id": server["id"], "migration_id": record["uuid"], "expected_host": "compute2"}
    assert run(migration_wait, migrations=[given])["migrations"][0]["outcome"] == "completed"
    assert fake.time.sleeps == []
    wrong = run(migration_wait, migrations=[{**given, "expected_host": "compute3"}], settle_timeout=2, fails=True)
    assert wrong["migrations"][0]["outcome"] == "disagreement"


def test_follows_only_the_given_record(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    failed = fake.add_migration(server, "failed")
    fake.add_migration(server, "completed", dest_compute="compute2")
    result = run(migration_wait, migrations=[{"server_id": server["id"], "migration_id": failed["uuid"]}], fails=True)
    assert result["migrations"][0]["status"] == "failed"


def test_reports_an_unknown_record(run: Run, fake: FakeCloud) -> None:
    servers = [fake.add_server("one"), fake.add_server("two")]
    given = [{"server_id": server["id"], "migration_id": uuid_of(1), "server_name": "it"} for server in servers]
    result = run(migration_wait, migrations=given, fails=True)
    assert f"there is no migration record {uuid_of(1)} of server" in result["msg"]
    assert result["failure"]["kind"] == "not_found"


def test_reports_an_unknown_server(run: Run) -> None:
    given = {"server_id": uuid_of(1), "migration_id": uuid_of(2)}
    assert "no longer exists" in run(migration_wait, migrations=[given], fails=True)["msg"]


def test_finds_servers_of_another_project(run: Run, fake: FakeCloud) -> None:
    given = []
    for name in ("one", "two", "three", "four"):
        server = fake.add_server(name, host="compute2", tenant_id="another")
        record = fake.add_migration(server, "completed", source_compute="compute1", dest_compute="compute2")
        given.append({"server_id": server["id"], "migration_id": record["uuid"], "project_id": "another"})
    assert [one["outcome"] for one in run(migration_wait, migrations=given)["migrations"]] == ["completed"] * 4
    assert any(seen.query.get("all_tenants") == "1" for seen in fake.requests)


def test_check_mode_polls_once(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    record = fake.add_migration(server, "running")
    given = {"server_id": server["id"], "migration_id": record["uuid"]}
    result = run(migration_wait, migrations=[given], _ansible_check_mode=True)
    assert result["migrations"][0]["outcome"] == "predicted"
    assert fake.time.sleeps == []


def test_accepts_an_empty_list(run: Run, fake: FakeCloud) -> None:
    assert run(migration_wait, migrations=[])["migrations"] == []
    assert fake.requests == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"server_id": "a"}, "each entry needs migration_id"),
        ({"migration_id": "a"}, "each entry needs server_id"),
        ({"server_id": "a", "migration_id": None}, "each entry needs migration_id"),
        (
            {"server_id": "a", "migration_id": "b", "started": "soon"},
            "started must be a time in ISO 8601, found 'soon'",
        ),
    ],
)
def test_refuses_invalid_options(run: Run, fake: FakeCloud, given: dict[str, Any], words: str) -> None:
    assert words in run(migration_wait, migrations=[given], fails=True)["msg"]
    assert fake.requests == []
