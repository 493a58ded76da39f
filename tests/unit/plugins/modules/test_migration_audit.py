# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings of an audit of the fake cloud, and the repair of its allocations."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import migration_audit_info, migration_audit_repair

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud

    Leave = Callable[[FakeCloud], str]

ORPHAN = "0badc0de-0000-4000-8000-000000000001"
ONE = {"VCPU": 1, "MEMORY_MB": 64}
LONG_AGO = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.000000")


def ended(fake: FakeCloud, status: str = "completed", **more: Any) -> dict[str, Any]:
    """Add a server with the record of a migration that ended two hours ago."""
    server = fake.add_server()
    values = {"source_compute": "compute2", "dest_compute": "compute1", "created_at": LONG_AGO, "updated_at": LONG_AGO}
    return fake.add_migration(server, status, **values | more)


def server_of(fake: FakeCloud, record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = fake.servers[record["instance_uuid"]]
    return found


def error(fake: FakeCloud) -> str:
    server = server_of(fake, ended(fake, "error"))
    event = fake.event("compute_live_migration", "Error", "the copy failed")
    fake.add_action(server, "req-1", [event])
    server["status"] = "ERROR"
    return str(server["id"])


def migrating(fake: FakeCloud) -> str:
    server = server_of(fake, ended(fake, "running"))
    server |= {"status": "MIGRATING", "OS-EXT-STS:task_state": "migrating"}
    return str(server["id"])


def waits(fake: FakeCloud) -> str:
    server = server_of(fake, ended(fake, "finished", migration_type="migration"))
    server["status"] = "VERIFY_RESIZE"
    return str(server["id"])


def open_record(fake: FakeCloud) -> str:
    return str(ended(fake, "running")["uuid"])


def evacuated(fake: FakeCloud) -> str:
    record = ended(fake, "done", migration_type="evacuation")
    # The server keeps the allocations on the source until the source has started again.
    fake.allocations[record["instance_uuid"]] = {"compute1": ONE, "compute2": ONE}
    return str(record["uuid"])


def of_migration(fake: FakeCloud) -> str:
    record = ended(fake)
    fake.allocations[record["uuid"]] = {"compute2": ONE}
    return str(record["uuid"])


def of_old_migration(fake: FakeCloud) -> str:
    record = ended(fake, created_at="2020-01-01T00:00:00.000000", updated_at="2020-01-01T00:00:00.000000")
    fake.allocations[record["uuid"]] = {"compute2": ONE}
    return str(record["uuid"])


def orphaned(fake: FakeCloud) -> str:
    fake.child_providers = ["compute2_gpu"]
    fake.allocations[ORPHAN] = {"compute2_gpu": {"VGPU": 1}}
    return ORPHAN


def doubled(fake: FakeCloud) -> str:
    server = fake.add_server()
    fake.allocations[server["id"]] = {"compute1": ONE, "compute2": ONE}
    return str(server["id"])


def elsewhere(fake: FakeCloud) -> str:
    server = fake.add_server()
    fake.allocations[server["id"]] = {"compute2": ONE}
    return str(server["id"])


def missing(fake: FakeCloud) -> str:
    server = fake.add_server()
    del fake.allocations[server["id"]]
    return str(server["id"])


def port_elsewhere(fake: FakeCloud) -> str:
    port = fake.ports.add(fake.add_server())
    fake.ports.bindings[port["id"]] = {"compute2": "ACTIVE"}
    return str(port["id"])


def port_unbound(fake: FakeCloud) -> str:
    port = fake.ports.add(fake.add_server(), status="DOWN")
    fake.ports.bindings[port["id"]] = {}
    return str(port["id"])


def port_orphaned(fake: FakeCloud) -> str:
    port = fake.ports.add({"id": ORPHAN, "host": "compute1"})
    return str(port["id"])


def binding(fake: FakeCloud) -> str:
    server = server_of(fake, ended(fake))
    port = fake.ports.add(server)
    fake.ports.bindings[port["id"]]["compute2"] = "INACTIVE"
    return str(port["id"])


def attachment_elsewhere(fake: FakeCloud) -> str:
    server = fake.add_server()
    volume = fake.volumes.add(server)
    return str(fake.volumes.add_attachment(server, volume["id"], "compute2")["id"])


def attachment_orphaned(fake: FakeCloud) -> str:
    volume = fake.volumes.add(fake.add_server())
    return str(fake.volumes.add_attachment({"id": ORPHAN}, volume["id"], "compute2")["id"])


def attachment_unfinished(fake: FakeCloud) -> str:
    server = fake.add_server()
    volume = fake.volumes.add(server)
    return str(fake.volumes.add_attachment(server, volume["id"], "compute1", "attaching")["id"])


def service(fake: FakeCloud) -> str:
    fake.services[1]["status"] = "disabled"
    return "compute2"


LEFT: list[tuple[Leave, str, str, str]] = [
    (error, "server_error", "certain", "Nova's reason: the copy failed."),
    (migrating, "server_migrating", "certain", "no migration makes progress"),
    (waits, "resize_waits", "certain", "waits for its confirmation"),
    (open_record, "record_open", "no", "does not end. Its server is ACTIVE on compute1"),
    (evacuated, "record_open", "no", "nova-compute on compute2 has not started again"),
    (of_migration, "allocation_of_migration", "likely", "ended with the status completed"),
    (of_old_migration, "allocation_of_migration", "likely", "ended with the status completed"),
    (orphaned, "allocation_orphaned", "likely", "Nova knows neither"),
    (doubled, "allocation_doubled", "likely", "also has allocations of it on compute2"),
    (elsewhere, "allocation_elsewhere", "likely", "has its allocations on compute2"),
    (missing, "allocation_missing", "no", "has no allocation of it"),
    (port_elsewhere, "port_elsewhere", "likely", "its port is bound to compute2"),
    (port_unbound, "port_elsewhere", "likely", "its port has no ACTIVE binding (status DOWN)"),
    (port_orphaned, "port_orphaned", "no", "no longer exists"),
    (binding, "binding_inactive", "likely", "INACTIVE binding on compute2"),
    (attachment_elsewhere, "attachment_elsewhere", "likely", "has an attachment on compute2"),
    (attachment_orphaned, "attachment_orphaned", "no", "no longer exists"),
    (attachment_unfinished, "attachment_unfinished", "no", "with the status attaching"),
    (service, "service_without_reason", "likely", "disabled without a reason"),
]


@pytest.fixture
def healthy(fake: FakeCloud) -> FakeCloud:
    """Return a cloud with servers, ports, volumes, and migrations that ended or are in progress."""
    for host in fake.hosts:
        server = fake.add_server(host=host)
        fake.volumes.add(server)
        fake.ports.add(server)
    ended(fake)
    moving = fake.add_server("moving")
    moving |= {"status": "MIGRATING", "OS-EXT-STS:task_state": "migrating"}
    record = fake.add_migration(moving, "running", dest_compute="compute2", updated_at=fake.moment())
    fake.allocations[record["uuid"]] = {"compute1": ONE}
    fake.allocations[moving["id"]] = {"compute2": ONE}
    fake.sharing_providers = {"pool": ["compute1", "compute2"]}
    fake.allocations[moving["id"]]["pool"] = {"DISK_GB": 1}
    fake.add_server("build failed", status="ERROR", host="")
    return fake


def test_healthy_cloud_has_no_findings(run: Run, healthy: FakeCloud) -> None:
    found = run(migration_audit_info)
    assert (found["findings"], found["counts"], found["unknown"], found["changed"]) == ([], {}, [], False)
    assert found["examined"]["servers"] == len(healthy.servers)
    # The SDK sends these requests to find the versions of the services.
    discovery = re.compile("/identity|/(compute|placement|volume)/?$")
    assert found["requests"] == len([one for one in healthy.requests if not discovery.match(one.path)])
    assert not [one for one in healthy.requests if one.method not in ("GET", "POST")]
    assert "1 servers in ERROR without a migration record" in " ".join(found["not_examined"])
    assert "The bindings of 2 of 2 ports." in " ".join(found["not_examined"])


@pytest.mark.parametrize(("leave", "kind", "blocks", "message"), LEFT, ids=lambda value: getattr(value, "__name__", ""))
def test_finding(run: Run, healthy: FakeCloud, leave: Leave, kind: str, blocks: str, message: str) -> None:
    subject = leave(healthy)
    found = run(migration_audit_info)["findings"]
    assert [(one["kind"], one["subject"], one["blocks"]) for one in found] == [(kind, subject, blocks)]
    assert message in found[0]["message"]
    assert found[0]["command"]
    assert found[0]["effect"].endswith(".")
    assert found[0]["remedy"].endswith(".")


def test_second_read_drops_what_has_ended(run: Run, fake: FakeCloud) -> None:
    """Nova deletes the allocations of a migration between both reads."""
    consumer = of_migration(fake)
    fake.fault("GET", f"/allocations/{consumer}", status=200, body={"allocations": {}})
    assert run(migration_audit_info)["findings"] == []


@pytest.mark.parametrize("leave", [of_migration, migrating, open_record])
def test_recent_changes_are_not_judged(run: Run, fake: FakeCloud, leave: Leave) -> None:
    leave(fake)
    fake.migrations[0]["updated_at"] = fake.moment()
    assert run(migration_audit_info)["findings"] == []
    assert len(run(migration_audit_info, settle_seconds=0, stale_seconds=0)["findings"]) == 1


def test_migrating_server_on_a_host_that_is_down(run: Run, fake: FakeCloud) -> None:
    migrating(fake)
    fake.migrations[0]["updated_at"] = fake.moment(-120)
    assert run(migration_audit_info)["findings"] == []
    fake.services[1]["state"] = "down"
    (found,) = run(migration_audit_info)["findings"]
    assert "nova-compute is down on compute2." in found["message"]
    assert "Start nova-compute on compute2." in found["remedy"]


def test_queued_migration_waits_for_another(run: Run, fake: FakeCloud) -> None:
    for status, updated in (("queued", LONG_AGO), ("running", fake.moment())):
        server = server_of(fake, ended(fake, status, updated_at=updated))
        server |= {"status": "MIGRATING", "OS-EXT-STS:task_state": "migrating"}
    assert run(migration_audit_info)["findings"] == []
    fake.migrations[1]["status"] = "completed"
    assert [one["kind"] for one in run(migration_audit_info)["findings"]] == ["server_migrating"]


def test_other_services_may_have_consumers(run: Run, fake: FakeCloud) -> None:
    fake.allocations[ORPHAN] = {"compute1": ONE}
    fake.consumer_types[ORPHAN] = "RESERVATION"
    assert run(migration_audit_info)["findings"] == []


def test_deleted_server_that_can_be_restored(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server(status="SOFT_DELETED")
    assert fake.allocations[server["id"]]
    assert run(migration_audit_info)["findings"] == []


def test_reader_sees_less_and_accuses_nobody(run: Run, fake: FakeCloud) -> None:
    for leave in (orphaned, port_orphaned, doubled, service):
        leave(fake)
    fake.roles = ["reader"]
    fake.fault("GET", "servers/detail", status=403, body={"forbidden": {"code": 403, "message": "no all_tenants"}})
    found = run(migration_audit_info)
    assert found["findings"] == []
    unknown = " ".join(found["unknown"])
    for what in ("migration records", "allocations", "compute services", "Servers of other projects"):
        assert what in unknown


def test_token_of_the_system(run: Run, fake: FakeCloud) -> None:
    service(fake)
    fake.scope = "system"
    assert [one["kind"] for one in run(migration_audit_info)["findings"]] == ["service_without_reason"]


def test_requests_do_not_grow_with_servers(run: Run, fake: FakeCloud) -> None:
    numbers = []
    for _round in range(2):
        for _number in range(20):
            fake.ports.add(fake.add_server())
        numbers.append(run(migration_audit_info)["requests"])
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"since": "yesterday"}, "since must be a time in ISO 8601 or a period such as 7d or 12h, found 'yesterday'."),
        ({"since": "2999-01-01T00:00:00Z"}, "since must not be in the future"),
        ({"max_parallel": 0}, "max_parallel must be at least 1, found 0."),
        ({"settle_seconds": -1}, "settle_seconds must be at least 0, found -1."),
        ({"stale_seconds": 1}, "stale_seconds must be at least settle_seconds (60), found 1."),
    ],
)
def test_invalid_options(run: Run, options: dict[str, Any], message: str) -> None:
    assert run(migration_audit_info, fails=True, **options)["msg"].startswith(message)


