# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop and remove a cloud of toy programs.

These tests cover all code except the code inside OpenStack's environment.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudctl
import pytest
import yaml
from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import eventually
from cloudctl import __main__, preconditions
from cloudctl.errors import CancelledError, CloudError
from cloudctl.processes import own_processes
from cloudctl.supervisor import Supervisor

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.roles.local_cloud.toy import Toy
    from cloudctl.settings import Settings


def test_starts_stops_and_removes_a_cloud(toy: Toy) -> None:
    first = toy.cloud().start()
    assert (first["changed"], first["state"]) == (True, "started")
    assert first["memory_mib"] > 0
    assert {"install", "MariaDB data", "nova tables", "keystone API", "identity", "compute hosts"} <= set(
        first["seconds"]
    )
    assert any(line.startswith("keystone responds on port ") for line in toy.said)
    assert any("OS_CLOUD=local" in line for line in toy.said)
    assert toy.layout.clouds_yaml.stat().st_mode & 0o777 == 0o600
    assert {order["script"] for order in toy.told("manage")} == {
        "keystone-manage",
        "placement-manage",
        "glance-manage",
        "neutron-db-manage",
        "nova-manage",
    }
    assert toy.told("uv")[0]["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert (toy.layout.etc / "compute2" / "nova-compute.conf").stat().st_mode & 0o777 == 0o600

    toy.said.clear()
    assert toy.cloud().start()["changed"] is False
    assert toy.said == []

    assert toy.cloud().stop() == {"changed": True, "state": "stopped"}
    assert own_processes(toy.layout) == []
    assert toy.cloud().stop() == {"changed": False, "state": "stopped"}

    again = toy.cloud().start()
    assert not {"install", "MariaDB data", "nova tables", "identity", "resources"} & set(again["seconds"])

    assert toy.cloud().remove() == {"changed": True, "state": "absent"}
    assert not toy.layout.top.exists()
    assert own_processes(toy.layout) == []
    assert toy.cloud().remove() == {"changed": False, "state": "absent"}
    toy.layout.top.mkdir()  # create the folder again, because the fixture removes it


ALL = {"mariadb", "epmd", "rabbitmq", "keystone", "placement", "glance", "neutron", "nova"}
ALL |= {"nova-conductor", "nova-scheduler", "nova-compute1", "nova-compute2"}
CINDER = {"cinder", "cinder-volume"}
NOVA = {name for name in ALL if name.startswith("nova")}


def starts(toy: Toy) -> dict[str, int]:
    """Return the number of starts of each program."""
    found = (toy.layout.top / "told").glob("starts-*")
    return {path.name.removeprefix("starts-"): len(path.read_text().splitlines()) for path in found}


@pytest.mark.parametrize(
    ("changes", "restarted"),
    [
        ({"start_timeout": 6}, set()),
        ({"live_migrations_per_host": 5}, {"nova-compute1", "nova-compute2"}),
        ({"api_workers": 2}, {"keystone", "placement", "glance", "neutron", "nova"}),
        ({"hypervisor_settings": {"migration_seconds": 9.0}}, {"nova-compute1", "nova-compute2"}),
        ({"host_releases": ["2026.2"] * 3}, {"nova-compute3"}),
        ({"flavors": []}, set()),
        ({"volumes": "fake"}, NOVA | CINDER),
        ({"networks": "flat"}, {"neutron"}),
        ({"debug": True}, ALL - {"mariadb", "epmd", "rabbitmq"}),
        ({"mariadbd": "/opt/mariadbd"}, ALL),
    ],
    ids=str,
)
def test_changed_settings_restart_only_affected_programs(
    toy: Toy, changes: dict[str, Any], restarted: set[str]
) -> None:
    toy.cloud().start()
    before = starts(toy)
    assert before.keys() == ALL
    assert toy.cloud(**changes).start()["changed"] is (changes.keys() != {"start_timeout"})
    assert {name for name, number in starts(toy).items() if number != before.get(name)} == restarted
    assert toy.cloud(**changes).start()["changed"] is False


def test_volumes_are_added_to_a_running_cloud_and_removed(toy: Toy) -> None:
    toy.cloud().start()
    before = starts(toy)
    assert not (toy.layout.etc / "cinder").exists()
    added = toy.cloud(volumes="fake").start()
    assert "Cinder of OpenStack 2026.2 installed from the lock files" in toy.said
    assert {"cinder tables", "cinder API", "cinder-volume"} <= added["seconds"].keys()
    assert "install" not in added["seconds"]
    driver = toy.layout.drivers / "cinder" / "stackproof_fake.py"
    assert driver.exists()
    assert f"volume_driver = {driver.stem}." in (toy.layout.etc / "cinder" / "cinder.conf").read_text()
    assert "[cinder]" in (toy.layout.etc / "nova" / "nova.conf").read_text()

    assert toy.cloud().start()["changed"] is True
    assert toy.told("identity")[-1]["absent_services"] == ["cinder"]
    assert not (toy.layout.etc / "cinder").exists()
    assert "[cinder]" not in (toy.layout.etc / "nova" / "nova.conf").read_text()
    counts = starts(toy)
    assert {name: counts[name] - before.get(name, 0) for name in counts} == {
        **dict.fromkeys(ALL - NOVA, 0),
        **dict.fromkeys(NOVA, 2),
        **dict.fromkeys(CINDER, 1),
    }
    assert own_processes(toy.layout)
    # A second time, neither the packages nor the tables are missing.
    again = toy.cloud(volumes="fake").start()
    assert not {"install", "cinder tables"} & again["seconds"].keys()


def test_new_lock_file_restarts_only_the_services_of_openstack(toy: Toy) -> None:
    toy.cloud(volumes="fake").start()
    before = starts(toy)
    installed = toy.layout.venv.resolve()
    Path(toy.order["releases_dir"], "2026.2", "requirements.txt").write_text("uv==2.0 \\\n    --hash=sha256:aa\n")
    toy.cloud(volumes="fake").start()
    assert toy.layout.venv.resolve() != installed
    assert (toy.layout.venv / "etc" / "cinder" / "api-paste.ini").exists()
    kept = {name for name, number in starts(toy).items() if number == before[name]}
    assert kept == {"mariadb", "epmd", "rabbitmq"}


def test_hosts_of_the_older_release_register_first(toy: Toy) -> None:
    nova = {"2026.1": 33, "2026.2": 34}
    releases = {name: toy.order["release"] | {"name": name, "nova": number} for name, number in nova.items()}
    started = toy.cloud(releases=releases, host_releases=["2026.2", "2026.1"]).start()
    assert started["releases"] == {"controllers": "2026.2", "compute1": "2026.2", "compute2": "2026.1"}
    newer, older = ((toy.layout.top / "told" / f"starts-nova-compute{n}").stat().st_mtime_ns for n in (1, 2))
    assert older < newer


def test_failed_upgrade_check_prevents_the_start_of_nova(toy: Toy) -> None:
    releases = {name: toy.order["release"] | {"name": name} for name in ("2026.1", "2026.2")}
    toy.cloud(release=releases["2026.1"], releases=releases, host_releases=["2026.1"]).start()
    before = starts(toy)
    failing = toy.tell("fails-nova-status")
    with pytest.raises(CloudError, match="nova-status upgrade check failed with exit code 3"):
        toy.cloud(releases=releases, host_releases=["2026.1"]).start()
    assert {name for name in NOVA - {"nova-compute1", "nova-compute2"} if starts(toy)[name] != before[name]} == set()
    failing.unlink()
    toy.cancelled.clear()
    again = toy.cloud(releases=releases, host_releases=["2026.1"]).start()
    assert "nova upgrade check" in again["seconds"]


def test_online_data_migrations_run_until_no_row_is_left(toy: Toy) -> None:
    toy.cloud().start()
    toy.tell("rows")
    assert toy.cloud().migrate_data() == {"changed": True, "migrated_rows": {"migrate_things": 1}}
    assert toy.cloud().migrate_data() == {"changed": False, "migrated_rows": {}}
    toy.tell("fails-nova-manage")
    with pytest.raises(CloudError, match="nova-manage db online_data_migrations failed with exit code 3"):
        toy.cloud().migrate_data()


def test_upgrade_checks_of_all_services(toy: Toy) -> None:
    toy.cloud().start()
    checks = toy.cloud().check_upgrade()["checks"]
    assert [check["service"] for check in checks] == ["keystone", "placement", "glance", "neutron", "nova"]
    assert {check["result"] for check in checks} == {"Success"}


def test_clouds_share_an_environment(toy: Toy) -> None:
    assert "install" in toy.cloud().start()["seconds"]
    toy.cloud().remove()
    toy.layout.make()
    (toy.layout.top / "told").mkdir()
    assert "install" not in toy.cloud().start()["seconds"]


def test_environment_of_an_interrupted_installation_is_created_again(toy: Toy) -> None:
    failing = toy.tell("fails-uv")
    with pytest.raises(CloudError, match="uv pip install"):
        toy.cloud().start()
    failing.unlink()
    toy.cancelled.clear()
    assert "install" in toy.cloud().start()["seconds"]


def test_each_host_runs_its_release(toy: Toy) -> None:
    releases = {name: toy.order["release"] | {"name": name} for name in ("2026.1", "2026.2")}
    old, new = {"release": releases["2026.1"], "releases": releases}, {"releases": releases}
    toy.cloud(**old, host_releases=["2026.1"] * 2).start()
    before = starts(toy)

    # The controllers get the new release first. The hosts keep running.
    toy.cloud(**new, host_releases=["2026.1"] * 2).start()
    assert any(line.startswith("nova-status upgrade check: 1 Success") for line in toy.said)
    controllers = {"keystone", "placement", "glance", "neutron", "nova", "nova-conductor", "nova-scheduler"}
    counts = starts(toy)
    assert {name for name in counts if counts[name] != before[name]} == controllers

    toy.cloud(**new, host_releases=["2026.2", "2026.1"]).start()
    assert {name for name, number in starts(toy).items() if number != counts[name]} == {"nova-compute1"}
    programs = (toy.layout.etc / "supervisord.conf").read_text()
    for host, release in (("compute1", "2026.2"), ("compute2", "2026.1")):
        command = rf"program:nova-{host}\]\ncommand = \S+/{release}-\w+/bin/python \S+/nova_compute.py"
        assert re.search(command, programs)


def test_volumes_are_not_dropped(toy: Toy) -> None:
    toy.cloud(volumes="fake").start()
    before, starts_before, state = own_processes(toy.layout), starts(toy), toy.layout.state.read_text()
    volumes = toy.tell("volumes")
    volumes.write_text("available\t1\nin-use\t2\n")
    told = (
        r"The cloud has 3 volumes of the kind fake \(1 available, 2 in-use\), which cannot be used with "
        r"local_cloud_volumes=none\. No volume was changed\. Set local_cloud_volumes=fake to keep them, or delete"
    )
    with pytest.raises(CloudError, match=told):
        toy.cloud().start()
    assert (own_processes(toy.layout), starts(toy), toy.layout.state.read_text()) == (before, starts_before, state)
    assert toy.cloud(volumes="fake").start()["changed"] is False
    # If the cloud is stopped, only the database starts before the volumes are counted.
    toy.cloud().stop()
    for _ in range(2):
        with pytest.raises(CloudError, match=told):
            toy.cloud().start()
        toy.cancelled.clear()  # a failed step has cancelled the other steps
    assert starts(toy)["nova-compute1"] == starts_before["nova-compute1"]
    assert toy.told("identity")[-1]["absent_services"] == []
    assert toy.cloud(volumes="fake").start()["changed"] is True
    volumes.unlink()
    assert toy.cloud().start()["changed"] is True


def test_network_is_added_to_a_running_cloud(toy: Toy) -> None:
    toy.cloud().start()
    assert toy.told("resources")[-1]["networks"] is None
    added = toy.cloud(networks="flat").start()
    assert "images, flavors and a network created" in "\n".join(toy.said)
    assert "install" not in added["seconds"]
    order = toy.told("resources")[-1]["networks"]
    assert order["network"]["provider_network_type"] == "flat"
    assert order["subnet"]["cidr"].endswith("::/64")
    driver = toy.layout.drivers / "neutron" / "stackproof_flat.py"
    (entry_points,) = driver.parent.glob("*.dist-info/entry_points.txt")
    name = "mechanism_drivers = stackproof_flat"
    assert name in (toy.layout.etc / "neutron" / "ml2_conf.ini").read_text()
    assert f"stackproof_flat = {driver.stem}:" in entry_points.read_text()
    toy.cloud().start()
    assert name not in (toy.layout.etc / "neutron" / "ml2_conf.ini").read_text()


@pytest.fixture
def connected(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Return a cloud of toy programs with hosts of the kind libvirt, which a switch connects."""
    role = Path(toy.order["hypervisor_dir"]).parents[2]
    kind = yaml.safe_load((role / "vars" / "hypervisors" / "libvirt.yml").read_text())["__local_cloud_hypervisor"]
    monkeypatch.setattr(preconditions, "require_free_on_hosts", lambda *_: None)
    monkeypatch.setattr(preconditions, "_require_network_devices", lambda _settings: None)
    changes = {
        "hypervisor": {**kind, "needs_root": False, "distribution_modules": []},
        "hypervisor_dir": str(role / "files" / "hypervisors" / "libvirt"),
        "networks": "flat",
    }
    return dataclasses.replace(toy, order={**toy.order, **changes})


def test_guests_of_a_host_with_a_new_release_continue(connected: Toy) -> None:
    releases = {name: connected.order["release"] | {"name": name} for name in ("2026.1", "2026.2")}
    connected.cloud(releases=releases, host_releases=["2026.1"] * 2).start()
    before = starts(connected)
    connected.cloud(releases=releases, host_releases=["2026.2", "2026.1"]).start()
    assert {name for name, number in starts(connected).items() if number != before[name]} == {"nova-compute1"}


def test_hosts_restart_with_their_switch(connected: Toy) -> None:
    result = connected.cloud().start()
    assert result["guest_namespace"] == str(connected.layout.guest_namespace)
    before = starts(connected)
    assert before["switch"] == before["host-compute1"] == before["libvirtd-compute2"] == 1
    certificates = connected.told("certificates")[-1]["addresses"]
    assert {address.partition(".")[0] for address in certificates.values()} == {"10"}
    assert {address.partition(".")[0] for address in connected.told("ssh_keys")[-1]["addresses"].values()} == {"127"}

    Supervisor(connected.layout.supervisor_socket).stop(["switch"])
    assert connected.cloud().start()["changed"] is True
    again = {name for name, number in starts(connected).items() if number != before[name]}
    hosts = {
        f"{program}-{host}" for program in ("host", "libvirtd", "sshd", "nova") for host in ("compute1", "compute2")
    }
    assert again == {"switch", *hosts}

    # Without networks there is no switch, and the hosts have no network namespace.
    assert connected.cloud(networks="none").start()["guest_namespace"] == ""
    commands = (connected.layout.etc / "supervisord.conf").read_text()
    assert "switch" not in commands
    assert "--net" not in commands


def test_ovn_starts_before_neutron_and_learns_its_networks(connected: Toy) -> None:
    assert "OVN" in connected.cloud(networks="ovn").start()["seconds"]
    hosts = {f"{program}-compute2": 1 for program in ("ovsdb", "vswitchd", "ovn-controller", "libvirtd")}
    assert {"ovn-nb": 1, "ovn-sb": 1, "ovn-northd": 1, **hosts}.items() <= starts(connected).items()
    ovn = connected.layout.top / "told" / "ovn"
    assert ovn.read_text().splitlines() == ["ovn-nbctl init", "ovn-sbctl init"]
    assert connected.cloud(networks="ovn").start()["changed"] is False

    # Neutron has changed its networks without OVN.
    connected.cloud(networks="flat").start()
    assert "ovn" not in (connected.layout.etc / "neutron" / "ml2_conf.ini").read_text()
    ovn.unlink()
    connected.cloud(networks="ovn").start()
    assert ovn.read_text().splitlines() == ["ovn-nbctl init", "ovn-sbctl init", "neutron-ovn-db-sync-util repair"]


def test_machine_without_network_namespaces_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    program = tmp_path / "unshare"
    program.write_text("#!/bin/sh\necho 'Unknown device type' >&2\nexit 2\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        CloudError, match=r"a bridge cannot be created: Unknown device type\. Set local_cloud_networks=none"
    ):
        preconditions._require_network_devices(settings)  # a whole start would need hosts of the kind libvirt


@pytest.fixture
def qemu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with another QEMU than that of the machine."""
    machine, folder = tmp_path / "machine", tmp_path / "qemu"
    monkeypatch.setattr("cloudctl.settings.QEMU_FILES", (f"{machine}/qemu-system", f"{machine}/share"))
    for top in (machine, Path(f"{folder}{machine}")):
        (top / "share").mkdir(parents=True)
        (top / "qemu-system").write_text("#!/bin/sh\necho QEMU emulator version 10.0.2\n")
        (top / "qemu-system").chmod(0o700)
    return folder


def with_qemu(toy: Toy, folder: Path) -> Toy:
    changed = {**toy.order["hypervisor_settings"], "qemu": str(folder)}
    return dataclasses.replace(toy, order={**toy.order, "hypervisor_settings": changed})


def test_hosts_restart_with_another_qemu(connected: Toy, qemu: Path) -> None:
    host_file = connected.layout.etc / "compute1" / "host.json"
    connected.cloud().start()
    before = starts(connected)
    assert json.loads(host_file.read_text())["replaced"] == {}
    with_qemu(connected, qemu).cloud().start()
    after = starts(connected)
    replaced = json.loads(host_file.read_text())["replaced"]
    assert [Path(path).name for path in replaced] == ["qemu-system", "share"]
    assert all(source == f"{qemu}{path}" for path, source in replaced.items())
    changed = {name for name, number in after.items() if number != before[name]}
    assert changed == {name for name in after if name.endswith(("-compute1", "-compute2"))}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "qemu-system does not exist"),
        (
            "#!/bin/sh\necho 'libslirp.so.0: cannot open' >&2\nexit 127\n",
            "ends with an error: libslirp.so.0: cannot open",
        ),
        ("no program", "cannot be started: Exec format error"),
    ],
)
def test_refuses_a_qemu_that_does_not_run(connected: Toy, qemu: Path, content: str | None, problem: str) -> None:
    (program,) = qemu.rglob("qemu-system")
    if content is None:
        program.unlink()
    else:
        program.write_text(content)
    with pytest.raises(CloudError, match=rf"local_cloud_qemu={qemu} cannot be used, because .*{problem}\. Set it to"):
        with_qemu(connected, qemu).cloud().start()
    assert own_processes(connected.layout) == []


