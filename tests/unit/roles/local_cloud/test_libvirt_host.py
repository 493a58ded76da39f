# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of a libvirt host.

The molecule scenario libvirt tests mounts and namespaces.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypervisors.libvirt.host import init

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
