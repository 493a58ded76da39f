# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._cycle.preflight_summary import (
    cloud_text,
    orphans_text,
    summary_lines,
)

PREFLIGHT: dict[str, Any] = {
    "cloud": {"region": "RegionOne", "auth_url": "https://keystone.example.org/v3"},
    "user": {"name": "tester"},
    "project": {"name": "probe"},
    "usable_hosts": ["compute1", "compute2"],
    "image": {"name": "cirros"},
    "image_chosen": True,
    "flavor": {"name": "m1.tiny"},
    "flavor_chosen": False,
}


@pytest.mark.parametrize(
    ("cloud", "preflight", "text"),
    [
        ("mycloud", PREFLIGHT, "mycloud, region RegionOne, https://keystone.example.org/v3"),
        ("", PREFLIGHT, "no entry of clouds.yaml, region RegionOne, https://keystone.example.org/v3"),
        ({"auth": {"password": "secret"}}, {}, "no entry of clouds.yaml"),
        ("mycloud", {"cloud": None}, "mycloud"),
        ("mycloud", {"cloud": {"region": "", "auth_url": None}}, "mycloud"),
    ],
)
def test_names_cloud_region_and_url(cloud: Any, preflight: dict[str, Any], text: str) -> None:
    assert cloud_text(cloud, preflight) == text


def test_lists_chosen_image_and_flavor() -> None:
    assert summary_lines(PREFLIGHT, {"migration_cycle_cloud": "mycloud", "migration_cycle_flavor": "m1.tiny"}) == [
        "cloud      mycloud, region RegionOne, https://keystone.example.org/v3",
        "user       tester, project probe",
        "hosts      compute1, compute2",
        "image      cirros (smallest suitable image)",
        "flavor     m1.tiny (m1.tiny)",
    ]


def test_lists_missing_facts() -> None:
    nothing = {"usable_hosts": None, "image": None, "image_chosen": False, "flavor": None}
    found = summary_lines(PREFLIGHT | nothing, {"migration_cycle_image": "cirros", "migration_cycle_flavor": ""})
    assert found[2:] == [
        "hosts      not visible to this user",
        "image      none found (cirros)",
        "flavor     none found (no suitable flavor)",
    ]
    assert summary_lines({}, {}) == []


def test_reports_orphaned_servers() -> None:
    servers = [{"name": "probe-1"}, {"name": "probe-2"}]
    found = "Orphaned servers of ended runs: probe-1, probe-2 (count=2). "
    assert orphans_text(servers, [], removed=True) == found + "The servers are deleted now."
    assert (
        orphans_text(servers, [], removed=False)
        == found + "The servers are kept, because migration_cycle_remove_orphaned_servers is false."
    )
    assert orphans_text([], [], removed=True) == ""


def test_reports_orphaned_resources() -> None:
    resources = [{"kind": "volume", "name": "", "id": "v1"}, {"kind": "server group", "name": "probe", "id": "g1"}]
    found = "Orphaned resources of ended runs: volume v1, server group probe (count=2). "
    assert orphans_text([], resources, removed=True) == found + "The resources are deleted now."
    servers = [{"name": "probe-1"}]
    assert orphans_text(servers, resources, removed=True).endswith(f" {found}The resources are deleted now.")
