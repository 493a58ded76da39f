# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of a libvirt host, and its hook.

The molecule scenario libvirt tests mounts and namespaces.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypervisors.libvirt.host import chassis, init, taps

USERS = {"libvirt-qemu": 64055, "sshd": 64056}
GROUPS = {"kvm": 64054, "libvirt-qemu": 64055}


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setattr(init, "RUN", tmp_path)
    return init.account_files(USERS, GROUPS, "/var/lib/nova")


def entries(path: Path) -> dict[str, list[str]]:
    return {line.partition(":")[0]: line.split(":") for line in path.read_text().splitlines()}


def test_root_has_the_home_of_the_host_and_no_password(accounts: dict[str, Path]) -> None:
    """The ssh client reads the configuration in this home, and not the configuration of root on the machine."""
    assert entries(accounts["passwd"])["root"][5:] == ["/var/lib/nova", "/bin/sh"]
    assert accounts["shadow"].read_text() == "root:*:::::::\n"
    assert accounts["shadow"].stat().st_mode & 0o777 == 0o600


def test_keeps_accounts_of_the_machine_and_adds_missing_accounts(accounts: dict[str, Path]) -> None:
    for name, required in (("passwd", USERS), ("group", GROUPS)):
        machine, host = entries(Path("/etc", name)), entries(accounts[name])
        assert machine.keys() | required.keys() == host.keys()
        assert {user: host[user] for user in machine if user != "root"} == {
            user: machine[user] for user in machine if user != "root"
        }
        assert {host[user][2] for user in required.keys() - machine.keys()} <= {str(uid) for uid in required.values()}


DOMAIN = """
<interface type='ethernet'>
  <mac address='fa:16:3e:01:02:03'/>
  <target dev='tap1-2' managed='no'/>
</interface>
<disk><target dev='vda' bus='virtio'/></disk>
<interface type='ethernet'>
  <target dev='tap3-4'/>
</interface>
"""


@pytest.mark.parametrize(
    ("operation", "connected"), [("prepare/begin", ["tap1-2", "tap3-4"]), ("release/end", []), ("migrate/begin", [])]
)
def test_hook_connects_each_card_before_the_guest_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, connected: list[str]
) -> None:
    program, calls = tmp_path / "ip", tmp_path / "calls"
    program.write_text(f'#!/bin/sh\necho "$*" >>{calls}\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    calls.touch()
    taps.run_hook("instance-00000001", operation, DOMAIN)
    assert calls.read_text().splitlines() == [f"link set dev {tap} master guests up" for tap in connected]


def test_guest_does_not_start_if_its_card_cannot_be_connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ip").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "ip").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(subprocess.CalledProcessError):
        taps.run_hook("instance-00000001", "prepare/begin", DOMAIN)


def test_chassis_of_ovn_forwards_packets_without_a_kernel_module() -> None:
    ovn = {"database": "unix:/run/sb.sock", "address": "192.168.0.11", "physical_network": "guests"}
    commands = " ".join(chassis.database_commands({"name": "compute1", "ovn": ovn})).split(" -- ")
    assert 'external-ids:ovn-remote="unix:/run/sb.sock"' in commands[0]
    assert 'external-ids:ovn-bridge-mappings="guests:br-guests"' in commands[0]
    for bridge in chassis.BRIDGES:
        assert f"set Bridge {bridge} datapath_type=netdev" in commands
    assert "--may-exist add-port br-guests to-guests" in commands


OVSDB = Path(init.__file__).parents[1] / "config" / "hypervisor" / "ovsdb.j2"


@pytest.mark.parametrize(
    ("exists", "needs_conversion", "calls"),
    [
        (False, "no", ["create {0}.new schema"]),
        (True, "no", ["needs-conversion {0} schema"]),
        (True, "yes", ["needs-conversion {0} schema", "convert {0} schema"]),
    ],
)
def test_database_is_created_at_once_or_converted(
    tmp_path: Path, exists: bool, needs_conversion: str, calls: list[str]
) -> None:
    """A database that an interrupted start has left incomplete is created again."""
    script, database, log = tmp_path / "ovsdb", tmp_path / "conf.db", tmp_path / "calls"
    script.write_text(OVSDB.read_text().replace("/usr/sbin/ovsdb-server", "true"))
    tool = tmp_path / "ovsdb-tool"
    tool.write_text(f'#!/bin/sh\necho "$*" >>{log}\n[ "$1" = create ] && touch "$2"\necho {needs_conversion}\n')
    tool.chmod(0o700)
    Path(f"{database}.new").touch()
    if exists:
        database.touch()
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    command = ["sh", str(script), "schema", str(database), "socket"]
    subprocess.run(command, env={"PATH": path}, check=True)
    assert log.read_text().splitlines() == [call.format(database) for call in calls]
    assert database.exists()
