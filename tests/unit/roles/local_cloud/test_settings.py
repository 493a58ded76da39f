# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.inputs import settings_of
from cloudctl.errors import CloudError
from cloudctl.lifecycle import Cloud
from cloudctl.settings import Settings
from cloudctl.store import State, digest

if TYPE_CHECKING:
    from cloudctl.layout import Layout

ROLE = Path(__file__).parents[4] / "roles" / "local_cloud"


def settings(order: dict[str, Any], **changes: object) -> Settings:
    return Settings.from_json(json.dumps(order | changes))


def test_role_sends_all_settings(order: dict[str, Any]) -> None:
    told = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())["__local_cloud_particulars"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {*told, *settings_of(defaults)} == set(order)


def test_reads_hosts_ports_and_programs(order: dict[str, Any]) -> None:
    made = settings(order, host_releases=["2026.2"] * 3, port_base="20000")
    assert made.hosts == ("compute1", "compute2", "compute3")
    assert (made.ports["epmd"], made.ports["cinder"]) == (20000, 20008)
    assert {"mariadb", "keystone", "nova-conductor", "nova-compute3"} <= set(made.programs)


def test_keeps_ports_of_an_existing_cloud(order: dict[str, Any], layout: Layout) -> None:
    automatic = {"port_base": 0}
    assert settings(order, **automatic).port_base == 18750
    State(layout.state).record("port_base", 20000)
    kept = settings(order, **automatic)
    assert kept.port_base == 20000
    # Given ports and kept ports have the same fingerprint.
    assert kept.fingerprint() == settings(order, port_base=20000).fingerprint()
    assert settings(order, port_base=30000).port_base == 30000
    State(layout.state).record("port_base", 25000)
    assert kept.with_current_ports().port_base == 25000
    assert settings(order, port_base=30000).with_current_ports().port_base == 30000


def libvirt(order: dict[str, Any]) -> dict[str, Any]:
    """Return the settings for libvirt hosts as the role sends them."""
    particular = yaml.safe_load((ROLE / "vars" / "hypervisors" / "libvirt.yml").read_text())
    return {
        "hypervisor": particular["__local_cloud_hypervisor"],
        "hypervisor_dir": str(ROLE / "files" / "hypervisors" / "libvirt"),
        "port_base": order["port_base"],
    }


def test_libvirt_hosts_have_more_programs(order: dict[str, Any]) -> None:
    made = settings(order, **libvirt(order))
    assert made.programs_of("compute2") == ("host-compute2", "libvirtd-compute2", "sshd-compute2", "nova-compute2")
    assert set(made.programs_of("compute1")) <= set(made.programs)


@pytest.mark.parametrize(
    ("port_base", "addresses"), [(18750, ["127.73.62.11", "127.73.62.12"]), (1024, ["127.4.0.11", "127.4.0.12"])]
)
def test_each_host_has_its_own_address(order: dict[str, Any], port_base: int, addresses: list[str]) -> None:
    made = settings(order, **{**libvirt(order), "port_base": port_base})
    assert list(made.addresses.values()) == addresses
    # Hosts of the kind fake do not listen on ports. Therefore they need no addresses.
    assert set(settings(order, host_releases=["2026.2"] * 300).addresses.values()) == {"127.0.0.1"}
    identities = [made.uuid_of(host) for host in made.hosts]
    assert len(set(identities)) == len(identities)
    assert identities != [settings(order, dir="/elsewhere").uuid_of(host) for host in made.hosts]


def test_hosts_with_networks_migrate_at_another_address(order: dict[str, Any]) -> None:
    without = settings(order, **libvirt(order))
    assert (without.network_programs, without.migration_addresses) == ((), without.addresses)
    made = settings(order, **{**libvirt(order), "port_base": 18750, "networks": "flat"})
    assert made.network_programs == ("switch",)
    assert "switch" in made.programs
    assert list(made.migration_addresses.values()) == ["10.73.62.11", "10.73.62.12"]
    assert list(made.addresses.values()) == ["127.73.62.11", "127.73.62.12"]
    # Hosts of the kind fake have no traffic.
    fake = settings(order, networks="flat")
    assert (fake.network_programs, fake.migration_addresses) == ((), fake.addresses)


def test_ovn_adds_programs_to_the_cloud_and_to_each_host(order: dict[str, Any]) -> None:
    made = settings(order, **libvirt(order), networks="ovn")
    assert {"switch", "ovn-nb", "ovn-sb", "ovn-northd"} <= set(made.programs)
    assert made.programs_of("compute1") == tuple(
        f"{name}-compute1" for name in ("host", "libvirtd", "sshd", "ovsdb", "vswitchd", "ovn-controller", "nova")
    )
    assert list(made.tunnel_addresses.values()) == ["192.168.0.11", "192.168.0.12"]
    flat = settings(order, **libvirt(order), networks="flat")
    assert not any("ovs" in name or "ovn" in name for name in flat.programs)


def test_only_libvirt_hosts_have_another_qemu(
    order: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    another = {"hypervisor_settings": order["hypervisor_settings"] | {"qemu": "~/qemu"}}
    assert settings(order, **libvirt(order)).qemu_files == {}
    assert settings(order, **another).qemu_files == {}
    assert settings(order, **libvirt(order), **another).qemu_files == {
        "/usr/bin/qemu-system-x86_64": f"{tmp_path.resolve()}/qemu/usr/bin/qemu-system-x86_64",
        "/usr/share/qemu": f"{tmp_path.resolve()}/qemu/usr/share/qemu",
        "/usr/lib/x86_64-linux-gnu/qemu": f"{tmp_path.resolve()}/qemu/usr/lib/x86_64-linux-gnu/qemu",
    }


def test_refuses_too_many_libvirt_hosts(order: dict[str, Any]) -> None:
    with pytest.raises(
        CloudError, match="local_cloud_hosts=201 is too large: a cloud can have at most 200 hosts of the kind libvirt"
    ):
        _ = settings(order, **libvirt(order), host_releases=["2026.2"] * 201).addresses


@pytest.mark.parametrize(("memory", "rate"), [(0, 1), (4096, 1), (8, -1)])
def test_refuses_invalid_guests(order: dict[str, Any], memory: int, rate: float) -> None:
    with pytest.raises(CloudError, match="local_cloud_guests: the image probe has memory="):
        settings(order, guests=[{"image": "probe", "memory": memory, "dirty_rate": rate}])


def test_accepts_guests_with_strings(order: dict[str, Any]) -> None:
    (guest,) = settings(order, guests=[{"image": "probe", "memory": "8", "dirty_rate": "0.5"}]).guests
    assert guest == {"image": "probe", "memory": 8, "dirty_rate": 0.5}


@pytest.mark.parametrize("name", ["live_migrations_per_host", "api_workers"])
def test_refuses_counts_below_one(order: dict[str, Any], name: str) -> None:
    with pytest.raises(CloudError, match=f"local_cloud_{name} must be 1 or more, found 0"):
        settings(order, **{name: 0})


@pytest.mark.parametrize("written", ["~/cloud", "{home}/../{name}/cloud", "cloud"])
def test_folder_path_is_resolved(
    order: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert (
        settings(order, dir=written.format(home=tmp_path, name=tmp_path.name)).layout.top
        == (tmp_path / "cloud").resolve()
    )


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"start_timeout": 99}, True),
        ({"faults": ["never-ends"], "faults_dir": "/elsewhere"}, True),
        ({"python": "/opt/another/python3.12"}, False),
        ({"host_releases": ["2026.2"] * 3}, False),
        ({"live_migrations_per_host": 5}, False),
        ({"api_workers": 2}, False),
        ({"debug": True}, False),
        ({"port_base": 30000}, False),
        ({"guests": []}, False),
        ({"guest_file": "/elsewhere/guest.hex"}, True),
        ({"hypervisor_settings": {"migration_seconds": 9.0}}, False),
        ({"flavors": []}, False),
        ({"volumes": "fake"}, False),
        ({"networks": "flat"}, False),
    ],
    ids=str,
)
def test_fingerprint_depends_on_inputs(order: dict[str, Any], changes: dict[str, Any], same: bool) -> None:
    assert (settings(order, **changes).fingerprint() == settings(order).fingerprint()) is same


