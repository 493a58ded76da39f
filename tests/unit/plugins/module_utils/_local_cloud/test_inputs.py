# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud import inputs
from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.inputs import problems_of, settings_of
from cloudctl import settings as cloudctl

ROLE = Path(__file__).parents[5] / "roles" / "local_cloud"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
GUEST = {"image": "a", "memory": 8, "dirty_rate": 1}
RELEASES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text())["__local_cloud_release"]
    for path in (ROLE / "vars" / "releases").glob("*.yml")
}
NUMBER_OR_LIST = "local_cloud_hosts must be a whole number of at least 1, or a list with a dictionary for each host"
FLAVOR = {"name": "a", "vcpus": 1, "ram": 64, "disk": 1}


def problems(**changes: Any) -> list[str]:
    return problems_of(DEFAULTS | {f"local_cloud_{name}": value for name, value in changes.items()}, [], RELEASES)


def test_defaults_can_be_used() -> None:
    assert problems() == []


def test_every_input_is_validated() -> None:
    validated = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())["__local_cloud_names"]
    assert sorted(validated) == sorted(DEFAULTS)


def test_limits_are_those_of_cloudctl() -> None:
    assert (inputs.MAX_HOSTS, inputs.MAX_GUEST_MEMORY) == (cloudctl.MAX_HOSTS, cloudctl.MAX_GUEST_MEMORY)
    assert len(cloudctl.PORTS) == inputs.PORTS


