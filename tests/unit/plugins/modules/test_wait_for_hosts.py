# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moves are not requested while migrations of others are open on the hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import server_cold_migrate, server_live_migrate

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud, Json

OTHER_PROJECT = "ffffffffffffffffffffffffffffffff"


def foreign(fake: FakeCloud, status: str = "running", host: str = "compute1", **more: Any) -> tuple[Json, Json]:
    """A migration of another project's server."""
    server = fake.add_server("theirs", host=host, tenant_id=OTHER_PROJECT, status="MIGRATING")
    server["OS-EXT-STS:task_state"] = "migrating"
    record = fake.add_migration(server, status, **{"dest_compute": "compute9", **more})
    return server, record


def looks(fake: FakeCloud) -> int:
    return sum(1 for seen in fake.requests if seen.path.endswith("os-migrations") and "host" in seen.query)


@pytest.mark.parametrize("module", [server_live_migrate, server_cold_migrate])
def test_waits_until_the_host_is_free(run: Run, fake: FakeCloud, module: ModuleType) -> None:
    fake.add_server("probe")
    _server, record = foreign(fake)
    fake.at(40, lambda: record.update(status="completed"))
    (entry,) = run(module, servers=["probe"], wait_for_hosts=300)["migrations"]
    assert entry["outcome"] == "completed"
    assert fake.time.now == pytest.approx(48, abs=5)
    # every few seconds, and not once after the request
    assert 8 <= looks(fake) <= 10


def test_is_refused_when_that_takes_too_long(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    server, record = foreign(fake)
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=20, fails=True)
    (entry,) = result["migrations"]
    assert (entry["outcome"], entry["failure"]["kind"]) == ("refused", "busy")
    since = f"{record['created_at'][:19]}Z"
    assert entry["message"] == (
        "probe: not requested, because a migration that is not ours is open on its host or on the destination:"
        f" migration {record['uuid']} of server {server['id']} (compute1 -> compute9, running, since {since})."
        " It did not end within 20 s (wait_for_hosts). Wait for its end, abort it with migration_action, or raise"
        " wait_for_hosts; 0 does not check."
    )
    assert not result["changed"]
    assert fake.time.now == pytest.approx(20, abs=1)
    assert fake.count("POST", "/action") == 0


def test_by_default_nothing_is_looked_at(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake)
    assert run(server_live_migrate, servers=["probe"])["migrations"][0]["outcome"] == "completed"
    assert looks(fake) == 0


def test_a_free_host_costs_one_request(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake, host="compute2", dest_compute="compute3")
    run(server_live_migrate, servers=["probe"], wait_for_hosts=300)
    assert looks(fake) == 1
    assert fake.time.now < 8


def test_a_named_destination_must_be_free_too(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake, host="compute3", dest_compute="compute2")
    result = run(server_live_migrate, servers=["probe"], host="compute2", wait_for_hosts=10, fails=True)
    assert result["failure"]["kind"] == "busy"
    # the scheduler may choose another one
    assert run(server_live_migrate, servers=["probe"], wait_for_hosts=10)["migrations"][0]["outcome"] == "completed"


@pytest.mark.parametrize("ours", [{"own_servers": True}, {"servers": True}])
def test_migrations_of_our_own_servers_do_not_count(run: Run, fake: FakeCloud, ours: dict[str, bool]) -> None:
    fake.add_server("probe")
    server, record = foreign(fake)
    fake.at(3, lambda: record.update(status="completed"))
    server["tenant_id"] = fake.servers[next(iter(fake.servers))]["tenant_id"]
    own = {"own_servers": [server["id"]]} if "own_servers" in ours else {}
    result = run(
        server_live_migrate,
        servers=["probe", *([server["id"]] if "servers" in ours else [])],
        wait_for_hosts=10,
        timeout=30,
        fails="servers" in ours,  # that one never comes to rest here
        **own,
    )
    assert result["migrations"][0]["outcome"] == "completed"
    assert result["migrations"][0]["changed"]


@pytest.mark.parametrize("what", ["forgotten", "gone", "old", "finished"])
def test_what_does_not_count(run: Run, fake: FakeCloud, what: str) -> None:
    fake.add_server("probe")
    server, record = foreign(fake, created_at=fake.moment(-3600))
    if what == "forgotten":
        server |= {"status": "ACTIVE", "OS-EXT-STS:task_state": None}
    elif what == "gone":
        del fake.servers[server["id"]]
    elif what == "old":
        record["created_at"] = fake.moment(-8 * 86400)
    else:
        record |= {"status": "finished", "migration_type": "migration"}
    run(server_live_migrate, servers=["probe"], wait_for_hosts=10)
    assert fake.time.now < 8


