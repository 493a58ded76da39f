# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.inputs import problems_of, settings_of

DEFAULTS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[5] / "roles/migration_cycle/defaults/main.yml").read_text()
) | {"migration_cycle_cloud": "mycloud"}
ICMP = {"protocol": "icmp"}


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
        # what is empty is not given
        {"probe": {"protocol": "", "port": None}},
        {"report_dir": ""},
        {"control": "yes", "fail": "False"},
    ],
)
def test_inputs_that_can_be_used(given: dict[str, Any]) -> None:
    assert problems_of(inputs(**given), list(DEFAULTS)) == []


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
            "migration_cycle_on_timeout must be one of fail, abort, force_complete, found 'retry'. Choose one of them.",
        ),
        (
            {"block_migration": "maybe"},
            "migration_cycle_block_migration must be one of auto, true, false, found 'maybe'.",
        ),
        ({"verify_guest": "ssh"}, "migration_cycle_verify_guest must be one of none, console, found 'ssh'."),
        (
            {"target": ""},
            (
                "migration_cycle_target must be scheduler, other or the name of a compute host, found ''. Choose"
                " one of these."
            ),
        ),
        (
            {"name": " "},
            "migration_cycle_name must be what the names of the servers begin with, found ' '. Give a text",
        ),
        ({"image": ["cirros"]}, "migration_cycle_image must be the name or id of an image, found ['cirros']."),
        ({"networks": "blue"}, "migration_cycle_networks must be none, auto, or a list of networks, found 'blue'."),
        ({"networks": []}, "migration_cycle_networks must be none, auto, or a list of networks, found []."),
        ({"networks": [""]}, "migration_cycle_networks must be none, auto, or a list of networks, found ['']."),
        ({"metadata": "a=b"}, "migration_cycle_metadata must be a dictionary, found 'a=b'."),
        ({"control": "maybe"}, "migration_cycle_control must be true or false, found 'maybe'. Set it to one of them."),
        ({"probe": "icmp"}, "migration_cycle_probe must be a dictionary with protocol: icmp or tcp, found 'icmp'."),
        (
            {"probe": {"protocol": "", "port": 22}, "networks": "auto"},
            "migration_cycle_probe: protocol must be icmp or tcp, found ''. Choose one of them.",
        ),
        (
            {"probe": {**ICMP, "ports": 1}, "networks": "auto"},
            "migration_cycle_probe has no option ports. Choose from pro",
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
            "migration_cycle_probe: timeout must be a number of seconds, greater than 0, found 0.",
        ),
        (
            {"probe": {**ICMP, "address": "server"}},
            "migration_cycle_probe: address must be an IP address, found 'server'. Give the IP address of the server.",
        ),
        (
            {"probe": {**ICMP, "address": "192.0.2.1"}, "migrate_count": 2},
            (
                "The address of migration_cycle_probe is that of one server, and migration_cycle_migrate_count is 2."
                " Set migration_cycle_migrate_count to 1, or leave the address out."
            ),
        ),
        (
            {"probe": ICMP},
            (
                "migration_cycle_probe needs servers that have an address, and migration_cycle_networks is none. Set"
                " migration_cycle_networks to auto, or to a list of networks."
            ),
        ),
        (
            {"max_downtime": 2},
            (
                "migration_cycle_max_downtime is 2, but nothing measures the downtime of the guests. Set"
                " migration_cycle_verify_guest to console, or migration_cycle_probe, too."
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
                " migration_cycle_probe, found '0.05'. Raise migration_cycle_max_downtime, or lower that interval."
            ),
        ),
        ({"report_dir": 7}, "migration_cycle_report_dir must be the path of a folder, found 7."),
    ],
)
def test_inputs_that_cannot(given: dict[str, Any], problem: str) -> None:
    (found,) = problems_of(inputs(**given))
    assert found.startswith(problem)


def test_all_problems_are_told_at_once() -> None:
    found = problems_of(
        inputs(count=0, on_timeout="x"),
        [*DEFAULTS, "migration_cycle_result", "migration_cycle_counts"],
        check_mode=True,
    )
    assert [problem.split(" must")[0] for problem in found] == [
        "There is no input migration_cycle_counts. Did you mean migration_cycle_count?",
        (
            "Whether live migration works shows only when it is tried, so this role has no check mode. Run it without"
            " --check, or use the module migration_preflight, which tells without a change whether it can be tried."
        ),
        "migration_cycle_count",
        "migration_cycle_on_timeout",
    ]


@pytest.mark.parametrize(
    ("given", "lasts"),
    [
        # twice for the control experiment, and what is done once
        ({}, 2 * (300 + 900 + 300 + 2 * 30) + 300 + 120 + 600),
        ({"control": "false"}, (300 + 900 + 300 + 2 * 30) + 300 + 120 + 600),
        ({"boot_timeout": "10", "wait_for_hosts": "0.5"}, 2 * (10 + 900 + 2 * 30) + 1 + 300 + 120 + 600),
        ({"probe": {**ICMP, "timeout": "20"}}, 2 * (300 + 900 + 300 + 2 * 30) + 300 + 20 + 600),
        # told by problems_of
        ({"boot_timeout": "soon"}, 2 * (900 + 300 + 2 * 30) + 300 + 120 + 600),
    ],
)
def test_how_long_a_run_may_last(given: dict[str, Any], lasts: int) -> None:
    assert settings_of(inputs(**given))["lasts"] == lasts


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
def test_how_guests_are_checked(
    given: dict[str, Any], probed: bool, probe_max_downtime: str, console_max_downtime: str
) -> None:
    found = settings_of(inputs(**given))
    assert found["probe"] == (ICMP if probed else {})
    assert (found["probed"], found["probe_max_downtime"]) == (probed, probe_max_downtime)
    assert found["console_max_downtime"] == console_max_downtime
    assert found["console"] is False


def test_a_report_shows_numbers_as_numbers() -> None:
    reported = settings_of(inputs(count="4", wait_for_hosts="0", boot_timeout="soon", image="cirros"))["reported"]
    assert (reported["count"], reported["wait_for_hosts"]) == (4, 0.0)
    assert (reported["boot_timeout"], reported["image"], reported["probe"]) == ("soon", "cirros", {})
