# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stackproof.migration.plugins.module_utils._migration import outcome as outcomes
from ansible_collections.stackproof.migration.plugins.module_utils._migration.checks import checks_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.messages import sentence_of
from ansible_collections.stackproof.migration.plugins.module_utils._migration.model import MigrationPlan, Observation
from ansible_collections.stackproof.migration.plugins.module_utils._migration.outcome import outcome_of
from ansible_collections.stackproof.migration.plugins.module_utils._placement.model import Allocation


def record(status: str = "completed", **more: Any) -> dict[str, Any]:
    return {
        "uuid": "dcbd6a3c-6d1f-4d43-a0c9-7a6f3b8d2e11",
        "type": "live-migration",
        "status": status,
        "source": "compute1",
        "destination": "compute2",
        "source_node": "compute1",
        "destination_node": "compute2",
        **more,
    }


def server(host: str | None = "compute2", **more: Any) -> dict[str, Any]:
    known = {"id": "5b4c2b4e-8f5b-4f6e-8b0a-0b6d6f6f5c0e", "host": host, "host_id": f"hash-{host}"}
    return {**known, "status": "ACTIVE", "task_state": None, **more}


def held(*hosts: str) -> list[Allocation]:
    return [Allocation(host, host, {"VCPU": 1}) for host in hosts]


def observation(**more: Any) -> tuple[MigrationPlan, Observation]:
    given: dict[str, Any] = {
        "record": record(),
        "server": server(),
        "server_allocations": held("compute2"),
        "migration_allocations": [],
        "source": "compute1",
        "source_host_id": "hash-compute1",
        "expected_host": "compute2",
    }
    facts = {**given, **more}
    observed = {
        name: facts.pop(name)
        for name in ("record", "server", "server_allocations", "migration_allocations", "reach")
        if name in facts
    }
    return MigrationPlan("id", "probe", **facts), Observation(**observed)


SHARED_DISK = Allocation("pool", "pool", {"DISK_GB": 1}, shared=True)
UNSHARED_DISK = Allocation("pool", "pool", {"DISK_GB": 1})
HIDDEN = {
    "record": record(source=None, destination=None, source_node=None, destination_node=None),
    "server_allocations": None,
    "migration_allocations": None,
    "source": None,
    "expected_host": None,
}


@pytest.mark.parametrize(
    ("facts", "outcome", "wrong"),
    [
        ({}, "completed", []),
        ({"expected_host": None}, "completed", []),
        ({"record": record("error", destination=None, destination_node=None), "server": server("compute1"),
          "server_allocations": held("compute1")}, "failed", ["status"]),
        ({"record": record("failed"), "server": server("compute1"), "server_allocations": held("compute1", "compute2")},
         "failed", ["status", "server_allocations"]),
        ({"record": record("cancelled"), "server": server("compute1"), "server_allocations": held("compute1")},
         "cancelled", ["status"]),
        ({"record": record("running"), "server": server("compute1"), "server_allocations": None}, "timeout",
         ["status"]),
        # The record is completed, but another part of the result differs.
        ({"server": server("compute1", status="MIGRATING", task_state="migrating")}, "disagreement",
         ["server_status", "server_task_state", "server_host"]),
        ({"server_allocations": held("compute1", "compute2")}, "disagreement", ["server_allocations"]),
        ({"migration_allocations": held("compute1")}, "disagreement", ["migration_allocations"]),
        ({"record": record(destination="compute3", destination_node="compute3"), "server": server("compute3"),
          "server_allocations": held("compute3")}, "disagreement", ["destination", "server_host"]),
        ({"record": record(source="compute9")}, "disagreement", ["source"]),
        ({"record": record(type="migration")}, "disagreement", ["type"]),
        ({"expected_host": None, "record": record(destination="compute1", destination_node="compute1"),
          "server": server("compute1"), "server_allocations": held("compute1")}, "disagreement", ["destination"]),
        ({"server": None}, "disagreement", ["server_status"]),
        # A paused server stays paused.
        ({"initial_status": "PAUSED", "server": server(status="PAUSED")}, "completed", []),
        ({"initial_status": "PAUSED"}, "disagreement", ["server_status"]),
        # A user with the role manager cannot read host names. Therefore hostId identifies the host.
        ({**HIDDEN, "server": server(None, host_id="hash-compute2")}, "completed", []),
        ({**HIDDEN, "server": server(None, host_id="hash-compute1")}, "disagreement", ["server_host"]),
        ({**HIDDEN, "server": server(None, host_id=None)}, "completed", []),
        # The name of a hypervisor may differ from the name of its host.
        ({"record": record(destination_node="node2.example"), "server_allocations": held("node2.example")},
         "completed", []),
        # The allocation of a shared storage pool stays the same.
        ({"server_allocations": [*held("compute2"), SHARED_DISK]}, "completed", []),
        ({"server_allocations": [*held("compute2"), UNSHARED_DISK]}, "disagreement", ["server_allocations"]),
        ({"server_allocations": [SHARED_DISK]}, "disagreement", ["server_allocations"]),
        ({"record": record("error", source_node=None, destination=None, destination_node=None),
          "server": server("compute1"), "server_allocations": [*held("compute1"), SHARED_DISK],
          "allocations_before": {"compute1": {"VCPU": 1}, "pool": {"DISK_GB": 1}}}, "failed", ["status"]),
        ({"record": record("error", source_node=None, destination=None, destination_node=None),
          "server": server("compute1"), "server_allocations": [*held("compute2"), SHARED_DISK],
          "allocations_before": {"compute1": {"VCPU": 1}, "pool": {"DISK_GB": 1}}}, "failed",
         ["status", "server_allocations"]),
        # Placement must have no allocation of the migration.
        ({"migration_allocations": [SHARED_DISK]}, "disagreement", ["migration_allocations"]),
        ({"record": None}, "failed", ["status"]),
    ],
)  # fmt: skip
def test_outcome_and_failed_checks(facts: dict[str, Any], outcome: str, wrong: list[str]) -> None:
    all_seen = observation(**facts)
    checks = checks_of(*all_seen)
    assert outcome_of(*all_seen, checks, timed_out=False) == outcome
    assert [check["name"] for check in checks if check["ok"] is False] == wrong


