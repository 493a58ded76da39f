# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The readiness report names each blocker that a local cloud can have, and nothing in a healthy cloud.

A real migration shows in each row whether the prediction is right.
"""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._blockers.prediction import score
from ansible_collections.stackproof.migration.tests.proof.lab import TIMEOUT_SECONDS
from ansible_collections.stackproof.migration.tests.proof.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.stackproof.migration.tests.proof.lab import Lab
    from ansible_collections.stackproof.migration.tests.proof.prover import Prover

NAME = "proof-readiness"
HOST = "compute1"
# The scheduler requires these traits for a flavor with a virtual TPM.
TPM_TRAITS = [f"COMPUTE_SECURITY_TPM_{kind}" for kind in ("2_0", "CRB", "SECRET_SECURITY_USER")]
_PLACEMENT = {"OpenStack-API-Version": "placement 1.29"}


@contextlib.contextmanager
def server(lab: Lab, specs: dict[str, str] | None = None, name: str = NAME, **more: Any) -> Iterator[str]:
    """Boot a server on the first host, with a flavor that has these extra specs."""
    cloud = lab.connect()
    flavor = cloud.compute.create_flavor(name=name, ram=64, vcpus=1, disk=1)
    try:
        if specs:
            cloud.compute.create_flavor_extra_specs(flavor, specs)
        image = next(iter(cloud.image.images()))
        wanted = {"image_id": image.id, "flavor_id": flavor.id, "networks": "none", **more}
        wanted.setdefault("availability_zone", f"nova:{HOST}")
        booted = cloud.compute.create_server(name=name, **wanted)
        cloud.compute.wait_for_server(booted, interval=0.5, wait=TIMEOUT_SECONDS)
        yield str(booted.id)
    finally:
        for each in cloud.compute.servers(name=f"^{name}$"):
            cloud.compute.delete_server(each, force=True)
            cloud.compute.wait_for_delete(each, interval=0.5, wait=TIMEOUT_SECONDS)
        cloud.compute.delete_flavor(flavor)


@contextlib.contextmanager
def nothing(lab: Lab) -> Iterator[str]:
    """Change nothing: the server can move."""
    with server(lab) as found:
        yield found


@contextlib.contextmanager
def virtual_tpm(lab: Lab) -> Iterator[str]:
    """Give the host the traits of virtual TPMs, so that the scheduler accepts the flavor."""
    placement = lab.connect().placement
    (provider,) = placement.resource_providers(name=HOST)
    path = f"/resource_providers/{provider.id}/traits"
    before = placement.get(path, headers=_PLACEMENT).json()
    placement.put(path, headers=_PLACEMENT, json={**before, "traits": sorted({*before["traits"], *TPM_TRAITS})})
    with server(lab, {"hw:tpm_version": "2.0", "hw:tpm_model": "tpm-crb"}) as found:
        yield found


@contextlib.contextmanager
def suspended(lab: Lab) -> Iterator[str]:
    with server(lab) as found:
        compute = lab.connect().compute
        compute.suspend_server(found)
        compute.wait_for_server(compute.get_server(found), status="SUSPENDED", interval=0.5, wait=TIMEOUT_SECONDS)
        yield found


@contextlib.contextmanager
def other_hosts_disabled(lab: Lab) -> Iterator[str]:
    with server(lab) as found, contextlib.ExitStack() as stack:
        for service in lab.connect().compute.services(binary="nova-compute"):
            if service.host != HOST:
                stack.enter_context(lab.service_disabled(service.host))
        yield found


@contextlib.contextmanager
def stopped(lab: Lab) -> Iterator[str]:
    with server(lab) as found:
        compute = lab.connect().compute
        compute.stop_server(found)
        compute.wait_for_server(compute.get_server(found), status="SHUTOFF", interval=0.5, wait=TIMEOUT_SECONDS)
        yield found


@contextlib.contextmanager
def host_down(lab: Lab) -> Iterator[str]:
    with server(lab) as found, lab.service_down(HOST):
        yield found


@contextlib.contextmanager
def rebooting(lab: Lab) -> Iterator[str]:
    """Request a reboot that no nova-compute carries out, while Nova still considers the host as up."""
    with server(lab) as found, lab.stopped(f"nova-{HOST}"):
        lab.connect().compute.reboot_server(found, "SOFT")
        yield found


@contextlib.contextmanager
def resized(lab: Lab) -> Iterator[str]:
    """Resize a server. Nova waits for the confirmation."""
    compute = lab.connect().compute
    flavor = compute.create_flavor(name=f"{NAME}-larger", ram=128, vcpus=1, disk=1)
    try:
        with server(lab) as found:
            compute.resize_server(found, flavor)
            compute.wait_for_server(
                compute.get_server(found), status="VERIFY_RESIZE", interval=0.5, wait=TIMEOUT_SECONDS
            )
            yield found
    finally:
        compute.delete_flavor(flavor)


@contextlib.contextmanager
def locked(lab: Lab) -> Iterator[str]:
    with server(lab) as found:
        lab.connect().compute.lock_server(found)
        yield found


def with_fault(fault: str) -> Callable[[Lab], contextlib.AbstractContextManager[str]]:
    @contextlib.contextmanager
    def prepare(lab: Lab) -> Iterator[str]:
        lab.start([fault])
        with server(lab) as found:
            yield found

    return prepare


@contextlib.contextmanager
def file_share(lab: Lab) -> Iterator[str]:
    """Attach a file share to the server.

    The local cloud has no Manila, so its catalog entry and Nova's record of the share are written directly.
    """
    identity: Any = lab.connect().identity
    manila = identity.create_service(name="manila", type="shared-file-system")
    try:
        identity.create_endpoint(
            service_id=manila.id, interface="public", region_id="RegionOne", url="http://127.0.0.1:9/v2"
        )
        with server(lab) as found:
            values = {"server": found, "name": NAME}
            lab.change_nova_database(
                "INSERT INTO share_mapping (uuid, instance_uuid, share_id, status, tag, export_location, share_proto)"
                " VALUES (:name, :server, :name, 'inactive', :name, 'nfs:/share', 'NFS')",
                **values,
            )
            try:
                yield found
            finally:
                lab.change_nova_database("DELETE FROM share_mapping WHERE instance_uuid = :server", server=found)
    finally:
        identity.delete_service(manila)


@contextlib.contextmanager
def aggregate(lab: Lab) -> Iterator[str]:
    """Boot a server whose flavor names host aggregates, and no host is in such an aggregate."""
    with server(lab, {"aggregate_instance_extra_specs:ssd": "true"}) as found:
        yield found


def other_host(lab: Lab) -> str:
    (other,) = {service.host for service in lab.connect().compute.services(binary="nova-compute")} - {HOST}
    return str(other)


@contextlib.contextmanager
def other_host_full(lab: Lab) -> Iterator[str]:
    with server(lab) as found, lab.memory_full(other_host(lab)):
        yield found


@contextlib.contextmanager
def own_zone(lab: Lab) -> Iterator[str]:
    """Boot the server in an availability zone that contains only its host."""
    compute = lab.connect().compute
    zone = compute.create_aggregate(name=NAME, availability_zone=NAME)
    try:
        compute.add_host_to_aggregate(zone, HOST)
        try:
            with server(lab, availability_zone=NAME) as found:
                yield found
        finally:
            compute.remove_host_from_aggregate(zone, HOST)
    finally:
        compute.delete_aggregate(zone)


@contextlib.contextmanager
def affinity(lab: Lab) -> Iterator[str]:
    """Boot the only server of a group with the policy affinity. No other host has a member of the group."""
    compute = lab.connect().compute
    group = compute.create_server_group(name=NAME, policy="affinity")
    try:
        with server(lab, scheduler_hints={"group": group.id}) as found:
            yield found
    finally:
        compute.delete_server_group(group)


def moves(lab: Lab, server_id: str, *, block_migration: bool | str = "auto") -> bool:
    """Request a live migration of the server, and return whether the server is on another host afterwards."""
    compute: Any = lab.connect().compute
    action = {"os-migrateLive": {"host": None, "block_migration": block_migration}}
    answer = compute.post(f"/servers/{server_id}/action", json=action, microversion="2.96")
    if answer.status_code >= 400:
        return False
    deadline = time.monotonic() + TIMEOUT_SECONDS
    # Nova sets the task of the server before it answers the request, and clears it after the migration.
    while (found := compute.get_server(server_id)).task_state is not None:
        assert time.monotonic() < deadline, f"the migration has not ended after {TIMEOUT_SECONDS} s"
        time.sleep(0.5)
    return bool(found.compute_host != HOST)


def compared(server_id: str, *, can_move: bool, moved: bool) -> dict[str, Any]:
    plan = [{"id": server_id, "move_method": "live" if can_move else "none"}]
    return score(plan, moved=[server_id] if moved else [], failed=[] if moved else [server_id])


@pytest.mark.parametrize(
    ("change", "prepare", "outcome", "blockers"),
    [
        ("nothing, before the maintenance", nothing, "ready", []),
        ("a server has a virtual TPM", virtual_tpm, "blocked", [("vtpm", "certain")]),
        ("a server is suspended", suspended, "blocked", [("status", "certain")]),
        ("all other hosts are disabled", other_hosts_disabled, "blocked", [("no_host", "certain")]),
        ("a server is in a group with affinity", affinity, "doubtful", [("server_group", "likely")]),
        ("a server is stopped, and cold migration is not allowed", stopped, "blocked", [("stopped", "certain")]),
        ("nova-compute of the host is down", host_down, "blocked", [("host_down", "certain")]),
        ("the other host has no free memory", other_host_full, "blocked", [("no_room", "certain")]),
        ("a server is bound to a zone without another host", own_zone, "blocked", [("zone", "certain")]),
        ("a reboot of a server does not end", rebooting, "doubtful", [("task", "certain")]),
        ("a resize waits for its confirmation", resized, "blocked", [("status", "certain")]),
        ("a server is locked, and the user is an administrator", locked, "ready", []),
        ("no host is in an aggregate of the flavor", aggregate, "doubtful", [("aggregate", "unknown")]),
        ("a file share is attached to a server", file_share, "blocked", [("share", "certain")]),
        (
            "the hypervisor of the other host is older",
            with_fault("hypervisor-older-on-compute2"),
            "doubtful",
            [("hypervisor_version", "likely")],
        ),
        (
            "the hypervisor of the other host has another type",
            with_fault("hypervisor-type-on-compute2"),
            "blocked",
            [("no_host", "certain")],
        ),
        (
            "the CPU of the other host does not have a feature",
            with_fault("cpu-features-missing-on-compute2"),
            "doubtful",
            [("cpu", "likely")],
        ),
    ],
    ids=[
        "healthy",
        "vtpm",
        "suspended",
        "no-host",
        "affinity",
        "stopped",
        "host-down",
        "no-room",
        "zone",
        "task",
        "resize",
        "locked",
        "aggregate",
        "share",
        "hypervisor-version",
        "hypervisor-type",
        "cpu",
    ],
)
def test_blocker(
    prover: Prover,
    change: str,
    prepare: Callable[[Lab], contextlib.AbstractContextManager[str]],
    outcome: str,
    blockers: list[tuple[str, str]],
) -> None:
    lab = prover.lab
    lab.start()
    with prepare(lab) as server_id:
        # Only the row of a stopped server depends on this input.
        result = lab.readiness(migration_readiness_cold=False).result()
        prover.table.add(Row(change, outcome), result.outcome, result.reason, result.seconds, None)
        assert (result.outcome, result.exit_code) == (outcome, 0), result.reason
        found = blockers_in(result.report)
        # The server that uses the memory of the other host is blocked, too.
        assert found.pop(server_id, []) == blockers
        assert found == {} or prepare is other_host_full
        can_move = all(certainty == "unknown" for _, certainty in blockers)
        moved = moves(lab, server_id)
        prover.table.add_prediction(compared(server_id, can_move=can_move, moved=moved))
        assert moved is can_move
    assert lab.orphans() == {"servers": [], "allocations": []}


def test_servers_without_room_together(prover: Prover) -> None:
    lab = prover.lab
    lab.start()
    with (
        server(lab, name=f"{NAME}-1") as one,
        server(lab, name=f"{NAME}-2") as two,
        lab.memory_full(other_host(lab), free=96),
    ):
        result = lab.readiness(migration_readiness_hosts=[HOST]).result()
        row = Row("the other host has room for one of two servers", "doubtful")
        prover.table.add(row, result.outcome, result.reason, result.seconds, None)
        # The report judges servers with equal requests in the order of their ids.
        first, last = sorted((one, two))
        assert result.outcome == "doubtful", result.reason
        assert blockers_in(result.report) == {last: [("no_room_together", "likely")]}
        for server_id, expected in ((first, True), (last, False)):
            moved = moves(lab, server_id)
            prover.table.add_prediction(compared(server_id, can_move=expected, moved=moved))
            assert moved is expected
    assert lab.orphans() == {"servers": [], "allocations": []}


def test_local_disk_that_is_not_copied(guest_prover: Prover) -> None:
    """Only hosts that run guests check whether they share the disks."""
    lab = guest_prover.lab
    lab.start()
    with server(lab) as found:
        result = lab.readiness(migration_readiness_block_migration="false").result()
        row = Row("QEMU guests: block_migration=false, and the hosts share no disks", "doubtful")
        guest_prover.table.add(row, result.outcome, result.reason, result.seconds, None)
        assert result.outcome == "doubtful", result.reason
        assert blockers_in(result.report) == {found: [("local_disk", "likely")]}
        refused, copied = moves(lab, found, block_migration=False), moves(lab, found)
        for moved, expected in ((refused, False), (copied, True)):
            guest_prover.table.add_prediction(compared(found, can_move=expected, moved=moved))
            assert moved is expected
    assert lab.orphans() == {"servers": [], "allocations": []}


def blockers_in(report: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the reason and the certainty of each blocker in a report, by server id."""
    servers = json.loads((report / "readiness.json").read_text(encoding="utf-8"))["servers"]
    return {one["id"]: [(each["reason"], each["certainty"]) for each in one["blockers"]] for one in servers}