def test_refuses_a_qemu_without_that_of_the_machine(connected: Toy, qemu: Path) -> None:
    (qemu.parent / "machine" / "qemu-system").unlink()
    with pytest.raises(CloudError, match=r"it would replace .*/machine/qemu-system, which does not exist"):
        with_qemu(connected, qemu).cloud().start()


def test_ports_of_servers_are_not_dropped(toy: Toy) -> None:
    toy.cloud(networks="flat").start()
    before = own_processes(toy.layout)
    ports = toy.tell("ports")
    ports.write_text("ACTIVE\t2\nDOWN\t1\n")
    told = (
        r"Servers of the cloud have 3 ports \(2 ACTIVE, 1 DOWN\), which cannot be used with "
        r"local_cloud_networks=none\. No port was changed\. Set local_cloud_networks=flat to keep them, "
        r"or delete the servers\."
    )
    with pytest.raises(CloudError, match=told):
        toy.cloud().start()
    assert own_processes(toy.layout) == before
    toy.cloud().stop()
    with pytest.raises(CloudError, match=told):
        toy.cloud().start()
    toy.cancelled.clear()  # the failed step has cancelled the other steps
    assert toy.cloud(networks="flat").start()["changed"] is True
    ports.unlink()
    assert toy.cloud().start()["changed"] is True