# Repair

REPAIRABLE = {"allocation_of_migration": of_migration, "allocation_orphaned": orphaned, "allocation_doubled": doubled}


def repair(run: Run, kind: str, **more: Any) -> dict[str, Any]:
    findings = run(migration_audit_info, settle_seconds=0)["findings"]
    return run(migration_audit_repair, findings=findings, kinds=[kind], **{"fails": None, **more})


@pytest.mark.parametrize("kind", REPAIRABLE)
def test_repair(run: Run, fake: FakeCloud, kind: str) -> None:
    subject = REPAIRABLE[kind](fake)
    repaired = repair(run, kind)
    assert [(one["consumer"], one["outcome"], one["reason"]) for one in repaired["repairs"]] == [
        (subject, "repaired", "")
    ]
    assert repaired["changed"]
    kept = {"compute1": ONE} if kind == "allocation_doubled" else {}
    assert fake.allocations.get(subject, {}) == kept == repaired["repairs"][0]["allocations_after"]
    assert run(migration_audit_info)["findings"] == []
    # The consumer keeps its project and user.
    (put,) = [one for one in fake.requests if one.method == "PUT"]
    assert put.body["consumer_generation"] == 1


def test_other_kinds_are_not_repaired(run: Run, fake: FakeCloud) -> None:
    orphaned(fake)
    found = repair(run, "allocation_doubled")
    assert (found["repairs"], found["changed"]) == ([], False)
    assert fake.count("PUT", "allocations") == 0


