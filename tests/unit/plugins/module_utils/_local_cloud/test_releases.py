# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The releases that can be in one cloud, with the releases of the role."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.stackproof.migration.plugins.module_utils._local_cloud.releases import (
    Releases,
    change_problems,
    mix_problems,
)

ROLE = Path(__file__).parents[5] / "roles" / "local_cloud"
VARIABLES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text())["__local_cloud_release"]
    for path in sorted((ROLE / "vars" / "releases").glob("*.yml"))
}
RELEASES = Releases.of(VARIABLES)


def test_names_are_those_of_the_files() -> None:
    assert {name: content["name"] for name, content in VARIABLES.items()} == {name: name for name in VARIABLES}


@pytest.mark.parametrize(
    ("controllers", "usable"),
    [
        ("2026.2", ["2026.2", "2026.1"]),
        ("2026.1", ["2026.1", "2025.2", "2025.1"]),
        ("2025.2", ["2025.2", "2025.1"]),
        ("2025.1", ["2025.1", "2024.1"]),
        ("2024.1", ["2024.1", "2023.1"]),
        ("wallaby", ["wallaby"]),
    ],
)
def test_releases_of_hosts(controllers: str, usable: list[str]) -> None:
    assert RELEASES.supported_by(controllers) == usable
    for name in VARIABLES:
        told = mix_problems(controllers, [controllers, name], RELEASES)
        assert bool(told) is (name not in usable)


def test_message_contains_the_rule_and_the_usable_releases() -> None:
    (told,) = mix_problems("2026.1", ["2026.1", "2024.1"], RELEASES)
    assert told == (
        "local_cloud_hosts: compute2 has release=2024.1, and the controllers have local_cloud_release=2026.1. Nova "
        "supports compute hosts of the release of the controllers and of the release before. If both are SLURP "
        "releases (2023.1, 2024.1, 2025.1, 2026.1), Nova also supports the second release before. Choose one of "
        "2026.1, 2025.2, 2025.1 for this host."
    )


def test_hosts_cannot_be_newer_than_the_controllers() -> None:
    (told,) = mix_problems("2026.1", ["2026.2"], RELEASES)
    assert "A compute host cannot be newer than the controllers." in told


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("2025.1", "2026.1", ""),
        ("2026.1", "2026.2", ""),
        ("2026.2", "2026.2", ""),
        ("2025.1", "2026.2", r"only to the next release.* Upgrade to 2025.2 or 2026.1 first\."),
        ("2024.1", "2025.2", r"Upgrade to 2025.1 first\."),
        ("wallaby", "2026.2", r"Remove the cloud \(local_cloud_state=absent\)\."),
        ("2026.1", "2025.1", r"no downgrade, because the tables .* Set local_cloud_release=2026.1, or remove"),
        ("unknown", "2025.1", ""),
    ],
)
def test_release_that_can_follow(before: str, after: str, problem: str) -> None:
    told = change_problems({"controllers": before, "compute1": before}, after, [after], RELEASES)
    # The message about the controllers is the only one.
    assert len(told) == bool(problem)
    assert re.search(problem, " ".join(told))


@pytest.mark.parametrize(
    ("found", "hosts", "problem"),
    [
        ({"compute1": "2025.1", "compute2": "2025.1"}, ["2026.1", "2025.1"], ""),
        (
            {"compute1": "2026.1", "compute2": "2025.1"},
            ["2025.1", "2025.1"],
            "compute1 has release=2025.1, but it already runs 2026.1. Nova supports no downgrade.",
        ),
        ({"compute1": "2025.1"}, ["2025.1", "2026.1"], ""),
        ({"compute1": "2025.1", "compute2": "2026.1"}, ["2025.1", "2026.1", "2025.1"], ""),
        (
            {"compute1": "2026.1"},
            ["2026.1", "2025.1"],
            "compute2 is a new host with release=2025.1, and all existing hosts are newer (oldest=2026.1).",
        ),
        ({}, ["2025.1", "2026.1"], ""),
    ],
)
def test_hosts_of_an_existing_cloud(found: dict[str, str], hosts: list[str], problem: str) -> None:
    told = change_problems({"controllers": "2026.1", **found}, "2026.1", hosts, RELEASES)
    assert bool(told) is bool(problem)
    assert problem in " ".join(told)
