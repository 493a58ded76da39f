# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_action

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

Json = dict[str, Any]


@pytest.fixture
def going(fake: FakeCloud) -> Json:
    """Return a server whose migration to compute2 runs."""
    return going_on(fake, "probe", "running")


def going_on(fake: FakeCloud, name: str, status: str) -> Json:
    server = fake.add_server(name)
    server.update({"status": "MIGRATING", "OS-EXT-STS:task_state": "migrating"})
    record = fake.add_migration(server, status, dest_compute="compute2", dest_node="compute2")
    return {"server_id": server["id"], "migration_id": record["uuid"], "server_name": name}


@pytest.mark.parametrize("status", ["queued", "preparing", "running"])
def test_aborts_a_running_migration(run: Run, fake: FakeCloud, status: str) -> None:
    given = going_on(fake, "probe", status)
    result = run(migration_action, migrations=[given], action="abort", _ansible_diff=True)
    (entry,) = result["migrations"]
    assert result["changed"]
    assert entry["outcome"] == "cancelled"
    assert entry["server"]["status"] == "ACTIVE"
    assert f"{status}\n" in result["diff"]["before"]
    assert "cancelled\n" in result["diff"]["after"]
    again = run(migration_action, migrations=[given], action="abort")
    assert not again["changed"]
    assert fake.count("DELETE", "migrations") == 1


def test_forces_a_running_migration_to_complete(run: Run, going: Json) -> None:
    result = run(migration_action, migrations=[going], action="force_complete")
    assert result["changed"]
    assert result["migrations"][0]["outcome"] == "completed"