def test_generation_conflict(run: Run, fake: FakeCloud) -> None:
    consumer = doubled(fake)
    body = {"errors": [{"status": 409, "title": "Conflict", "detail": "consumer generation conflict"}]}
    fake.fault("PUT", "/allocations/", status=409, body=body)
    (found,) = repair(run, "allocation_doubled")["repairs"]
    assert (found["outcome"], found["allocations_after"]) == ("refused", found["allocations_before"])
    assert "Another client has changed the allocations since they were read." in found["reason"]
    assert set(fake.allocations[consumer]) == {"compute1", "compute2"}


def test_lost_answer(run: Run, fake: FakeCloud) -> None:
    doubled(fake)
    fake.fault("PUT", "/allocations/", drop=True, after=True)
    assert repair(run, "allocation_doubled")["counts"] == {"repaired": 1}
    assert fake.count("PUT", "/allocations/") == 1


def record_is_open(fake: FakeCloud) -> None:
    fake.add_migration(next(iter(fake.servers.values())), "running", dest_compute="compute2")


def resize_waits(fake: FakeCloud) -> None:
    next(iter(fake.servers.values()))["status"] = "VERIFY_RESIZE"


def host_is_down(fake: FakeCloud) -> None:
    fake.services[1]["state"] = "down"


def has_task(fake: FakeCloud) -> None:
    next(iter(fake.servers.values()))["OS-EXT-STS:task_state"] = "rebooting"


