# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each supported release of OpenStack.

A release is skipped if this machine has no Python for it.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.clouds import running
from ansible_collections.stackproof.migration.tests.proof.prover import Prover
from ansible_collections.stackproof.migration.tests.proof.releases import (
    PORT_BASE,
    RELEASES,
    nova_of,
    require_pythons,
)
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row, nothing_booted
from ansible_collections.stackproof.migration.tests.proof.test_cloud_at_fault import ROWS as ROWS_OF_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Table
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

NEWEST_FIRST = sorted(RELEASES, key=nova_of, reverse=True)
# Since this version of Nova, a manager of a project may live-migrate its servers.
MANAGER_MAY_MIGRATE = 32
FAULT_ROWS = {row.faults[0]: row for row in ROWS_OF_FAULTS}


@pytest.fixture(scope="module", params=NEWEST_FIRST)
def release(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    require_pythons(name)
    return name


@pytest.fixture(scope="module")
def release_lab(release: str, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud of one release."""
    yield from running(
        "release",
        PORT_BASE,
        request,
        local_cloud_hypervisor="fake",
        local_cloud_release=release,
    )


@pytest.fixture
def release_prover(release_lab: Lab, table: Table) -> Prover:
    return Prover(release_lab, table)


def names_release(result: Result, release: str) -> None:
    """Require that the report names the release. The API cannot tell some releases apart."""
    evidence = json.loads((result.report / "evidence.json").read_text(encoding="utf-8"))
    assert release in evidence["cloud"]["release"].lower().split(" or ")


def test_healthy(release_prover: Prover, release: str) -> None:
    row = Row(f"OpenStack {release}: a healthy cloud", PASSED, further=lambda result: names_release(result, release))
    release_prover.run(row)


@pytest.mark.parametrize("fault", ["bug-1718455", "precheck-raises"])
def test_fault(release_prover: Prover, release: str, fault: str) -> None:
    row = FAULT_ROWS[fault]
    release_prover.run(dataclasses.replace(row, change=f"OpenStack {release}: {row.change}"))


def test_member(release_prover: Prover, release: str) -> None:
    row = Row(
        f"OpenStack {release}: the user has the role member",
        "error",
        ("os-migrations", "admin or, since Nova 32", "manager in the server's project"),
        further=nothing_booted,
    )
    release_prover.lab.start()
    release_prover.record(row, release_prover.lab.run(cloud="local-member").result())


def test_manager(release_prover: Prover, release: str) -> None:
    change = f"OpenStack {release}: the user has the role manager in the project"
    if nova_of(release) >= MANAGER_MAY_MIGRATE:
        row = Row(change, PASSED)
    else:
        row = Row(change, "error", ("os-migrations", "admin or, since Nova 32"), further=nothing_booted)
    release_prover.lab.start()
    result = release_prover.lab.run(cloud="local-manager").result()
    # A manager may not read Placement. So the run does not wait until Nova has deleted the allocations, which Nova does
    # after it has deleted the server.
    release_prover.lab.wait_for_deleted_allocations()
    release_prover.record(row, result)