def test_volumes_of_another_kind_are_not_kept(toy: Toy) -> None:
    toy.cloud(volumes="fake").start()
    toy.tell("volumes").write_text("error\t1\n")
    with pytest.raises(CloudError, match=r"1 volume of the kind fake \(1 error\).*changed\. Delete the volumes"):
        toy.cloud(volumes="nfs").start()


def test_volumes_that_cannot_be_counted_are_not_dropped(toy: Toy) -> None:
    toy.cloud(volumes="fake").start()
    toy.tell("fails-mariadb")
    with pytest.raises(CloudError, match="The volumes of the cloud cannot be counted: "):
        toy.cloud().start()


def test_cloud_without_tables_for_volumes_has_no_volumes(toy: Toy) -> None:
    fails = toy.tell("fails-manage")
    with pytest.raises(CloudError, match="tables of"):
        toy.cloud(volumes="fake").start()
    fails.unlink()
    toy.cancelled.clear()
    toy.tell("fails-mariadb")
    assert toy.cloud().start()["changed"] is True


def test_changed_ports_restart_all_programs(toy: Toy) -> None:
    toy.cloud().start()
    before = own_processes(toy.layout)
    assert toy.cloud(port_base=toy.order["port_base"] + 8).start()["changed"] is True
    assert not set(before) & set(own_processes(toy.layout))


