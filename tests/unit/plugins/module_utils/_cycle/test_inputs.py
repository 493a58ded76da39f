# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.inputs import cycle_settings, input_problems

DEFAULTS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[5] / "roles/migration_cycle/defaults/main.yml").read_text()
) | {"migration_cycle_cloud": "mycloud"}
ICMP: dict[str, Any] = {"protocol": "icmp"}


def inputs(**given: Any) -> dict[str, Any]:
    return DEFAULTS | {f"migration_cycle_{name}": value for name, value in given.items()}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"cloud": ""},
        {"cloud": {"auth": {"password": "secret"}}},
        {"count": "4", "migrate_count": "4"},
        {"networks": ["blue", "green"]},
        {"target": "compute1"},
        {"block_migration": True},
        {"wait_for_hosts": 0, "spare_servers": 0},
        {"verify_guest": "console", "max_downtime": "0"},
        {"probe": ICMP, "networks": "auto", "max_downtime": 0.1},
        {"probe": {"protocol": "tcp", "port": "443", "address": "192.0.2.1", "network": "", "interval": "0.5"}},
        {"probe": None, "max_downtime": None, "metadata": None, "image": None},
        # An empty option counts as unset.
        {"probe": {"protocol": "", "port": None}},
        {"report_dir": ""},
        {"control": "yes", "fail": "False"},
        {"boot_volume": {"size": "2", "type": ""}, "volumes": [{"size": "1", "delete_on_termination": "no"}]},
        {
            "count": "1",
            "ports": [{"network": "blue", "fixed_ip": "192.0.2.1"}],
            "probe": {"protocol": "icmp", "address": "192.0.2.1"},
        },
        {"count": 1, "ports": [{"network": "blue"}], "probe": ICMP, "security_groups": ["ping"]},
        {"server_group_policy": "soft-anti-affinity", "config_drive": "false"},
        {"server_group_policy": "affinity", "count": 1},
    ],
)
def test_accepts_valid_inputs(given: dict[str, Any]) -> None:
    assert input_problems(inputs(**given), list(DEFAULTS)) == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"count": 0, "migrate_count": 1},
            "migration_cycle_count must be a whole number of at least 1, found 0. Set it to 1",
        ),
        ({"count": "two"}, "migration_cycle_count must be a whole number of at least 1, found 'two'."),
        ({"migrate_count": 0}, "migration_cycle_migrate_count must be a whole number of at least 1, found 0."),
        (
            {"migrate_count": "3"},
            (
                "migration_cycle_migrate_count must be at most migration_cycle_count (2), found '3'. Lower"
                " migration_cycle_migrate_count, or raise migration_cycle_count."
            ),
        ),
        ({"spare_servers": -1}, "migration_cycle_spare_servers must be a whole number of at least 0, found -1."),
        (
            {"boot_timeout": 0},
            "migration_cycle_boot_timeout must be a whole number of at least 1, found 0. Set it to 1 s",
        ),
        ({"migrate_timeout": -1}, "migration_cycle_migrate_timeout must be a whole number of at least 1, found -1."),
        ({"settle_timeout": 0}, "migration_cycle_settle_timeout must be a whole number of at least 1, found 0."),
        ({"delete_timeout": 0}, "migration_cycle_delete_timeout must be a whole number of at least 1, found 0."),
        ({"delete_timeout": -5}, "migration_cycle_delete_timeout must be a whole number of at least 1, found -5."),
        (
            {"delete_timeout": "soon"},
            "migration_cycle_delete_timeout must be a whole number of at least 1, found 'soon'.",
        ),
        ({"count": 1.5}, "migration_cycle_count must be a whole number of at least 1, found 1.5."),
        (
            {"count": True, "migrate_count": 1},
            "migration_cycle_count must be a whole number of at least 1, found True.",
        ),
        (
            {"migrate_timeout": 10**12},
            "migration_cycle_migrate_timeout must be at most 2592000 seconds (30 days), found 1000000000000.",
        ),
        (
            {"wait_for_hosts": "nan"},
            "migration_cycle_wait_for_hosts must be a number of seconds, at least 0, found 'nan'.",
        ),
        ({"poll_interval_max": 1e9}, "migration_cycle_poll_interval_max must be at most 2592000 seconds (30 days)"),
        ({"wait_for_hosts": -1}, "migration_cycle_wait_for_hosts must be a number of seconds, at least 0, found -1."),
        ({"poll_interval": 0}, "migration_cycle_poll_interval must be a number of seconds, greater than 0, found 0."),
        (
            {"poll_interval": 2},
            (
                "migration_cycle_poll_interval must be at most migration_cycle_poll_interval_max (0.5), found 2. Lower"
                " migration_cycle_poll_interval, or raise migration_cycle_poll_interval_max."
            ),
        ),
        (
            {"on_timeout": "retry"},
            (
                "migration_cycle_on_timeout must be one of fail, abort, force_complete, found 'retry'."
                " Choose one of these values."
            ),
        ),
        (
            {"block_migration": "maybe"},
            "migration_cycle_block_migration must be one of auto, true, false, found 'maybe'.",
        ),
        ({"verify_guest": "ssh"}, "migration_cycle_verify_guest must be one of none, console, found 'ssh'."),
        (
            {"target": ""},
            (
                "migration_cycle_target must be scheduler, other or the name of a compute host, found ''. Set it to"
                " one of these."
            ),
        ),
        (
            {"name": " "},
            "migration_cycle_name must be the beginning of the server names, found ' '. Set it to a text",
        ),
        ({"image": ["cirros"]}, "migration_cycle_image must be the name or id of an image, found ['cirros']."),
        ({"networks": "blue"}, "migration_cycle_networks must be none, auto, or a list of networks, found 'blue'."),
        ({"networks": []}, "migration_cycle_networks must be none, auto, or a list of networks, found []."),
        ({"networks": [""]}, "migration_cycle_networks must be none, auto, or a list of networks, found ['']."),
        ({"metadata": "a=b"}, "migration_cycle_metadata must be a dictionary, found 'a=b'."),
        (
            {"control": "maybe"},
            "migration_cycle_control must be true or false, found 'maybe'. Set it to true or false.",
        ),
        ({"probe": "icmp"}, "migration_cycle_probe must be a dictionary with protocol: icmp or tcp, found 'icmp'."),
        (
            {"probe": {"protocol": "", "port": 22}, "networks": "auto"},
            "migration_cycle_probe: protocol must be icmp or tcp, found ''. Set it to icmp or tcp.",
        ),
        (
            {"probe": {**ICMP, "ports": 1}, "networks": "auto"},
            "migration_cycle_probe has no option ports. The options are pro",
        ),
        (
            {"probe": {**ICMP, "port": 0}, "networks": "auto"},
            "migration_cycle_probe: port must be a number from 1 to 655",
        ),
        (
            {"probe": {**ICMP, "interval": 1}, "networks": "auto"},
            "migration_cycle_probe: interval must be a number of seconds from 0.005 to 0.5, found 1.",
        ),
        (
            {"probe": {**ICMP, "timeout": 0}, "networks": "auto"},
            "migration_cycle_probe: timeout must be a number of seconds, greater than 0 and at most 2592000, found 0.",
        ),
        (
            {"probe": {**ICMP, "address": "server"}},
            "migration_cycle_probe: address must be an IP address, found 'server'. Set the address to the IP",
        ),
        (
            {"probe": {**ICMP, "address": "192.0.2.1"}, "migrate_count": 2},
            (
                "migration_cycle_probe: address belongs to one server, but migration_cycle_migrate_count is 2. Set"
                " migration_cycle_migrate_count to 1, or remove the address."
            ),
        ),
        (
            {"probe": ICMP},
            (
                "migration_cycle_probe needs servers with an address, but migration_cycle_networks is none. Set"
                " migration_cycle_networks to auto, or to a list of networks."
            ),
        ),
        (
            {"max_downtime": 2},
            (
                "migration_cycle_max_downtime is 2. This run does not measure the downtime of the guests. Set"
                " migration_cycle_verify_guest to console, or set migration_cycle_probe."
            ),
        ),
        (
            {"max_downtime": "short"},
            "migration_cycle_max_downtime must be a number of seconds, at least 0, found 'short'.",
        ),
        (
            {"max_downtime": "0.05", "probe": ICMP, "networks": "auto"},
            (
                "migration_cycle_max_downtime must be at least 0.1, which is 5 times the interval of"
                " migration_cycle_probe, found '0.05'. Lower the interval of the probe, or raise"
                " migration_cycle_max_downtime."
            ),
        ),
        ({"report_dir": 7}, "migration_cycle_report_dir must be the path of a folder, found 7."),
    ],
)
def test_refuses_invalid_inputs(given: dict[str, Any], problem: str) -> None:
    (found,) = input_problems(inputs(**given))
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"boot_volume": {"length": 1}},
            "migration_cycle_boot_volume has no option length. The options are size, type,",
        ),
        ({"boot_volume": {"size": "big"}}, "migration_cycle_boot_volume: size must be a whole number of GiB"),
        ({"boot_volume": "yes"}, "migration_cycle_boot_volume must be a dictionary with the keys size"),
        ({"volumes": [{"type": "fast"}]}, "migration_cycle_volumes, entry 1: size is missing."),
        ({"volumes": {"size": 1}}, "migration_cycle_volumes must be a list of dictionaries"),
        (
            {"volumes": [{"size": 1, "delete_on_termination": "maybe"}]},
            "migration_cycle_volumes, entry 1: delete_on_termination must be true or false, found 'maybe'.",
        ),
        ({"ports": [{"network": "blue"}]}, "Set migration_cycle_count to 1, or use migration_cycle_networks"),
        (
            {"count": 1, "ports": [{"network": "blue", "vnic_type": "usual"}]},
            "entry 1: vnic_type must be one of normal,",
        ),
        (
            {"security_groups": ["ping"]},
            "migration_cycle_security_groups needs a new port. Set migration_cycle_networks",
        ),
        ({"security_groups": "ping"}, "migration_cycle_security_groups must be a list"),
        ({"config_drive": "maybe"}, "migration_cycle_config_drive must be true, false or empty, found 'maybe'."),
        (
            {"server_group_policy": "near"},
            "migration_cycle_server_group_policy must be one of affinity, anti-affinity,",
        ),
        ({"server_group_policy": "affinity"}, "migration_cycle_server_group_policy cannot be affinity with migration_"),
        ({"server_group": "a", "server_group_policy": "affinity"}, "Remove one of them."),
    ],
)
def test_refuses_invalid_devices(given: dict[str, Any], problem: str) -> None:
    (found,) = [text for text in input_problems(inputs(**given)) if problem in text]
    assert found.startswith("migration_cycle_")


