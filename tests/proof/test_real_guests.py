# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What concerns the hypervisor, on hosts that run QEMU guests under libvirt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row
from ansible_collections.stackproof.migration.tests.proof.runs import LONGEST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

HOSTS = ("compute1", "compute2")
# It writes into its memory faster than the copy goes, so that the copy never ends by itself.
BUSY = {"migration_cycle_image": "local-cloud-busy", "migration_cycle_control": False}
GUEST = {"migration_cycle_verify_guest": "console"}
# Long enough for Nova to find out by itself, where it does.
PATIENT = {"migration_cycle_migrate_timeout": 40, "migration_cycle_settle_timeout": 10}


@pytest.fixture(autouse=True)
def _no_guest_is_left(guest_lab: Lab) -> Iterator[None]:
    """What Nova has forgotten on a host goes with the host's power, so that no row finds another one's."""
    yield
    guest_lab.start()
    forgotten = [host for host in HOSTS if guest_lab.guests(host)]
    for host in forgotten:
        guest_lab.kill(f"host-{host}")
    if forgotten:
        guest_lab.start()
    assert {host: guest_lab.guests(host) for host in HOSTS} == {host: [] for host in HOSTS}


def lived_on(result: Result) -> None:
    (guest,) = result.facts["guests"]
    assert guest["counted_on"]
    assert guest["boots"] == guest["mismatches"] == 0


def test_guest_lives_on(guest_prover: Prover) -> None:
    row = Row("nothing, with QEMU guests: the same guest counts on", PASSED, inputs=GUEST, further=lived_on)
    guest_prover.run(row)


def test_never_converges(guest_prover: Prover) -> None:
    """Aborted while it copies: Nova 34 says error and leaves the server in ERROR, and its guest is well."""
    row = Row(
        "QEMU guests: one that never converges is aborted",
        "failed",
        (
            r"ended (error|cancelled|failed)\..* It was aborted \(on_timeout\), because it was not over after 12 s",
            "Nova 34 leaves a server in ERROR when its migration is aborted while it copies",
        ),
        inputs={**BUSY, "migration_cycle_migrate_timeout": 12},
    )
    guest_prover.run(row)


def test_never_converges_forced(guest_prover: Prover) -> None:
    row = Row(
        "QEMU guests: one that never converges is forced to complete, and stands still meanwhile",
        PASSED,
        inputs={
            **BUSY,
            **GUEST,
            "migration_cycle_migrate_timeout": 12,
            "migration_cycle_on_timeout": "force_complete",
        },
        further=stood_still,
    )
    guest_prover.run(row)


def stood_still(result: Result) -> None:
    lived_on(result)
    (guest,) = result.facts["guests"]
    # some 40 MiB at 8 MiB/s
    assert 2 < guest["downtime_seconds"] < 30


@pytest.mark.parametrize(
    ("what", "program", "end", "says"),
    [
        ("the destination host loses its power", "host", "destination", ("ended (error|failed)",)),
        ("the destination's libvirtd is killed", "libvirtd", "destination", ("ended (error|failed)",)),
        ("the source's libvirtd is killed", "libvirtd", "source", ("ended (error|failed)|is not over in time",)),
        (
            "the destination's nova-compute is killed",
            "nova",
            "destination",
            ("ended (error|failed|cancelled)|is not over in time",),
        ),
        ("the source's nova-compute is killed", "nova", "source", ("is not over in time",)),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_lost_during_the_copy(guest_prover: Prover, what: str, program: str, end: str, says: tuple[str, ...]) -> None:
    row = Row(f"QEMU guests: {what} during the copy", "failed", says, inputs={**BUSY, **PATIENT})
    lab = guest_prover.lab
    run = lab.run(**row.inputs)
    server = run.until(lab.migrating(), "a migration that runs")
    source = lab.connect().compute.get_server(server).compute_host
    destination = next(host for host in HOSTS if host != source)
    killed = source if end == "source" else destination
    time.sleep(2)  # into the copy, and not just to its beginning
    lab.kill(f"{program}-{killed}")
    before = guests_of(lab, server, killed if program == "host" else None)
    # What is deleted while its host is lost, and not yet known as lost, goes when the host is back.
    run.until_task("Cleanup | Delete the servers", LONGEST_SECONDS)
    lab.start()
    result = run.result()
    (migration,) = result.migrations
    assert (migration["source"], migration["destination"]) == (source, destination)
    assert source in before
    guest_prover.note(row, result)


def guests_of(lab: Lab, server: str, lost: str | None) -> list[Any]:
    """On which hosts the server's guest is."""
    return [host for host in HOSTS if host != lost and server in lab.guests(host)]