def test_removed_hosts_are_deleted_from_nova(toy: Toy) -> None:
    toy.cloud(host_releases=["2026.2"] * 4).start()
    guests = toy.layout.lib / "compute4" / "guests.json"
    guests.touch()
    before = starts(toy)
    toy.said.clear()
    assert toy.cloud().start()["changed"] is True
    assert any(line.startswith("compute3, compute4: removed") for line in toy.said)
    assert starts(toy) == before
    assert not guests.parent.exists()
    assert not (toy.layout.etc / "compute4").exists()
    # A host that was removed and added again has no old state.
    assert toy.cloud(host_releases=["2026.2"] * 3).start()["changed"] is True
    assert starts(toy)["nova-compute3"] == before["nova-compute3"] + 1


def test_host_with_servers_cannot_be_removed(toy: Toy) -> None:
    toy.cloud(host_releases=["2026.2"] * 3).start()
    before = own_processes(toy.layout)
    crowded = toy.tell("crowded-compute3")
    told = r"compute3 has 1 server and 1 migration\. Nothing was changed.*local_cloud_hosts to 3 or more"
    for changes in ({}, {"port_base": toy.order["port_base"] + 8}):
        with pytest.raises(CloudError, match=told):
            toy.cloud(**changes).start()
    assert own_processes(toy.layout) == before
    assert toy.cloud(host_releases=["2026.2"] * 3).start()["changed"] is False
    crowded.unlink()
    assert toy.cloud().start()["changed"] is True


