# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With destinations, one module call migrates each server to its own compute host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import (
    migration_wait,
    server_cold_migrate,
    server_live_migrate,
)

if TYPE_CHECKING:
    from types import ModuleType

    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud, Json

BOTH = [server_live_migrate, server_cold_migrate]
RING = {"probe-1": "compute2", "probe-2": "compute3", "probe-3": "compute1"}


@pytest.fixture(autouse=True)
def ring(fake: FakeCloud) -> list[Json]:
    """Return one server on each of three hosts."""
    fake.add_host("compute3")
    return [fake.add_server(f"probe-{number}", host=f"compute{number}") for number in (1, 2, 3)]


def requested_hosts(fake: FakeCloud) -> list[str | None]:
    bodies = [seen.body for seen in fake.requests if seen.method == "POST" and seen.path.endswith("/action")]
    requests = [body["os-migrateLive"] if "os-migrateLive" in body else body.get("migrate", {}) for body in bodies]
    return [None if request is None else request["host"] for request in requests if request != {}]


@pytest.mark.parametrize("module", BOTH)
def test_migrates_each_server_to_its_own_host(run: Run, fake: FakeCloud, module: ModuleType) -> None:
    result = run(module, servers=list(RING), destinations=RING, max_parallel_per_host=1)
    entries = result["migrations"]
    assert [entry["outcome"] for entry in entries] == ["completed"] * 3
    assert [(entry["expected_host"], entry["destination"]) for entry in entries] == [
        (host, host) for host in RING.values()
    ]
    assert all(check["ok"] for entry in entries for check in entry["checks"])
    assert requested_hosts(fake) == list(RING.values())
    # All migrations run at the same time: one migration needs 7 s.
    assert fake.time.now < 10


def test_scheduler_chooses_the_host_of_a_server_without_an_entry(run: Run, fake: FakeCloud) -> None:
    result = run(server_live_migrate, servers=["probe-1", "probe-2"], destinations={"probe-1": "compute3"})
    assert requested_hosts(fake) == ["compute3", None]
    assert [entry["expected_host"] for entry in result["migrations"]] == ["compute3", None]


def test_server_on_its_destination_is_unchanged(run: Run, fake: FakeCloud) -> None:
    destinations = {"probe-1": "compute1", "probe-2": "compute1"}
    result = run(server_live_migrate, servers=list(destinations), destinations=destinations)
    assert [entry["outcome"] for entry in result["migrations"]] == ["unchanged", "completed"]
    assert result["migrations"][0]["message"] == "probe-1 is already on compute1."
    assert requested_hosts(fake) == ["compute1"]
    again = run(server_live_migrate, servers=list(destinations), destinations=destinations)
    assert not again["changed"]