def test_settings_of_devices() -> None:
    ports = [{"network": "blue", "fixed_ip": ""}]
    given = inputs(boot_volume={"size": "2", "type": ""}, count=1, ports=ports, config_drive=False)
    settings = cycle_settings(given)
    assert settings["boot_volume"] == {"size": 2}
    assert settings["ports"] == [{"network": "blue"}]
    assert settings["config_drive"] == "false"
    # A port belongs to one server, so the control experiment cannot use it.
    assert not settings["control_enabled"]
    assert cycle_settings(inputs())["control_enabled"]
    assert cycle_settings(inputs(boot_volume="x", volumes=3))["volumes"] == []


def test_reports_all_problems_at_once() -> None:
    found = input_problems(
        inputs(count=0, on_timeout="x"),
        [*DEFAULTS, "migration_cycle_result", "migration_cycle_counts"],
    )
    assert [problem.split(" must")[0] for problem in found] == [
        "There is no input migration_cycle_counts. Did you mean migration_cycle_count?",
        "migration_cycle_count",
        "migration_cycle_on_timeout",
    ]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        # The control experiment repeats the boot and the migration.
        ({}, 2 * (300 + 900 + 300 + 2 * 30) + 300 + 120 + 600),
        ({"control": "false"}, (300 + 900 + 300 + 2 * 30) + 300 + 120 + 600),
        ({"boot_timeout": "10", "wait_for_hosts": "0.5"}, 2 * (10 + 900 + 2 * 30) + 1 + 300 + 120 + 600),
        ({"probe": {**ICMP, "timeout": "20"}}, 2 * (300 + 900 + 300 + 2 * 30) + 300 + 20 + 600),
        # input_problems reports invalid values
        ({"boot_timeout": "soon"}, 2 * (900 + 300 + 2 * 30) + 300 + 120 + 600),
    ],
)
def test_computes_the_longest_duration_of_a_run(given: dict[str, Any], seconds: int) -> None:
    assert cycle_settings(inputs(**given))["max_run_seconds"] == seconds