def test_reports_a_host_that_nova_does_not_delete(toy: Toy) -> None:
    toy.cloud(host_releases=["2026.2"] * 3).start()
    refuses = toy.tell("refuses-compute3")
    for _ in range(2):
        with pytest.raises(CloudError, match="compute3 was stopped, but Nova refuses to remove it"):
            toy.cloud().start()
        toy.cancelled.clear()  # a failed step has cancelled the other steps
    refuses.unlink()
    assert toy.cloud().start()["changed"] is True


def test_removes_hosts_of_a_cloud_that_does_not_respond(toy: Toy) -> None:
    """A cloud that does not respond cannot report its servers. Therefore cloudctl starts the cloud first."""
    toy.cloud(host_releases=["2026.2"] * 3).start()
    (supervisord,) = own_processes(toy.layout)
    os.kill(supervisord, signal.SIGKILL)
    eventually(lambda: own_processes(toy.layout) == [])
    assert toy.cloud().start()["changed"] is True


def test_next_start_completes_an_interrupted_restart(toy: Toy) -> None:
    toy.cloud().start()
    before = starts(toy)
    hangs = toy.tell("hangs-render")

    def interrupt() -> None:
        try:
            eventually((toy.layout.etc / "compute3").exists)
        finally:
            toy.cancelled.set()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(CancelledError):
        toy.cloud(host_releases=["2026.2"] * 3).start()
    interrupter.join()
    hangs.unlink()
    toy.cancelled.clear()
    toy.cloud(host_releases=["2026.2"] * 3, live_migrations_per_host=2).start()
    again = {name for name, number in starts(toy).items() if number != before.get(name)}
    assert again == {"nova-compute1", "nova-compute2", "nova-compute3"}


