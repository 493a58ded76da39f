# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of volumes and ports in the modules that migrate servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.modules import (
    migration_action,
    migration_wait,
    server_cold_migrate,
    server_live_migrate,
)

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud, Json


def requests(fake: FakeCloud) -> list[str]:
    """Return the requests about volumes and ports, without ids."""
    found = [seen.path for seen in fake.requests if any(part in seen.path for part in ("volume", "/ports"))]
    names = ["volumes" if "/volumes/" in path else path.rpartition("/")[2] for path in found]
    # The SDK reads the versions of Cinder from the path that ends with a slash.
    return sorted(filter(None, names))


def boot(fake: FakeCloud, **more: Any) -> Json:
    server = fake.add_server(**more)
    fake.volumes.add(server)
    fake.ports.add(server)
    return server


def check(migration: Json, name: str) -> Json:
    (found,) = [one for one in migration["checks"] if one["name"] == name]
    return dict(found)


def names(migration: Json) -> set[str]:
    return {one["name"] for one in migration["checks"]}


def test_live_migration_moves_attachments_and_bindings(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    old = fake.volumes.of(server)[0]
    (migration,) = run(server_live_migrate, servers=[server["id"]])["migrations"]
    assert migration["outcome"] == "completed"
    assert check(migration, "volume_attachments")["ok"] is True
    assert check(migration, "port_bindings")["ok"] is True
    (new,) = fake.volumes.of(server)
    assert migration["volume_attachments_before"] == [
        {"volume_id": old["volume_id"], "attachment_id": old["id"], "status": "attached", "host": None}
    ]
    assert [(one["attachment_id"], one["host"]) for one in migration["volume_attachments"]] == [(new["id"], "compute2")]
    assert [(one["host"], one["status"]) for one in migration["port_bindings_before"]] == [("compute1", "ACTIVE")]
    assert [(one["host"], one["status"]) for one in migration["port_bindings"]] == [("compute2", "ACTIVE")]
    # Before the migration: attachments and ports. After the migration: each value once.
    assert requests(fake) == [
        "attachments", "attachments", "bindings", "os-volume_attachments", "ports", "ports", "volumes"
    ]  # fmt: skip


def test_cold_migration_moves_attachments_and_bindings(fake: FakeCloud, run: Run) -> None:
    server = boot(fake, status="SHUTOFF")
    fake.ports.of(server)[0]["status"] = "DOWN"
    (migration,) = run(server_cold_migrate, servers=[server["id"]])["migrations"]
    assert migration["outcome"] == "completed"
    assert check(migration, "volume_attachments")["ok"] is True
    assert check(migration, "port_bindings")["found"] == [
        f"port {fake.ports.of(server)[0]['id']} DOWN bound to compute2"
    ]


@pytest.mark.parametrize("options", [{}, {"verify": False}])
def test_no_request_without_volumes_and_ports_or_without_verify(
    fake: FakeCloud, run: Run, options: dict[str, Any]
) -> None:
    server = boot(fake) if options else fake.add_server()
    (migration,) = run(server_live_migrate, servers=[server["id"]], **options)["migrations"]
    assert requests(fake) == []
    assert not {"volume_attachments", "port_bindings"} & names(migration)
    assert migration["volume_attachments"] is migration["port_bindings_before"] is None


def test_check_mode_reads_no_volumes(fake: FakeCloud, run: Run) -> None:
    run(server_live_migrate, servers=[boot(fake)["id"]], _ansible_check_mode=True)
    assert requests(fake) == []


def test_lists_serve_all_servers(fake: FakeCloud, run: Run) -> None:
    servers = [boot(fake, name=f"web-{number}")["id"] for number in range(8)]
    result = run(server_live_migrate, servers=servers)
    assert {one["outcome"] for one in result["migrations"]} == {"completed"}
    found = requests(fake)
    # A list of attachments ends with an empty page.
    assert [found.count(name) for name in ("attachments", "volumes", "ports")] == [4, 1, 2]
    assert [found.count(name) for name in ("bindings", "os-volume_attachments")] == [8, 8]


def test_attachment_that_is_left_contradicts_the_record(
    fake: FakeCloud, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = boot(fake)
    monkeypatch.setattr(fake.volumes, "leave", lambda *_names: None)
    started = fake.time.now
    result = run(server_live_migrate, servers=[server["id"]], fails=True)
    (migration,) = result["migrations"]
    assert migration["outcome"] == "disagreement"
    volume = next(iter(fake.volumes.volumes))
    assert (
        f"but found volume {volume} in-use, 2 attachments: attached on compute1, attached on compute2, expected"
        f" volume {volume} in-use, attached on compute2." in result["msg"]
    )
    # The check has its own wait, which is shorter than settle_timeout.
    assert 10 <= fake.time.now - started - 5 < 14
    assert requests(fake).count("attachments") <= 13


def test_attachment_that_goes_in_time_is_no_problem(fake: FakeCloud, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server = boot(fake)
    leave = fake.volumes.leave
    monkeypatch.setattr(fake.volumes, "leave", lambda *names: fake.at(4.0, lambda: leave(*names)))
    (migration,) = run(server_live_migrate, servers=[server["id"]])["migrations"]
    assert migration["outcome"] == "completed"
    (migration,) = run(server_live_migrate, servers=[server["id"]], volume_settle_timeout=2, fails=True)["migrations"]
    assert migration["outcome"] == "disagreement"


def test_port_that_becomes_active_late(fake: FakeCloud, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server = boot(fake)
    port = fake.ports.of(server)[0]
    switch = fake.ports.switch

    def slowly(server: Json, target: str) -> None:
        switch(server, target)
        port["status"] = "DOWN"
        fake.at(15.0, lambda: port.update(status="ACTIVE"))

    monkeypatch.setattr(fake.ports, "switch", slowly)
    (migration,) = run(server_live_migrate, servers=[server["id"]])["migrations"]
    assert migration["outcome"] == "completed"
    result = run(server_live_migrate, servers=[server["id"]], port_settle_timeout=3, fails=True)
    assert f"found port {port['id']} DOWN bound to compute1, expected port {port['id']} ACTIVE" in result["msg"]


def test_failed_migration_keeps_attachments_and_bindings(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    fake.on_migrate = fake.fail
    (migration,) = run(server_live_migrate, servers=[server["id"]], fails=True)["migrations"]
    assert migration["outcome"] == "failed"
    assert [one["name"] for one in migration["checks"] if one["ok"] is False] == ["status"]
    assert check(migration, "volume_attachments")["ok"] is check(migration, "port_bindings")["ok"] is True


def test_failed_migration_that_leaves_parts_behind(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    (volume,), (port,) = fake.volumes.of(server), fake.ports.of(server)

    def fail(server: Json, record: Json) -> None:
        fake.fail(server, record)
        fake.at(1.5, lambda: fake.ports.prepare(server, "compute2"))
        fake.at(1.5, lambda: fake.volumes.add_attachment(server, volume["volume_id"], "compute2", "attaching"))

    fake.on_migrate = fail
    result = run(server_live_migrate, servers=[server["id"]], port_settle_timeout=5, fails=True)
    (migration,) = result["migrations"]
    assert migration["outcome"] == "failed"
    assert f"port {port['id']} ACTIVE bound to compute1 with an INACTIVE binding on compute2" in result["msg"]
    assert f"attached on compute1 ({volume['id']}), attaching (" in result["msg"]


def test_volume_that_nova_lists_and_cinder_does_not_attach(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)

    def fail(server: Json, record: Json) -> None:
        fake.fail(server, record)
        fake.volumes.attachments.clear()
        next(iter(fake.volumes.volumes.values()))["status"] = "available"

    fake.on_migrate = fail
    result = run(server_live_migrate, servers=[server["id"]], fails=True)
    assert "available, no attachment, and Nova uses attachment" in result["msg"]


def test_aborted_migration_is_on_its_source(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)

    def hang(server: Json, record: Json) -> None:
        fake.hang(server, record)
        fake.at(1.0, lambda: fake.volumes.prepare(server, "compute2"))
        fake.at(1.0, lambda: fake.ports.prepare(server, "compute2"))

    fake.on_migrate = hang
    options: dict[str, Any] = {"servers": [server["id"]], "timeout": 5, "on_timeout": "abort"}
    (migration,) = run(server_live_migrate, **options, fails=True)["migrations"]
    assert migration["outcome"] == "cancelled"
    assert check(migration, "volume_attachments")["ok"] is check(migration, "port_bindings")["ok"] is True


def test_user_without_permission_gets_unknown_checks(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    fake.volumes.forbidden = True
    fake.fault("GET", "/ports", status=403, body={"NeutronError": {"message": "no"}}, times=9)
    result = run(server_live_migrate, servers=[server["id"]])
    (migration,) = result["migrations"]
    assert migration["outcome"] == "completed"
    assert check(migration, "volume_attachments")["ok"] is check(migration, "port_bindings")["ok"] is None
    assert "warnings" not in result
    # The module remembers that the user has no permission.
    assert requests(fake).count("os-volume_attachments") <= 1


def test_manager_compares_what_the_services_show(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    fake.roles = ["manager", "member", "reader"]
    (migration,) = run(server_live_migrate, servers=[server["id"]])["migrations"]
    volume, port = check(migration, "volume_attachments"), check(migration, "port_bindings")
    assert volume["ok"] is port["ok"] is True
    assert volume["found"][0].endswith("in-use, attached")
    assert port["found"][0].endswith(" ACTIVE")
    assert requests(fake).count("bindings") == 0


@pytest.mark.parametrize("service", ["block-storage", "network"])
def test_cloud_without_the_service(fake: FakeCloud, run: Run, service: str) -> None:
    server = boot(fake)
    fake.services_without = {service}
    (migration,) = run(server_live_migrate, servers=[server["id"]])["migrations"]
    assert migration["outcome"] == "completed"
    unknown = {one["name"] for one in migration["checks"] if one["ok"] is None}
    assert unknown == {"volume_attachments" if service == "block-storage" else "port_bindings"}


def test_service_that_does_not_answer_is_a_warning(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    fake.fault("GET", "volume/v3/attachments", status=500, body={"computeFault": {"message": "broken"}}, times=10**6)
    result = run(server_live_migrate, servers=[server["id"]])
    assert result["migrations"][0]["outcome"] == "completed"
    (warning,) = [str(one) for one in result["warnings"]]
    assert "The check volume_attachments was not made." in warning
    assert "HTTP 500" in warning


def test_wait_compares_with_the_ids_before(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    fake.on_migrate = lambda server, record: fake.at(3.0, lambda: fake.fail(server, record))
    started = run(server_live_migrate, servers=[server["id"]], wait=False)["migrations"]
    assert len(started[0]["volume_attachments_before"]) == 1
    (old,) = fake.volumes.of(server)
    fake.volumes.leave(server, "compute1")
    fake.volumes.attach(server, old["volume_id"], "compute1")
    result = run(migration_wait, migrations=started, fails=True)
    assert f"expected volume {old['volume_id']} in-use, attached on compute1 ({old['id']})" in result["msg"]


def test_joined_migration_has_no_ids_before(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    server["OS-EXT-STS:task_state"] = "migrating"
    record = fake.add_migration(server, "accepted")
    fake.succeed(server, record)
    (migration,) = run(server_live_migrate, servers=[server["id"]])["migrations"]
    assert migration["joined"] is True
    assert migration["volume_attachments_before"] is None


def test_action_checks_volumes_too(fake: FakeCloud, run: Run) -> None:
    server = boot(fake)
    fake.on_migrate = fake.hang
    started = run(server_live_migrate, servers=[server["id"]], wait=False)["migrations"]
    (migration,) = run(migration_action, migrations=started, action="abort")["migrations"]
    assert check(migration, "volume_attachments")["ok"] is True


@pytest.mark.parametrize("name", ["volume_settle_timeout", "port_settle_timeout"])
def test_timeout_must_be_positive(fake: FakeCloud, run: Run, name: str) -> None:
    result = run(server_live_migrate, servers=[boot(fake)["id"]], **{name: 0}, fails=True)
    assert result["msg"].startswith(f"{name} must be greater than 0, found 0.")
