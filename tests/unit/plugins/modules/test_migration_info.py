# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_info
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import uuid_of

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def test_lists_all_migrations_newest_first(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.add_migration(server, "completed", created_at="2026-04-01T10:00:00.000000")
    fake.add_migration(server, "error", created_at="2026-04-01T11:00:00.000000")
    result = run(migration_info)
    assert not result["changed"]
    assert [(one["status"], one["phase"]) for one in result["migrations"]] == [
        ("error", "failed"),
        ("completed", "done"),
    ]
    assert "events" not in result["migrations"][0]


def test_selects_by_server_uuid_and_filters(run: Run, fake: FakeCloud) -> None:
    one, two = fake.add_server("one"), fake.add_server("two")
    first = fake.add_migration(one, "completed")
    second = fake.add_migration(two, "completed")
    fake.add_migration(two, "error")
    assert len(run(migration_info, servers=["one", two["id"]])["migrations"]) == 3
    assert [m["uuid"] for m in run(migration_info, migrations=[first["uuid"]])["migrations"]] == [first["uuid"]]
    found = run(migration_info, servers=["two"], status="completed", migration_type="live-migration")
    assert [m["uuid"] for m in found["migrations"]] == [second["uuid"]]


def test_sends_filters_to_nova(run: Run, fake: FakeCloud) -> None:
    run(migration_info, host="compute1", changed_since="2026-04-01T10:00:00Z")
    query = fake.requests[-1].query
    assert query == {"host": "compute1", "changes-since": "2026-04-01T10:00:00Z"}


def test_limit_ends_paging(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    for _number in range(6):
        fake.add_migration(server, "completed")
    fake.page_size = 2
    assert len(run(migration_info, limit=3)["migrations"]) == 3
    assert fake.count("GET", "os-migrations") == 2


def test_returns_events_and_reason(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.add_action(server, "req-ours", [fake.event("conductor", "Error", "No valid host was found.")])
    fake.add_migration(server, "error")
    fake.add_migration(server, "done", migration_type="resize")
    lost = fake.add_server("lost")
    fake.add_migration(lost, "error")
    entries = run(migration_info, events=True)["migrations"]
    by_type = {(entry["server_id"], entry["type"]): entry for entry in entries}
    ours = by_type[server["id"], "live-migration"]
    assert ours["request_id"] == "req-ours"
    assert ours["reason"] == "No valid host was found."
    assert by_type[server["id"], "resize"]["events"] == []
    assert by_type[lost["id"], "live-migration"]["request_id"] is None


def test_reads_events_of_an_old_cloud(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.50"
    fake.add_migration(fake.add_server("probe"), "error")
    assert run(migration_info, events=True)["migrations"][0]["events"] == []


def test_lists_migrations_of_the_project_for_a_manager(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["manager"]
    server = fake.add_server("probe")
    fake.add_migration(server, "completed")
    entries = run(migration_info, servers=[server["id"], uuid_of(77)])["migrations"]
    assert entries[0]["source"] is None
    assert fake.count("GET", "os-migrations") == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"limit": 0}, "limit must be at least 1, found 0"),
        ({"changed_since": "lately"}, "changed_since must be a time in ISO 8601, found 'lately'"),
        ({"servers": ["missing"]}, "there is no server missing"),
    ],
)
def test_refuses_invalid_options(run: Run, options: dict[str, Any], words: str) -> None:
    assert words in run(migration_info, **options, fails=True)["msg"]
