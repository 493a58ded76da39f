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
def test_chooses_guests(machine: dict[str, Any]) -> None:
    choice = choose(ABLE | machine, **NEW)
    assert choice == {
        "kind": "libvirt",
        "observe": True,
        "obstacle": "",
        "problem": "",
        "message": (
            "The compute hosts run QEMU guests under libvirt. Set local_cloud_hypervisor=fake for hosts without guests."
        ),
        "volumes": "none",
        "volumes_problem": "",
        "networks_problem": "",
    }


@pytest.mark.parametrize(
    ("machine", "obstacle"),
    [
        ({"user_uid": 1000}, "it needs root"),
        # the role has not checked the machine yet
        ({"user_uid": "", "processor": "", "package_manager": ""}, "it needs root"),
        ({"processor": "aarch64"}, "guests need an x86_64 processor, found aarch64"),
        ({"processor": ""}, "guests need an x86_64 processor, found an unknown processor"),
        (
            {"package_manager": "dnf"},
            "the role has package names only for Debian and distributions derived from it",
        ),
        (
            {"namespaces": {"rc": 1, "stderr": "unshare: Operation not permitted\n", "msg": "non-zero return code"}},
            (
                "Linux namespaces cannot be created, or /usr/bin/python3 is missing or older than 3.11"
                " (unshare: Operation not permitted)"
            ),
        ),
        (
            {"namespaces": {"rc": 2, "msg": "no unshare"}},
            "Linux namespaces cannot be created, or /usr/bin/python3 is missing or older than 3.11 (no unshare)",
        ),
        (
            {"namespaces": {"rc": 1}},
            "Linux namespaces cannot be created, or /usr/bin/python3 is missing or older than 3.11 (no message)",
        ),
        (
            MISSING | {"install_packages": "false"},
            "local_cloud_install_packages is false, and packages are missing: libvirt-daemon, qemu-utils",
        ),
        (
            MISSING | {"simulation": {"rc": 100, "stderr": "E: Unable to locate package qemu-utils\n"}},
            "packages cannot be installed (E: Unable to locate package qemu-utils)",
        ),
    ],
    ids=str,
)
def test_names_the_obstacle_to_guests(machine: dict[str, Any], obstacle: str) -> None:
    choice = choose(ABLE | machine, **NEW)
    assert (choice["kind"], choice["obstacle"], choice["problem"]) == ("fake", obstacle, "")
    assert choice["message"] == (
        f"The compute hosts run no guests. Hosts with guests are not possible on this machine: {obstacle}."
    )
    requested = choose(ABLE | machine, **NEW | {"hypervisor": "libvirt"})
    assert requested["problem"] == (
        f"local_cloud_hypervisor=libvirt is not possible on this machine: {obstacle}."
        " Remove the obstacle, or set local_cloud_hypervisor=fake for hosts without guests."
    )


def test_names_the_first_obstacle() -> None:
    machine = {"user_uid": 1000, "processor": "aarch64", "package_manager": "dnf"}
    assert choose(ABLE | machine, **NEW)["obstacle"] == "it needs root"


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
def test_kind_follows_inputs_and_existing_cloud(inputs: dict[str, str], kind: str, observe: bool) -> None:
    choice = choose(ABLE, **NEW | inputs)
    assert (choice["kind"], choice["observe"]) == (kind, observe)


@pytest.mark.parametrize(
    ("hypervisor", "requested", "found", "volumes"),
    [
        ("libvirt", "none", "", "none"),
        ("libvirt", "auto", "", "nfs"),
        ("libvirt", "nfs", "", "nfs"),
        ("libvirt", "rbd", "", "rbd"),
        ("fake", "none", "", "none"),
        ("fake", "auto", "", "fake"),
        ("fake", "fake", "", "fake"),
        # This machine can run guests.
        ("auto", "auto", "", "nfs"),
        ("auto", "nfs", "", "nfs"),
        # An existing cloud keeps its volumes, unless the new kind of hosts cannot use them.
        ("libvirt", "auto", "none", "none"),
        ("libvirt", "auto", "nfs", "nfs"),
        ("libvirt", "auto", "rbd", "rbd"),
        ("libvirt", "auto", "fake", "nfs"),
        ("fake", "auto", "none", "none"),
        ("fake", "auto", "nfs", "fake"),
        ("fake", "fake", "none", "fake"),
        ("fake", "none", "fake", "none"),
        # The first start was killed before it recorded the kind.
        ("fake", "auto", None, "fake"),
    ],
)
def test_volumes_follow_the_kind_of_hosts(hypervisor: str, requested: str, found: str | None, volumes: str) -> None:
    choice = choose(ABLE, **NEW | {"hypervisor": hypervisor, "volumes": requested, "found_volumes": found})
    assert (choice["volumes"], choice["volumes_problem"]) == (volumes, "")