@pytest.mark.parametrize("step", ["resources", "hosts"])
def test_next_start_completes_an_interrupted_start(toy: Toy, step: str) -> None:
    hangs = toy.tell(f"hangs-{step}")

    def interrupt() -> None:
        # Without the cancellation, the start would wait for ever.
        try:
            eventually(lambda: bool(toy.told(step)))
        finally:
            toy.cancelled.set()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(CancelledError):
        toy.cloud().start()
    interrupter.join()
    hangs.unlink()
    toy.cancelled.clear()
    result = toy.cloud().start()
    assert result["changed"] is True
    assert "MariaDB" not in result["seconds"]  # MariaDB still runs
    assert toy.layout.clouds_yaml.exists()


def test_incomplete_tables_are_created_again(toy: Toy) -> None:
    fails = toy.tell("fails-manage")
    with pytest.raises(CloudError, match="tables of"):
        toy.cloud().start()
    fails.unlink()
    toy.cancelled.clear()
    assert toy.told("databases") == []
    assert toy.cloud().start()["changed"] is True
    emptied = {name for order in toy.told("databases") for name in order["databases"]}
    assert emptied
    assert emptied <= {"keystone", "placement", "glance", "neutron", "nova_api", "nova", "nova_cell0"}
    # If other settings change, the tables of a complete cloud are not created again.
    assert toy.cloud(port_base=toy.order["port_base"] + 8).start()["changed"] is True
    assert {name for order in toy.told("databases") for name in order["databases"]} == emptied


def test_second_start_waits_for_the_first(toy: Toy) -> None:
    hangs = toy.tell("hangs-hosts")
    results: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: results.append(toy.cloud().start())) for _ in range(2)]
    threads[0].start()
    eventually(lambda: bool(toy.told("hosts")))
    threads[1].start()
    eventually(
        lambda: any(line.startswith("Another command works on this cloud (start, process ") for line in toy.said)
    )
    hangs.unlink()
    for thread in threads:
        thread.join()
    assert sorted(result["changed"] for result in results) == [False, True]


def test_stop_waits_for_a_start(toy: Toy) -> None:
    """The stop waits for the start. Otherwise the start would start more programs after the stop."""
    hangs = toy.tell("hangs-hosts")
    start = threading.Thread(target=toy.cloud().start)
    start.start()
    eventually(lambda: bool(toy.told("hosts")))
    results: list[dict[str, Any]] = []
    stop = threading.Thread(target=lambda: results.append(toy.cloud().stop()))
    stop.start()
    eventually(lambda: any(line.startswith("Another command works on this cloud (start") for line in toy.said))
    assert toy.layout.supervisor_socket.exists()
    hangs.unlink()
    for thread in (start, stop):
        thread.join()
    assert results == [{"changed": True, "state": "stopped"}]
    assert own_processes(toy.layout) == []


