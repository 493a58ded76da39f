# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The disks of all servers are on a resource provider that shares its storage with the hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.lab import SHARED_STORAGE
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row

if TYPE_CHECKING:
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result


def disk_is_shared(result: Result) -> None:
    """Require that the server had a disk on the shared storage before and after its migration."""
    (migration,) = result.migrations
    for allocations in (migration["allocations_before"], migration["allocations"]["server"]):
        assert allocations[SHARED_STORAGE] == {"DISK_GB": 1}


@pytest.mark.parametrize(
    "row",
    [
        Row("the storage of the hosts is shared", PASSED, further=disk_is_shared),
        Row(
            "the storage of the hosts is shared, and the allocation on the source is kept",
            "failed",
            ("Placement", "compute1"),
            faults=("allocation-kept",),
            further=disk_is_shared,
        ),
    ],
    ids=["healthy", "allocation-kept"],
)
def test_shared_storage(prover: Prover, row: Row) -> None:
    prover.lab.start(row.faults)
    with prover.lab.shared_storage():
        result = prover.lab.run().result()
    prover.record(row, result)