def test_an_old_record_of_a_server_that_moves_counts(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake, created_at=fake.moment(-3600))
    assert run(server_live_migrate, servers=["probe"], wait_for_hosts=10, fails=True)["failure"]["kind"] == "busy"


def test_servers_of_other_hosts_are_not_held_up(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute3")
    held, free = fake.add_server("held"), fake.add_server("free", host="compute3")
    _server, record = foreign(fake, dest_compute=None)
    fake.at(60, lambda: record.update(status="completed"))
    result = run(server_live_migrate, servers=["held", "free"], max_parallel=1, wait_for_hosts=300)
    ends = {one["server_id"]: one["seconds"] for one in result["migrations"]}
    assert ends[free["id"]] < 10
    assert 60 < ends[held["id"]] < 75


def test_those_that_wait_for_a_lane_wait_for_the_host_at_the_same_time(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute3")
    names = [fake.add_server(f"held-{number}")["id"] for number in range(4)]
    names += [fake.add_server(f"free-{number}", host="compute3")["id"] for number in range(2)]
    foreign(fake, dest_compute=None)
    result = run(server_live_migrate, servers=names, max_parallel=1, wait_for_hosts=20, fails=True)
    assert [one["outcome"] for one in result["migrations"]] == ["refused"] * 4 + ["completed"] * 2
    assert fake.time.now < 25
    # time that is over is no reason to look at the cloud without a pause
    assert len(fake.time.sleeps) < 80


def test_the_time_begins_again_when_the_host_was_free(run: Run, fake: FakeCloud) -> None:
    names = [fake.add_server(f"probe-{number}")["id"] for number in range(3)]
    _server, first = foreign(fake)
    fake.at(15, lambda: first.update(status="completed"))
    later = foreign(fake, status="completed")[1]
    # while those that wait for a lane are at their turn
    fake.at(24, lambda: later.update(status="running", updated_at=fake.moment()))
    fake.at(40, lambda: later.update(status="completed"))
    result = run(server_live_migrate, servers=names, max_parallel=1, wait_for_hosts=20)
    assert {one["outcome"] for one in result["migrations"]} == {"completed"}


def test_begin_without_following(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    _server, record = foreign(fake)
    fake.at(20, lambda: record.update(status="completed"))
    (entry,) = run(server_live_migrate, servers=["probe"], wait=False, wait_for_hosts=60)["migrations"]
    assert entry["outcome"] == "requested"
    assert fake.time.now < 30
    foreign(fake, host=fake.servers[entry["server_id"]]["host"])


def test_begin_without_following_is_refused(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake)
    result = run(server_live_migrate, servers=["probe"], wait=False, wait_for_hosts=10, fails=True)
    assert result["failure"]["kind"] == "busy"


def test_who_may_not_see_hosts_is_told(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["manager", "member"]
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=300)
    assert result["migrations"][0]["outcome"] == "completed"
    assert len(result["warnings"]) == 1
    assert "was not checked: this user may not see the hosts of servers." in str(result["warnings"])


def test_check_mode_names_the_open_migration(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    _server, record = foreign(fake)
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=300, _ansible_check_mode=True)
    message = result["migrations"][0]["message"]
    assert f"It would wait for migration {record['uuid']} of server" in message
    assert "for 300 s at most (wait_for_hosts)" in message
    assert fake.time.now == 0


def test_the_display_says_what_is_waited_for(run: Run, fake: FakeCloud, tmp_path: Path) -> None:
    fake.add_server("probe")
    _server, record = foreign(fake)
    fake.at(25, lambda: record.update(status="completed"))
    file = tmp_path / "progress"
    run(server_live_migrate, servers=["probe"], wait_for_hosts=300, progress_file=str(file))
    line = file.read_text().splitlines()[0]
    assert "0 of 1 done, 0 running, 0 queued, 0 waiting, 0 failed, 1 blocked by other migrations; " in line
    assert f"; waiting for migration {record['uuid']} of server" in line


def test_a_server_that_was_moved_meanwhile_is_moved_from_where_it_is(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    _server, record = foreign(fake)

    def moved() -> None:
        record["status"] = "completed"
        server["host"] = "compute2"
        fake.allocations[server["id"]] = {"compute2": {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}}

    fake.at(70, moved)
    (entry,) = run(server_live_migrate, servers=["probe"], wait_for_hosts=300)["migrations"]
    assert (entry["outcome"], entry["source"], entry["destination"]) == ("completed", "compute2", "compute1")


def test_a_negative_time_is_refused(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=-1, fails=True)
    assert "wait_for_hosts must be at least 0, found -1" in result["msg"]
