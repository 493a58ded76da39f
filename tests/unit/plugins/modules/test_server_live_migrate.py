# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration import migrate
from ansible_collections.stackproof.migration.plugins.module_utils._probe.server_probe import Probe, await_answers
from ansible_collections.stackproof.migration.plugins.modules import migration_wait, server_live_migrate

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def names_of_wrong(entry: dict[str, Any]) -> list[str]:
    return [check["name"] for check in entry["checks"] if check["ok"] is False]


def test_moves_a_server_and_checks_every_side(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], host="compute2")
    (entry,) = result["migrations"]
    assert result["changed"]
    assert entry["outcome"] == "completed"
    assert entry["source"] == "compute1"
    assert entry["destination"] == "compute2"
    assert entry["message"] == "probe: live migration compute1 -> compute2 completed."
    assert [check["name"] for check in entry["checks"]] == [
        "type",
        "source",
        "destination",
        "status",
        "server_status",
        "server_task_state",
        "server_host",
        "server_allocations",
        "migration_allocations",
    ]
    assert all(check["ok"] for check in entry["checks"])
    assert entry["allocations"] == {"server": {"compute2": {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1}}, "migration": {}}
    assert entry["request_id"] == fake.actions[server["id"]][0]["request_id"]
    assert [one["event"] for one in entry["events"]] == ["compute_live_migration"]
    body = next(seen.body for seen in fake.requests if seen.path.endswith("/action"))
    assert body == {"os-migrateLive": {"host": "compute2", "block_migration": "auto"}}


