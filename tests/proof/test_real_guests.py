# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of the hypervisor, on compute hosts that run QEMU guests with libvirt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.tests.proof.rows import PASSED, Row
from ansible_collections.stackproof.migration.tests.proof.runs import TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover
    from ansible_collections.stackproof.migration.tests.proof.runs import Result

HOSTS = ("compute1", "compute2")
# The guest changes its memory faster than QEMU copies the memory. Therefore the copy never ends.
BUSY = {"migration_cycle_image": "local-cloud-busy", "migration_cycle_control": False}
GUEST = {"migration_cycle_verify_guest": "console"}
WITH_OVN = {"local_cloud_networks": "ovn"}
# Neutron can also report the port of a guest that OVN does not admit.
PORT_DOWN = r"found port \S+ DOWN bound to (?P<host>compute\d), expected port \S+ ACTIVE bound to (?P=host)"
# For some of these failures Nova sets a final status only after this number of seconds.
LONG_TIMEOUT = {"migration_cycle_migrate_timeout": 40, "migration_cycle_settle_timeout": 10}


@pytest.fixture(autouse=True)
def _remove_orphaned_guests(guest_lab: Lab) -> Iterator[None]:
    """Kill each host that runs a guest without a server in Nova.

    These guests would affect the next row.
    """
    yield
    guest_lab.start()
    with_guests = [host for host in HOSTS if guest_lab.guests(host)]
    for host in with_guests:
        guest_lab.kill(f"host-{host}")
    if with_guests:
        guest_lab.start()
    assert {host: guest_lab.guests(host) for host in HOSTS} == {host: [] for host in HOSTS}


def guest_unharmed(result: Result) -> None:
    (guest,) = result.facts["guests"]
    assert guest["counted_on"]
    assert guest["boots"] == guest["mismatches"] == 0


def test_healthy_cloud(guest_prover: Prover) -> None:
    row = Row("nothing, with QEMU guests: the guest keeps running", PASSED, inputs=GUEST, further=guest_unharmed)
    guest_prover.run(row)


def test_guest_loses_its_network(guest_prover: Prover) -> None:
    """The destination does not connect the card of the guest. Only the probe sees that the guest does not answer."""
    lab = guest_prover.lab
    fault = "guest-not-connected"
    row = Row(
        "QEMU guests: the destination does not connect the network card of the guest",
        "failed",
        (r"record status is completed, but the server does not answer at fd[0-9a-f:]+ \(icmp\)",),
        inputs=with_probe(lab),
    )
    lab.start([fault], local_cloud_networks="flat")
    guest_prover.record(row, lab.run(**row.inputs).result())


def with_probe(lab: Lab) -> dict[str, Any]:
    """Return the inputs for a server with a port, which the cycle probes from the network namespace of the cloud."""
    return {
        "migration_cycle_networks": ["local-cloud"],
        "migration_cycle_probe": {"protocol": "icmp", "netns": str(lab.folder / "run" / "guests.netns")},
        "migration_cycle_control": False,
        "migration_cycle_settle_timeout": 15,
    }


def test_healthy_cloud_with_ovn(guest_prover: Prover) -> None:
    row = Row(
        "nothing, with QEMU guests and OVN: the guest stays reachable",
        PASSED,
        inputs={**GUEST, **with_probe(guest_prover.lab)},
        further=guest_unharmed,
    )
    guest_prover.lab.start(**WITH_OVN)
    guest_prover.record(row, guest_prover.lab.run(**row.inputs).result())


