# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.stackproof.migration.plugins.modules import allocation_info
from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import uuid_of

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.unit.plugins.conftest import Run
    from ansible_collections.stackproof.migration.tests.unit.plugins.fake_cloud import FakeCloud


def test_returns_names_of_providers(run: Run, fake: FakeCloud) -> None:
    server = fake.add_server("probe")
    fake.allocations[server["id"]] = {"compute1": {"VCPU": 1}, "compute1_numa0": {"PCPU": 2}}
    result = run(allocation_info, consumers=[server["id"], uuid_of(4711), server["id"]])
    assert not result["changed"]
    assert result["allocations"] == [
        {
            "consumer": server["id"],
            "resources": {"compute1": {"VCPU": 1}, "compute1_numa0": {"PCPU": 2}},
            "roots": ["compute1"],
        },
        {"consumer": uuid_of(4711), "resources": {}, "roots": []},
    ]
    # one request reads the providers for all consumers
    assert fake.count("GET", "resource_providers") == 2


def test_requires_the_role_admin(run: Run, fake: FakeCloud) -> None:
    fake.roles = ["member"]
    result = run(allocation_info, consumers=[uuid_of(1)], fails=True)
    assert result["failure"]["kind"] == "permission"
    assert result["failure"]["service"] == "placement"
    assert result["allocations"] == []


def test_refuses_invalid_options(run: Run, fake: FakeCloud) -> None:
    assert "found 'probe'" in run(allocation_info, consumers=["probe"], fails=True)["msg"]
    assert fake.requests == []