def test_missing_record_at_timeout_is_a_timeout() -> None:
    nothing = observation(record=None)
    assert outcome_of(*nothing, checks_of(*nothing), timed_out=True) == "timeout"


@pytest.mark.parametrize(
    ("outcome", "facts", "reason", "message"),
    [
        (outcomes.COMPLETED, {}, None, "probe: live migration compute1 -> compute2 completed."),
        (
            outcomes.FAILED,
            {"record": record("error", destination=None, destination_node=None), "server": server("compute1"),
             "server_allocations": held("compute1")},
            "No valid host was found.",
            ("probe: live migration compute1 -> compute2 failed (record status error). Nova's reason: No valid host was"
             " found."),
        ),
        (
            outcomes.DISAGREEMENT,
            {"server": server("compute1", status="MIGRATING", task_state="migrating")},
            None,
            ("probe: live migration compute1 -> compute2: record status is completed, but server_status is MIGRATING,"
            " expected ACTIVE; server_task_state is migrating, expected none; server_host is compute1, expected"
            " compute2."),
        ),
        (
            outcomes.CANCELLED,
            {"record": record("cancelled"), "server": server("compute1"), "migration_allocations": held("compute2"),
             "server_allocations": held("compute1")},
            None,
            ("probe: live migration compute1 -> compute2 was cancelled (record status cancelled). Also: Placement still"
            f" holds an allocation of compute2 for the migration {record()['uuid']}."),
        ),
        (
            outcomes.DISAGREEMENT,
            {"server_allocations": held("compute1", "compute2")},
            None,
            ("probe: live migration compute1 -> compute2: record status is completed, but Placement holds allocations"
            f" of compute1, compute2 for the server {server()['id']}, expected compute2."),
        ),
        (outcomes.TIMEOUT, {"record": record("queued")}, None,
         "probe: live migration compute1 -> compute2 timed out, record status is queued."),
        (outcomes.TIMEOUT, {"record": None, "expected_host": None, "source": None}, None,
         "probe: live migration from its host -> another host timed out, no migration record has appeared."),
    ],
)  # fmt: skip
def test_message_of_each_outcome(outcome: str, facts: dict[str, Any], reason: str | None, message: str) -> None:
    all_seen = observation(**facts)
    assert sentence_of(outcome, *all_seen, checks_of(*all_seen), reason) == message