def test_force_complete_of_a_failed_migration_is_a_failure(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    record = fake.add_migration(server, "failed")
    given = {"server_id": server["id"], "migration_id": record["uuid"]}
    assert run(migration_action, migrations=[given], action="force_complete", fails=True)["failure"]["kind"] == "failed"
    assert not run(migration_action, migrations=[given], action="abort")["changed"]


def test_abort_of_an_ended_migration_warns(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe", host="compute2")
    record = fake.add_migration(server, "completed", source_compute="compute1", dest_compute="compute2")
    given = {"server_id": server["id"], "migration_id": record["uuid"], "server_name": "probe"}
    result = run(migration_action, migrations=[given], action="abort")
    assert not result["changed"]
    assert "completed before the abort: probe" in str(result["warnings"])


def test_does_not_wait_if_wait_is_false(run: Run, fake: FakeCloud, going: Json) -> None:
    result = run(migration_action, migrations=[going], action="abort", wait=False)
    assert result["migrations"][0]["outcome"] == "requested"
    assert result["changed"]
    assert fake.time.sleeps == []


def test_without_wait_forces_a_queued_migration_when_it_runs(run: Run, fake: FakeCloud) -> None:
    given = going_on(fake, "probe", "queued")
    fake.at(3, lambda: fake.migrations[0].update(status="running"))
    result = run(migration_action, migrations=[given], action="force_complete", wait=False)
    assert result["migrations"][0]["outcome"] == "requested"
    assert fake.time.now >= 3


def test_check_mode_sends_no_request(run: Run, fake: FakeCloud, going: Json) -> None:
    server = fake.add_server("done", host="compute2")
    record = fake.add_migration(server, "completed", source_compute="compute1", dest_compute="compute2")
    ended = {"server_id": server["id"], "migration_id": record["uuid"]}
    result = run(migration_action, migrations=[going, ended], action="abort", _ansible_check_mode=True)
    assert result["changed"]
    assert [one["outcome"] for one in result["migrations"]] == ["predicted", "completed"]
    assert [one["changed"] for one in result["migrations"]] == [True, False]
    assert fake.count("DELETE", "migrations") == 0


def test_abort_of_a_queued_migration_needs_a_newer_cloud(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.64"
    given = going_on(fake, "probe", "queued")
    result = run(migration_action, migrations=[given], action="abort", fails=True)
    assert result["failure"]["kind"] == "microversion"
    assert "Rocky" in result["msg"]


def test_repeats_a_dropped_request(run: Run, fake: FakeCloud, going: Json) -> None:
    fake.fault("DELETE", "migrations", drop=True)
    assert run(migration_action, migrations=[going], action="abort")["migrations"][0]["outcome"] == "cancelled"


def test_reports_timeout(run: Run, fake: FakeCloud, going: Json) -> None:
    fake.fault("DELETE", "migrations", status=202)
    result = run(migration_action, migrations=[going], action="abort", timeout=5, fails=True)
    assert result["migrations"][0]["outcome"] == "timeout"
    assert fake.time.now == pytest.approx(5, abs=0.5)


def abort_as_nova_34(fake: FakeCloud, going: Json) -> Json:
    """Abort a running copy as Nova 34 does.

    Nova 34 sets the record to error and the server to ERROR.
    """
    server, record = fake.servers[going["server_id"]], fake.migrations[0]
    fake.fault("DELETE", "migrations", status=202)
    fake.at(1.0, lambda: record.update(status="error"))
    fake.at(1.0, lambda: server.update({"status": "ERROR", "OS-EXT-STS:task_state": None}))
    # Nova reports that the guest is running.
    server["OS-EXT-STS:power_state"] = 1
    going["initial_status"] = "ACTIVE"
    return server


@pytest.mark.parametrize("why", ["was paused", "of unknown status", "its guest does not run"])
def test_does_not_reset_a_server_whose_guest_may_not_run(run: Run, fake: FakeCloud, going: Json, why: str) -> None:
    server = abort_as_nova_34(fake, going)
    if why == "its guest does not run":
        server["OS-EXT-STS:power_state"] = 4
    going["initial_status"] = {"was paused": "PAUSED", "of unknown status": None}.get(why, "ACTIVE")
    result = run(migration_action, migrations=[going], action="abort", reset_state=True, fails=True)
    assert result["migrations"][0]["state_reset"] is False
    assert server["status"] == "ERROR"


def test_reset_does_not_hide_other_failed_checks(run: Run, fake: FakeCloud, going: Json) -> None:
    server = abort_as_nova_34(fake, going)
    fake.allocations[server["id"]] = {"compute2": {"VCPU": 1}}
    result = run(migration_action, migrations=[going], action="abort", reset_state=True, fails=True)
    assert result["migrations"][0]["state_reset"] is True
    assert "allocations" in result["msg"]


def test_reset_state_requires_wait(run: Run, fake: FakeCloud, going: Json) -> None:
    result = run(migration_action, migrations=[going], action="abort", reset_state=True, wait=False, fails=True)
    assert "reset_state needs wait" in result["msg"]
    assert fake.count("DELETE", "/migrations/") == 0


def test_resets_a_server_that_an_abort_left_in_error(run: Run, fake: FakeCloud, going: Json) -> None:
    server = abort_as_nova_34(fake, going)
    result = run(migration_action, migrations=[going], action="abort", reset_state=True)
    (entry,) = result["migrations"]
    assert (entry["outcome"], entry["status"], entry["state_reset"]) == ("failed", "error", True)
    assert entry["server"]["status"] == server["status"] == "ACTIVE"
    assert "The module reset the state of the server to ACTIVE (reset_state)" in entry["message"]


def test_reset_requires_the_role_admin(run: Run, fake: FakeCloud, going: Json) -> None:
    abort_as_nova_34(fake, going)
    fake.roles = ["manager", "member"]
    given = {**going, "source_host_id": "hash-of-compute1"}
    result = run(migration_action, migrations=[given], action="abort", reset_state=True, fails=True)
    assert result["failure"]["kind"] == "permission"
    assert "Resetting the state" in result["msg"]


def test_does_not_reset_a_server_in_error_on_another_host(run: Run, fake: FakeCloud, going: Json) -> None:
    server = abort_as_nova_34(fake, going)
    server["host"] = "compute2"
    result = run(migration_action, migrations=[going], action="abort", reset_state=True, fails=True)
    assert result["migrations"][0]["state_reset"] is False
    assert server["status"] == "ERROR"


def test_fails_if_an_abort_leaves_the_server_in_error(run: Run, fake: FakeCloud, going: Json) -> None:
    """If a running copy is aborted, Nova 34 sets the server to ERROR."""
    abort_as_nova_34(fake, going)
    result = run(migration_action, migrations=[going], action="abort", fails=True)
    assert "openstack server set --state active" in result["msg"]
    assert result["changed"]