@pytest.mark.parametrize(
    "changes",
    [
        {"hosts": "200"},
        {"hosts": 500},
        {"hosts": 200, "hypervisor": "libvirt"},
        {"hosts": [{}, {"release": "2026.1"}]},
        {"upgrade_levels_compute": "auto"},
        {"upgrade_levels_compute": "2026.1"},
        {"port_base": "0"},
        {"port_base": 1024},
        {"port_base": 65527},
        {"migration_seconds": 0},
        {"migration_seconds": "2.5"},
        {"migration_bandwidth": "8"},
        {"post_copy": "yes"},
        {"qemu": "~/qemu"},
        {"qemu": None},
        {"start_timeout": 0.5},
        {"install_packages": "false"},
        {"guests": []},
        {"guests": [GUEST | {"memory": 2048, "dirty_rate": 0}]},
        {"flavors": [FLAVOR | {"disk": 0, "vcpus": "2"}]},
        {"volumes": "auto"},
        {"volumes": "nfs"},
        {"volumes": "rbd"},
        {"networks": "flat"},
        {"networks": "ovn"},
        {"python": "/usr/bin/python3"},
        {"faults": ["never-ends"]},
        {"sources": {"nova": "/src/nova", "placement": "~/placement"}},
    ],
    ids=str,
)
def test_accepts_valid_inputs(changes: dict[str, Any]) -> None:
    assert problems(**changes) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"state": "gone"}, "local_cloud_state must be one of started, stopped, absent, found 'gone'."),
        ({"hosts": 0}, f"{NUMBER_OR_LIST}, found 0."),
        ({"hosts": "two"}, f"{NUMBER_OR_LIST}, found 'two'."),
        ({"hosts": []}, "local_cloud_hosts must be a list with a dictionary for each host, found []."),
        ({"hosts": ["2026.1"]}, "local_cloud_hosts must be a list with a dictionary for each host, found ['2026.1']."),
        ({"hosts": [{"rel": "2026.1"}]}, "local_cloud_hosts has no option rel. The only option is release."),
        ({"hosts": [{"release": "2026.1"}] * 201, "hypervisor": "libvirt"}, "local_cloud_hosts must be at most 200"),
        (
            {"hosts": [{"release": "2026.3"}]},
            f"local_cloud_hosts: release must be one of {', '.join(sorted(RELEASES))}, found '2026.3'. Did you mean",
        ),
        ({"hosts": [{"release": "2025.2"}]}, "local_cloud_hosts: compute1 has release=2025.2, and the controllers"),
        (
            {"upgrade_levels_compute": "always"},
            "local_cloud_upgrade_levels_compute must be auto, one of 2023.1, 2024.1",
        ),
        (
            {"hosts": 201, "hypervisor": "libvirt"},
            "local_cloud_hosts must be at most 200 with local_cloud_hypervisor=libvirt, found 201.",
        ),
        ({"hypervisor": "kvm"}, "local_cloud_hypervisor must be one of auto, fake, libvirt, found 'kvm'."),
        ({"port_base": 1023}, "local_cloud_port_base must be 0, or a number from 1024 to 65527, found 1023."),
        ({"port_base": 65528}, "local_cloud_port_base must be 0, or a number from 1024 to 65527, found 65528."),
        ({"port_base": -1}, "local_cloud_port_base must be 0, or a number from 1024 to 65527, found -1."),
        (
            {"sources": "/src/nova"},
            (
                "local_cloud_sources must be a dictionary with the path of a source tree for each service, found"
                " '/src/nova'. Set it to {nova: PATH}, or to {}."
            ),
        ),
        (
            {"sources": {"nowa": "/src/nova"}},
            (
                "local_cloud_sources has no service nowa. Did you mean nova? The services are keystone, glance,"
                " placement, nova, neutron, cinder."
            ),
        ),
        (
            {"sources": {"nova": "nova"}},
            (
                "local_cloud_sources: the value of nova must be an absolute path, found 'nova'. Set it to the top"
                " folder of a source tree."
            ),
        ),
        (
            {"sources": {"nova": None}},
            "local_cloud_sources: the value of nova must be an absolute path, found None.",
        ),
        ({"networks": "vlan"}, "local_cloud_networks must be one of none, flat, ovn, found 'vlan'."),
        ({"volumes": "lvm"}, "local_cloud_volumes must be one of none, auto, fake, nfs, rbd, found 'lvm'."),
        (
            {"volumes": "rbd", "networks": "flat"},
            "local_cloud_volumes=rbd cannot be used with local_cloud_networks=flat",
        ),
        (
            {"volumes": "rbd", "networks": "ovn"},
            "local_cloud_volumes=rbd cannot be used with local_cloud_networks=ovn",
        ),
        ({"migration_seconds": -1}, "local_cloud_migration_seconds must be a number of seconds, at least 0, found -1."),
        (
            {"migration_bandwidth": -1},
            "local_cloud_migration_bandwidth must be a whole number of at least 0, found -1.",
        ),
        (
            {"migration_bandwidth": 1.5},
            "local_cloud_migration_bandwidth must be a whole number of at least 0, found 1.5.",
        ),
        ({"post_copy": "perhaps"}, "local_cloud_post_copy must be true or false, found 'perhaps'."),
        ({"qemu": 10}, "local_cloud_qemu must be the path of a folder, found 10."),
        (
            {"api_workers": 0},
            "local_cloud_api_workers must be a whole number of at least 1, found 0.",
        ),
        (
            {"live_migrations_per_host": 0},
            "local_cloud_live_migrations_per_host must be a whole number of at least 1, found 0.",
        ),
        ({"start_timeout": 0}, "local_cloud_start_timeout must be a number of seconds, greater than 0, found 0."),
        ({"install_packages": "no"}, "local_cloud_install_packages must be one of auto, true, false, found 'no'."),
        ({"dir": ""}, "local_cloud_dir must be the path of a folder, found ''."),
        ({"guests": {}}, "local_cloud_guests must be a list of dictionaries with image, memory, dirty_rate, found {}."),
        (
            {"guests": [GUEST | {"memory": 0}]},
            "local_cloud_guests: memory must be a whole number from 1 to 2048, found 0",
        ),
        (
            {"guests": [GUEST | {"memory": 2049}]},
            "local_cloud_guests: memory must be a whole number from 1 to 2048, found 2049",
        ),
        (
            {"guests": [GUEST | {"dirty_rate": -1}]},
            "local_cloud_guests: dirty_rate must be a number of at least 0, found -1",
        ),
        ({"guests": [GUEST, GUEST]}, "local_cloud_guests has image='a' more than once."),
        ({"guests": [GUEST | {"image": ""}]}, "local_cloud_guests: image must be a text, found ''"),
        (
            {"flavors": [FLAVOR | {"vcpus": 0}]},
            "local_cloud_flavors: vcpus must be a whole number of at least 1, found 0",
        ),
        ({"flavors": [FLAVOR | {"ram": "much"}]}, "local_cloud_flavors: ram must be a whole number of at least 1,"),
        (
            {"flavors": [FLAVOR | {"disk": -1}]},
            "local_cloud_flavors: disk must be a whole number of at least 0, found -1",
        ),
        ({"flavors": [FLAVOR | {"swap": 1}]}, "local_cloud_flavors has no option swap."),
        ({"flavors": [{"name": "b"}]}, "local_cloud_flavors: vcpus must be a whole number of at least 1, found ''"),
        ({"debug": "often"}, "local_cloud_debug must be true or false, found 'often'."),
        ({"faults": "never-ends"}, "local_cloud_faults must be a list of names of faults, found 'never-ends'."),
        ({"python": 3}, "local_cloud_python must be the path of a Python interpreter, found 3."),
    ],
    ids=str,
)
def test_refuses_invalid_inputs(changes: dict[str, Any], problem: str) -> None:
    told = problems(**changes)
    assert told
    assert told[0].startswith(problem)
    # The message contains the problem, the value and the action.
    assert told[0].endswith((".", "?"))