def host_is_removed(fake: FakeCloud) -> None:
    fake.services.pop()


def server_left(fake: FakeCloud) -> None:
    fake.allocations = {key: {"compute2": ONE} for key in fake.allocations}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (record_is_open, "is open (status running)"),
        (resize_waits, "waits for its confirmation"),
        (host_is_down, "nova-compute on compute2 is down"),
        (has_task, "task state rebooting"),
        (host_is_removed, "nova-manage placement audit --delete"),
        (server_left, "nova-manage placement heal_allocations --force"),
    ],
)
def test_repair_is_refused(run: Run, fake: FakeCloud, change: Callable[[FakeCloud], None], reason: str) -> None:
    doubled(fake)
    findings = run(migration_audit_info)["findings"]
    change(fake)
    (found,) = run(migration_audit_repair, findings=findings, kinds=["allocation_doubled"])["repairs"]
    assert found["outcome"] == "refused"
    assert reason in found["reason"]
    assert fake.count("PUT", "/allocations/") == 0


def test_only_the_migration_has_allocations_on_the_host(run: Run, fake: FakeCloud) -> None:
    """nova-compute stopped during a migration. The server is on its source, with its allocations on the destination."""
    record = ended(fake, "error", source_compute="compute1", dest_compute="compute2")
    fake.allocations |= {record["uuid"]: {"compute1": ONE}, record["instance_uuid"]: {"compute2": ONE}}
    (found,) = repair(run, "allocation_of_migration")["repairs"]
    assert found["outcome"] == "refused"
    assert "only its migration has allocations there" in found["reason"]


def test_nothing_left_to_repair(run: Run, fake: FakeCloud) -> None:
    doubled(fake)
    findings = run(migration_audit_info)["findings"]
    kinds = ["allocation_doubled"]
    assert run(migration_audit_repair, findings=findings, kinds=kinds)["changed"]
    again = run(migration_audit_repair, findings=findings, kinds=kinds)
    assert (again["changed"], again["counts"]) == (False, {"unchanged": 1})


def test_failed_request(run: Run, fake: FakeCloud) -> None:
    doubled(fake)
    fake.fault("PUT", "/allocations/", status=403, body={"errors": [{"status": 403, "detail": "policy"}]})
    found = repair(run, "allocation_doubled", fails=True)
    assert found["repairs"][0]["outcome"] == "failed"
    assert "HTTP 403" in found["msg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kinds": ["allocation_doubeld"]}, "kinds: allocation_doubeld is not a kind of findings."),
        ({"kinds": ["port_elsewhere"]}, "kinds: port_elsewhere cannot be repaired."),
        ({"kinds": [], "findings": [{"kind": "x"}]}, "findings[0] has no subject."),
    ],
)
def test_invalid_repair(run: Run, options: dict[str, Any], message: str) -> None:
    assert run(migration_audit_repair, **{"fails": True, "findings": [], **options})["msg"].startswith(message)