def test_auto_does_not_convert_a_cloud_that_another_command_has_created(toy: Toy) -> None:
    toy.cloud().start()
    other = {**toy.order["hypervisor"], "name": "libvirt"}
    with pytest.raises(CloudError, match="Its compute hosts are of the kind fake"):
        toy.cloud(hypervisor=other, auto_hypervisor=True).start()
    assert toy.cloud().start()["changed"] is False


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ("fails-resources", "images and flavors failed with exit code 3"),
        ("fails-mariadb-install-db", "mariadb-install-db failed with exit code 3"),
        ("dies-mariadb", "mariadb has ended right after its start"),
        ("dies-nova-conductor", "nova-conductor has ended right after its start"),
        (
            "hangs-hosts",
            "before the compute hosts could be used: compute1 lacks a compute service that is up; compute2 lacks",
        ),
        ("deaf-keystone", "keystone runs, but did not respond within 1 s (local_cloud_start_timeout)"),
    ],
)
def test_error_names_the_log(toy: Toy, trouble: str, message: str) -> None:
    toy.tell(trouble)
    if trouble == "dies-nova-conductor":
        toy.tell("hangs-consumer")
    with pytest.raises(CloudError) as caught:
        toy.cloud(start_timeout=1).start()
    assert message in str(caught.value)
    assert str(toy.layout.log) in str(caught.value)


def test_refuses_a_port_that_is_in_use(toy: Toy) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", toy.order["port_base"] + 3))
        other.listen()
        with pytest.raises(CloudError, match="local_cloud_port_base"):
            toy.cloud().start()
    assert own_processes(toy.layout) == []


def taken_port(port: int, address: str = "127.0.0.1") -> socket.socket:
    """Return a socket of another program that listens on this port."""
    other = socket.socket()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    other.bind((address, port))
    other.listen()
    return other


def test_refuses_a_used_port_before_it_stops_programs(toy: Toy) -> None:
    base = toy.order["port_base"]
    toy.cloud().start()
    before, state = own_processes(toy.layout), toy.layout.state.read_text()
    # The first five of the new ports are also the last five of the present ports.
    with taken_port(base + 3 + 6), pytest.raises(CloudError, match=rf"port {base + 9} \(for nova\)"):
        toy.cloud(port_base=base + 3).start()
    assert own_processes(toy.layout) == before
    assert toy.layout.state.read_text() == state
    assert toy.cloud().start()["changed"] is False
    assert toy.cloud(port_base=base + 3).start()["changed"] is True


def test_refuses_a_used_port_of_a_host_before_it_stops_programs(toy: Toy) -> None:
    toy.cloud().start()
    before, starts_before = own_processes(toy.layout), starts(toy)
    with taken_port(0, "0.0.0.0") as everywhere:  # noqa: S104 - libvirtd of the machine listens there, too
        kind = {**toy.order["hypervisor"], "name": "toys", "host_ports": {"toy": everywhere.getsockname()[1]}}
        with pytest.raises(CloudError, match="The program probably listens on all addresses"):
            toy.cloud(hypervisor=kind).start()
    assert own_processes(toy.layout) == before
    assert starts(toy) == starts_before
    assert toy.cloud().start()["changed"] is False


@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("/bin/false", "/bin/false cannot create virtual environments"),
        (sys.executable, "cannot import the distribution's Python module nonesuch"),
    ],
)
def test_refuses_an_unsuitable_python_before_it_stops_programs(toy: Toy, python: str, told: str) -> None:
    toy.cloud().start()
    before = own_processes(toy.layout)
    kind = {**toy.order["hypervisor"], "name": "nonesuch", "distribution_modules": ["nonesuch*.py"]}
    with pytest.raises(CloudError, match=told):
        toy.cloud(python=python, hypervisor=kind).start()
    assert own_processes(toy.layout) == before
    assert toy.cloud().start()["changed"] is False


def test_cloud_keeps_its_ports(toy: Toy) -> None:
    base = toy.order["port_base"]
    toy.cloud().start()
    toy.cloud(port_base=base + 8).start()
    assert toy.cloud(port_base=0).start()["changed"] is False
    toy.cloud(port_base=0).stop()
    assert toy.cloud(port_base=0).start()["changed"] is True
    assert f":{base + 8 + 3}/v3" in toy.layout.clouds_yaml.read_text()