def test_machine_without_guests_has_volumes_without_data() -> None:
    assert choose(ABLE | {"user_uid": 1000}, **NEW | {"volumes": "auto"})["volumes"] == "fake"
    assert choose(ABLE | MISSING | {"install_packages": "false"}, **NEW | {"volumes": "auto"})["volumes"] == "fake"


def test_refuses_volumes_that_the_hosts_cannot_use() -> None:
    assert choose(ABLE, **NEW | {"found": "fake", "volumes": "nfs"})["volumes_problem"] == (
        "Compute hosts of the kind fake cannot use local_cloud_volumes=nfs. Set local_cloud_volumes to fake, auto or"
        " none, or set local_cloud_hypervisor to another kind."
    )
    assert "Set local_cloud_volumes to nfs, rbd, auto" in choose(ABLE, **NEW | {"volumes": "fake"})["volumes_problem"]
    stopped = choose(ABLE, **NEW | {"found": "fake", "volumes": "nfs", "state": "stopped"})
    assert stopped["volumes_problem"] == ""


@pytest.mark.parametrize(
    ("hypervisor", "networks", "refused"),
    [("libvirt", "flat", False), ("libvirt", "ovn", False), ("fake", "flat", False), ("fake", "ovn", True)],
)
def test_refuses_networks_that_the_hosts_cannot_use(hypervisor: str, networks: str, refused: bool) -> None:
    problem = choose(ABLE, **NEW | {"hypervisor": hypervisor, "networks": networks})["networks_problem"]
    told = (
        "Compute hosts of the kind fake cannot use local_cloud_networks=ovn. Set local_cloud_networks to flat or none,"
        " or set local_cloud_hypervisor to another kind."
    )
    assert problem == (told if refused else "")
    stopped = choose(ABLE, **NEW | {"hypervisor": hypervisor, "networks": networks, "state": "stopped"})
    assert stopped["networks_problem"] == ""


def test_stop_does_not_depend_on_the_machine() -> None:
    choice = choose({"user_uid": 1000}, hypervisor="libvirt", state="stopped", found="libvirt")
    assert (choice["obstacle"], choice["problem"]) == ("", "")


WALLABY = {"name": "wallaby", "python": {"oldest": "3.8", "newest": "3.8"}}
NEWER = {"name": "2026.2", "python": {"oldest": "3.11", "newest": ""}, "volumes": {}}


@pytest.mark.parametrize(
    ("release", "python", "obstacle"),
    [
        (NEWER, "python3.11", ""),
        (NEWER, "python3.13", ""),
        (NEWER, "", ""),
        (
            NEWER,
            "python3.9",
            "Python 3.9, and OpenStack 2026.2 needs Python 3.11 or newer",
        ),
        (
            WALLABY,
            "python3.11",
            "Python 3.11, and OpenStack wallaby needs Python 3.8",
        ),
        (
            {"name": "2025.1", "python": {"oldest": "3.11", "newest": "3.12"}},
            "python3.13",
            "Python 3.13, and OpenStack 2025.1 needs Python 3.11 to 3.12",
        ),
    ],
)
def test_guests_need_a_python_that_the_release_supports(release: dict[str, Any], python: str, obstacle: str) -> None:
    choice = choose(ABLE | {"distribution_python": python, "release": release}, **NEW)
    prefix = "the distribution has the modules of libvirt for "
    assert choice["obstacle"] == (f"{prefix}{obstacle}" if obstacle else "")
    assert choice["kind"] == ("fake" if obstacle else "libvirt")


@pytest.mark.parametrize(("release", "volumes"), [(NEWER, "fake"), (WALLABY, "none")])
def test_a_release_without_cinder_has_no_volumes(release: dict[str, Any], volumes: str) -> None:
    requested = {"hypervisor": "fake", "state": "started", "found": ""}
    machine = {"release": release}
    assert choose(machine, **requested, volumes="auto")["volumes"] == volumes
    problem = choose(machine, **requested, volumes="fake")["volumes_problem"]
    assert problem.startswith("A local cloud with OpenStack wallaby cannot use") == (volumes == "none")
    assert choose(machine, **requested, volumes="none")["volumes_problem"] == ""
