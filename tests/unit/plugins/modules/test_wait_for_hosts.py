# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With wait_for_hosts, a module waits while another user's migration is open on the hosts. Then it requests its own."""

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
    """Return a server of another project, and its migration record."""
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
    # The module checks the hosts every few seconds. It does not check them after the request.
    assert 8 <= looks(fake) <= 10


def test_refuses_server_if_the_host_stays_busy(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    server, record = foreign(fake)
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=20, fails=True)
    (entry,) = result["migrations"]
    assert (entry["outcome"], entry["failure"]["kind"]) == ("refused", "busy")
    since = f"{record['created_at'][:19]}Z"
    assert entry["message"] == (
        "probe: The request was not sent, because a foreign migration is open on the host of the server or on the"
        f" destination: migration {record['uuid']} of server {server['id']} (compute1 -> compute9, running,"
        f" since {since})."
        " It did not end within 20 s (wait_for_hosts). Wait for its end, abort it with migration_action, or raise"
        " wait_for_hosts. With wait_for_hosts=0, foreign migrations are not checked."
    )
    assert not result["changed"]
    assert fake.time.now == pytest.approx(20, abs=1)
    assert fake.count("POST", "/action") == 0


def test_does_not_check_hosts_by_default(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake)
    assert run(server_live_migrate, servers=["probe"])["migrations"][0]["outcome"] == "completed"
    assert looks(fake) == 0


def test_free_host_needs_one_request(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake, host="compute2", dest_compute="compute3")
    run(server_live_migrate, servers=["probe"], wait_for_hosts=300)
    assert looks(fake) == 1
    assert fake.time.now < 8


def test_waits_for_the_named_destination(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake, host="compute3", dest_compute="compute2")
    result = run(server_live_migrate, servers=["probe"], host="compute2", wait_for_hosts=10, fails=True)
    assert result["failure"]["kind"] == "busy"
    # No host is named. Therefore the scheduler can choose another destination.
    assert run(server_live_migrate, servers=["probe"], wait_for_hosts=10)["migrations"][0]["outcome"] == "completed"


@pytest.mark.parametrize("ours", [{"own_servers": True}, {"servers": True}])
def test_ignores_migrations_of_own_servers(run: Run, fake: FakeCloud, ours: dict[str, bool]) -> None:
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
        fails="servers" in ours,  # the migration of this server does not complete in this test
        **own,
    )
    assert result["migrations"][0]["outcome"] == "completed"
    assert result["migrations"][0]["changed"]


@pytest.mark.parametrize("what", ["forgotten", "gone", "old", "finished"])
def test_ignores_records_that_are_not_open(run: Run, fake: FakeCloud, what: str) -> None:
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


def test_waits_for_old_record_of_a_server_that_is_migrating(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake, created_at=fake.moment(-3600))
    assert run(server_live_migrate, servers=["probe"], wait_for_hosts=10, fails=True)["failure"]["kind"] == "busy"


def test_migrates_servers_of_other_hosts_first(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute3")
    held, free = fake.add_server("held"), fake.add_server("free", host="compute3")
    _server, record = foreign(fake, dest_compute=None)
    fake.at(60, lambda: record.update(status="completed"))
    result = run(server_live_migrate, servers=["held", "free"], max_parallel=1, wait_for_hosts=300)
    ends = {one["server_id"]: one["seconds"] for one in result["migrations"]}
    assert ends[free["id"]] < 10
    assert 60 < ends[held["id"]] < 75


def test_waiting_time_counts_for_all_servers_of_a_host(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute3")
    names = [fake.add_server(f"held-{number}")["id"] for number in range(4)]
    names += [fake.add_server(f"free-{number}", host="compute3")["id"] for number in range(2)]
    foreign(fake, dest_compute=None)
    result = run(server_live_migrate, servers=names, max_parallel=1, wait_for_hosts=20, fails=True)
    assert [one["outcome"] for one in result["migrations"]] == ["refused"] * 4 + ["completed"] * 2
    assert fake.time.now < 25
    # The module polls with an interval, also after the waiting time.
    assert len(fake.time.sleeps) < 80


def test_waiting_time_starts_again_after_the_host_was_free(run: Run, fake: FakeCloud) -> None:
    names = [fake.add_server(f"probe-{number}")["id"] for number in range(3)]
    _server, first = foreign(fake)
    fake.at(15, lambda: first.update(status="completed"))
    later = foreign(fake, status="completed")[1]
    # At this time the module requests the migrations that max_parallel has held back.
    fake.at(24, lambda: later.update(status="running", updated_at=fake.moment()))
    fake.at(40, lambda: later.update(status="completed"))
    result = run(server_live_migrate, servers=names, max_parallel=1, wait_for_hosts=20)
    assert {one["outcome"] for one in result["migrations"]} == {"completed"}


def test_waits_for_the_host_with_wait_false(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    _server, record = foreign(fake)
    fake.at(20, lambda: record.update(status="completed"))
    (entry,) = run(server_live_migrate, servers=["probe"], wait=False, wait_for_hosts=60)["migrations"]
    assert entry["outcome"] == "requested"
    assert fake.time.now < 30
    foreign(fake, host=fake.servers[entry["server_id"]]["host"])


def test_refuses_server_of_a_busy_host_with_wait_false(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    foreign(fake)
    result = run(server_live_migrate, servers=["probe"], wait=False, wait_for_hosts=10, fails=True)
    assert result["failure"]["kind"] == "busy"


def test_warns_a_user_who_cannot_see_hosts(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["manager", "member"]
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=300)
    assert result["migrations"][0]["outcome"] == "completed"
    assert len(result["warnings"]) == 1
    assert "were not checked: this user may not see the hosts of servers." in str(result["warnings"])


def test_check_mode_names_the_open_migration(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    _server, record = foreign(fake)
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=300, _ansible_check_mode=True)
    message = result["migrations"][0]["message"]
    assert f"It would wait for migration {record['uuid']} of server" in message
    assert "The longest wait is 300 s (wait_for_hosts)." in message
    assert fake.time.now == 0


def test_progress_names_the_open_migration(run: Run, fake: FakeCloud, tmp_path: Path) -> None:
    fake.add_server("probe")
    _server, record = foreign(fake)
    fake.at(25, lambda: record.update(status="completed"))
    file = tmp_path / "progress"
    run(server_live_migrate, servers=["probe"], wait_for_hosts=300, progress_file=str(file))
    line = file.read_text().splitlines()[0]
    assert "0 of 1 done, 0 running, 0 queued, 0 waiting, 0 failed, 1 blocked by other migrations; " in line
    assert f"; waiting for migration {record['uuid']} of server" in line


def test_migrates_a_server_from_its_new_host(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    _server, record = foreign(fake)

    def moved() -> None:
        record["status"] = "completed"
        server["host"] = "compute2"
        fake.allocations[server["id"]] = {"compute2": {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}}

    fake.at(70, moved)
    (entry,) = run(server_live_migrate, servers=["probe"], wait_for_hosts=300)["migrations"]
    assert (entry["outcome"], entry["source"], entry["destination"]) == ("completed", "compute2", "compute1")


def test_refuses_a_negative_time(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], wait_for_hosts=-1, fails=True)
    assert "wait_for_hosts must be at least 0, found -1" in result["msg"]