def test_one_refused_migration_does_not_stop_the_others(run: Run, fake: FakeCloud, ring: list[Json]) -> None:
    fake.fault("POST", f"{ring[1]['id']}/action", status=400, body={"badRequest": {"message": "No room.", "code": 400}})
    result = run(server_live_migrate, servers=list(RING), destinations=RING, fails=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed", "refused", "completed"]
    assert result["migrations"][1]["expected_host"] == "compute3"
    assert "No room." in result["msg"]


def test_failed_migration_names_its_own_destination(run: Run, fake: FakeCloud, ring: list[Json]) -> None:
    def migrate(server: Json, record: Json) -> None:
        (fake.fail if server["id"] == ring[2]["id"] else fake.succeed)(server, record)

    fake.on_migrate = migrate
    result = run(server_live_migrate, servers=list(RING), destinations=RING, fails=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed", "completed", "failed"]
    assert "probe-3: live migration compute3 -> compute1 failed" in result["msg"]


def test_migration_to_another_host_is_a_disagreement(run: Run, fake: FakeCloud) -> None:
    fake.on_migrate = lambda server, record: fake.succeed(server, record, "compute3")
    destinations = {"probe-1": "compute3", "probe-2": "compute1"}
    result = run(server_live_migrate, servers=list(destinations), destinations=destinations, fails=True)
    first, second = result["migrations"]
    assert first["outcome"] == "completed"
    assert second["outcome"] == "disagreement"
    assert {check["name"] for check in second["checks"] if check["ok"] is False} >= {"destination", "server_host"}


@pytest.mark.parametrize("module", BOTH)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"destinations": {"probe-1": "compte3"}},
            "destinations: this cloud has no compute host named compte3. Did you mean compute3?",
        ),
        ({"destinations": {"probe1": "compute3"}}, "destinations: the server probe1 is not in servers. Did you mean"),
        ({"destinations": {"probe-1": None}}, "destinations: the host of the server probe-1 must be the name"),
        (
            {"destinations": {"probe-1": "compute3"}, "host": "compute3"},
            "host and destinations exclude each other: host is for all servers.",
        ),
        ({"destinations": "compute3"}, "destinations"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_refuses_invalid_destinations_before_the_first_migration(
    run: Run, fake: FakeCloud, module: ModuleType, options: dict[str, Any], message: str, *, check_mode: bool
) -> None:
    result = run(module, servers=["probe-1", "probe-2"], **options, _ansible_check_mode=check_mode, fails=True)
    assert message in result["msg"]
    assert fake.count("POST", "/action") == 0


def test_nova_refuses_a_destination_of_a_manager(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["manager", "member", "reader"]
    destinations = {"probe-1": "compute3"}
    result = run(server_live_migrate, servers=["probe-1", "probe-2"], destinations=destinations, fails=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["refused", "completed"]
    assert result["failure"]["kind"] == "permission"
    assert "migrate_live:host" in result["msg"]


def test_cold_migration_to_a_destination_needs_queens(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.53"
    destinations = {"probe-1": "compute3"}
    result = run(server_cold_migrate, servers=["probe-1"], destinations=destinations, fails=True)
    assert result["failure"]["kind"] == "microversion"
    assert "2.56 is required" in result["msg"]
    assert run(server_cold_migrate, servers=["probe-1"])["migrations"][0]["outcome"] == "completed"


def test_warns_that_an_old_cloud_bypasses_the_scheduler(run: Run, fake: FakeCloud) -> None:
    fake.newest = "2.29"
    result = run(server_live_migrate, servers=["probe-1"], destinations={"probe-1": "compute3"})
    assert "a successful migration to a named host does not test the scheduler" in str(result["warnings"])


def test_check_mode_predicts_each_destination(run: Run, fake: FakeCloud) -> None:
    destinations = {"probe-1": "compute3", "probe-2": "compute2"}
    options = {"servers": [*destinations, "probe-3"], "destinations": destinations, "_ansible_diff": True}
    result = run(server_live_migrate, **options, _ansible_check_mode=True)
    assert [entry["outcome"] for entry in result["migrations"]] == ["predicted", "unchanged", "predicted"]
    messages = [entry["message"] for entry in result["migrations"]]
    assert messages[0].startswith("probe-1: would be live-migrated from compute1 to compute3.")
    assert messages[2].startswith("probe-3: would be live-migrated from compute3 to a host that the scheduler chooses.")
    hosts = [line.rpartition(" on ")[2] for line in result["diff"]["after"].splitlines()]
    assert hosts == ["compute3", "compute2", "another host"]
    assert fake.count("POST", "/action") == 0


def test_joins_only_the_migration_to_the_same_destination(run: Run, fake: FakeCloud) -> None:
    run(server_live_migrate, servers=["probe-1", "probe-2"], host="compute3", wait=False)
    fake.time.clock.sleep(1)
    destinations = {"probe-1": "compute3", "probe-2": "compute1"}
    result = run(server_live_migrate, servers=list(destinations), destinations=destinations, fails=True)
    first, second = result["migrations"]
    assert (first["outcome"], first["joined"]) == ("completed", True)
    assert (second["outcome"], second["failure"]["kind"]) == ("refused", "conflict")
    assert "is being migrated to compute3" in second["message"]
    assert "but destinations=compute1 was requested" in second["message"]
    assert fake.count("POST", "/action") == 2


def test_waits_for_the_destination_of_each_server(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute4")
    theirs = fake.add_server("theirs", host="compute9", status="MIGRATING")
    theirs["OS-EXT-STS:task_state"] = "migrating"
    record = fake.add_migration(theirs, "running", dest_compute="compute4")
    fake.at(40, lambda: record.update(status="completed"))
    destinations = {"probe-1": "compute4", "probe-2": "compute3"}
    first, second = run(server_live_migrate, servers=list(destinations), destinations=destinations, wait_for_hosts=300)[
        "migrations"
    ]
    assert [first["outcome"], second["outcome"]] == ["completed", "completed"]
    # Only the migration to compute4 waits for the foreign migration.
    assert first["started"] > second["concluded"]


def test_limits_the_migrations_to_one_destination(run: Run, fake: FakeCloud) -> None:
    fake.add_host("compute4")
    destinations = dict.fromkeys(RING, "compute4")
    result = run(server_live_migrate, servers=list(destinations), destinations=destinations, max_parallel_per_host=1)
    assert [entry["outcome"] for entry in result["migrations"]] == ["completed"] * 3
    assert fake.time.now > 3 * 5


def test_migration_wait_checks_each_destination(run: Run) -> None:
    started = run(server_live_migrate, servers=list(RING), destinations=RING, wait=False)
    entries = run(migration_wait, migrations=started["migrations"])["migrations"]
    assert [(entry["outcome"], entry["destination"]) for entry in entries] == [
        ("completed", host) for host in RING.values()
    ]


def test_one_request_checks_all_destinations(run: Run, fake: FakeCloud) -> None:
    run(server_live_migrate, servers=list(RING), destinations=RING)
    assert fake.count("GET", "/os-services") == 1


def test_missing_server_keeps_its_destination(run: Run) -> None:
    gone = "99999999-0000-4000-8000-000000000000"
    destinations = {gone: "compute3", "probe-1": "compute3"}
    result = run(server_live_migrate, servers=list(destinations), destinations=destinations, fails=True)
    entries = {entry["server_id"]: entry for entry in result["migrations"]}
    assert (entries[gone]["outcome"], entries[gone]["expected_host"]) == ("refused", "compute3")
    assert sorted(entry["outcome"] for entry in result["migrations"]) == ["completed", "refused"]


def test_one_request_lists_many_servers(run: Run, fake: FakeCloud, ring: list[Json]) -> None:
    servers = [*ring, fake.add_server("probe-4", host="compute2"), fake.add_server("probe-5", host="compute3")]
    destinations = {server["id"]: "compute1" if server["host"] != "compute1" else "compute2" for server in servers}
    result = run(server_live_migrate, servers=list(destinations), destinations=destinations, max_parallel_per_host=4)
    assert {entry["outcome"] for entry in result["migrations"]} == {"completed"}
    assert sum(fake.count("GET", f"/servers/{server['id']}$") for server in servers) == 0
