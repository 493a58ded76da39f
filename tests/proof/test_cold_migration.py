# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drains of stopped servers. Nova cold-migrates the servers and copies their disks with SSH to another host."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import DRAINED, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

SOURCE, DESTINATION = "compute1", "compute2"
NOT_DRAINED = "not_drained"
SSH_FAILS = "Resize error: not able to execute ssh command"


def no_fault(_lab: Lab) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext()


def ssh_refused(lab: Lab) -> contextlib.AbstractContextManager[None]:
    return lab.stopped(f"sshd-{DESTINATION}")


def disk_full(lab: Lab) -> contextlib.AbstractContextManager[None]:
    return lab.disk_full(DESTINATION)


@pytest.mark.parametrize(
    ("fault", "row"),
    [
        (no_fault, Row("nothing: a host with stopped QEMU guests is drained", DRAINED)),
        (
            ssh_refused,
            Row("sshd of the destination is stopped during a drain", NOT_DRAINED, (SSH_FAILS, "Exit code: 255")),
        ),
        (
            disk_full,
            Row("the disk of the destination is full during a drain", NOT_DRAINED, (SSH_FAILS, "mkdir: cannot create")),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_drain_of_stopped_servers(
    guest_prover: Prover, fault: Callable[[Lab], contextlib.AbstractContextManager[None]], row: Row
) -> None:
    lab = guest_prover.lab
    lab.start()
    with lab.stopped_servers(SOURCE, count=2) as servers:
        try:
            with fault(lab):
                result = lab.drain(SOURCE, host_drain_max_rounds=1).result()
            compute = lab.connect().compute
            found = {(server.status, server.compute_host) for server in map(compute.get_server, servers)}
        finally:
            lab.enable(SOURCE)
    guest_prover.table.add(row, result.outcome, result.reason, result.seconds, None)
    guest_prover.table.add_prediction(result.facts["prediction"], is_fault=row.expected != DRAINED)
    row.check(result)
    assert found == {("SHUTOFF", DESTINATION if row.expected == DRAINED else SOURCE)}
    moved = [entry["server_id"] for entry in result.facts["moved"]]
    assert sorted(moved) == (sorted(servers) if row.expected == DRAINED else [])
    assert lab.orphans() == {"servers": [], "allocations": []}