def test_fingerprint_depends_on_content_not_on_paths(order: dict[str, Any], layout: Layout) -> None:
    before = settings(order).fingerprint()
    copy = layout.top / "another checkout"
    shutil.copytree(order["hypervisor_dir"], copy)
    shutil.copytree(order["releases_dir"], copy.with_suffix(".releases"))
    moved = {"hypervisor_dir": str(copy), "releases_dir": str(copy.with_suffix(".releases"))}
    assert settings(order, **moved).fingerprint() == before
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "driver.pyc").touch()
    assert settings(order, **moved).fingerprint() == before
    (copy / "driver.py").write_text("changed")
    assert settings(order, **moved).fingerprint() != before


def test_lock_key_ignores_links_to_the_same_python(order: dict[str, Any], tmp_path: Path) -> None:
    keys = set()
    for checkout in ("one", "two"):
        (tmp_path / checkout).symlink_to(Path(sys.executable).resolve())
        keys.add(settings(order, python=str(tmp_path / checkout)).environment.key)
    assert len(keys) == 1


def test_chosen_python_can_create_environments(order: dict[str, Any]) -> None:
    chosen = settings(order, python="").environment.python
    script = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
    assert subprocess.run([chosen, "-c", script], check=False).returncode == 0


def test_checks_the_python_of_each_release(order: dict[str, Any]) -> None:
    """A release that only a compute host has also needs a Python."""
    old = {**order["release"], "name": "2026.1", "python": {"oldest": "3.90", "newest": "3.90"}}
    releases = {**order["releases"], "2026.1": old}
    mixed = {"releases": releases, "host_releases": ["2026.1", "2026.2"]}
    with pytest.raises(CloudError, match=r"OpenStack 2026\.1 needs Python 3\.90, and no such Python was found"):
        Cloud(settings(order, **mixed), print, threading.Event()).check_pythons()
    old["python"] = order["release"]["python"]
    checked = Cloud(settings(order, **mixed), print, threading.Event()).check_pythons()
    assert (checked["changed"], sorted(checked["pythons"])) == (False, ["2026.1", "2026.2"])


@pytest.mark.parametrize("name", ["requirements.txt", "volumes.txt"])
def test_environment_depends_on_the_lock_files(order: dict[str, Any], name: str) -> None:
    before = settings(order)
    path, fingerprint = before.environment.path, before.fingerprint()
    (before.environment.lock_files / name).write_text("uv==2.0")
    after = settings(order)
    assert after.environment.path != path
    assert after.fingerprint() != fingerprint


def test_digest_depends_on_the_borders_of_parts() -> None:
    assert digest(b"ab", b"c") != digest(b"a", b"bc")