def test_waiting_start_keeps_ports_of_the_earlier_start(toy: Toy) -> None:
    base = toy.order["port_base"]
    hangs = toy.tell("hangs-hosts")
    moves = threading.Thread(target=toy.cloud(port_base=base + 8).start)
    moves.start()
    eventually(lambda: bool(toy.told("hosts")))
    follower = toy.cloud(port_base=0)
    # The settings are as if they were read before the other start changed the ports.
    follower = dataclasses.replace(follower, settings=dataclasses.replace(follower.settings, port_base=base))
    changed: list[bool] = []
    keeps = threading.Thread(target=lambda: changed.append(follower.start()["changed"]))
    keeps.start()
    eventually(
        lambda: any(line.startswith("Another command works on this cloud (start, process ") for line in toy.said)
    )
    hangs.unlink()
    for thread in (moves, keeps):
        thread.join()
    assert changed == [False]


def test_refuses_a_folder_of_another_program(toy: Toy, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "cat.jpg").touch()
    for act in (toy.cloud(dir=str(folder)).remove, toy.cloud(dir=str(folder)).start):
        with pytest.raises(CloudError, match="was not created by the role"):
            act()
    assert [path.name for path in folder.iterdir()] == ["cat.jpg"]


def test_folder_behind_a_link_is_the_same_cloud(toy: Toy, tmp_path: Path) -> None:
    (tmp_path / "home").symlink_to(toy.layout.top.parent)
    cloud = toy.cloud(dir=str(tmp_path / "home" / toy.layout.top.name))
    assert cloud.settings.layout == toy.layout


def command(toy: Toy, action: str) -> subprocess.Popen[str]:
    """Start cloudctl in a new process, as the role does."""
    process = subprocess.Popen(
        [sys.executable, str(Path(cloudctl.__file__).parent), action],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(toy.order) + "\n")
    process.stdin.flush()
    return process


def test_command_prints_progress_and_result(toy: Toy) -> None:
    with command(toy, "start") as start:
        assert start.stdout is not None
        assert start.stderr is not None
        assert "MariaDB up" in start.stderr.read()
        assert json.loads(start.stdout.read())["state"] == "started"
        assert start.wait() == 0
    toy.tell("dies-mariadb")
    with command(toy, "stop") as stop:
        assert stop.wait() == 0
    with command(toy, "start") as start:
        assert start.wait() == 1
        assert start.stdout is not None
        assert "mariadb has ended right after its start" in json.loads(start.stdout.read())["msg"]


def test_command_ends_when_its_caller_ends(toy: Toy) -> None:
    toy.tell("hangs-resources")
    with command(toy, "start") as start:
        eventually(lambda: bool(toy.told("resources")))
        assert start.stdin is not None
        start.stdin.close()
        assert start.wait(10) == 1
    eventually(lambda: not any(_runs(pid, "resources.py") for pid in own_processes(toy.layout)))


def _runs(pid: int, name: str) -> bool:
    try:
        return name.encode() in Path("/proc", str(pid), "cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize(
    ("action", "stranger", "code", "answer"),
    [
        ("start", False, 0, {"changed": True, "state": "started"}),
        ("remove", False, 0, {"changed": True, "state": "absent"}),
        ("remove", True, 1, {}),
    ],
)
def test_result_is_json(
    toy: Toy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    action: str,
    stranger: bool,
    code: int,
    answer: dict[str, Any],
) -> None:
    if stranger:
        toy.layout.marker.unlink()
    monkeypatch.setattr(sys, "argv", ["cloudctl", action])
    reading, writing = os.pipe()
    stdin = os.fdopen(reading)
    monkeypatch.setattr(sys, "stdin", stdin)
    before = set(threading.enumerate())
    with os.fdopen(writing, "w") as caller:
        caller.write(json.dumps(toy.order) + "\nmore than it reads\n")
        caller.flush()
        assert __main__.main() == code
    for thread in set(threading.enumerate()) - before:
        thread.join()
    stdin.close()
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert result.items() >= answer.items()
    assert ("msg" in result) is stranger
    assert ("OS_CLOUD=local" in said.err) is (action == "start")
    toy.layout.top.mkdir(exist_ok=True)  # create the folder again, because the fixture removes it


@pytest.mark.parametrize(
    ("user", "changes", "told"),
    [
        (1000, {}, "Compute hosts of the kind fake require root, but the present user is not root"),
        (0, {"dir": "/run/cloud"}, "Compute hosts of the kind fake cannot use the folder /run/cloud"),
        (0, {"environments_dir": "/run/cache"}, "cannot use the folder /run/cache.*local_cloud_environments_dir"),
    ],
)
def test_refuses_hosts_that_need_root(
    toy: Toy, monkeypatch: pytest.MonkeyPatch, user: int, changes: dict[str, str], told: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    rooted = {**toy.order["hypervisor"], "needs_root": True}
    with pytest.raises(CloudError, match=told):
        toy.cloud(hypervisor=rooted, **changes).start()
