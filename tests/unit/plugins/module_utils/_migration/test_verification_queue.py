# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan
from ansible_collections.stackproof.migration.plugins.module_utils._migration.tracked_migration import TrackedMigration
from ansible_collections.stackproof.migration.plugins.module_utils._migration.verification_queue import (
    VerificationQueue,
)
from ansible_collections.stackproof.migration.plugins.modules import server_live_migrate

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud, Json


def migration(name: str) -> TrackedMigration:
    return TrackedMigration(MigrationPlan(name, name))


def test_migrations_wait_for_each_other(fake: FakeCloud) -> None:
    first, second = migration("a"), migration("b")
    queue = VerificationQueue(fake.time.clock, 10)
    assert queue.seconds_left is None
    queue.add([first])
    assert queue.take(others_continue=True) == []
    assert first.state.awaits_verification
    fake.time.clock.sleep(9)
    queue.add([second])
    # The first migration in the queue determines the end of the wait.
    assert queue.take(others_continue=True) == []
    assert queue.seconds_left == pytest.approx(1)
    fake.time.clock.sleep(1)
    assert queue.take(others_continue=True) == [first, second]
    assert [one.state.awaits_verification for one in (first, second)] == [False, False]
    assert queue.take(others_continue=False) == []


def test_last_migrations_do_not_wait(fake: FakeCloud) -> None:
    one, queue = migration("a"), VerificationQueue(fake.time.clock, 10)
    queue.add([one])
    assert queue.take(others_continue=False) == [one]


def test_no_migration_waits_without_an_interval(fake: FakeCloud) -> None:
    one, queue = migration("a"), VerificationQueue(fake.time.clock, 0)
    queue.add([one])
    assert queue.take(others_continue=True) == [one]


def boot(fake: FakeCloud, count: int) -> list[str]:
    servers = [fake.add_server(f"web-{number}") for number in range(count)]
    for server in servers:
        fake.volumes.add(server)
        fake.ports.add(server)
    return [server["id"] for server in servers]


def one_after_the_other(fake: FakeCloud) -> None:
    """Let each migration end two seconds after the migration before it."""
    last = [0.0]

    def start(server: Json, record: Json) -> None:
        last[0] = max(last[0], fake.time.now) + 2
        fake.at(last[0] - fake.time.now, lambda: fake.succeed(server, record))

    fake.on_migrate = start


def test_shared_lists_verify_many_servers(fake: FakeCloud, run: Run) -> None:
    servers = boot(fake, 20)
    one_after_the_other(fake)
    options = {"source": "compute1", "all_projects": True, "events": "failed", "verify_interval": 60}
    result = run(server_live_migrate, servers=servers, poll_interval=1, poll_interval_max=10, **options)
    assert {one["outcome"] for one in result["migrations"]} == {"completed"}
    names = {check["name"] for one in result["migrations"] for check in one["checks"] if check["ok"]}
    assert names >= {"status", "server_host", "server_allocations", "volume_attachments", "port_bindings"}
    # For each server: its request, its bindings, and the attachments that Nova uses.
    assert len(fake.requests) <= 6 * len(servers)


def test_wrong_attachment_is_found_later(fake: FakeCloud, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = boot(fake, 6)
    one_after_the_other(fake)
    leave = fake.volumes.leave
    monkeypatch.setattr(fake.volumes, "leave", lambda server, *more: server["id"] == servers[1] or leave(server, *more))
    result = run(server_live_migrate, servers=servers, verify_interval=60, fails=True)
    assert [one["outcome"] for one in result["migrations"]] == ["completed", "disagreement", *["completed"] * 4]


def test_completed_migration_frees_its_place(fake: FakeCloud, run: Run) -> None:
    servers = boot(fake, 6)
    started = fake.time.now
    result = run(server_live_migrate, servers=servers, verify_interval=60, max_parallel=1)
    assert {one["outcome"] for one in result["migrations"]} == {"completed"}
    assert fake.time.now - started < 60


@pytest.mark.parametrize("interval", [0, 60])
def test_failed_verification_stops_the_next_requests(
    fake: FakeCloud, run: Run, monkeypatch: pytest.MonkeyPatch, interval: int
) -> None:
    servers = boot(fake, 3)
    monkeypatch.setattr(fake.volumes, "leave", lambda *_names: None)
    options = {"verify_interval": interval, "max_parallel": 1, "on_failure": "stop"}
    result = run(server_live_migrate, servers=servers, fails=True, **options)
    assert [one["outcome"] for one in result["migrations"]] == ["disagreement", "not_started", "not_started"]


def test_interval_must_not_be_negative(fake: FakeCloud, run: Run) -> None:
    result = run(server_live_migrate, servers=boot(fake, 1), verify_interval=-1, fails=True)
    assert "verify_interval must be at least 0, found -1.0" in result["msg"]
    assert fake.count("POST", "/action") == 0
