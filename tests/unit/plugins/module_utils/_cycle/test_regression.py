# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.regression import (
    choose_cloud,
    cycle_inputs_of,
    target_of,
)

ENVIRONMENT: dict[str, Any] = {"local": "auto", "os_cloud": "", "os_auth_url": ""}
LOCAL_CLOUD = {
    "clouds_yaml": "/srv/cloud/clouds.yaml",
    "hypervisor": "libvirt",
    "faults": [],
    "memory_mib": 1593,
    "stop_command": "make stop",
    "remove_command": "make clean",
}


def choose(variables: dict[str, Any], **environment: Any) -> dict[str, Any]:
    return choose_cloud(variables, **ENVIRONMENT | environment)


@pytest.mark.parametrize(
    ("variables", "environment", "use", "cloud"),
    [
        ({}, {}, "local_if_ready", ""),
        ({}, {"local": True}, "local", ""),
        ({}, {"local": "true"}, "local", ""),
        ({}, {"local": "yes"}, "local", ""),
        # If no name is given, the SDK uses the only entry of clouds.yaml.
        ({}, {"local": False}, "cloud", ""),
        ({}, {"local": "false"}, "cloud", ""),
        ({}, {"os_cloud": "mycloud"}, "cloud", "mycloud"),
        ({}, {"os_auth_url": "https://example.org"}, "cloud", ""),
        ({"regression_cloud": "mycloud"}, {}, "cloud", "mycloud"),
        ({"migration_cycle_cloud": "mycloud"}, {}, "cloud", "mycloud"),
        ({"regression_cloud": "one", "migration_cycle_cloud": "two"}, {}, "cloud", "one"),
        ({"regression_cloud": "", "migration_cycle_cloud": "two"}, {}, "cloud", "two"),
        # The settings may contain a password.
        ({"regression_cloud": {"auth": {"password": "secret"}}}, {}, "cloud", ""),
        ({"regression_cloud": "one"}, {"os_cloud": "another"}, "cloud", "one"),
        # A variable has priority over the environment. The name of a cloud has priority over regression_local.
        ({}, {"local": "true", "os_cloud": "mycloud", "os_auth_url": "https://example.org"}, "local", ""),
        ({"regression_cloud": "mycloud"}, {"local": "true"}, "cloud", "mycloud"),
    ],
    ids=str,
)
def test_chooses_the_cloud(variables: dict[str, Any], environment: dict[str, Any], use: str, cloud: str) -> None:
    choice = choose(variables, **environment)
    assert (choice["use"], choice["cloud"]) == (use, cloud)
    assert bool(choice["reason"]) is (use != "cloud")


@pytest.mark.parametrize("local", ["", "maybe", None, 7])
def test_refuses_other_values_of_regression_local(local: object) -> None:
    with pytest.raises(ValueError, match="regression_local must be auto, true or false, found "):
        choose({}, local=local)


@pytest.mark.parametrize(
    ("variables", "tolerated"),
    [
        ({}, False),
        ({"regression_inconclusive_is_ok": True}, True),
        ({"migration_cycle_inconclusive_is_ok": True}, True),
        ({"migration_cycle_inconclusive_is_ok": "yes"}, True),
        ({"regression_inconclusive_is_ok": False, "migration_cycle_inconclusive_is_ok": True}, False),
        ({"regression_inconclusive_is_ok": "", "migration_cycle_inconclusive_is_ok": "true"}, True),
    ],
)
def test_either_input_tolerates_inconclusive(variables: dict[str, Any], *, tolerated: bool) -> None:
    assert choose(variables)["inconclusive_is_ok"] is tolerated
    assert target_of(variables, name="berlin")["inconclusive_is_ok"] is tolerated


def test_keeps_the_input_for_the_installation_of_packages() -> None:
    assert choose({})["install_packages"] == "auto"
    assert choose({"local_cloud_install_packages": False})["install_packages"] is False


def test_named_cloud_needs_no_environment() -> None:
    assert cycle_inputs_of(choose({"regression_cloud": "mycloud"}), {}, {}) == {
        "cloud": "mycloud",
        "environment": {},
        "verify_guest": "none",
        "local_cloud_lines": [],
    }


@pytest.mark.parametrize(
    ("variables", "hypervisor", "verify_guest"),
    [
        ({}, "libvirt", "console"),
        ({}, "fake", "none"),
        ({"migration_cycle_image": ""}, "libvirt", "console"),
        ({"migration_cycle_image": "debian"}, "libvirt", "none"),
        ({"migration_cycle_verify_guest": "none"}, "libvirt", "none"),
        ({"migration_cycle_verify_guest": "console"}, "fake", "console"),
    ],
)
def test_checks_the_guests_of_libvirt_hosts(variables: dict[str, Any], hypervisor: str, verify_guest: str) -> None:
    inputs = cycle_inputs_of(choose({}), variables, {**LOCAL_CLOUD, "hypervisor": hypervisor})
    assert inputs["verify_guest"] == verify_guest
    assert (inputs["cloud"], inputs["environment"]) == ("local", {"OS_CLIENT_CONFIG_FILE": "/srv/cloud/clouds.yaml"})
    assert inputs["local_cloud_lines"] == [
        f"hosts      {hypervisor}",
        "faults     none",
        "memory     1593 MiB",
        "stop       make stop",
        "remove     make clean",
    ]


def test_prints_nothing_about_a_local_cloud_that_does_not_run() -> None:
    assert cycle_inputs_of(choose({}), {}, {"clouds_yaml": "clouds.yaml"})["local_cloud_lines"] == []


def test_host_selects_the_cloud_of_the_same_name() -> None:
    assert target_of({"regression_region": "eu", "migration_cycle_redact_hosts": "true"}, name="berlin") == {
        "name": "berlin",
        "cloud": "berlin",
        "region": "eu",
        "availability_zone": "",
        "inconclusive_is_ok": False,
        "redact_hosts": True,
    }
    assert target_of({"migration_cycle_cloud": {"auth": {}}}, name="berlin")["cloud"] == ""
    assert target_of({"regression_cloud": "lisbon"}, name="berlin")["cloud"] == "lisbon"