@pytest.mark.parametrize(
    ("given", "probed", "probe_max_downtime", "console_max_downtime"),
    [
        ({}, False, "", ""),
        ({"max_downtime": 0}, False, "", "0"),
        ({"probe": {**ICMP, "address": "", "network": None}}, True, "", ""),
        ({"probe": ICMP, "max_downtime": "2.5"}, True, "2.5", "2.5"),
        ({"probe": "icmp"}, False, "", ""),
    ],
)
def test_reads_the_checks_of_the_guests(
    given: dict[str, Any], probed: bool, probe_max_downtime: str, console_max_downtime: str
) -> None:
    found = cycle_settings(inputs(**given))
    assert found["probe"] == (ICMP if probed else {})
    assert (found["probe_enabled"], found["probe_max_downtime"]) == (probed, probe_max_downtime)
    assert found["console_max_downtime"] == console_max_downtime
    assert found["console_enabled"] is False


def test_report_inputs_contain_numbers() -> None:
    shown = cycle_settings(inputs(count="4", wait_for_hosts="0", boot_timeout="soon", image="cirros"))["report_inputs"]
    assert (shown["count"], shown["wait_for_hosts"]) == (4, 0.0)
    assert (shown["boot_timeout"], shown["image"], shown["probe"]) == ("soon", "cirros", {})
