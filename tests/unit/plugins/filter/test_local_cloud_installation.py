# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.filter import (
    local_cloud_inputs,
    local_cloud_installation,
    local_cloud_missing_packages,
    local_cloud_settings,
)

if TYPE_CHECKING:
    from pathlib import Path

installation = local_cloud_installation.FilterModule().filters()["local_cloud_installation"]
missing_packages = local_cloud_missing_packages.FilterModule().filters()["local_cloud_missing_packages"]
MISSING = ["mariadb-server-core", "rabbitmq-server"]
ROOT = {"user_uid": 0, "package_manager": "apt", "install_packages": "auto"}
PROBLEM = f"The local cloud needs packages of the operating system that are missing: {', '.join(MISSING)}."
APT = f"{PROBLEM} Install them with: sudo apt-get install --no-install-recommends -y {' '.join(MISSING)}   (or"


def test_lists_missing_packages_in_order(tmp_path: Path) -> None:
    (tmp_path / "installed").touch()
    packages = {"b": str(tmp_path / "none"), "installed": str(tmp_path / "installed"), "a": str(tmp_path / "missing")}
    assert missing_packages(packages) == ["b", "a"]


@pytest.mark.parametrize(
    ("machine", "become"),
    [
        ({}, False),
        ({"user_uid": "0"}, False),
        ({"install_packages": "true"}, False),
        ({"user_uid": 1000, "install_packages": "true"}, True),
    ],
    ids=str,
)
def test_allows_installation(machine: dict[str, Any], become: bool) -> None:
    assert installation(MISSING, machine=ROOT | machine) == {"become": become, "problem": ""}


@pytest.mark.parametrize(
    ("machine", "problem"),
    [
        ({"user_uid": 1000}, APT),
        ({"install_packages": "false"}, APT),
        ({"user_uid": 1000, "install_packages": "false"}, APT),
        (
            {"package_manager": "dnf", "install_packages": "true"},
            (
                f"{PROBLEM} The role has package names only for Debian and distributions derived from it."
                " Install the packages that contain /usr/sbin/mariadbd and /usr/lib/rabbitmq."
            ),
        ),
    ],
    ids=str,
)
def test_refuses_installation_with_the_command_to_run(machine: dict[str, Any], problem: str) -> None:
    result = installation(MISSING, machine=ROOT | machine, files=["/usr/sbin/mariadbd", "/usr/lib/rabbitmq"])
    assert result["problem"].startswith(problem)
    assert not result["become"]


def test_filters_have_the_names_that_the_role_uses() -> None:
    assert list(local_cloud_inputs.FilterModule().filters()) == ["local_cloud_inputs"]
    assert list(local_cloud_settings.FilterModule().filters()) == ["local_cloud_settings"]
    assert "local_cloud_hosts must" in local_cloud_inputs.local_cloud_inputs({"local_cloud_hosts": 0}, [])[3]
