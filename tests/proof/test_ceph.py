# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers whose volumes are in Ceph.

The tests do not install the packages of Ceph. They are skipped if the machine does not have them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.clouds import VOLUMES_PORT_BASE, running
from ansible_collections.stackproof.migration.tests.proof.prover import Prover
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.rows import Table

INPUTS = {
    "migration_cycle_boot_volume": {"size": 1},
    "migration_cycle_volumes": [{"size": 1}],
    "migration_cycle_verify_guest": "console",
}


@pytest.fixture(scope="module")
def ceph_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Yield a cloud whose volumes are images in a pool of Ceph."""
    if os.geteuid() != 0:
        pytest.skip("libvirt hosts need root")
    if not Path("/usr/bin/ceph-osd").exists():
        pytest.skip("the package ceph-osd is not installed")
    yield from running(
        "ceph",
        VOLUMES_PORT_BASE,
        request,
        local_cloud_hypervisor="libvirt",
        local_cloud_volumes="rbd",
    )


@pytest.fixture
def ceph_prover(ceph_lab: Lab, table: Table) -> Prover:
    return Prover(ceph_lab, table)


def test_healthy(ceph_prover: Prover) -> None:
    ceph_prover.run(Row("nothing, volumes in Ceph", PASSED, inputs=INPUTS))
