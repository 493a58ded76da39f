# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup that selects the inventory hosts which represent clouds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display
from ansible_collections.stackproof.migration.plugins.lookup import regression_targets

if TYPE_CHECKING:
    from pathlib import Path

CLOUDS = {"all": ["web1", "berlin", "lisbon"], "ungrouped": ["web1"], "migration_targets": ["berlin", "lisbon"]}
WEB = {"all": ["web1", "web2"], "ungrouped": ["web1", "web2"]}
NONE: dict[str, list[str]] = {"all": [], "ungrouped": []}


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text: said.append(text))
    return said


def pattern(groups: dict[str, list[str]], **variables: Any) -> str:
    lookup = regression_targets.LookupModule(loader=DataLoader())
    (found,) = lookup.run([], {"groups": groups, **variables})
    return found


def test_returns_no_pattern_without_inventory(warnings: list[str]) -> None:
    assert pattern(NONE) == ""
    assert pattern({"all": ["localhost"]}) == ""
    assert regression_targets.LookupModule(loader=DataLoader()).run([]) == [""]
    assert warnings == []


def test_warns_of_hosts_that_are_not_used(warnings: list[str]) -> None:
    assert pattern(WEB) == ""
    (said,) = warnings
    assert "no hosts that represent clouds (hosts=2)" in said
    assert "-e regression_targets=" in said


def test_returns_the_group(warnings: list[str]) -> None:
    assert pattern(CLOUDS) == "migration_targets"
    assert pattern(CLOUDS, ansible_limit="berlin") == "migration_targets"
    assert warnings == []


@pytest.mark.parametrize("given", ["web*", "all:!web1", ["berlin", "web1"], "~lis.*", "berlin,web1"])
def test_variable_selects_other_hosts(given: str | list[str]) -> None:
    assert pattern(CLOUDS, regression_targets=given) == (given if isinstance(given, str) else "berlin:web1")


def test_reads_a_limit_file(tmp_path: Path) -> None:
    (tmp_path / "retry").write_text("berlin\n", encoding="utf-8")
    assert pattern(CLOUDS, ansible_limit=f"@{tmp_path}/retry") == "migration_targets"
    (tmp_path / "retry").write_text("web1\n", encoding="utf-8")
    with pytest.raises(AnsibleError, match="no cloud is selected"):
        pattern(CLOUDS, ansible_limit=f"@{tmp_path}/retry")


@pytest.mark.parametrize(
    ("groups", "variables", "message"),
    [
        (
            CLOUDS,
            {"ansible_limit": "web1"},
            (
                "No host of the inventory matches migration_targets and --limit web1, so no cloud is selected."
                " Hosts in migration_targets: berlin, lisbon."
            ),
        ),
        (
            WEB,
            {"regression_targets": "cloud*"},
            "No host of the inventory matches cloud*, so no cloud is selected. Hosts: web1, web2.",
        ),
        (
            NONE,
            {"regression_targets": "berlin"},
            "No host of the inventory matches berlin, so no cloud is selected. Hosts: none.",
        ),
        (
            {**WEB, "migration_targets": []},
            {},
            (
                "The group migration_targets of the inventory is empty, so no cloud is selected. Add a host for each"
                " cloud to it, or remove the group to run against the cloud in OS_CLOUD."
            ),
        ),
    ],
)
def test_fails_when_no_host_matches(groups: dict[str, list[str]], variables: dict[str, str], message: str) -> None:
    with pytest.raises(AnsibleError) as raised:
        pattern(groups, **variables)
    assert raised.value.message == message
