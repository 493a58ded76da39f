# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of Cinder, and of Nova's use of Cinder, on both kinds of compute hosts.

The servers have a boot volume and a data volume.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.stackproof.migration.tests.proof.prover import healthy_runs
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row, long_copy
from ansible_collections.stackproof.migration.tests.proof.runs import TIMEOUT_SECONDS
from ansible_collections.stackproof.migration.tests.proof.test_cloud_at_fault import failed_checks, unharmed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

CHECK = "volume_attachments"
VOLUMES = {"migration_cycle_boot_volume": {"size": 1}, "migration_cycle_volumes": [{"size": 1}]}
GUEST = {"migration_cycle_verify_guest": "console"}
# A single server is enough for these faults, and a control experiment would fail for the same reason.
INPUTS = {**VOLUMES, "migration_cycle_count": 1, "migration_cycle_settle_timeout": 10}


@pytest.fixture(autouse=True)
def _remove_volumes(volume_lab: Lab) -> Iterator[None]:
    """Delete the volumes that a fault has left, so that they do not affect the next row."""
    yield
    volume_lab.remove_volumes()


def attachments_only(result: Result) -> None:
    """Require that the server has moved, and that only its attachments are wrong."""
    (migration,) = result.migrations
    assert failed_checks(result) == [CHECK]
    assert migration["record"]["status"] == "completed"
    assert migration["server"]["status"] == "ACTIVE"
    assert migration["server"]["host"] == migration["destination"] != migration["source"]


def attachments_too(result: Result) -> None:
    """Require that the server stayed on its source host, and that its attachments are wrong."""
    (migration,) = result.migrations
    assert failed_checks(result) == ["status", CHECK]
    assert migration["server"]["status"] == "ACTIVE"
    assert migration["server"]["host"] == migration["source"]


ROWS = (
    Row("nothing, with a boot volume and a data volume of each server", PASSED, inputs=VOLUMES),
    Row(
        "Cinder keeps the attachment of the source after a completed migration",
        "failed",
        (r"found volume \S+ in-use, 2 attachments: attached on compute1, attached on compute2, expected",),
        faults=("volume-attachment-kept",),
        inputs=INPUTS,
        further=attachments_only,
    ),
    Row(
        "the destination cannot connect the volumes",
        "failed",
        (r"failed \(record status (error|failed)\)",),
        faults=("volume-connect-fails",),
        inputs=INPUTS,
        further=unharmed,
    ),
    Row(
        "Nova bug 1889108: its fix removed, and the destination cannot connect the volumes",
        "failed",
        (r"failed \(record status (error|failed)\)", r"found volume \S+ available, no attachment"),
        faults=("bug-1889108", "volume-connect-fails"),
        inputs=INPUTS,
        further=attachments_too,
    ),
    Row(
        "the destination cannot connect the volumes, and keeps its attachments",
        "failed",
        (
            r"failed \(record status (error|failed)\)",
            r"found volume \S+ attaching, 2 attachments: attach\w+ .*, attach\w+ .*, expected",
        ),
        faults=("volume-attachment-left", "volume-connect-fails"),
        inputs=INPUTS,
        further=attachments_too,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "+".join(row.faults) or "healthy")
def test_volumes(volume_prover: Prover, row: Row) -> None:
    volume_prover.run(row)


def test_storage_lost_during_copy(volume_prover: Prover) -> None:
    """Kill cinder-volume during the copy, and start it again when the run cleans up.

    Nova deletes the old attachments after the copy. It sends each request several times, and each one takes a minute.
    Therefore the record is still running at the timeout.
    """
    row = Row(
        "cinder-volume killed (SIGKILL) during the copy",
        "failed",
        ("timed out, record status is running",),
        inputs={**INPUTS, **long_copy(8), "migration_cycle_migrate_timeout": 30},
    )
    lab = volume_prover.lab
    lab.start()
    run = lab.run(**row.inputs)
    run.wait_until(lab.running_migration(), "a live migration runs")
    lab.kill("cinder-volume")
    run.wait_for_task("Clean up | Delete the servers of this run", TIMEOUT_SECONDS)
    lab.start()
    volume_prover.record(row, run.result())


@pytest.mark.parametrize("volume_lab", ["libvirt"], indirect=True)
def test_write_lost(volume_prover: Prover) -> None:
    """Only the guest finds the damage: the record, the server, Cinder and Nova report no error."""
    row = Row(
        "QEMU guests: a write to the data volume is lost during the migration",
        "failed",
        (r"its data disk is damaged: block 0",),
        faults=("volume-write-lost",),
        inputs={**INPUTS, **GUEST},
        further=no_check_failed,
    )
    volume_prover.run(row)


def no_check_failed(result: Result) -> None:
    assert failed_checks(result) == []


@pytest.mark.parametrize("volume_lab", ["libvirt"], indirect=True)
def test_healthy_cloud_with_ports(volume_prover: Prover) -> None:
    """Move servers with a boot volume, a data volume and a port, with the speed of the default inputs."""
    volume_prover.lab.start(local_cloud_networks="flat", local_cloud_migration_bandwidth=0)
    probe = {"protocol": "icmp", "netns": str(volume_prover.lab.folder / "run" / "guests.netns")}
    volume_prover.run_healthy(
        "nothing, with QEMU guests, volumes and ports",
        healthy_runs(),
        **VOLUMES,
        **GUEST,
        migration_cycle_networks=["local-cloud"],
        migration_cycle_probe=probe,
    )