def test_refuses_unknown_inputs_and_releases() -> None:
    assert problems_of(DEFAULTS, ["local_cloud_host", "local_cloud_result"], RELEASES) == [
        "There is no input local_cloud_host. Did you mean local_cloud_hosts?"
    ]
    told = problems_of(DEFAULTS | {"local_cloud_release": "zed"}, [], {"2026.2": RELEASES["2026.2"]})
    assert told == ["local_cloud_release must be one of 2026.2, found 'zed'. Choose one of these values."]


def test_existing_cloud_is_not_downgraded_but_removed() -> None:
    found, inputs = {"controllers": "2026.2"}, DEFAULTS | {"local_cloud_release": "2026.1"}
    (told,) = problems_of(inputs, [], RELEASES, found)
    assert "OpenStack supports no downgrade" in told
    assert problems_of(inputs | {"local_cloud_state": "absent"}, [], RELEASES, found) == []


def test_hosts_have_the_release_of_the_controllers_by_default() -> None:
    hosts = {"local_cloud_hosts": [{}, {"release": "2026.1"}, {"release": ""}]}
    assert settings_of(DEFAULTS | hosts)["host_releases"] == ["2026.2", "2026.1", "2026.2"]


def test_settings_have_types_although_variables_are_strings() -> None:
    """Variables from -e name=value are strings.

    Before ansible-core 2.19, the results of expressions are also strings.
    """
    as_text = {name: str(value) if isinstance(value, (int, float)) else value for name, value in DEFAULTS.items()}
    as_text["local_cloud_flavors"] = [{"name": "a", "vcpus": "1", "ram": "64", "disk": "1"}]
    as_text["local_cloud_guests"] = [{"image": "a", "memory": "8", "dirty_rate": "1.5"}]
    settings = settings_of(as_text)
    assert settings["hypervisor_settings"] == {
        "migration_seconds": 3.0,
        "migration_bandwidth": 0,
        "post_copy": False,
        "qemu": "",
    }
    assert settings["flavors"] == [FLAVOR]
    assert settings["guests"] == [GUEST | {"dirty_rate": 1.5}]
    assert (settings["host_releases"], settings["port_base"], settings["start_timeout"]) == (["2026.2"] * 2, 0, 120.0)
    assert settings["debug"] is False