def test_waits_for_the_allocations_of_the_source(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    run(server_live_migrate, servers=["probe"])
    # The record is completed 5 s after its creation. Placement deletes the allocation 1 s later.
    assert fake.time.now == pytest.approx(6.3, abs=1.0)


def test_records_of_earlier_migrations_are_ignored(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    old = fake.add_migration(server, "completed", dest_compute="compute2")
    failed = fake.add_migration(server, "error")
    (entry,) = run(server_live_migrate, servers=["probe"])["migrations"]
    assert entry["migration_id"] not in (old["uuid"], failed["uuid"])
    assert entry["outcome"] == "completed"


def test_reports_failure_within_three_seconds_with_the_reason(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = fake.fail
    result = run(server_live_migrate, servers=["probe"], fails=True)
    (entry,) = result["migrations"]
    # The request is at 0 s, and the record appears at 0.3 s. The status is error at 1.3 s. The server is ACTIVE at 1.7
    # s. The status is failed at 1.9 s.
    assert fake.time.now < 1.3 + 3
    assert entry["outcome"] == "failed"
    assert entry["status"] == "failed"
    assert entry["reason"] == "No valid host was found."
    assert result["failure"]["kind"] == "no_valid_host"
    assert "Nova's reason: No valid host was found." in result["msg"]
    assert names_of_wrong(entry) == ["status"]


def test_failure_without_a_reason_does_not_wait_long(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")

    fake.on_migrate = lambda server, record: fake.at(0.1, lambda: fail_quietly(fake, server, record))
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["migrations"][0]["reason"] is None
    assert result["failure"]["kind"] == "failed"
    assert fake.time.now < 6


def fail_quietly(fake: FakeCloud, server: dict[str, Any], record: dict[str, Any]) -> None:
    record.update(status="failed")
    server.update({"status": "ACTIVE", "OS-EXT-STS:task_state": None})
    fake.actions[server["id"]][0]["events"] = []


def test_each_poll_lists_records_and_servers_once(run: Run, fake: FakeCloud) -> None:
    names = [f"probe-{number}" for number in range(5)]
    for name in names:
        fake.add_server(name)
    result = run(server_live_migrate, servers=names)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * 5
    posted = max(index for index, seen in enumerate(fake.requests) if seen.method == "POST")
    polls = len(fake.time.sleeps) + 1
    after = fake.requests[posted + 1 :]
    assert sum(seen.path.endswith("/os-migrations") for seen in after) <= polls
    assert sum("/servers" in seen.path and "actions" not in seen.path for seen in after) <= polls
    assert fake.count("POST", "auth/tokens") == 1


def test_follows_servers_on_several_pages(run: Run, fake: FakeCloud) -> None:
    for number in range(3):
        fake.add_server(f"probe-{number}")
    fake.page_size = 2
    result = run(server_live_migrate, servers=[f"probe-{number}" for number in range(3)])
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * 3


def test_server_on_the_target_host_is_unchanged(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", host="compute2")
    result = run(server_live_migrate, servers=["probe"], host="compute2")
    assert not result["changed"]
    assert result["migrations"][0]["outcome"] == "unchanged"
    assert fake.count("POST", "/action") == 0
    waited = run(migration_wait, migrations=result["migrations"])
    assert waited["migrations"][0]["outcome"] == "unchanged"


def test_joins_running_migration_to_the_same_host(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    begun = run(server_live_migrate, servers=["probe"], host="compute2", wait=False)
    fake.time.clock.sleep(1)
    result = run(server_live_migrate, servers=["probe"], host="compute2")
    (entry,) = result["migrations"]
    assert entry["joined"]
    assert not result["changed"]
    assert entry["migration_id"] == begun["migrations"][0]["migration_id"]
    assert entry["request_id"] == fake.actions[server["id"]][0]["request_id"]
    assert entry["outcome"] == "completed"
    assert fake.count("POST", "/action") == 1


def test_refuses_server_with_migration_to_another_host(run: Run, fake: FakeCloud) -> None:
    fake.hosts.append("compute3")
    fake.add_server("probe")
    run(server_live_migrate, servers=["probe"], host="compute2", wait=False)
    fake.time.clock.sleep(1)
    result = run(server_live_migrate, servers=["probe"], host="compute3", fails=True)
    assert result["migrations"][0]["outcome"] == "refused"
    assert "is being migrated to compute2" in result["msg"]
    assert result["failure"]["kind"] == "conflict"


def test_wait_false_then_migration_wait(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    begun = run(server_live_migrate, servers=["probe"], wait=False)
    (entry,) = begun["migrations"]
    assert begun["changed"]
    assert entry["outcome"] == "requested"
    assert entry["migration_id"]
    assert fake.time.now < 2
    (waited,) = run(migration_wait, migrations=begun["migrations"])["migrations"]
    assert waited["outcome"] == "completed"
    assert waited["migration_id"] == entry["migration_id"]


def test_missing_record_is_an_error(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.on_migrate = lambda _server, record: fake.migrations.remove(record)
    result = run(server_live_migrate, servers=["probe"], wait=False, fails=True)
    assert "no migration record has appeared" in result["msg"]
    server.update({"status": "ACTIVE", "OS-EXT-STS:task_state": None})
    fake.at(0, lambda: server.update({"status": "ACTIVE", "OS-EXT-STS:task_state": None}))

    def lose(_server: dict[str, Any], record: dict[str, Any]) -> None:
        fake.migrations.remove(record)
        server.update({"status": "ACTIVE", "OS-EXT-STS:task_state": None})
        fake.actions[server["id"]][0]["events"] = [fake.event("conductor", "Error", "Timed out waiting for a reply")]

    fake.on_migrate = lose
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["migrations"][0]["outcome"] == "failed"
    assert "Timed out waiting for a reply" in result["msg"]


def test_reports_server_deleted_during_migration(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.at(3, fake.servers.clear)
    fake.at(3, fake.migrations.clear)
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert "no longer exists. Nova also deleted its migration record" in result["msg"]
    assert result["migrations"][0]["outcome"] == "failed"


def test_other_servers_are_followed_after_a_deletion(run: Run, fake: FakeCloud) -> None:
    kept = fake.add_server("kept")
    lost = fake.add_server("lost")

    def lose() -> None:
        fake.servers.pop(lost["id"])
        fake.migrations[:] = [one for one in fake.migrations if one["instance_uuid"] == kept["id"]]

    fake.at(3, lose)
    result = run(server_live_migrate, servers=["kept", "lost"], fails=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed", "failed"]


def test_check_mode_predicts(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.add_server("there", host="compute2")
    result = run(
        server_live_migrate, servers=["probe", "there"], host="compute2", _ansible_check_mode=True, _ansible_diff=True
    )
    assert result["changed"]
    assert [entry["outcome"] for entry in result["migrations"]] == ["predicted", "unchanged"]
    assert "Check mode does not predict" in result["migrations"][0]["message"]
    assert "on compute1" in result["diff"]["before"]
    assert "on compute1" not in result["diff"]["after"]
    assert fake.count("POST", "/action") == 0


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"status": "SHUTOFF"}, "Nova would refuse the live migration: the server is SHUTOFF. A server can be live-"),
        ({"OS-EXT-STS:task_state": "rebooting"}, "the server's task state is rebooting"),
    ],
)
def test_check_mode_refuses_what_nova_refuses(run: Run, fake: FakeCloud, facts: dict[str, Any], reason: str) -> None:
    fake.add_server("probe", **facts)
    fake.add_server("good")
    result = run(server_live_migrate, servers=["probe", "good"], _ansible_check_mode=True, fails=True)
    assert reason in result["msg"]
    assert [entry["outcome"] for entry in result["migrations"]] == ["refused", "predicted"]
    assert result["failure"]["kind"] == "conflict"
    assert fake.count("POST", "/action") == 0


def test_check_mode_reports_a_lock(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", locked=True)
    result = run(server_live_migrate, servers=["probe"], _ansible_check_mode=True)
    assert "The server is locked" in result["migrations"][0]["message"]


def test_check_mode_refuses_an_unknown_host(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    options = {"servers": ["probe"], "host": "compute3", "_ansible_check_mode": True}
    result = run(server_live_migrate, **options, fails=True)
    assert result["msg"] == "host: this cloud has no compute host named compute3. Did you mean compute2?"
    # This user cannot list hosts. Therefore Nova checks the name of the host.
    fake.roles = ["manager", "member"]
    assert run(server_live_migrate, **options)["migrations"][0]["outcome"] == "predicted"


def test_check_mode_predicts_to_join_a_migration(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.add_migration(server, "running", dest_compute="compute2")
    result = run(server_live_migrate, servers=["probe"], _ansible_check_mode=True)
    assert not result["changed"]
    assert "would wait for" in result["migrations"][0]["message"]


def test_conflict_names_the_state_of_the_server(run: Run, fake: FakeCloud) -> None:
    fake.add_server("off", status="SHUTOFF")
    fake.add_server("on")
    result = run(server_live_migrate, servers=["off", "on"], fails=True)
    off, on = result["migrations"]
    assert off["outcome"] == "refused"
    assert "The server has status=SHUTOFF task_state=none" in off["message"]
    assert off["failure"]["http_status"] == 409
    assert off["failure"]["request_id"]
    assert on["outcome"] == "completed"
    assert result["changed"]


def test_reports_a_locked_server(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe", locked=True)
    body = {"conflictingRequest": {"message": f"Instance {server['id']} is locked"}}
    fake.fault("POST", "/action", status=409, body=body)
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert "without a task state and without a lock" in result["msg"]


def test_reports_server_deleted_before_the_request(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.fault("POST", "/action", status=404, body={"itemNotFound": {"message": "Instance could not be found."}})
    fake.fault("GET", "/servers/[0-9a-f-]+$", status=404, body={"itemNotFound": {"message": "gone"}})
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert "The server no longer exists." in result["msg"]


def test_reports_conflict_if_the_state_cannot_be_read(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", status="SHUTOFF")
    fake.fault("GET", "/servers/[0-9a-f-]+$", status=403, body={"forbidden": {"message": "no"}})
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["failure"]["kind"] == "conflict"


def test_paused_server_stays_paused(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe", status="PAUSED")

    def move(server: dict[str, Any], record: dict[str, Any]) -> None:
        fake.succeed(server, record)
        fake.at(4.6, lambda: server.update(status="PAUSED"))

    fake.on_migrate = move
    result = run(server_live_migrate, servers=[server["id"]])
    assert result["migrations"][0]["initial_status"] == "PAUSED"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"servers": []}, "servers must name at least one server"),
        ({"servers": [""]}, "no name may be empty"),
        ({"servers": ["probe"], "host": ""}, "host must not be empty"),
        ({"servers": ["probe"], "settle_timeout": 0}, "settle_timeout must be greater than 0"),
        ({"servers": ["probe"], "block_migration": "perhaps"}, "block_migration"),
        ({"servers": ["probe"], "on_timeout": "panic"}, "on_timeout"),
    ],
)
def test_refuses_invalid_options_before_the_first_request(
    run: Run, fake: FakeCloud, options: dict[str, Any], message: str
) -> None:
    assert message in run(server_live_migrate, **options, fails=True)["msg"]
    assert fake.requests == []


def test_reports_unknown_server_and_host(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe", "missing"], fails=True)
    assert "there is no server missing" in result["msg"]
    assert result["migrations"] == []
    assert fake.count("POST", "/action") == 0
    result = run(server_live_migrate, servers=["probe"], host="nowhere", fails=True)
    assert "Compute host nowhere could not be found" in result["msg"]
    assert result["failure"]["kind"] == "bad_request"


def test_refuses_ambiguous_server_name(run: Run, fake: FakeCloud) -> None:
    one, two = fake.add_server("probe"), fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert "servers: 2 servers have the name 'probe'" in result["msg"]
    assert one["id"] in result["msg"]
    assert two["id"] in result["msg"]
    assert result["failure"]["kind"] == "input"


def test_finds_servers_of_other_projects_on_request(run: Run, fake: FakeCloud) -> None:
    fake.add_server("odd name!", tenant_id="another")
    fake.add_server("mine")
    assert "no server odd name!" in run(server_live_migrate, servers=["odd name!"], fails=True)["msg"]
    result = run(server_live_migrate, servers=["odd name!", "mine"], all_projects=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed", "completed"]


def test_uses_host_id_for_a_manager_who_cannot_see_hosts(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["manager", "member", "reader"]
    fake.add_server("probe")
    (entry,) = run(server_live_migrate, servers=["probe"])["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["source"] is None
    assert entry["allocations"] == {"server": None, "migration": None}
    checks = {check["name"]: check for check in entry["checks"]}
    assert checks["server_host"]["found"] == "hostId hash-of-compute2"
    assert checks["server_allocations"]["ok"] is None


def test_refuses_member_before_the_request(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["member", "reader"]
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["failure"]["kind"] == "permission"
    assert "manager in the server's project" in result["msg"]
    assert fake.count("POST", "/action") == 0


def test_detects_effect_of_a_request_whose_response_was_lost(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.fault("POST", "/action", drop=True, after=True)
    (entry,) = run(server_live_migrate, servers=["probe"])["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["changed"]
    assert entry["request_id"] == fake.actions[server["id"]][0]["request_id"]
    assert fake.count("POST", "/action") == 1


def test_detects_effect_of_a_lost_response_by_the_record(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.50"
    fake.add_server("probe")
    fake.fault("POST", "/action", drop=True, after=True)
    (entry,) = run(server_live_migrate, servers=["probe"])["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["request_id"] is None


def test_repeats_a_lost_request_once(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.fault("POST", "/action", drop=True)
    assert run(server_live_migrate, servers=["probe"])["migrations"][0]["outcome"] == "completed"
    assert fake.count("POST", "/action") == 2


def test_detects_effect_after_two_lost_responses(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.fault("POST", "/action", drop=True)
    fake.fault("POST", "/action", drop=True, after=True)
    assert run(server_live_migrate, servers=["probe"])["migrations"][0]["outcome"] == "completed"


def test_fails_after_two_lost_requests(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.fault("POST", "/action", drop=True, times=2)
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["failure"]["kind"] == "dropped"
    assert fake.count("POST", "/action") == 2


def test_reports_refusal_of_the_repeated_request(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", status="SHUTOFF")
    fake.fault("POST", "/action", drop=True)
    assert run(server_live_migrate, servers=["probe"], fails=True)["failure"]["kind"] == "conflict"


def test_timeout_reports_a_migration_that_still_runs(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = fake.hang
    result = run(server_live_migrate, servers=["probe"], timeout=20, fails=True)
    (entry,) = result["migrations"]
    assert entry["outcome"] == "timeout"
    assert entry["status"] == "running"
    assert "timeout=20 s" in entry["message"]
    assert fake.time.now == pytest.approx(20, abs=0.5)
    assert fake.count("DELETE", "migrations") == 0


@pytest.mark.parametrize("status", ["queued", "preparing", "running"])
def test_timeout_aborts_the_migration(run: Run, fake: FakeCloud, status: str) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda server, record: fake.hang(server, record, status)
    result = run(server_live_migrate, servers=["probe"], timeout=5, on_timeout="abort", fails=True)
    (entry,) = result["migrations"]
    assert entry["outcome"] == "cancelled"
    assert entry["on_timeout_action"] == "abort"
    assert entry["server"]["status"] == "ACTIVE"
    assert names_of_wrong(entry) in ([], ["status"], ["status", "migration_allocations"])
    assert fake.count("DELETE", "migrations") == 1


def test_timeout_forces_the_migration_to_complete(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = fake.hang
    (entry,) = run(server_live_migrate, servers=["probe"], timeout=5, on_timeout="force_complete")["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["on_timeout_action"] == "force_complete"


def test_forces_queued_migration_when_it_runs(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")

    def late(server: dict[str, Any], record: dict[str, Any]) -> None:
        fake.hang(server, record, "queued")
        fake.at(8, lambda: record.update(status="running"))

    fake.on_migrate = late
    (entry,) = run(server_live_migrate, servers=["probe"], timeout=5, on_timeout="force_complete")["migrations"]
    assert entry["outcome"] == "completed"
    assert fake.count("POST", "migrations") == 1


def test_reports_timeout_if_force_complete_is_refused(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda server, record: fake.hang(server, record, "queued")
    result = run(
        server_live_migrate, servers=["probe"], timeout=5, settle_timeout=6, on_timeout="force_complete", fails=True
    )
    assert result["migrations"][0]["outcome"] == "timeout"
    assert fake.time.now == pytest.approx(11, abs=1)
    assert "settle_timeout=6 s for force_complete, which Nova refuses in status queued" in result["msg"]


@pytest.mark.parametrize(
    ("on_timeout", "after"),
    [("fail", "timeout=5 s."), ("abort", "timeout=5 s, then settle_timeout=6 s.")],
)
def test_names_the_cause_if_no_host_takes_the_request(run: Run, fake: FakeCloud, on_timeout: str, after: str) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda server, record: fake.hang(server, record, "accepted")
    result = run(server_live_migrate, servers=["probe"], timeout=5, settle_timeout=6, on_timeout=on_timeout, fails=True)
    assert result["migrations"][0]["outcome"] == "timeout"
    assert result["msg"].endswith(
        f"timed out, record status is accepted. {after} Nova refuses an abort in status accepted. No nova-compute has"
        " taken the request. Check that nova-compute runs on compute1. If it has another release than nova-conductor,"
        " see the option compute in the section [upgrade_levels] of nova.conf."
    )
    assert "or abort it" not in result["msg"]


def test_refused_abort_of_a_completed_migration_is_no_failure(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    message = "Migration 1 state is not valid"
    fake.fault("DELETE", "migrations", status=400, body={"badRequest": {"message": message}}, times=9)
    fake.on_migrate = lambda server, record: fake.succeed(server, record, seconds=8)
    (entry,) = run(server_live_migrate, servers=["probe"], timeout=6, on_timeout="abort")["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["on_timeout_action"] is None


def test_reports_missing_permission_to_abort(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = fake.hang
    policy = "Policy doesn't allow os_compute_api:servers:migrations:delete to be performed."
    fake.fault("DELETE", "migrations", status=403, body={"forbidden": {"message": policy}})
    result = run(server_live_migrate, servers=["probe"], timeout=5, on_timeout="abort", fails=True)
    assert result["migrations"][0]["outcome"] == "timeout"
    assert result["failure"]["kind"] == "permission"
    assert "servers:migrations:delete" in result["msg"]


def test_reports_timeout_after_an_abort_without_effect(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = fake.hang
    fake.fault("DELETE", "migrations", status=202)
    result = run(server_live_migrate, servers=["probe"], timeout=5, on_timeout="abort", settle_timeout=4, fails=True)
    assert "settle_timeout=4 s after abort" in result["msg"]


def claim(fake: FakeCloud, record: dict[str, Any]) -> None:
    """Set the migration record to completed. Change nothing else."""
    fake.at(1, lambda: record.update(status="completed", dest_compute="compute2"))


def test_disagreement_names_failed_checks(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda _server, record: fake.at(
        1, lambda: record.update(status="completed", dest_compute="compute2")
    )
    result = run(server_live_migrate, servers=["probe"], settle_timeout=5, fails=True)
    (entry,) = result["migrations"]
    assert entry["outcome"] == "disagreement"
    assert "record status is completed, but server_status is MIGRATING, expected ACTIVE" in result["msg"]
    assert fake.time.now < 9


def test_without_verify_only_the_record_is_checked(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = lambda _server, record: fake.at(
        1, lambda: record.update(status="completed", dest_compute="compute2")
    )
    (entry,) = run(server_live_migrate, servers=["probe"], verify=False)["migrations"]
    assert entry["outcome"] == "completed"
    assert [check["name"] for check in entry["checks"]] == ["type", "source", "destination", "status"]
    assert fake.count("GET", "/allocations/") == 0


def test_old_cloud_causes_warnings(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.29"
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], host="compute2")
    assert "a named host bypasses the scheduler" in str(result["warnings"])
    assert "Nova checks the hosts before it answers" in str(result["warnings"])


def test_refuses_a_cloud_that_is_too_old(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.24"
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["failure"]["kind"] == "microversion"
    assert "Mitaka" in result["msg"]


def test_reports_outcome_without_permission_to_read_the_reason(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = fake.fail
    fake.fault("GET", "os-instance-actions", status=403, body={"forbidden": {"message": "no"}}, times=99)
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["migrations"][0]["outcome"] == "failed"
    assert result["migrations"][0]["reason"] is None


def test_outcome_is_unknown_if_the_api_fails(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.at(3, lambda: fake.fault("GET", "os-migrations", status=503, times=99))
    result = run(server_live_migrate, servers=["probe"], fails=True)
    (entry,) = result["migrations"]
    assert entry["outcome"] == "unknown"
    assert entry["migration_id"]
    assert entry["changed"]
    assert result["failure"]["http_status"] == 503
    assert result["changed"]


def test_outcome_is_unknown_if_the_api_fails_after_the_request(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.fault("POST", "/action", drop=True, after=True)
    fake.at(0.1, lambda: fake.fault("GET", "compute", status=503, times=99))
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["migrations"][0]["request_id"]
    assert result["migrations"][0]["outcome"] == "unknown"


def test_outcome_is_unknown_if_the_record_cannot_be_read(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.at(0.2, lambda: fake.fault("GET", "os-migrations", status=503, times=99))
    result = run(server_live_migrate, servers=["probe"], wait=False, fails=True)
    (entry,) = result["migrations"]
    assert entry["outcome"] == "unknown"
    assert entry["request_id"]


class Traffic:
    """Count the maximum number of migrations at the same time: in total, and from each host."""

    def __init__(self, fake: FakeCloud) -> None:
        self._fake = fake
        self.going: list[str] = []
        self.most = 0
        self.most_per_host = 0
        fake.on_migrate = self._migrate

    def _migrate(self, server: dict[str, Any], record: dict[str, Any]) -> None:
        host = server["host"]
        self.going.append(host)
        self.most = max(self.most, len(self.going))
        self.most_per_host = max(self.most_per_host, self.going.count(host))
        self._fake.succeed(server, record)
        self._fake.at(5.0, lambda: self.going.remove(host))


def several(fake: FakeCloud) -> list[str]:
    names = [f"probe-{number}" for number in range(6)]
    for number, name in enumerate(names):
        fake.add_server(name, host=f"compute{1 + number % 2}")
    return names


@pytest.mark.parametrize(
    ("limits", "most", "most_per_host"),
    [({}, 6, 3), ({"max_parallel": 2}, 2, 1), ({"max_parallel_per_host": 1}, 2, 1), ({"max_parallel": 1}, 1, 1)],
)
def test_limits_the_number_of_parallel_migrations(
    run: Run, fake: FakeCloud, limits: dict[str, int], most: int, most_per_host: int
) -> None:
    traffic = Traffic(fake)
    # Each migration needs 7 s. Its timeout starts with its own request.
    result = run(server_live_migrate, servers=several(fake), timeout=8, **limits)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * 6
    assert (traffic.most, traffic.most_per_host) == (most, most_per_host)


def test_starts_no_more_migrations_after_a_failure(run: Run, fake: FakeCloud) -> None:
    names = several(fake)

    def second_fails(server: dict[str, Any], record: dict[str, Any]) -> None:
        (fake.fail if server["name"] == names[1] else fake.succeed)(server, record)

    fake.on_migrate = second_fails
    result = run(server_live_migrate, servers=names, max_parallel=2, on_failure="stop", fails=True)
    # The second migration fails while the first runs. The module waits until the first has ended.
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed", "failed", *["not_started"] * 4]
    assert "probe-2: not started, because another migration failed (on_failure)." in result["msg"]
    assert result["failure"]["kind"] == "no_valid_host"
    assert fake.count("POST", "/action") == 2


def test_continues_after_a_refused_request(run: Run, fake: FakeCloud) -> None:
    names = several(fake)
    fake.fault("POST", "/action", status=409, body={"conflictingRequest": {"message": "Instance is locked"}})
    result = run(server_live_migrate, servers=names, max_parallel=1, fails=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["refused", *["completed"] * 5]


def test_starts_no_more_migrations_if_the_cloud_does_not_respond(run: Run, fake: FakeCloud) -> None:
    names = several(fake)

    def then_silence(server: dict[str, Any], record: dict[str, Any]) -> None:
        fake.succeed(server, record)
        fake.fault("GET", "/", drop=True, times=999)

    fake.on_migrate = then_silence
    result = run(server_live_migrate, servers=names, max_parallel=1, fails=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["unknown", *["not_started"] * 5]
    assert "not started, because the cloud does not answer" in result["msg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_parallel": 0}, "max_parallel must be at least 1, found 0"),
        ({"max_parallel_per_host": -1}, "max_parallel_per_host must be at least 1, found -1"),
        ({"max_parallel": 2, "wait": False}, "max_parallel needs wait"),
    ],
)
def test_refuses_invalid_limits(run: Run, fake: FakeCloud, options: dict[str, Any], message: str) -> None:
    assert message in run(server_live_migrate, servers=["probe"], **options, fails=True)["msg"]
    assert fake.requests == []


def test_finds_servers_by_id_without_listing_servers(run: Run, fake: FakeCloud) -> None:
    ids = [fake.add_server(f"probe-{number}")["id"] for number in range(5)]
    stranger = fake.add_server("stranger", tenant_id="another")["id"]
    result = run(server_live_migrate, servers=[*ids, stranger], all_projects=True, _ansible_check_mode=True)
    assert [entry["server_id"] for entry in result["migrations"]] == [*ids, stranger]
    assert fake.count("GET", "/servers/detail") == 0


@pytest.mark.parametrize("servers", ["ids", "names"])
def test_requests_do_not_grow_with_the_cloud(run: Run, fake: FakeCloud, servers: str) -> None:
    own = [fake.add_server(f"web server {number}") for number in range(4)]
    chosen = [server["id"] if servers == "ids" else server["name"] for server in own]
    fake.page_size = 10
    needed = []
    for _run in range(2):
        fake.requests.clear()
        fake.migrations.clear()
        result = run(server_live_migrate, servers=chosen, all_projects=True)
        assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * 4
        needed.append(sum(1 for seen in fake.requests if "os-migrations" not in seen.path))
        for number in range(200):
            other = fake.add_server(f"other-{number}", tenant_id="another")
            fake.add_migration(other, "completed", dest_compute="compute2")
    # Changed servers of other projects can fill the page. The module then reads each of its servers with a request.
    assert needed[1] <= needed[0] + 4 * fake.count("GET", "/servers/detail")
    assert fake.count("GET", "/servers/detail") < 30


def test_waits_for_a_late_deletion_of_the_allocation(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")

    def late(server: dict[str, Any], record: dict[str, Any]) -> None:
        held = fake.allocations[server["id"]].pop("compute1")
        fake.allocations[server["id"]] = {"compute2": held}
        fake.allocations[record["uuid"]] = {"compute1": held}
        record.update(status="completed", dest_compute="compute2", dest_node="compute2")
        server.update({"host": "compute2", "status": "ACTIVE", "OS-EXT-STS:task_state": None})
        fake.at(8.0, lambda: fake.allocations.pop(record["uuid"]))

    fake.on_migrate = late
    (entry,) = run(server_live_migrate, servers=["probe"])["migrations"]
    assert entry["outcome"] == "completed"
    assert fake.time.now == pytest.approx(9.3, abs=1.2)
    # Only Placement is read again, because the server and the events cannot change.
    assert fake.count("GET", "/os-instance-actions/") == 1
    assert fake.count("GET", f"/allocations/{entry['server_id']}") > 3
    ended = max(number for number, seen in enumerate(fake.requests) if "os-migrations" in seen.path)
    reads = [seen.path for seen in fake.requests[ended:]]
    assert sum(path.endswith(f"/servers/{entry['server_id']}") for path in reads) == 1


def test_reads_events_again_if_an_event_has_not_ended(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    running = {**fake.event("compute_live_migration", "Success"), "finish_time": None}
    fake.fault("GET", "/os-instance-actions/", status=200, body={"instanceAction": {"events": [running]}})
    (entry,) = run(server_live_migrate, servers=["probe"])["migrations"]
    assert fake.count("GET", "/os-instance-actions/") == 2
    assert all(event["finish"] for event in entry["events"])


@pytest.mark.parametrize("count", [3, 20])
def test_limits_requests_for_many_servers(run: Run, fake: FakeCloud, count: int) -> None:
    ids = [fake.add_server(f"probe-{number}")["id"] for number in range(count)]
    result = run(server_live_migrate, servers=ids)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * count
    assert all(check["ok"] for entry in result["migrations"] for check in entry["checks"])
    assert [list(entry["allocations_before"]) for entry in result["migrations"]] == [["compute1"]] * count
    polls = len(fake.time.sleeps) + 1
    # for each server: earlier records, the request, and events; for all: two lists per poll, and sometimes the
    # allocations of the hosts
    own = sum(any(one in seen.path for one in ids) or "instance_uuid" in seen.query for seen in fake.requests)
    assert len(fake.requests) - own <= 10 + 5 * polls
    if count == 20:
        assert own <= 3 * count


def test_lists_only_recent_migrations(run: Run, fake: FakeCloud) -> None:
    names = [f"probe-{number}" for number in range(5)]
    for name in names:
        server = fake.add_server(name)
        # One record is old and has the status error. The other record is recent.
        fake.add_migration(server, "error", created_at="2026-01-01T10:00:00.000000")
        fake.add_migration(server, "completed", dest_compute="compute2")
    fake.page_size = 5
    result = run(server_live_migrate, servers=names)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * 5
    stale = {record["uuid"] for record in fake.migrations[:10]}
    assert not stale & {entry["migration_id"] for entry in result["migrations"]}
    request = next(seen for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/action"))
    before = fake.requests[: fake.requests.index(request)]
    # The module reads two pages: the page with the recent records, and the first page with an old record.
    assert sum(seen.path.endswith("/os-migrations") for seen in before) == 2


def test_joins_the_one_running_migration_of_several_servers(run: Run, fake: FakeCloud) -> None:
    names = [f"probe-{number}" for number in range(5)]
    for name in names:
        fake.add_server(name)
    begun = run(server_live_migrate, servers=["probe-3"], wait=False)["migrations"][0]
    fake.time.clock.sleep(1)
    fake.migrations[0]["created_at"] = "2026-01-01T10:00:00.000000"
    migrations = run(server_live_migrate, servers=names)["migrations"]
    assert [entry["joined"] for entry in migrations] == [False, False, False, True, False]
    assert migrations[3]["migration_id"] == begun["migration_id"]
    assert [entry["outcome"] for entry in migrations] == ["completed"] * 5


@pytest.mark.parametrize(("events", "count"), [("all", 1), ("failed", 0)])
def test_reads_events_of_completed_migrations_on_request(run: Run, fake: FakeCloud, events: str, count: int) -> None:
    fake.add_server("probe")
    (entry,) = run(server_live_migrate, servers=["probe"], events=events)["migrations"]
    assert entry["outcome"] == "completed"
    assert len(entry["events"]) == count
    assert fake.count("GET", "/os-instance-actions") == count


def test_always_reads_events_of_failed_migrations(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    fake.on_migrate = fake.fail
    result = run(server_live_migrate, servers=["probe"], events="failed", fails=True)
    assert result["migrations"][0]["reason"] == "No valid host was found."


def test_timeout_excludes_time_in_the_queue_of_nova(run: Run, fake: FakeCloud) -> None:
    """Nova runs one migration per source host at a time. The fifth migration starts after the fourth has ended."""
    free_at = 0.0

    def one_at_a_time(server: dict[str, Any], record: dict[str, Any]) -> None:
        nonlocal free_at
        begin = max(free_at, fake.time.now)
        free_at = begin + 40.0
        fake.at(0.1, lambda: record.update(status="queued"))
        fake.at(begin - fake.time.now + 0.2, lambda: fake.succeed(server, record, seconds=39.0))

    fake.on_migrate = one_at_a_time
    names = [fake.add_server(f"probe-{number}")["name"] for number in range(5)]
    result = run(server_live_migrate, servers=names, timeout=60, on_timeout="abort")
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * 5
    assert fake.time.now > 3 * 60
    assert fake.count("DELETE", "/migrations/") == 0


def test_timeout_includes_queue_time_if_no_other_migration_of_the_task_runs(run: Run, fake: FakeCloud) -> None:
    fake.on_migrate = lambda server, record: fake.hang(server, record, "queued")
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], timeout=60, on_timeout="abort", fails=True)
    assert result["migrations"][0]["outcome"] == "cancelled"
    assert fake.time.now < 70


def abort_as_nova_34(fake: FakeCloud, server: dict[str, Any], record: dict[str, Any]) -> None:
    """Abort a running copy as Nova 34 does.

    Nova 34 sets the record to error and the server to ERROR. The guest runs on the source host.
    """
    fake.hang(server, record)
    fake.fault("DELETE", "/migrations/", status=202)

    def end() -> None:
        record["status"] = "error"
        server["status"], server["OS-EXT-STS:task_state"] = "ERROR", None

    fake.at(12.0, end)


def test_message_names_command_for_a_server_left_in_error(run: Run, fake: FakeCloud) -> None:
    fake.on_migrate = lambda server, record: abort_as_nova_34(fake, server, record)
    server = fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], timeout=10, on_timeout="abort", fails=True)
    (entry,) = result["migrations"]
    assert (entry["outcome"], entry["on_timeout_action"]) == ("failed", "abort")
    assert "The migration was aborted (on_timeout) after timeout=10 s." in entry["message"]
    assert f"`openstack server set --state active {server['id']}`" in entry["message"]


def test_waits_for_a_slow_rollback(run: Run, fake: FakeCloud) -> None:
    def roll_back(server: dict[str, Any], record: dict[str, Any]) -> None:
        fake.hang(server, record)
        fake.at(2.0, lambda: record.update(status="error"))
        fake.at(10.0, lambda: server.update({"status": "ACTIVE", "OS-EXT-STS:task_state": None}))

    fake.on_migrate = roll_back
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], fails=True)
    assert result["migrations"][0]["server"]["status"] == "ACTIVE"
    assert "Also:" not in result["msg"]
    assert 10 < fake.time.now < 15


def test_migrates_other_servers_if_one_does_not_exist(run: Run, fake: FakeCloud) -> None:
    there = fake.add_server("probe")
    gone = "deadbeef-0000-4000-8000-000000000000"
    result = run(server_live_migrate, servers=[gone, there["id"]], fails=True)
    outcomes = {entry["server_id"]: entry["outcome"] for entry in result["migrations"]}
    assert outcomes == {there["id"]: "completed", gone: "refused"}
    assert result["failure"]["kind"] == "not_found"


@pytest.mark.parametrize("status", ["accepted", "preparing", "running"])
def test_does_not_join_a_stale_record(run: Run, fake: FakeCloud, status: str) -> None:
    server = fake.add_server("probe")
    fake.add_migration(server, status, created_at=fake.moment(-3600))
    result = run(server_live_migrate, servers=["probe"])
    (entry,) = result["migrations"]
    assert (entry["outcome"], entry["joined"]) == ("completed", False)
    assert entry["migration_number"] == 2


@pytest.mark.parametrize("status", [502, 503, 504])
def test_detects_effect_of_a_request_that_failed_in_a_proxy(run: Run, fake: FakeCloud, status: int) -> None:
    fake.add_server("probe")
    fake.fault("POST", "/action", status=status, after=True)
    result = run(server_live_migrate, servers=["probe"])
    assert result["migrations"][0]["outcome"] == "completed"
    assert fake.count("POST", "/action") == 1


@pytest.mark.parametrize("status", [502, 503, 504])
def test_repeats_a_request_that_a_proxy_did_not_deliver(run: Run, fake: FakeCloud, status: int) -> None:
    fake.add_server("probe")
    fake.fault("POST", "/action", status=status)
    result = run(server_live_migrate, servers=["probe"])
    assert result["migrations"][0]["outcome"] == "completed"
    assert fake.count("POST", "/action") == 2


@pytest.mark.parametrize("status", [500, 503, 429])
def test_repeats_abort_after_transient_faults(run: Run, fake: FakeCloud, status: int) -> None:
    fake.on_migrate = fake.hang
    fake.add_server("probe")
    fake.fault("DELETE", "/migrations/", status=status, times=3)
    result = run(server_live_migrate, servers=["probe"], timeout=5, on_timeout="abort", fails=True)
    assert result["migrations"][0]["outcome"] == "cancelled"


def test_record_of_another_user_is_ignored(run: Run, fake: FakeCloud) -> None:
    """Another user migrates the second server while the module migrates the first server.

    The record of the other user's migration is older than the module's request for the second server.
    """
    fake.on_migrate = lambda server, record: fake.succeed(server, record, seconds=700.0)
    fake.add_server("first")
    second = fake.add_server("second")
    fake.at(20.0, lambda: fake.add_migration(second, "failed", created_at=fake.moment(-600)))
    slow = {"poll_interval": 5, "poll_interval_max": 10}
    result = run(server_live_migrate, servers=["first", "second"], max_parallel=1, verify=False, **slow)
    assert [entry["migration_number"] for entry in result["migrations"]] == [1, 3]


def test_refuses_a_progress_file_that_is_not_writable(run: Run, fake: FakeCloud, tmp_path: Path) -> None:
    fake.add_server("probe")
    result = run(server_live_migrate, servers=["probe"], progress_file=str(tmp_path / "no" / "file"), fails=True)
    assert result["failure"]["kind"] == "input"
    assert "progress_file" in result["msg"]
    assert fake.count("POST", "/action") == 0


def test_accepts_hypervisor_whose_name_differs_from_its_host(run: Run, fake: FakeCloud) -> None:
    """Placement uses the name of the hypervisor. If no host is valid, Nova's record does not contain this name."""

    def find_none(server: dict[str, Any], record: dict[str, Any]) -> None:
        record["source_node"] = None
        fake.fail(server, record)

    fake.on_migrate = find_none
    server = fake.add_server("probe")
    fake.allocations[server["id"]] = {"compute1.example.org": {"VCPU": 1}}
    result = run(server_live_migrate, servers=["probe"], fails=True)
    check = next(one for one in result["migrations"][0]["checks"] if one["name"] == "server_allocations")
    assert check["ok"], check
    assert "Also:" not in result["msg"]


def test_reads_progress_of_the_copy_each_second(run: Run, fake: FakeCloud, tmp_path: Path) -> None:
    fake.on_migrate = fake.hang
    fake.add_server("probe")
    told = tmp_path / "progress"
    options = {"timeout": 25, "on_timeout": "abort", "read_progress": True, "progress_file": str(told)}
    (entry,) = run(server_live_migrate, servers=["probe"], **options, fails=True)["migrations"]
    moved = [advance["memory_processed_bytes"] // 2**20 for advance in entry["progress"]]
    assert moved == sorted(moved)
    assert 20 <= len(moved) <= 27
    assert entry["progress"][0].keys() == {
        "seen",
        *(f"{what}_{how}_bytes" for what in ("memory", "disk") for how in ("total", "processed", "remaining")),
    }
    assert "probe: 1" in told.read_text()
    assert "MiB of memory copied, 1 left" in told.read_text()


@pytest.mark.parametrize("why", ["not asked for", "not told", "not allowed"])
def test_progress_is_empty_if_not_available(run: Run, fake: FakeCloud, why: str) -> None:
    fake.on_migrate = fake.hang
    fake.add_server("probe")
    fake.tells_progress = why != "not told"
    if why == "not allowed":
        fake.roles = ["manager", "member"]
    options = {"timeout": 10, "on_timeout": "abort", "read_progress": why != "not asked for"}
    (entry,) = run(server_live_migrate, servers=["probe"], **options, fails=True)["migrations"]
    assert entry["progress"] == []
    looks = fake.count("GET", "servers/[^/]+/migrations")
    assert looks == {"not asked for": 0, "not told": looks, "not allowed": 1}[why]


def test_server_that_is_not_on_source_is_unchanged(run: Run, fake: FakeCloud) -> None:
    fake.add_server("here")
    gone = fake.add_server("gone", host="compute2")
    result = run(server_live_migrate, servers=["here", gone["id"]], source="compute1")
    assert [one["outcome"] for one in result["migrations"]] == ["completed", "unchanged"]
    assert (
        "gone was not migrated, because the server is on compute2, not on compute1 (source)."
        in result["migrations"][1]["message"]
    )
    assert gone["host"] == "compute2"


def test_does_not_join_a_migration_from_another_source(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe", host="compute2", **{"OS-EXT-STS:task_state": "migrating"})
    fake.add_migration(server, "running")
    (entry,) = run(server_live_migrate, servers=["probe"], source="compute1")["migrations"]
    assert (entry["outcome"], entry["joined"]) == ("unchanged", False)


def test_server_that_left_before_its_request_is_unchanged(run: Run, fake: FakeCloud) -> None:
    first, second = fake.add_server("first"), fake.add_server("second")
    fake.on_migrate = lambda server, record: fake.succeed(server, record, seconds=90)
    fake.at(80, lambda: second.update(host="compute2"))
    result = run(server_live_migrate, servers=["first", "second"], source="compute1", max_parallel=1)
    assert [one["outcome"] for one in result["migrations"]] == ["completed", "unchanged"]
    assert first["host"] == second["host"] == "compute2"
    assert fake.count("POST", "action") == 1


def test_refuses_a_source_that_cannot_be_checked(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    assert "source must not be empty" in run(server_live_migrate, servers=["probe"], source="", fails=True)["msg"]
    fake.roles = ["manager", "member"]
    result = run(server_live_migrate, servers=["probe"], source="compute1", fails=True)
    assert result["migrations"][0]["outcome"] == "refused"
    assert "may not see whether the server is on" in result["msg"]


HOME = {"private": [{"addr": "127.0.0.1", "version": 4, "OS-EXT-IPS:type": "fixed"}]}


def test_probes_the_address_that_nova_returns(run: Run, fake: FakeCloud, closed_port: int) -> None:
    fake.add_server("probe", addresses=HOME)
    probe = {"protocol": "tcp", "port": closed_port}
    (entry,) = run(server_live_migrate, servers=["probe"], probe=probe, max_downtime=5)["migrations"]
    assert entry["outcome"] == "completed"
    assert entry["probe"]["address"] == "127.0.0.1"
    assert entry["probe"]["port"] == closed_port
    assert [check["name"] for check in entry["checks"] if check["ok"]][-2:] == ["answers", "downtime"]


def test_server_without_answers_after_migration_is_a_disagreement(
    run: Run, fake: FakeCloud, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.add_server("probe", addresses=HOME)
    # The probe records no answer after the request.
    monkeypatch.setattr(Probe, "begin", lambda self: self.target.begin() or self.target.freeze())
    probe = {"protocol": "tcp", "port": closed_port}
    result = run(server_live_migrate, servers=["probe"], probe=probe, verify=False, fails=True)
    (entry,) = result["migrations"]
    assert entry["outcome"] == "disagreement"
    assert entry["record"]["status"] == "completed"
    assert names_of_wrong(entry) == ["answers"]
    assert f"the server does not answer at 127.0.0.1 (tcp port {closed_port})" in result["msg"]
    # The module waits for an answer until settle_timeout has passed.
    assert fake.time.now > 30


def test_does_not_migrate_a_server_that_does_not_answer(run: Run, fake: FakeCloud, deaf_port: int) -> None:
    fake.add_server("probe", addresses=HOME)
    fake.add_server("there", host="compute2", addresses=HOME)
    probe = {"protocol": "tcp", "port": deaf_port, "timeout": 0.2}
    options = {"servers": ["probe", "there"], "host": "compute2", "probe": probe}
    result = run(server_live_migrate, fails=True, **options)
    assert result["failure"]["kind"] == "guest"
    assert f"no answer from 127.0.0.1 (tcp port {deaf_port}) within 0.2 s" in result["msg"]
    # The module does not probe a server that is on the target host before the request.
    assert [entry["outcome"] for entry in result["migrations"]] == ["refused", "unchanged"]
    assert fake.count("POST", "/action") == 0


def test_refuses_to_probe_a_paused_server(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", status="PAUSED", addresses=HOME)
    result = run(server_live_migrate, servers=["probe"], probe={"protocol": "icmp"}, fails=True)
    assert "only an ACTIVE server can answer, but the server probe has status PAUSED" in result["msg"]


def test_does_not_probe_a_migration_that_it_joins(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", addresses=HOME)
    run(server_live_migrate, servers=["probe"], wait=False)
    fake.time.clock.sleep(1)
    (entry,) = run(server_live_migrate, servers=["probe"], probe={"protocol": "icmp"})["migrations"]
    assert entry["joined"]
    assert entry["outcome"] == "completed"
    assert entry["probe"] is None


def test_refuses_server_that_becomes_ready_without_a_probe(
    run: Run, fake: FakeCloud, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.add_server("probe", addresses=HOME)
    busy = fake.add_server("busy", addresses=HOME)
    busy["OS-EXT-STS:task_state"] = "image_snapshot"

    def rest(*_arguments: object) -> list[Probe]:
        busy["OS-EXT-STS:task_state"] = None
        return []

    monkeypatch.setattr(f"{migrate.__name__}.await_answers", rest)
    probe = {"protocol": "tcp", "port": closed_port}
    result = run(server_live_migrate, servers=["probe", "busy"], probe=probe, fails=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed", "refused"]
    assert (
        "busy: the host or the task state of the server changed before the first answer to the probe" in result["msg"]
    )


def test_refuses_server_that_stopped_to_answer_before_its_request(
    run: Run, fake: FakeCloud, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.add_server("probe", addresses=HOME)

    def fall_silent(probes: list[Probe], *arguments: Any) -> list[Probe]:
        found = await_answers(probes, *arguments)
        probes[0].target.freeze()
        for _number in range(100):
            probes[0].target._tracker.advance(probes[0].target._tracker.now + 0.02)
        return found

    monkeypatch.setattr(f"{migrate.__name__}.await_answers", fall_silent)
    probe = {"protocol": "tcp", "port": closed_port}
    result = run(server_live_migrate, servers=["probe"], probe=probe, fails=True)
    assert "no answer from 127.0.0.1" in result["msg"]
    assert fake.count("POST", "/action") == 0


def test_does_not_probe_servers_that_are_not_on_source(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe", host="compute2")
    (entry,) = run(server_live_migrate, servers=["probe"], source="compute1", probe={"protocol": "icmp"})["migrations"]
    assert entry["outcome"] == "unchanged"


def test_refuses_one_probe_address_for_several_servers(run: Run, fake: FakeCloud) -> None:
    for name in ("probe-1", "probe-2"):
        fake.add_server(name)
    probe = {"protocol": "icmp", "address": "127.0.0.1"}
    result = run(server_live_migrate, servers=["probe-1", "probe-2"], probe=probe, fails=True)
    assert "address is for a single server, but 2 servers are to be migrated" in result["msg"]
    assert fake.count("POST", "/action") == 0


def test_check_mode_sends_no_probe(run: Run, fake: FakeCloud) -> None:
    fake.add_server("probe")
    options: dict[str, Any] = {"servers": ["probe"], "_ansible_check_mode": True}
    probe = {"protocol": "tcp", "address": "127.0.0.1"}
    (entry,) = run(server_live_migrate, probe=probe, **options)["migrations"]
    assert entry["outcome"] == "predicted"
    assert entry["probe"] is None
    result = run(server_live_migrate, probe={"protocol": "icmp"}, fails=True, **options)
    assert "the server probe has no address" in result["msg"]


@pytest.mark.parametrize(
    ("checked", "kind"), [([], "no_valid_host"), (["Error"], "no_valid_host"), (["Success"], "failed")]
)
def test_host_that_passed_its_check_is_no_lack_of_hosts(
    run: Run, fake: FakeCloud, checked: list[str], kind: str
) -> None:
    server = fake.add_server()

    def refuse(one: dict[str, Any], record: dict[str, Any]) -> None:
        fake.fail(one, record)
        check = "compute_check_can_live_migrate_destination"
        events = [{**fake.event(check, result), "host": "compute2"} for result in checked]
        fake.at(1.0, lambda: fake.actions[one["id"]][0]["events"].extend(events))

    fake.on_migrate = refuse
    result = run(server_live_migrate, servers=[server["id"]], fails=True)
    (migration,) = result["migrations"]
    assert (migration["outcome"], result["failure"]["kind"]) == ("failed", kind)
    assert "Nova's reason: No valid host was found." in migration["message"]
    found = "The scheduler found compute2, and this host passed its check, but Nova then refused the host."
    assert (found in migration["message"]) is (kind == "failed")
