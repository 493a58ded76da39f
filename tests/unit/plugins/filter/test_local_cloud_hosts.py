# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.filter.local_cloud_hosts import FilterModule

choose = FilterModule().filters()["local_cloud_hosts"]

ABLE: dict[str, Any] = {
    "user_uid": 0,
    "processor": "x86_64",
    "package_manager": "apt",
    "namespaces": {"rc": 0, "stderr": ""},
    "missing_packages": [],
    "install_packages": "auto",
    "simulation": {},
}
NEW = {"hypervisor": "auto", "state": "started", "found": ""}
MISSING = {"missing_packages": ["libvirt-daemon", "qemu-utils"]}


@pytest.mark.parametrize(
    "machine",
    [
        {},
        {"user_uid": "0"},
        MISSING,
        MISSING | {"install_packages": "true"},
        MISSING | {"simulation": {"rc": 0}},
        {"install_packages": "false"},
        {"namespaces": {}},
    ],
    ids=str,
)
def test_guests_can_be_had(machine: dict[str, Any]) -> None:
    choice = choose(ABLE | machine, **NEW)
    assert choice == {
        "kind": "libvirt",
        "observe": True,
        "hindrance": "",
        "problem": "",
        "message": (
            "The compute hosts run QEMU guests under libvirt (local_cloud_hypervisor=fake for hosts that run none)."
        ),
    }


@pytest.mark.parametrize(
    ("machine", "hindrance"),
    [
        ({"user_uid": 1000}, "it needs root"),
        # before the machine is observed
        ({"user_uid": "", "processor": "", "package_manager": ""}, "it needs root"),
        ({"processor": "aarch64"}, "the guest is a PC, and this machine is a aarch64"),
        ({"processor": ""}, "the guest is a PC, and this machine is a machine that is not known"),
        (
            {"package_manager": "dnf"},
            "the names of its packages are known on Debian and on distributions derived from it only",
        ),
        (
            {"namespaces": {"rc": 1, "stderr": "unshare: Operation not permitted\n", "msg": "non-zero return code"}},
            (
                "Linux namespaces cannot be made, or /usr/bin/python3 is older than 3.11 or not there"
                " (unshare: Operation not permitted)"
            ),
        ),
        (
            {"namespaces": {"rc": 2, "msg": "no unshare"}},
            "Linux namespaces cannot be made, or /usr/bin/python3 is older than 3.11 or not there (no unshare)",
        ),
        (
            {"namespaces": {"rc": 1}},
            "Linux namespaces cannot be made, or /usr/bin/python3 is older than 3.11 or not there (no message)",
        ),
        (
            MISSING | {"install_packages": "false"},
            "local_cloud_install_packages is false, and there is no libvirt-daemon, qemu-utils",
        ),
        (
            MISSING | {"simulation": {"rc": 100, "stderr": "E: Unable to locate package qemu-utils\n"}},
            "packages cannot be had (E: Unable to locate package qemu-utils)",
        ),
    ],
    ids=str,
)
def test_guests_cannot_be_had(machine: dict[str, Any], hindrance: str) -> None:
    choice = choose(ABLE | machine, **NEW)
    assert (choice["kind"], choice["hindrance"], choice["problem"]) == ("fake", hindrance, "")
    assert choice["message"] == f"The compute hosts run no guests, because that cannot be had here: {hindrance}."
    asked = choose(ABLE | machine, **NEW | {"hypervisor": "libvirt"})
    assert asked["problem"] == (
        f"local_cloud_hypervisor=libvirt cannot be had here: {hindrance}."
        " Hosts that run no guests need nothing of that: local_cloud_hypervisor=fake."
    )


def test_the_first_reason_is_told() -> None:
    machine = {"user_uid": 1000, "processor": "aarch64", "package_manager": "dnf"}
    assert choose(ABLE | machine, **NEW)["hindrance"] == "it needs root"


@pytest.mark.parametrize(
    ("inputs", "kind", "observe"),
    [
        ({}, "libvirt", True),
        ({"found": "fake"}, "fake", False),
        ({"found": "libvirt"}, "libvirt", False),
        ({"hypervisor": "fake"}, "fake", False),
        ({"hypervisor": "fake", "found": "libvirt"}, "fake", False),
        ({"hypervisor": "libvirt"}, "libvirt", True),
        ({"hypervisor": "libvirt", "found": "libvirt"}, "libvirt", True),
        ({"state": "stopped"}, "fake", False),
        ({"state": "absent", "hypervisor": "libvirt"}, "libvirt", False),
        ({"state": "stopped", "found": "libvirt"}, "libvirt", False),
    ],
    ids=str,
)
def test_kind(inputs: dict[str, str], kind: str, observe: bool) -> None:
    choice = choose(ABLE, **NEW | inputs)
    assert (choice["kind"], choice["observe"]) == (kind, observe)


def test_a_machine_that_does_not_matter_is_no_problem() -> None:
    choice = choose({"user_uid": 1000}, hypervisor="libvirt", state="stopped", found="libvirt")
    assert (choice["hindrance"], choice["problem"]) == ("", "")