def test_ovn_does_not_admit_the_guest(guest_prover: Prover) -> None:
    """OVN blocks a migrated guest until ovn-controller of the destination notices that the guest runs there.

    Nova and the guest report no error, and the port can stay DOWN. Only a client of the network sees that the guest
    does not answer.
    """
    lab = guest_prover.lab
    row = Row(
        "QEMU guests: ovn-controller of the destination is killed during the copy",
        "failed",
        (rf"record status is completed, but ({PORT_DOWN}; )?the server does not answer at fd[0-9a-f:]+ \(icmp\)",),
        inputs={
            **BUSY,
            **with_probe(lab),
            "migration_cycle_migrate_timeout": 12,
            "migration_cycle_on_timeout": "force_complete",
            # On a busy machine, the migration ends later after force_complete.
            "migration_cycle_settle_timeout": 60,
        },
    )
    lab.start(**WITH_OVN)
    run = lab.run(**row.inputs)
    server = run.wait_until(lab.running_migration(), "a live migration runs")
    source = lab.connect().compute.get_server(server).compute_host
    (destination,) = set(HOSTS) - {source}
    lab.kill(f"ovn-controller-{destination}")
    guest_prover.record(row, run.result())


def test_never_converges(guest_prover: Prover) -> None:
    """Abort a migration during the copy.

    Nova 34 sets the record to error and the server to ERROR. The guest keeps running.
    """
    row = Row(
        "QEMU guests: a migration that never converges is aborted",
        "failed",
        (
            r"record status (error|cancelled|failed)\).* The migration was aborted \(on_timeout\) after timeout=12 s",
            "Nova 34 leaves a server in ERROR when its migration is aborted during the copy",
        ),
        inputs={**BUSY, "migration_cycle_migrate_timeout": 12},
    )
    guest_prover.run(row)


def test_never_converges_forced(guest_prover: Prover) -> None:
    row = Row(
        "QEMU guests: a migration that never converges is forced to complete, with a long downtime",
        PASSED,
        inputs={
            **BUSY,
            **GUEST,
            "migration_cycle_migrate_timeout": 12,
            "migration_cycle_on_timeout": "force_complete",
        },
        further=long_downtime,
    )
    guest_prover.run(row)


def long_downtime(result: Result) -> None:
    guest_unharmed(result)
    (guest,) = result.facts["guests"]
    # QEMU copies about 40 MiB at 8 MiB/s during this downtime
    assert 2 < guest["downtime_seconds"] < 30


@pytest.mark.parametrize(
    ("change", "program", "end", "reason_patterns"),
    [
        ("the destination host loses power", "host", "destination", (r"failed \(record status",)),
        ("libvirtd of the destination is killed", "libvirtd", "destination", (r"failed \(record status",)),
        (
            "libvirtd of the source is killed",
            "libvirtd",
            "source",
            (r"failed \(record status|timed out, record status",),
        ),
        (
            "nova-compute of the destination is killed",
            "nova",
            "destination",
            (r"(failed|cancelled) \(record status|timed out, record status",),
        ),
        ("nova-compute of the source is killed", "nova", "source", ("timed out, record status",)),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_killed_during_copy(
    guest_prover: Prover, change: str, program: str, end: str, reason_patterns: tuple[str, ...]
) -> None:
    row = Row(f"QEMU guests: {change} during the copy", "failed", reason_patterns, inputs={**BUSY, **LONG_TIMEOUT})
    lab = guest_prover.lab
    run = lab.run(**row.inputs)
    server = run.wait_until(lab.running_migration(), "a live migration runs")
    source = lab.connect().compute.get_server(server).compute_host
    destination = next(host for host in HOSTS if host != source)
    killed = source if end == "source" else destination
    time.sleep(2)  # wait until QEMU copies the memory
    lab.kill(f"{program}-{killed}")
    guest_hosts = hosts_of_guest(lab, server, killed if program == "host" else None)
    # While Nova reports the dead host as up, it does not delete the servers of this host. It deletes them after the
    # host has started again.
    run.wait_for_task("Clean up | Delete the servers of this run", TIMEOUT_SECONDS)
    lab.start()
    result = run.result()
    (migration,) = result.migrations
    assert (migration["source"], migration["destination"]) == (source, destination)
    assert source in guest_hosts
    guest_prover.record(row, result)


def hosts_of_guest(lab: Lab, server: str, dead: str | None) -> list[str]:
    """Return the hosts on which a guest of the server runs."""
    return [host for host in HOSTS if host != dead and server in lab.guests(host)]
