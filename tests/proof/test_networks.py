# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of port bindings, on compute hosts that run no guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

FLAT = {"local_cloud_networks": "flat"}
ON_NETWORK = {"migration_cycle_networks": ["local-cloud"], "migration_cycle_control": False}


@pytest.fixture(autouse=True)
def _without_network_afterwards(lab: Lab) -> Iterator[None]:
    yield
    lab.start()


@pytest.mark.parametrize(
    "row",
    [
        Row("nothing, with a port of each server", PASSED, inputs=ON_NETWORK),
        Row(
            "Neutron does not bind the port to the destination",
            "failed",
            # Nova gives the same reason as for a cloud without room, but the check of the destination has succeeded.
            (r"Nova's reason: No valid host was found", r"found compute\d, .* Nova then refused the host"),
            faults=("port-binding-refused",),
            inputs=ON_NETWORK,
        ),
        Row(
            "Neutron does not activate the binding on the destination",
            "failed",
            (r"failed \(record status error\)", r"found port [0-9a-f-]+ DOWN .* with an INACTIVE binding on compute\d"),
            faults=("port-binding-not-activated",),
            inputs=ON_NETWORK,
        ),
        Row(
            "Nova does not delete the binding of the source",
            "failed",
            (r"completed, but found port [0-9a-f-]+ ACTIVE bound to (compute\d) with an INACTIVE binding on (?!\1)",),
            faults=("port-binding-left",),
            inputs={**ON_NETWORK, "migration_cycle_settle_timeout": 10},
        ),
    ],
    ids=lambda row: row.faults[0] if row.faults else "healthy",
)
def test_port_binding(prover: Prover, row: Row) -> None:
    prover.lab.start(row.faults, **FLAT)
    prover.record(row, prover.lab.run(**row.inputs).result())


def test_stale_binding(prover: Prover) -> None:
    """A migration leaves the binding of its source. The plan of a drain in the other direction names the binding."""
    lab = prover.lab
    row = Row(
        "a drain: an earlier migration left an INACTIVE binding of a port on the destination",
        "error",
        (r"port [0-9a-f-]+ has an INACTIVE binding on compute1, which an earlier migration left",),
    )
    lab.start(["port-binding-left"], **FLAT)
    with lab.server_with_port("compute1") as (server, port):
        lab.live_migrate(server, "compute2")
        lab.start(**FLAT)
        result = lab.drain("compute2", host_drain_target="compute1").result()
    prover.table.add(row, result.outcome, result.reason, result.seconds, None)
    row.check(result)
    assert port in result.reason
    assert result.facts["moved"] == []
    assert lab.orphans() == {"servers": [], "allocations": []}
